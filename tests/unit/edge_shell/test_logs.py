"""Logs for the operator: no secrets, and what happens often only now and then."""

from __future__ import annotations

import pytest
from structlog.typing import EventDict

from edge.adapters.logs import Sparingly, rendering


def test_a_subject_is_told_of_once_in_a_while_each_on_its_own() -> None:
    sparingly = Sparingly(every_s=10)

    told = [
        sparingly.is_due(subject, now_s)
        for subject, now_s in (("a", 0), ("a", 9), ("b", 9), ("a", 10), ("a", 11))
    ]

    assert told == [True, False, True, True, False]


def raised_beside(secret: str) -> Exception:
    try:
        secret.index("not in it")
    except ValueError as error:
        return error
    raise AssertionError(secret)


@pytest.mark.parametrize("is_terminal", [True, False])
def test_a_traceback_shows_no_variables(is_terminal: bool) -> None:
    event: EventDict = {"event": "thread_ended", "exc_info": raised_beside("hunter2")}

    line: object = event
    for process in rendering(is_terminal=is_terminal):
        line = process(None, "error", event)

    assert "ValueError" in str(line)
    assert "hunter2" not in str(line)

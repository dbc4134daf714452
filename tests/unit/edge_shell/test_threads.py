"""A program lives as long as all of its threads."""

from __future__ import annotations

import threading

import structlog

from edge.adapters.threads import Crew


def test_a_crash_of_one_thread_ends_the_program() -> None:
    crew = Crew(threading.Event())
    error = ValueError("broken")

    with structlog.testing.capture_logs() as logs:
        crew.start("waiting", lambda: crew.stopping.wait(5))
        crew.start("breaking", lambda: _raise(error))
        crew.wait()
        crew.join("waiting", 5)

    assert crew.crash is not None
    assert (crew.crash.thread, crew.crash.error) == ("breaking", error)
    assert [entry["event"] for entry in logs] == ["thread_ended"]


def test_a_thread_that_just_returns_ends_the_program_too() -> None:
    crew = Crew(threading.Event())

    with structlog.testing.capture_logs():
        crew.start("returning", lambda: None)
        crew.wait()

    assert crew.crash is not None
    assert crew.crash.error is None


def test_ending_when_asked_is_no_crash() -> None:
    crew = Crew(threading.Event())
    crew.start("waiting", lambda: crew.stopping.wait(5))

    crew.stopping.set()
    crew.join("waiting", 5)

    assert crew.crash is None


def _raise(error: Exception) -> None:
    raise error

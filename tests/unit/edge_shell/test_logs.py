"""What happens many times a second is told now and then."""

from __future__ import annotations

from edge.adapters.logs import Sparingly


def test_a_subject_is_told_of_once_in_a_while_each_on_its_own() -> None:
    sparingly = Sparingly(every_s=10)

    told = [
        sparingly.is_due(subject, now_s)
        for subject, now_s in (("a", 0), ("a", 9), ("b", 9), ("a", 10), ("a", 11))
    ]

    assert told == [True, False, True, True, False]

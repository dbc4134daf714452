from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.access.errors import AccessConfigurationError
from edge.access.exceptions import AccessExceptions, AccessExceptionsState, DeniedBurst
from edge.facts import Access, Observed
from wire.records import AccessException, AccessOutcome, ExceptionKind

START = datetime(2026, 3, 9, tzinfo=UTC)
NOW = START + timedelta(minutes=2)
BURST = DeniedBurst(count=3, within=timedelta(seconds=10))


def access(outcome: AccessOutcome, at_s: float, point: str = "door") -> Access:
    at = START + timedelta(seconds=at_s)
    return Access(occurred_at=at, point=point, event_id=f"{at_s}", outcome=outcome)


def denied(*at_s: float, point: str = "door") -> list[Access]:
    return [access(AccessOutcome.DENIED, second, point) for second in at_s]


@pytest.mark.parametrize(
    ("outcome", "kind"),
    [
        (AccessOutcome.FORCED, ExceptionKind.FORCED),
        (AccessOutcome.HELD_OPEN, ExceptionKind.HELD_OPEN),
        (AccessOutcome.DURESS, ExceptionKind.DURESS),
    ],
)
def test_forced_held_open_and_duress_are_told_at_once(
    outcome: AccessOutcome, kind: ExceptionKind
) -> None:
    told = AccessExceptions().observe([access(outcome, 5)], NOW)

    at = START + timedelta(seconds=5)
    assert told == (AccessException(point="door", exception=kind, occurred_at=at),)


@pytest.mark.parametrize(
    "outcome", [AccessOutcome.GRANTED, AccessOutcome.CLOSED, AccessOutcome.EXIT_BUTTON]
)
def test_ordinary_passages_are_no_exception(outcome: AccessOutcome) -> None:
    assert AccessExceptions().observe([access(outcome, 5)], NOW) == ()


def test_facts_of_cameras_are_not_looked_at() -> None:
    assert AccessExceptions().observe([Observed(occurred_at=START, camera="c")], NOW) == ()


def test_a_burst_of_refusals_is_told_once() -> None:
    told = AccessExceptions(burst=BURST).observe(denied(0, 2, 4, 6, 8, 10), NOW)

    assert [record.exception for record in told] == [ExceptionKind.DENIED_BURST]
    assert told[0].occurred_at == START + timedelta(seconds=4)


def test_refusals_further_apart_than_the_burst_are_none() -> None:
    assert AccessExceptions(burst=BURST).observe(denied(0, 5, 10, 15), NOW) == ()


def test_the_next_burst_is_told_again() -> None:
    told = AccessExceptions(burst=BURST).observe(denied(0, 1, 2, 60, 61, 62), NOW)

    assert len(told) == 2


def test_refusals_at_two_points_do_not_add_up() -> None:
    facts = denied(0, 1) + denied(0, 1, point="barrier")

    assert AccessExceptions(burst=BURST).observe(facts, NOW) == ()


def test_a_late_refusal_completes_a_burst() -> None:
    assert len(AccessExceptions(burst=BURST).observe(denied(5, 9, 7), NOW)) == 1


def test_refusals_under_a_clock_that_was_far_ahead_hide_no_burst() -> None:
    exceptions = AccessExceptions(burst=BURST)
    day_s = 86_400

    exceptions.observe(denied(day_s), START + timedelta(seconds=day_s))
    told = exceptions.observe(denied(0, 2, 4), START + timedelta(seconds=4))

    assert [record.exception for record in told] == [ExceptionKind.DENIED_BURST]


@given(st.lists(st.integers(0, 40), max_size=15), st.integers(0, 15))
def test_a_restart_anywhere_changes_nothing(at_s: list[int], split: int) -> None:
    facts = denied(*at_s)
    expected = AccessExceptions(burst=BURST).observe(facts, NOW)

    before = AccessExceptions(burst=BURST)
    told = before.observe(facts[:split], NOW)
    kept = msgspec.json.decode(msgspec.json.encode(before.state), type=AccessExceptionsState)
    told += AccessExceptions(kept, burst=BURST).observe(facts[split:], NOW)

    assert told == expected


@pytest.mark.parametrize(("count", "within"), [(1, timedelta(seconds=1)), (3, timedelta(0))])
def test_a_burst_that_is_none_is_refused(count: int, within: timedelta) -> None:
    with pytest.raises(AccessConfigurationError):
        DeniedBurst(count=count, within=within)

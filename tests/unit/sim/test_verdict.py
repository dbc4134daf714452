"""What the timed demo calls whole, and what it calls lost or doubled."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from sim.verdict import Reported, Row, judge
from wire.records import (
    AccessOutcome,
    AccessWindow,
    AnyRecord,
    CountWindow,
    LateAccess,
    LateCrossing,
)
from wire.values import Direction, ObjectClass

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


def count_window(line: str, count_in: int, count_out: int) -> CountWindow:
    return CountWindow(
        line=line,
        object_class=ObjectClass.PERSON,
        count_in=count_in,
        count_out=count_out,
        coverage=1.0,
        start=NOON,
        end=NOON + timedelta(minutes=1),
    )


def test_late_crossings_and_grants_are_added_to_their_windows() -> None:
    records: list[AnyRecord] = [
        count_window("east", 3, 1),
        count_window("west", 9, 9),
        LateCrossing(
            line="east",
            object_class=ObjectClass.PERSON,
            direction=Direction.IN,
            occurred_at=NOON,
        ),
        AccessWindow(
            point="door",
            granted=2,
            denied=1,
            forced=0,
            held=0,
            start=NOON,
            end=NOON + timedelta(minutes=1),
        ),
        LateAccess(point="door", outcome=AccessOutcome.GRANTED, occurred_at=NOON),
        LateAccess(point="door", outcome=AccessOutcome.DENIED, occurred_at=NOON),
    ]

    reported = Reported.of(records, "east")

    assert reported.crossings == {Direction.IN: 4, Direction.OUT: 1}
    assert reported.granted == 3
    assert reported.records == 6


def test_a_count_that_misses_the_truth_is_no_fault_of_the_delivery() -> None:
    row = Row("越线", "crossings", truth=18, edge=17, reported=17, stored=17)

    verdict = judge([row], missing_records=0, lacks_alert=False)

    assert verdict.faults == ()


@pytest.mark.parametrize("stored", [16, 18])
def test_a_crossing_lost_or_doubled_on_the_way_is_a_fault(stored: int) -> None:
    row = Row("越线", "crossings", truth=17, edge=17, reported=17, stored=stored)

    verdict = judge([row], missing_records=0, lacks_alert=False)

    assert verdict.faults == (f"crossings: counted 17, reported 17, stored {stored}",)


def test_an_alert_that_the_platform_did_not_get_is_a_fault() -> None:
    row = Row("告警", "alerts", truth=2, edge=None, reported=2, stored=2, received=1)

    verdict = judge([row], missing_records=0, lacks_alert=False)

    assert len(verdict.faults) == 1


def test_missing_records_and_an_alert_that_never_came_are_faults() -> None:
    verdict = judge([], missing_records=3, lacks_alert=True)

    assert verdict.faults == (
        "3 records are missing in the hub",
        "no alert reached the command platform",
    )

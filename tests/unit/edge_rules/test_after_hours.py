from __future__ import annotations

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest

from edge.rules.after_hours import AfterHours
from edge.rules.engine import RuleEngine
from edge.rules.errors import RuleError
from edge.rules.hours import Hours
from tests.unit.edge_rules.stories import at, crossing, zone_count
from wire.records import AlertCleared, AlertRaised, SubjectKind
from wire.values import Direction, ObjectClass

SHANGHAI = ZoneInfo("Asia/Shanghai")
# the stories begin at 12:00 UTC, 20:00 in Shanghai
EVENING = Hours(time(20), time(6), SHANGHAI)
DAY = Hours(time(6), time(20), SHANGHAI)


@pytest.mark.parametrize(
    ("moment", "is_covered"),
    [
        ("2026-03-09T13:59:59+00:00", False),
        ("2026-03-09T14:00:00+00:00", True),
        ("2026-03-09T16:00:00+00:00", True),
        ("2026-03-09T21:59:59+00:00", True),
        ("2026-03-09T22:00:00+00:00", False),
    ],
)
def test_hours_past_midnight_are_by_the_wall_clock(moment: str, is_covered: bool) -> None:
    hours = Hours(time(22), time(6), SHANGHAI)

    assert hours.cover(datetime.fromisoformat(moment)) is is_covered


def test_hours_of_one_day_leave_the_night_out() -> None:
    hours = Hours(time(9), time(17), ZoneInfo("UTC"))

    assert hours.cover(datetime(2026, 3, 9, 9, tzinfo=UTC))
    assert not hours.cover(datetime(2026, 3, 9, 17, tzinfo=UTC))


def test_equal_times_are_the_whole_day() -> None:
    hours = Hours(time(8), time(8), ZoneInfo("UTC"))

    assert all(hours.cover(datetime(2026, 3, 9, hour, tzinfo=UTC)) for hour in range(24))


def test_somebody_in_the_zone_at_night_is_found() -> None:
    rule = AfterHours(gate="gate", zone="zone", hours=EVENING, hold_s=2)

    (condition,) = rule.conditions([zone_count(second, 2) for second in range(3)], at(2))

    assert (condition.reason.observed, condition.reason.limit) == (2, 0)
    assert condition.subject.kind is SubjectKind.ZONE


def test_somebody_in_the_zone_by_day_is_not() -> None:
    rule = AfterHours(gate="gate", zone="zone", hours=DAY, hold_s=2)

    assert rule.conditions([zone_count(second, 2) for second in range(9)], at(9)) == []


def test_who_stays_is_over_when_the_hours_are() -> None:
    minute = Hours(time(20, 0), time(20, 1), SHANGHAI)
    rule = AfterHours(gate="gate", zone="zone", hours=minute, hold_s=2, clear_s=5)

    (condition,) = rule.conditions([zone_count(second, 1) for second in range(70)], at(70))

    assert condition.until == at(60)


def test_a_crossing_at_night_is_found_whichever_way() -> None:
    rule = AfterHours(gate="gate", line="line", hours=EVENING, clear_s=10)
    facts = [crossing(1), crossing(3, direction=Direction.OUT)]

    (condition,) = rule.conditions(facts, at(4))

    assert (condition.subject.kind, condition.subject.id) == (SubjectKind.LINE, "line")
    assert (condition.since, condition.held_at, condition.until) == (at(1), at(1), None)
    assert condition.reason.observed == 2


def test_a_crossing_is_cleared_when_nobody_followed() -> None:
    rule = AfterHours(gate="gate", line="line", hours=EVENING, clear_s=10)
    engine = RuleEngine([rule], "gateway")

    (raised,) = engine.observe([crossing(1)], at(1)).records
    assert engine.next_due == at(11)
    (cleared,) = engine.tick(at(11)).records

    assert isinstance(raised, AlertRaised)
    assert cleared == AlertCleared(alert_id=raised.alert_id, occurred_at=at(11))


def test_a_crossing_by_day_or_of_another_class_is_not_found() -> None:
    by_day = AfterHours(gate="gate", line="line", hours=DAY)
    at_night = AfterHours(gate="gate", line="line", hours=EVENING)

    assert by_day.conditions([crossing(1)], at(2)) == []
    assert at_night.conditions([crossing(1, object_class=ObjectClass.VEHICLE)], at(2)) == []


@pytest.mark.parametrize(("zone", "line"), [(None, None), ("zone", "line")])
def test_it_is_either_a_zone_or_a_line(zone: str | None, line: str | None) -> None:
    with pytest.raises(RuleError):
        AfterHours(gate="gate", zone=zone, line=line, hours=EVENING)

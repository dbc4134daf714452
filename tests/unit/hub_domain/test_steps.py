from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.domain.steps import (
    PATIENCE,
    QUARTER,
    Step,
    TooManyStepsError,
    bin_s,
    common_s,
    floor,
    known_until,
    midnight,
    seconds_of,
    steps,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")
ZONES = [ZoneInfo(name) for name in ("UTC", "Asia/Kolkata", "Asia/Kathmandu", "Europe/Berlin")]
START = datetime(2026, 7, 1, 4, 20, tzinfo=UTC)


def test_days_begin_at_local_midnight() -> None:
    edges = steps(START, START + timedelta(days=2), Step.DAY, SHANGHAI)

    assert edges[0] == datetime(2026, 6, 30, 16, tzinfo=UTC)
    assert seconds_of(edges) == [86_400.0] * 3


def test_weeks_begin_on_monday() -> None:
    edges = steps(START, START + timedelta(days=1), Step.WEEK, SHANGHAI)

    assert [edge.astimezone(SHANGHAI).weekday() for edge in edges] == [0, 0]


def test_hours_begin_by_the_local_clock() -> None:
    (first, *_) = steps(START, START + QUARTER, Step.HOUR, ZoneInfo("Asia/Kolkata"))

    assert first == datetime(2026, 7, 1, 3, 30, tzinfo=UTC)


def test_a_day_of_a_clock_change_is_as_long_as_it_was() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    start = datetime(2026, 3, 28, 12, tzinfo=UTC)

    edges = steps(start, start + timedelta(days=2), Step.DAY, berlin)

    assert [seconds / 3600 for seconds in seconds_of(edges)] == [24, 23, 24]


def test_days_are_read_at_once_unless_a_clock_change_cuts_them() -> None:
    spring = datetime(2026, 3, 28, 12, tzinfo=UTC)

    usual = steps(START, START + timedelta(days=9), Step.DAY, SHANGHAI)
    changing = steps(spring, spring + timedelta(days=2), Step.DAY, ZoneInfo("Europe/Berlin"))

    assert common_s(usual) == 86_400
    assert common_s(changing) == 3_600


def test_minutes_begin_by_the_clock() -> None:
    edges = steps(
        START + timedelta(seconds=30), START + timedelta(minutes=11), Step.FIVE_MINUTES, SHANGHAI
    )

    assert [edge.minute for edge in edges] == [20, 25, 30, 35]


def test_a_span_that_is_too_long_is_refused() -> None:
    with pytest.raises(TooManyStepsError, match="at most 10000"):
        steps(START, START + timedelta(days=8), Step.MINUTE, SHANGHAI)


@given(
    st.sampled_from(ZONES),
    st.sampled_from(Step),
    st.integers(0, 366 * 4),
    st.integers(1, 40),
)
def test_steps_cover_the_span_and_are_made_of_whole_bins(
    zone: ZoneInfo, step: Step, quarter_days: int, hours: int
) -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC) + quarter_days * timedelta(hours=6)
    end = start + timedelta(hours=hours)

    edges = steps(start, end, step, zone)

    assert edges[0] <= start
    assert edges[-1] >= end
    assert all(before < after for before, after in pairwise(edges))
    assert all(floor(edge, timedelta(seconds=bin_s(step))) == edge for edge in edges)


def test_today_began_at_local_midnight() -> None:
    assert midnight(START, SHANGHAI) == datetime(2026, 6, 30, 16, tzinfo=UTC)


def test_what_is_not_closed_yet_is_not_a_gap() -> None:
    now = START

    assert known_until(now - timedelta(minutes=1), now) == now - timedelta(minutes=1)
    assert known_until(now - timedelta(hours=1), now) == now - PATIENCE
    assert known_until(None, now) == now - PATIENCE
    assert known_until(now + timedelta(minutes=1), now) == now

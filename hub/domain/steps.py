"""Steps of a curve over time: minutes by the clock, hours, days and weeks by the compound's own.

Every time zone in use is a multiple of 15 minutes off UTC, so sums over quarters of an hour can be
put together to hours, days and weeks of any of them.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from itertools import pairwise
from math import gcd
from typing import Final
from zoneinfo import ZoneInfo

DEFAULT_ZONE: Final = "Asia/Shanghai"
MAX_STEPS: Final = 10_000
QUARTER: Final = timedelta(minutes=15)
PATIENCE: Final = timedelta(minutes=3)  # so late may a window be before its absence is a gap
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class Step(StrEnum):
    """How long one point of a curve is."""

    MINUTE = "1m"
    FIVE_MINUTES = "5m"
    HOUR = "hour"
    DAY = "day"
    WEEK = "week"


class TooManyStepsError(ValueError):
    """A span that is too long for its step.

    Attributes:
        limit: How many steps there may be.
    """

    def __init__(self, limit: int) -> None:
        super().__init__(f"the span: found more than {limit} steps, expected at most {limit}")
        self.limit = limit


_SPANS: Final = {Step.MINUTE: timedelta(minutes=1), Step.FIVE_MINUTES: timedelta(minutes=5)}


def bin_s(step: Step) -> int:
    """Return the seconds of the bins, aligned to UTC, that steps are put together from."""
    return int(_SPANS.get(step, QUARTER).total_seconds())


def floor(at: datetime, span: timedelta) -> datetime:
    """Return the latest multiple of `span` in UTC that is not after `at`."""
    return at - (at - _EPOCH) % span


def steps(start: datetime, end: datetime, step: Step, zone: ZoneInfo) -> list[datetime]:
    """Return the edges of all steps that meet `[start, end)`: n + 1 edges for n steps, in UTC.

    Raises:
        TooManyStepsError: There are more than `MAX_STEPS`.
    """
    edges = [_first_edge(start, step, zone)]
    while edges[-1] < end:
        if len(edges) > MAX_STEPS:
            raise TooManyStepsError(MAX_STEPS)
        edges.append(_next_edge(edges[-1], step, zone))
    return edges


def seconds_of(edges: list[datetime]) -> list[float]:
    """Return the length of each step; a day of a clock change is not 24 hours long."""
    return [(after - before).total_seconds() for before, after in pairwise(edges)]


def common_s(edges: list[datetime]) -> int:
    """Return the longest bin, in seconds, that all steps are made of when it begins with them."""
    return gcd(*(int(seconds) for seconds in seconds_of(edges)))


def known_until(last_window_end: datetime | None, now: datetime) -> datetime:
    """Return until when the absence of a window means a gap, and not that it is still to come."""
    patience = now - PATIENCE
    return patience if last_window_end is None else min(now, max(last_window_end, patience))


def midnight(at: datetime, zone: ZoneInfo) -> datetime:
    """Return when the local day of `at` began, in UTC."""
    return _local_midnight(at.astimezone(zone).date(), zone)


def _first_edge(start: datetime, step: Step, zone: ZoneInfo) -> datetime:
    if step in _SPANS:
        return floor(start, _SPANS[step])
    local = start.astimezone(zone)
    if step is Step.HOUR:
        return start - timedelta(
            minutes=local.minute, seconds=local.second, microseconds=local.microsecond
        )
    day = local.date()
    if step is Step.WEEK:
        day -= timedelta(days=day.weekday())
    return _local_midnight(day, zone)


def _next_edge(edge: datetime, step: Step, zone: ZoneInfo) -> datetime:
    if step in _SPANS:
        return edge + _SPANS[step]
    if step is Step.HOUR:
        return edge + timedelta(hours=1)
    days = 7 if step is Step.WEEK else 1
    # Noon stays clear of every clock change, so that a day is never skipped or had twice.
    noon = edge.astimezone(zone) + timedelta(hours=12)
    return _local_midnight(noon.date() + timedelta(days=days), zone)


def _local_midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)

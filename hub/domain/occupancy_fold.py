"""Carries a balance through time, quarter by quarter, and reads it at the moments asked for.

Bounds meet 0 at quarters' ends only, whatever is read in between: so what is read does not depend
on what else was asked for.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from hub.domain.occupancy import Balance, Flow, Interval
from hub.domain.steps import QUARTER, floor

LineFlows = Mapping[str, Flow]


@dataclass(frozen=True)
class Counted:
    """What one line counted from `start` on, in a span too short to be divided."""

    line: str
    start: datetime
    flow: Flow


@dataclass(frozen=True)
class Corrected:
    """How many people were inside at a moment, as somebody counted them."""

    at: datetime
    people: int


@dataclass(frozen=True)
class Reading:
    """Occupancy at a moment; None before any line said anything or anybody counted."""

    at: datetime
    interval: Interval | None
    lines: tuple[str, ...]
    corrected_at: datetime | None


def quarters_to_divide(
    reads: Iterable[datetime], corrections: Iterable[Corrected]
) -> list[datetime]:
    """Return the quarters of which `fold` needs to know more than their sums, in order."""
    moments = [*reads, *(each.at for each in corrections)]
    return sorted({floor(at, QUARTER) for at in moments if floor(at, QUARTER) != at})


def fold(
    balance: Balance,
    start: datetime,
    *,
    sums: Mapping[datetime, LineFlows],
    fine: Mapping[datetime, Sequence[Counted]],
    corrections: Sequence[Corrected],
    reads: Sequence[datetime],
) -> list[Reading]:
    """Return what is read at `reads`, in order of time, all of them after `start`.

    Args:
        balance: Where the fold stands at `start`; it is carried on.
        start: The start of a quarter.
        sums: What the lines counted, by quarter.
        fine: The same in small parts, by quarter, for those that `quarters_to_divide` names.
        corrections: Those at or after `start`, in order of time.
        reads: Moments in order of time.
    """
    marks = _marks(corrections, reads)
    readings: list[Reading] = []
    quarter, last = start, max(marks, default=start)
    while quarter <= last:
        marked = marks.get(quarter, ())
        readings += _through(balance, quarter, sums.get(quarter, {}), fine.get(quarter, ()), marked)
        quarter += QUARTER
    return readings


def flows_between(
    sums: Mapping[datetime, LineFlows],
    fine: Mapping[datetime, Sequence[Counted]],
    start: datetime,
    end: datetime,
) -> dict[str, Flow]:
    """Return what each line counted in `[start, end)`, whole quarters from their sums."""
    flows: dict[str, Flow] = {}
    quarter = floor(start, QUARTER)
    while quarter < end:
        after = quarter + QUARTER
        if start <= quarter and after <= end:
            part = sums.get(quarter, {})
        else:
            part = flows_of(fine.get(quarter, ()), start, end)
        for line, flow in part.items():
            flows[line] = flows[line].plus(flow) if line in flows else flow
        quarter = after
    return flows


def flows_of(parts: Sequence[Counted], start: datetime, end: datetime) -> dict[str, Flow]:
    """Return what each line counted in the parts that start in `[start, end)`."""
    flows: dict[str, Flow] = {}
    for part in parts:
        if start <= part.start < end:
            flows[part.line] = flows[part.line].plus(part.flow) if part.line in flows else part.flow
    return flows


def _through(
    balance: Balance,
    quarter: datetime,
    sums: LineFlows,
    parts: Sequence[Counted],
    marks: Sequence[Corrected | datetime],
) -> list[Reading]:
    """Carry the balance over one quarter, and read it on the way."""
    readings: list[Reading] = []
    begun, end = quarter, quarter + QUARTER
    for mark in marks:
        if isinstance(mark, Corrected):
            _advance(balance, begun, mark.at, flows_of(parts, begun, mark.at))
            balance.correct(mark.people, mark.at)
            begun = mark.at
        else:
            ahead = balance.copy()
            _advance(ahead, begun, mark, flows_of(parts, begun, mark))
            readings.append(_reading(ahead, mark))
    _advance(balance, begun, end, sums if begun == quarter else flows_of(parts, begun, end))
    return readings


def _advance(balance: Balance, start: datetime, end: datetime, flows: LineFlows) -> None:
    if end > start:
        balance.advance(start, (end - start).total_seconds(), flows)


def _reading(balance: Balance, at: datetime) -> Reading:
    is_known = bool(balance.habits) or balance.corrected_at is not None
    interval = balance.interval() if is_known else None
    return Reading(at, interval, tuple(balance.habits), balance.corrected_at)


def _marks(
    corrections: Sequence[Corrected], reads: Sequence[datetime]
) -> dict[datetime, list[Corrected | datetime]]:
    """Return what is to be done in each quarter, in order; a correction comes before a reading."""
    marks: dict[datetime, list[Corrected | datetime]] = defaultdict(list)
    for correction in corrections:
        marks[floor(correction.at, QUARTER)].append(correction)
    for at in reads:
        marks[floor(at, QUARTER)].append(at)
    for marked in marks.values():
        marked.sort(key=_moment)
    return marks


def _moment(mark: Corrected | datetime) -> datetime:
    return mark.at if isinstance(mark, Corrected) else mark

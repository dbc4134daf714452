"""Counts over time: each line and class, by steps of the compound's own clock."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final

from hub.domain.steps import PATIENCE, QUARTER, Step, bin_s, common_s, floor, known_until, steps
from hub.services.ports import CountBin, Store, Unit
from hub.services.sites import find_site, zone_of
from wire.values import ObjectClass

_WHOLE_QUARTERS: Final = frozenset({Step.HOUR, Step.DAY, Step.WEEK})  # a year's windows: millions


@dataclass(frozen=True)
class CountPoint:
    """Crossings in one step from `start`; None where nobody could see."""

    start: datetime
    count_in: int | None
    count_out: int | None
    coverage: float


@dataclass(frozen=True)
class CountSeries:
    """The steps of one line and class."""

    line: str
    gate: str
    object_class: ObjectClass
    points: tuple[CountPoint, ...]


@dataclass(frozen=True)
class Counts:
    """Crossings over `[start, end)`."""

    site: str
    step: Step
    start: datetime
    end: datetime
    timezone: str
    series: tuple[CountSeries, ...]


def read_counts(
    store: Store,
    site: str,
    *,
    start: datetime,
    end: datetime,
    step: Step,
    now: datetime,
    object_class: ObjectClass | None = None,
    line: str | None = None,
    gate: str | None = None,
) -> Counts:
    """Return the steps that meet `[start, end)` and of which something can be known by now.

    Raises:
        NotFoundError: There is no such site.
        TooManyStepsError: The span is too long for its step.
    """
    with store.snapshot() as unit:
        zone = zone_of(find_site(unit, site))
        edges = steps(start, end, step, zone)
        read, every_s = unit.series.counts, bin_s(step)
        if step in _WHOLE_QUARTERS:
            read, every_s = unit.flows.bins, common_s(edges)
        bins = read(site, edges[0], edges[-1], every_s, line=line, object_class=object_class)
        gates = _gates(unit, site)
        known = known_until(last_window_end(unit, site, now), now)
    by_series: dict[tuple[str, str, ObjectClass], list[CountBin]] = defaultdict(list)
    for each in bins:
        by_series[each.gateway, each.line, each.object_class].append(each)
    series = tuple(
        CountSeries(
            line=line_id,
            gate=gates.get((gateway, line_id), ""),
            object_class=of_class,
            points=_points(by_series[gateway, line_id, of_class], edges, known),
        )
        for gateway, line_id, of_class in sorted(by_series)
        if gate is None or gates.get((gateway, line_id)) == gate
    )
    return Counts(site, step, start, end, zone.key, series)


def last_window_end(unit: Unit, site: str, now: datetime) -> datetime | None:
    """Return the end of the last window that any line of the site sent lately."""
    totals = unit.flows.totals(site, floor(now - PATIENCE - QUARTER, QUARTER))
    return max((flow.last_end for flow in totals if flow.last_end is not None), default=None)


def _gates(unit: Unit, site: str) -> dict[tuple[str, str], str]:
    return {
        (gateway.key.gateway, line.id): line.gate
        for gateway in unit.gateways.gateways(site)
        for line in gateway.inventory.lines
    }


def _points(
    bins: Sequence[CountBin], edges: Sequence[datetime], known: datetime
) -> tuple[CountPoint, ...]:
    sums = [[0, 0, 0.0] for _ in edges[:-1]]
    for each in bins:
        place = sums[bisect_right(edges, each.start) - 1]
        place[0] += each.count_in
        place[1] += each.count_out
        place[2] += each.observed_s
    return tuple(
        _point(edge, min(after, known) - edge, int(into), int(out), observed_s)
        for (edge, after), (into, out, observed_s) in zip(pairwise(edges), sums, strict=True)
        if edge < known
    )


def _point(
    start: datetime, length: timedelta, into: int, out: int, observed_s: float
) -> CountPoint:
    if observed_s <= 0 and not into and not out:
        return CountPoint(start, None, None, 0.0)
    return CountPoint(start, into, out, min(1.0, observed_s / length.total_seconds()))

"""What the access points did over time, by steps of the compound's own clock."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from hub.domain.steps import Step, bin_s, steps
from hub.services.ports import AccessBin, Store, Unit
from hub.services.sites import find_site, zone_of


@dataclass(frozen=True)
class AccessPoint:
    """One step from `start`; None where no window came."""

    start: datetime
    granted: int | None
    denied: int | None
    forced: int | None
    held: int | None


@dataclass(frozen=True)
class AccessSeries:
    """The steps of one access point."""

    point: str
    gate: str
    points: tuple[AccessPoint, ...]


@dataclass(frozen=True)
class Accesses:
    """What all access points of a site did over `[start, end)`."""

    site: str
    step: Step
    start: datetime
    end: datetime
    timezone: str
    series: tuple[AccessSeries, ...]


def read_accesses(
    store: Store,
    site: str,
    *,
    start: datetime,
    end: datetime,
    step: Step,
    point: str | None = None,
    gate: str | None = None,
) -> Accesses:
    """Return the steps that meet `[start, end)`.

    Raises:
        NotFoundError: There is no such site.
        TooManyStepsError: The span is too long for its step.
    """
    with store.snapshot() as unit:
        zone = zone_of(find_site(unit, site))
        edges = steps(start, end, step, zone)
        bins = unit.series.accesses(site, edges[0], edges[-1], bin_s(step))
        gates = _gates(unit, site)
    by_point: dict[tuple[str, str], list[AccessBin]] = defaultdict(list)
    for each in bins:
        by_point[each.gateway, each.point].append(each)
    series = tuple(
        AccessSeries(point_id, gates.get((gateway, point_id), ""), _points(kept, edges))
        for (gateway, point_id), kept in sorted(by_point.items())
        if point in (None, point_id) and gate in (None, gates.get((gateway, point_id)))
    )
    return Accesses(site, step, start, end, zone.key, series)


def _gates(unit: Unit, site: str) -> dict[tuple[str, str], str]:
    return {
        (gateway.key.gateway, point.id): point.gate
        for gateway in unit.gateways.gateways(site)
        for point in gateway.inventory.points
    }


def _points(bins: Sequence[AccessBin], edges: Sequence[datetime]) -> tuple[AccessPoint, ...]:
    by_step: dict[datetime, list[AccessBin]] = defaultdict(list)
    for each in bins:
        by_step[edges[bisect_right(edges, each.start) - 1]].append(each)
    return tuple(_point(edge, by_step.get(edge, [])) for edge in edges[:-1])


def _point(start: datetime, bins: Sequence[AccessBin]) -> AccessPoint:
    if not bins:
        return AccessPoint(start, None, None, None, None)
    return AccessPoint(
        start,
        granted=sum(each.granted for each in bins),
        denied=sum(each.denied for each in bins),
        forced=sum(each.forced for each in bins),
        held=sum(each.held for each in bins),
    )

"""Occupancy over time and now, folded from flows and corrections in event time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from hub.domain.occupancy import Balance, Flow, coverage
from hub.domain.occupancy_fold import (
    Corrected,
    Counted,
    Reading,
    flows_between,
    flows_of,
    fold,
    quarters_to_divide,
)
from hub.domain.steps import QUARTER, Step, floor, known_until, steps
from hub.services.counts import last_window_end
from hub.services.errors import FutureCorrectionError
from hub.services.ports import Correction, Store, Unit
from hub.services.sites import find_site, zone_of
from wire.values import ObjectClass

CHECKPOINT_AGE: Final = timedelta(days=2)  # younger days may well be added to by late reports
_DAY: Final = timedelta(days=1)
_FINE_S: Final = 10


@dataclass(frozen=True)
class OccupancyNow:
    """People believed inside a site, as an interval; None while nothing is known.

    Coverage is that of the last quarter of an hour, or of the time since the first window ever.
    """

    site: str
    low: int | None
    expected: int | None
    high: int | None
    coverage: float
    as_of: datetime | None
    corrected_at: datetime | None


@dataclass(frozen=True)
class OccupancyPoint:
    """People believed inside at the end of a step; None where nobody could see."""

    at: datetime
    low: int | None
    expected: int | None
    high: int | None
    coverage: float


@dataclass(frozen=True)
class Occupancy:
    """Occupancy over time."""

    site: str
    step: Step
    points: tuple[OccupancyPoint, ...]
    now: OccupancyNow


def read_occupancy(
    store: Store, site: str, *, start: datetime, end: datetime, step: Step, now: datetime
) -> Occupancy:
    """Return occupancy at the end of each step that meets `[start, end)` and is known by now.

    Raises:
        NotFoundError: There is no such site.
        TooManyStepsError: The span is too long for its step.
    """
    with store.snapshot() as unit:
        zone = zone_of(find_site(unit, site))
        known = known_until(last_window_end(unit, site, now), now)
        edges = sorted({min(edge, known) for edge in steps(start, end, step, zone)})
        points = _points(unit, site, edges)
        return Occupancy(site, step, points, _now(unit, site, now))


def read_occupancy_now(store: Store, now: datetime) -> list[OccupancyNow]:
    """Return occupancy of each site, as of its last window or a later correction."""
    with store.snapshot() as unit:
        return [_now(unit, compound.id, now) for compound in unit.gateways.compounds()]


def correct_occupancy(
    store: Store,
    site: str,
    *,
    people: int,
    who: str,
    now: datetime,
    at: datetime | None = None,
    note: str | None = None,
) -> Correction:
    """Keep how many people really were inside, as somebody counted them.

    Raises:
        NotFoundError: There is no such site.
        FutureCorrectionError: `at` has not come yet.
    """
    if at is not None and at > now:
        raise FutureCorrectionError(at, now)
    correction = Correction(site, people, at or now, who, now, note)
    with store.transaction() as unit:
        find_site(unit, site)
        unit.corrections.add(correction)
        unit.checkpoints.forget(site, after=correction.at - QUARTER)
        unit.feed.tell("gate", site, {"site": site}, now)
    return correction


def keep_checkpoints(store: Store, now: datetime) -> None:
    """Keep where each site's fold stood at the last midnight but one, in UTC, once a day."""
    at = floor(now - CHECKPOINT_AGE, _DAY)
    with store.snapshot() as unit:
        wanted = [
            compound.id
            for compound in unit.gateways.compounds()
            if (kept := unit.checkpoints.latest(compound.id, at)) is None or kept[0] < at
        ]
    for site in wanted:
        with store.transaction() as unit:  # folded where nobody can add to the past meanwhile
            folded = _fold(unit, site, [at - QUARTER])
            if folded.balance.habits:
                unit.checkpoints.keep(site, at, folded.balance)


@dataclass(frozen=True)
class _Folded:
    """What was read, and what it was read from; `balance` stands at the end of the last quarter."""

    readings: Sequence[Reading]
    balance: Balance
    sums: Mapping[datetime, Mapping[str, Flow]]
    fine: Mapping[datetime, Sequence[Counted]]


def _fold(unit: Unit, site: str, reads: Sequence[datetime]) -> _Folded:
    """Fold from the last checkpoint, or from the beginning, and read at `reads`, in order."""
    first, end = floor(reads[0], QUARTER), floor(reads[-1], QUARTER) + QUARTER
    kept = unit.checkpoints.latest(site, first)
    start, balance = kept if kept is not None else (None, Balance())
    lines = _lines(unit, site)
    sums = _sums(unit, site, lines, start, end)
    corrections = [
        Corrected(each.at, each.people)
        for each in unit.corrections.of(site, reads[-1])
        if start is None or each.at >= start
    ]
    if start is None:
        start = min([first, *sums, *(floor(each.at, QUARTER) for each in corrections)])
    fine = _fine(unit, site, lines, quarters_to_divide(reads, corrections))
    readings = fold(balance, start, sums=sums, fine=fine, corrections=corrections, reads=reads)
    return _Folded(readings, balance, sums, fine)


def _points(unit: Unit, site: str, edges: Sequence[datetime]) -> tuple[OccupancyPoint, ...]:
    if len(edges) < 2:  # noqa: PLR2004 - no step without two edges
        return ()
    folded = _fold(unit, site, edges)
    return tuple(
        _point(reading, before, folded)
        for before, reading in zip(edges, folded.readings[1:], strict=False)
    )


def _point(reading: Reading, before: datetime, folded: _Folded) -> OccupancyPoint:
    flows = flows_between(folded.sums, folded.fine, before, reading.at)
    seen = coverage((reading.at - before).total_seconds(), reading.lines, flows)
    if reading.interval is None or seen == 0:
        return OccupancyPoint(reading.at, None, None, None, 0.0)
    shown = reading.interval
    return OccupancyPoint(reading.at, shown.low, shown.expected, shown.high, seen)


def _now(unit: Unit, site: str, now: datetime) -> OccupancyNow:
    """Return occupancy as of the last window, or of a correction that was made since."""
    known = known_until(last_window_end(unit, site, now), now)
    corrected = [each.at for each in unit.corrections.of(site, now)]
    reads = [known - QUARTER, known, max([known, *corrected])]
    before, _, reading = _fold(unit, site, reads).readings
    if reading.interval is None:
        return OccupancyNow(site, None, None, None, 0.0, None, None)
    parts = _counted(unit, site, _lines(unit, site), reads[0], known)
    begun = reads[0] if before.lines else min((part.start for part in parts), default=reads[0])
    flows = flows_of(parts, begun, known)
    seen = coverage((known - begun).total_seconds(), reading.lines, flows)
    shown, corrected_at = reading.interval, reading.corrected_at
    return OccupancyNow(site, shown.low, shown.expected, shown.high, seen, reading.at, corrected_at)


def _lines(unit: Unit, site: str) -> frozenset[tuple[str, str]]:
    """Return the lines that count towards occupancy, by gateway and id."""
    return frozenset(
        (gateway.key.gateway, line.id)
        for gateway in unit.gateways.gateways(site)
        for line in gateway.inventory.lines
        if line.counts_occupancy
    )


def _sums(
    unit: Unit,
    site: str,
    lines: Collection[tuple[str, str]],
    start: datetime | None,
    end: datetime,
) -> dict[datetime, dict[str, Flow]]:
    sums: dict[datetime, dict[str, Flow]] = defaultdict(dict)
    for kept in unit.flows.of(site, ObjectClass.PERSON, start, end):
        if (kept.gateway, kept.line) in lines:
            flow = Flow(kept.count_in, kept.count_out, kept.observed_s)
            sums[kept.quarter][f"{kept.gateway}/{kept.line}"] = flow
    return sums


def _fine(
    unit: Unit, site: str, lines: Collection[tuple[str, str]], quarters: Sequence[datetime]
) -> dict[datetime, list[Counted]]:
    fine: dict[datetime, list[Counted]] = defaultdict(list)
    for start, end in _runs(quarters):
        for part in _counted(unit, site, lines, start, end):
            fine[floor(part.start, QUARTER)].append(part)
    return fine


def _counted(
    unit: Unit, site: str, lines: Collection[tuple[str, str]], start: datetime, end: datetime
) -> list[Counted]:
    bins = unit.series.counts(site, start, end, _FINE_S, object_class=ObjectClass.PERSON)
    return [
        Counted(
            f"{each.gateway}/{each.line}",
            each.start,
            Flow(each.count_in, each.count_out, each.observed_s),
        )
        for each in bins
        if (each.gateway, each.line) in lines
    ]


def _runs(quarters: Sequence[datetime]) -> list[tuple[datetime, datetime]]:
    """Return the spans that quarters, in order, make together."""
    runs: list[tuple[datetime, datetime]] = []
    for quarter in quarters:
        if runs and runs[-1][1] == quarter:
            runs[-1] = (runs[-1][0], quarter + QUARTER)
        else:
            runs.append((quarter, quarter + QUARTER))
    return runs

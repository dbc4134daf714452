"""The gates as they are now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from hub.domain.liveness import Liveness
from hub.domain.steps import QUARTER, floor, midnight
from hub.services.ports import (
    AccessBin,
    CameraKept,
    Compound,
    CountBin,
    FlowKept,
    Gateway,
    GatewayKey,
    Store,
    Unit,
)
from hub.services.sites import find_site, zone_of
from wire.messages import Camera, Gate, Point
from wire.records import CameraCondition, RuleName, SubjectKind
from wire.values import ObjectClass

HOUR: Final = timedelta(hours=1)
RECENT: Final = timedelta(minutes=15)  # how far back coverage looks
_FINE_S: Final = 10  # the shortest window in use
_MINUTE_S: Final = 60
_QUARTER_S: Final = 900
_UNKNOWN: Final[Literal["unknown"]] = "unknown"
_POINT_STATES: Final[Mapping[RuleName, str]] = {
    RuleName.DOOR_FORCED: "forced",
    RuleName.DOOR_HELD: "held-open",
}


@dataclass(frozen=True)
class ClassFlow:
    """Crossings of one class at a gate, today by the site's clock and in the last hour."""

    object_class: ObjectClass
    in_today: int
    out_today: int
    in_last_hour: int
    out_last_hour: int


@dataclass(frozen=True)
class CameraNow:
    """A camera's condition; unknown while its gateway cannot say."""

    id: str
    name: str
    name_en: str
    state: CameraCondition | Literal["unknown"]
    since: datetime | None


@dataclass(frozen=True)
class PointNow:
    """An access point: ok, forced or held-open, or unknown while its gateway cannot say."""

    id: str
    name: str
    name_en: str
    kind: Literal["door", "barrier"]
    last_event_at: datetime | None
    state: str
    granted_today: int
    denied_today: int


@dataclass(frozen=True)
class GateNow:
    """A gate now; coverage is that of its lines in the last quarter of an hour."""

    site: str
    gate: str
    name: str
    name_en: str
    by_class: tuple[ClassFlow, ...]
    coverage: float | None
    last_window_end: datetime | None
    cameras: tuple[CameraNow, ...]
    points: tuple[PointNow, ...]
    open_alerts: int


@dataclass(frozen=True)
class _Figures:
    """What all gates of one compound share."""

    now: datetime
    today: Sequence[FlowKept]
    last_hour: Sequence[CountBin]
    accesses_today: Sequence[AccessBin]
    accesses_last_hour: Sequence[AccessBin]
    cameras: Mapping[tuple[str, str], CameraKept]
    point_states: Mapping[tuple[str, str], str]
    open_alerts: Mapping[tuple[str, str], int]


def list_gates(store: Store, now: datetime, site: str | None = None) -> list[GateNow]:
    """Return the gates of one site or all, by compound and in the order of the site files.

    Raises:
        NotFoundError: There is no such site.
    """
    with store.snapshot() as unit:
        compounds = unit.gateways.compounds() if site is None else [find_site(unit, site)]
        gateways: dict[str, list[Gateway]] = defaultdict(list)
        for gateway in unit.gateways.gateways(site):
            gateways[gateway.key.compound].append(gateway)
        open_alerts = unit.alerts.open_by_gate()
        points = _point_states(unit)
        gates: list[GateNow] = []
        for compound in compounds:
            figures = _figures(unit, compound, open_alerts, points, now)
            there = gateways[compound.id]
            named = {gate.id: gate for each in there for gate in each.inventory.gates}
            gates += [_gate_now(gate, there, figures) for gate in named.values()]
        return gates


def _point_states(unit: Unit) -> dict[GatewayKey, dict[str, str]]:
    """Return what the open alerts say of doors and barriers."""
    states: dict[GatewayKey, dict[str, str]] = defaultdict(dict)
    for alert in unit.alerts.lasting():
        head = alert.head
        if head is not None and head.subject.kind is SubjectKind.POINT:
            state = _POINT_STATES.get(head.rule)
            if state is not None:
                states[GatewayKey(alert.compound, alert.gateway)][head.subject.id] = state
    return states


def _figures(
    unit: Unit,
    compound: Compound,
    open_alerts: Mapping[tuple[str, str], int],
    points: Mapping[GatewayKey, Mapping[str, str]],
    now: datetime,
) -> _Figures:
    today = midnight(now, zone_of(compound))
    states = {
        (key.gateway, point): state
        for key, by_point in points.items()
        if key.compound == compound.id
        for point, state in by_point.items()
    }
    cameras = unit.gateways.cameras(compound.id)
    return _Figures(
        now=now,
        today=unit.flows.totals(compound.id, floor(today, QUARTER)),
        last_hour=unit.series.counts(compound.id, now - HOUR, now + HOUR, _FINE_S),
        accesses_today=unit.series.accesses(compound.id, today, now + HOUR, _QUARTER_S),
        accesses_last_hour=unit.series.accesses(compound.id, now - HOUR, now + HOUR, _MINUTE_S),
        cameras={(camera.key.gateway, camera.camera): camera for camera in cameras},
        point_states=states,
        open_alerts=open_alerts,
    )


def _gate_now(gate: Gate, gateways: Sequence[Gateway], figures: _Figures) -> GateNow:
    """Return one gate, which several gateways may look after together."""
    site = gateways[0].key.compound
    lines = {
        (gateway.key.gateway, line.id)
        for gateway in gateways
        for line in gateway.inventory.lines
        if line.gate == gate.id
    }
    flows = [flow for flow in figures.today if (flow.gateway, flow.line) in lines]
    bins = [each for each in figures.last_hour if (each.gateway, each.line) in lines]
    last_end = max((flow.last_end for flow in flows if flow.last_end is not None), default=None)
    return GateNow(
        site=site,
        gate=gate.id,
        name=gate.name,
        name_en=gate.name_en,
        by_class=_by_class(flows, bins),
        coverage=_coverage(bins, last_end, figures.now),
        last_window_end=last_end,
        cameras=tuple(
            _camera_now(gateway, camera, figures)
            for gateway in gateways
            for camera in gateway.inventory.cameras
            if camera.gate == gate.id
        ),
        points=tuple(
            _point_now(gateway, point, figures)
            for gateway in gateways
            for point in gateway.inventory.points
            if point.gate == gate.id
        ),
        open_alerts=figures.open_alerts.get((site, gate.id), 0),
    )


def _by_class(flows: Iterable[FlowKept], bins: Iterable[CountBin]) -> tuple[ClassFlow, ...]:
    sums: dict[ObjectClass, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for flow in flows:
        sums[flow.object_class][0] += flow.count_in
        sums[flow.object_class][1] += flow.count_out
    for each in bins:
        sums[each.object_class][2] += each.count_in
        sums[each.object_class][3] += each.count_out
    return tuple(
        ClassFlow(object_class, *sums[object_class])
        for object_class in ObjectClass
        if object_class in sums
    )


def _coverage(bins: Iterable[CountBin], last_end: datetime | None, now: datetime) -> float | None:
    """Return the share of the last quarter of an hour in which the lines could see.

    It ends with the last window, for that the next one is not closed yet says nothing; and it
    begins with the first where there was none before in this hour.
    """
    if last_end is None or last_end < now - RECENT:
        return None
    begun = last_end - RECENT
    recent = [each for each in bins if each.start >= begun]
    if not recent:
        return None
    if not any(each.start < begun for each in bins):
        begun = min(each.start for each in recent)
    series = {(each.gateway, each.line, each.object_class) for each in recent}
    observed_s = sum(each.observed_s for each in recent)
    return min(1.0, observed_s / ((last_end - begun).total_seconds() * len(series)))


def _camera_now(gateway: Gateway, camera: Camera, figures: _Figures) -> CameraNow:
    kept = figures.cameras.get((gateway.key.gateway, camera.id))
    if kept is None or not _is_there(gateway, figures.now):
        return CameraNow(camera.id, camera.name, camera.name_en, _UNKNOWN, None)
    return CameraNow(camera.id, camera.name, camera.name_en, kept.state, kept.since)


def _point_now(gateway: Gateway, point: Point, figures: _Figures) -> PointNow:
    place = (gateway.key.gateway, point.id)
    today = [each for each in figures.accesses_today if (each.gateway, each.point) == place]
    recent = [each for each in figures.accesses_last_hour if (each.gateway, each.point) == place]
    state = figures.point_states.get(place, "ok") if today else _UNKNOWN
    return PointNow(
        id=point.id,
        name=point.name,
        name_en=point.name_en,
        kind=point.kind,
        last_event_at=_last_event(recent) or _last_event(today),
        state=state if _is_there(gateway, figures.now) else _UNKNOWN,
        granted_today=sum(each.granted for each in today),
        denied_today=sum(each.denied for each in today),
    )


def _last_event(bins: Iterable[AccessBin]) -> datetime | None:
    """Return the start of the last bin in which anything happened."""
    lively = (each for each in bins if each.granted or each.denied or each.forced or each.held)
    return max((each.start for each in lively), default=None)


def _is_there(gateway: Gateway, now: datetime) -> bool:
    return gateway.session.liveness(now, gateway.heartbeat_s) is not Liveness.OFFLINE

"""A site in the words of each part: what is counted, what is told the hub of the gateway."""

from __future__ import annotations

from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from itertools import starmap
from typing import TypedDict

from edge.config.site import Site
from edge.config.tables import Named
from edge.counting.camera import CameraCounter
from edge.counting.crossing import LineSpec
from edge.counting.geometry import Point
from edge.counting.tracking import TrackerOptions
from edge.counting.zones import ZoneSpec
from edge.gateway import Plan
from edge.reporting.windows import Counted, WindowPlan
from wire import messages
from wire.codec import encode
from wire.messages import Birth, Inventory
from wire.values import EARLIEST


class _Names(TypedDict):
    id: str
    name: str
    name_en: str


def plan_of(site: Site) -> Plan:
    """Return what the gateway looks after."""
    return Plan(
        gateway=site.site.gateway,
        windows=WindowPlan(
            window_s=site.site.window_s,
            lateness_s=site.site.lateness_s,
            cameras=tuple(camera.id for camera in site.cameras),
            lines=tuple(
                Counted(id=line.id, camera=line.camera, classes=line.classes) for line in site.lines
            ),
            zones=tuple(
                Counted(id=zone.id, camera=zone.camera, classes=zone.classes) for zone in site.zones
            ),
            points=tuple(point.id for point in site.points),
        ),
        rules=site.rules,
    )


def counter_for(site: Site, options: TrackerOptions, camera: str) -> CameraCounter:
    """Return a new counter for one camera."""
    lines = [
        LineSpec(line.id, Point(*line.a), Point(*line.b), line.classes)
        for line in site.lines
        if line.camera == camera
    ]
    zones = [
        ZoneSpec(zone.id, tuple(starmap(Point, zone.corners)), zone.classes)
        for zone in site.zones
        if zone.camera == camera
    ]
    return CameraCounter(camera, lines, zones, options)


def birth_of(site: Site, *, session: int, epoch: str, sent_at: datetime) -> Birth:
    """Return the first message of a session."""
    return Birth(
        gateway=site.site.gateway,
        session=session,
        epoch=epoch,
        sent_at=sent_at,
        software=software(),
        name=site.site.name,
        name_en=site.site.name_en,
        timezone=site.site.timezone,
        heartbeat_s=site.site.heartbeat_s,
        window_s=float(site.site.window_s),
        inventory=inventory_of(site),
    )


def check_size(site: Site) -> None:
    """Check that one birth can tell the hub of all that the gateway looks after.

    Raises:
        OversizedError: It cannot: the site is for two gateways.
    """
    encode(birth_of(site, session=1, epoch="0" * 16, sent_at=EARLIEST))


def inventory_of(site: Site) -> Inventory:
    """Return what the hub has to know of the gateway's gates and devices."""
    gate_by_camera = {camera.id: camera.gate for camera in site.cameras}
    return Inventory(
        gates=tuple(messages.Gate(**_names_of(each)) for each in site.gates),
        cameras=tuple(messages.Camera(**_names_of(each), gate=each.gate) for each in site.cameras),
        lines=tuple(
            messages.Line(
                **_names_of(each),
                gate=gate_by_camera[each.camera],
                camera=each.camera,
                a=each.a,
                b=each.b,
                counts_occupancy=each.counts_occupancy,
            )
            for each in site.lines
        ),
        zones=tuple(
            messages.Zone(
                **_names_of(each),
                gate=gate_by_camera[each.camera],
                camera=each.camera,
                corners=each.corners,
            )
            for each in site.zones
        ),
        points=tuple(
            messages.Point(**_names_of(each), gate=each.gate, kind=each.kind)
            for each in site.points
        ),
    )


def _names_of(table: Named) -> _Names:
    return {"id": table.id, "name": table.name, "name_en": table.name_en}


def software() -> str:
    """Return the program's name and version."""
    try:
        return f"zhian {version('zhian')}"
    except PackageNotFoundError:  # run from a source tree
        return "zhian source"

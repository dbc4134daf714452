"""What there is, and how it is now: sites, gateways, gates."""

from __future__ import annotations

from typing import Literal

from pydantic import AwareDatetime, Field

from hub.api.schemas.base import Answer, Identifier, Named, Request, Share
from hub.domain.liveness import Liveness
from wire.records import CameraCondition
from wire.values import ObjectClass


class Camera(Named):
    """A camera at a gate."""

    gate: str


class Line(Named):
    """A counting line; whether it counts towards occupancy."""

    gate: str
    camera: str
    counts_occupancy: bool


class Zone(Named):
    """A polygon on a camera's picture."""

    gate: str
    camera: str


class Point(Named):
    """A door or barrier with its reader."""

    gate: str
    kind: Literal["door", "barrier"]


class Site(Named):
    """A compound and what its gateways look after."""

    timezone: str
    gateways: list[str]
    gates: list[Named]
    cameras: list[Camera]
    lines: list[Line]
    zones: list[Zone]
    points: list[Point]


class Gateway(Answer):
    """A gateway's liveness, and how complete its records are in the hub."""

    site: str
    gateway: str
    liveness: Liveness
    last_seen: AwareDatetime | None
    session: int | None
    epoch: str | None
    software: str | None
    stored_up_to: int
    highest_number: int
    missing: int
    completeness: Share
    clock_offset_s: float | None
    outbox_records: int | None
    memory_bytes: int | None


class GateQuery(Request):
    """Which gates; all of them unless said."""

    site: Identifier | None = None


class ClassFlow(Answer):
    """Crossings of one class at a gate, today by the site's clock and in the last hour."""

    object_class: ObjectClass = Field(alias="class")
    in_today: int
    out_today: int
    in_last_hour: int
    out_last_hour: int


class CameraNow(Named):
    """A camera's condition now."""

    state: CameraCondition | Literal["unknown"]
    since: AwareDatetime | None


class PointNow(Named):
    """An access point now; `state` is ok, forced, held-open, or unknown while nobody can say."""

    kind: Literal["door", "barrier"]
    last_event_at: AwareDatetime | None
    state: str
    granted_today: int
    denied_today: int


class GateNow(Answer):
    """A gate now: who passed, how well it was seen, and what stands there."""

    site: str
    gate: str
    name: str
    name_en: str
    by_class: list[ClassFlow]
    coverage: Share | None
    last_window_end: AwareDatetime | None
    cameras: list[CameraNow]
    points: list[PointNow]
    open_alerts: int

"""Records: what a gateway has to say, numbered by its outbox, told once and kept by the hub.

Windows are by event time, half-open `[start, end)`, closed once by a watermark and final. What
arrives after its window was closed is a record of its own (`late_crossing`, `late_access`).
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from msgspec import Meta, field

from wire.errors import PayloadError
from wire.values import (
    Bytes,
    Count,
    Direction,
    Fraction,
    Id,
    Label,
    Message,
    ObjectClass,
    Seconds,
    UtcTime,
)

Measure = Annotated[float, Meta(ge=0, le=1_000_000)]


class Record(Message, frozen=True, kw_only=True, tag_field="kind"):
    """Base of all records; `kind` on the wire tells them apart."""


class Window(Record, frozen=True, kw_only=True):
    """Base of the records that sum up `[start, end)` of event time."""

    start: UtcTime
    end: UtcTime

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.end <= self.start:
            raise PayloadError("end", self.end.isoformat(), f"after {self.start.isoformat()}")

    @property
    def occurred_at(self) -> datetime:
        """The moment the window was over."""
        return self.end


class CountWindow(Window, frozen=True, kw_only=True, tag="count_window"):
    """Crossings of one line by one class.

    `coverage` is the share of the window in which the camera could see; where it is 0 the counts
    mean "not observed", never "nobody".
    """

    line: Id
    object_class: ObjectClass = field(name="class")
    count_in: Count = field(name="in")
    count_out: Count = field(name="out")
    coverage: Fraction


class ZoneWindow(Window, frozen=True, kw_only=True, tag="zone_window"):
    """How full a zone was: time-weighted mean and maximum of the zone count, and dwell.

    Dwell is how long the tracks that left the zone in this window had been in it.
    """

    zone: Id
    object_class: ObjectClass = field(name="class")
    mean: Measure
    max: Count
    dwell_mean_s: Seconds
    dwell_max_s: Seconds
    coverage: Fraction


class AccessWindow(Window, frozen=True, kw_only=True, tag="access_window"):
    """What one access point did."""

    point: Id
    granted: Count
    denied: Count
    forced: Count
    held: Count


class LateCrossing(Record, frozen=True, kw_only=True, tag="late_crossing"):
    """A line crossing that came after its window was closed."""

    line: Id
    object_class: ObjectClass = field(name="class")
    direction: Direction
    occurred_at: UtcTime


class AccessOutcome(StrEnum):
    """What happened at a door or barrier."""

    GRANTED = "granted"
    DENIED = "denied"
    FORCED = "forced"
    HELD_OPEN = "held-open"
    CLOSED = "closed"
    EXIT_BUTTON = "exit-button"
    DURESS = "duress"


class LateAccess(Record, frozen=True, kw_only=True, tag="late_access"):
    """An access event that came after its window was closed."""

    point: Id
    outcome: AccessOutcome
    occurred_at: UtcTime


class ExceptionKind(StrEnum):
    """What an access exception is about."""

    FORCED = "forced"
    HELD_OPEN = "held-open"
    DURESS = "duress"
    DENIED_BURST = "denied-burst"


class AccessException(Record, frozen=True, kw_only=True, tag="access_exception"):
    """Something at an access point that is told at once, not only in a window."""

    point: Id
    exception: ExceptionKind
    occurred_at: UtcTime


class RuleName(StrEnum):
    """The gateway's rules: 尾随, 跟车, 聚集, 占道, 时段外有人, 强行开门, 门未关, 摄像机无画面."""

    TAILGATING = "tailgating"
    TAIL_THROUGH = "tail-through"
    CROWDING = "crowding"
    STATIONARY_VEHICLE = "stationary-vehicle"
    AFTER_HOURS = "after-hours"
    DOOR_FORCED = "door-forced"
    DOOR_HELD = "door-held"
    CAMERA_SILENT = "camera-silent"


class SubjectKind(StrEnum):
    """What an alert can be about."""

    CAMERA = "camera"
    LINE = "line"
    ZONE = "zone"
    POINT = "point"


class Severity(StrEnum):
    """How soon somebody should look: 提示, 警告, 紧急."""

    NOTICE = "notice"
    WARNING = "warning"
    CRITICAL = "critical"


class Subject(Message, frozen=True, kw_only=True):
    """The one thing an alert is about."""

    kind: SubjectKind
    id: Id


class Witness(Message, frozen=True, kw_only=True):
    """One fact that speaks for or against an alert.

    `fact` says what it was ("crossing", or an `AccessOutcome`); `source` the line, zone, point or
    camera that saw it. Facts of the same `pair` explain each other: a crossing and its grant. A
    crossing without a pair is what tailgating is about.
    """

    fact: Id
    source: Id
    occurred_at: UtcTime
    direction: Direction | None = None
    object_class: ObjectClass | None = field(name="class", default=None)
    pair: Annotated[int, Meta(ge=1, le=64)] | None = None


class Reason(Message, frozen=True, kw_only=True):
    """Why a rule spoke: what was measured, the limit it passed, in which unit, and who saw it."""

    observed: Measure
    limit: Measure
    unit: Id
    witnesses: Annotated[tuple[Witness, ...], Meta(max_length=64)] = ()


class AlertRaised(Record, frozen=True, kw_only=True, tag="alert_raised"):
    """A rule's condition has held for its hold time.

    `since` is when the condition began, `occurred_at` when it had held long enough. `evidence`
    names the pictures that follow on the evidence channel.
    """

    alert_id: Id
    rule: RuleName
    subject: Subject
    gate: Id
    severity: Severity
    since: UtcTime
    occurred_at: UtcTime
    reason: Reason
    evidence: Annotated[tuple[Id, ...], Meta(max_length=8)] = ()


class AlertUpdated(Record, frozen=True, kw_only=True, tag="alert_updated"):
    """The condition still holds and its reason has changed."""

    alert_id: Id
    occurred_at: UtcTime
    reason: Reason


class AlertCleared(Record, frozen=True, kw_only=True, tag="alert_cleared"):
    """The condition holds no more."""

    alert_id: Id
    occurred_at: UtcTime


class CameraCondition(StrEnum):
    """Whether frames come that can be counted on."""

    ONLINE = "online"
    SILENT = "silent"
    UNFIT = "unfit"


class CameraState(Record, frozen=True, kw_only=True, tag="camera_state"):
    """A camera's condition has changed."""

    camera: Id
    state: CameraCondition
    occurred_at: UtcTime


class CameraHealth(Message, frozen=True, kw_only=True):
    """One camera's figures since the gateway started."""

    camera: Id
    received: Count
    dropped: Count
    refused: Count
    counted_per_s: Measure


class Health(Record, frozen=True, kw_only=True, tag="health"):
    """The gateway's heartbeat: periodic, whether or not anything happened."""

    occurred_at: UtcTime
    uptime_s: Seconds
    memory_bytes: Bytes
    disk_free_bytes: Bytes
    outbox_records: Bytes
    access_refused: Bytes
    cameras: Annotated[tuple[CameraHealth, ...], Meta(max_length=64)] = ()
    detector: Label


AnyRecord = (
    CountWindow
    | ZoneWindow
    | AccessWindow
    | LateCrossing
    | LateAccess
    | AccessException
    | AlertRaised
    | AlertUpdated
    | AlertCleared
    | CameraState
    | Health
)

"""Messages: what is published on each channel.

JSON everywhere, but for `Evidence`, which carries a picture and is MessagePack. Every message has
`schema`, the version of this contract.
"""

from __future__ import annotations

from typing import Annotated, Final, Literal

from msgspec import Meta

from wire.records import AccessOutcome, AnyRecord
from wire.values import Direction, Id, Label, Message, Number, Seconds, UtcTime

SCHEMA: Final = 1
MAX_RECORDS: Final = 256
MAX_PICTURE_BYTES: Final = 2 * 1024 * 1024

Version = Literal[1]
Fractions = Annotated[float, Meta(ge=0, le=1)]
PointOnPicture = tuple[Fractions, Fractions]
Range = tuple[Number, Number]


class Envelope(Message, frozen=True, kw_only=True):
    """Base of all messages."""

    schema: Version = SCHEMA


class Report(Envelope, frozen=True, kw_only=True):
    """A batch of records; record i has number `first + i` within `epoch`."""

    gateway: Id
    epoch: Id
    first: Number
    sent_at: UtcTime
    records: Annotated[tuple[AnyRecord, ...], Meta(min_length=1, max_length=MAX_RECORDS)]

    @property
    def last(self) -> int:
        """The number of the last record."""
        return self.first + len(self.records) - 1


class Ack(Envelope, frozen=True, kw_only=True):
    """What the hub has committed: all numbers up to `up_to`, and the ranges in `beyond`.

    `beyond` holds inclusive ranges above `up_to`, lowest first; what lies between is missing and
    wanted. `up_to` 0 means nothing yet. `evidence` lists pictures that were stored.
    """

    gateway: Id
    epoch: Id
    up_to: Annotated[int, Meta(ge=0, le=2**53 - 1)]
    beyond: Annotated[tuple[Range, ...], Meta(max_length=32)] = ()
    evidence: Annotated[tuple[Id, ...], Meta(max_length=32)] = ()


class Named(Message, frozen=True, kw_only=True):
    """Base of what a site has: an id for programs, names for people."""

    id: Id
    name: Label
    name_en: Label


class Gate(Named, frozen=True, kw_only=True):
    """A way in and out of the compound."""


class Camera(Named, frozen=True, kw_only=True):
    """A camera at a gate."""

    gate: Id


class Line(Named, frozen=True, kw_only=True):
    """A counting line on a camera's picture.

    `a` and `b` are fractions of the picture's width and height, origin top left, y downward.
    `counts_occupancy` is false for a line that stands behind another and would count twice.
    """

    gate: Id
    camera: Id
    a: PointOnPicture
    b: PointOnPicture
    counts_occupancy: bool = True


class Zone(Named, frozen=True, kw_only=True):
    """A polygon on a camera's picture, in the frame of reference of `Line`."""

    gate: Id
    camera: Id
    corners: Annotated[tuple[PointOnPicture, ...], Meta(min_length=3, max_length=32)]


class Point(Named, frozen=True, kw_only=True):
    """An access point: a door or a barrier with its reader."""

    gate: Id
    kind: Literal["door", "barrier"]


class Inventory(Message, frozen=True, kw_only=True):
    """What a gateway looks after."""

    gates: Annotated[tuple[Gate, ...], Meta(max_length=64)]
    cameras: Annotated[tuple[Camera, ...], Meta(max_length=64)] = ()
    lines: Annotated[tuple[Line, ...], Meta(max_length=128)] = ()
    zones: Annotated[tuple[Zone, ...], Meta(max_length=128)] = ()
    points: Annotated[tuple[Point, ...], Meta(max_length=128)] = ()


class Birth(Envelope, frozen=True, kw_only=True):
    """First message of a gateway's MQTT session; retained."""

    gateway: Id
    session: Number
    epoch: Id
    sent_at: UtcTime
    software: Label
    name: Label
    name_en: Label
    timezone: Label
    heartbeat_s: Seconds
    window_s: Seconds
    inventory: Inventory


class Death(Envelope, frozen=True, kw_only=True):
    """Last will of the session of the same number; retained."""

    gateway: Id
    session: Number


class Command(Envelope, frozen=True, kw_only=True, tag_field="kind"):
    """Base of what the hub asks of a gateway; void after `expires_at`."""

    command_id: Id
    issued_at: UtcTime
    expires_at: UtcTime


class Snapshot(Command, frozen=True, kw_only=True, tag="snapshot"):
    """Send one more picture for an alert that is open."""

    camera: Id
    alert_id: Id


class LiveView(Command, frozen=True, kw_only=True, tag="live_view"):
    """Publish frames on the live channel for a while, then stop without being told."""

    camera: Id
    duration_s: Annotated[float, Meta(gt=0, le=600)]


class Configure(Command, frozen=True, kw_only=True, tag="configure"):
    """Take a new site file, as TOML text."""

    revision: Id
    document: Annotated[str, Meta(max_length=49_152)]


class UseModel(Command, frozen=True, kw_only=True, tag="use_model"):
    """Count with another network of the manifest."""

    model: Id


AnyCommand = Snapshot | LiveView | Configure | UseModel


class Evidence(Envelope, frozen=True, kw_only=True):
    """A JPEG that an alert asked for."""

    gateway: Id
    evidence_id: Id
    alert_id: Id
    camera: Id
    captured_at: UtcTime
    picture: Annotated[bytes, Meta(min_length=1, max_length=MAX_PICTURE_BYTES)]


class AccessEvent(Envelope, frozen=True, kw_only=True):
    """What a reader, door or barrier publishes on the gateway's broker.

    `event_id` is the device's own and the same in every repeat. `credential` never leaves the
    gateway.
    """

    event_id: Annotated[str, Meta(min_length=1, max_length=128)]
    occurred_at: UtcTime
    outcome: AccessOutcome
    direction: Direction | None = None
    credential: Annotated[str, Meta(min_length=1, max_length=256)] | None = None

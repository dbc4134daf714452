"""Facts: what the gateway's sensors saw, in its own words.

Counting and access make facts; windows and rules read them. A fact is frozen, serialisable (it is
part of the gateway's checkpoint) and knows when it happened. It holds no picture and no identity.
"""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from wire.records import AccessOutcome, CameraCondition
from wire.values import Direction, ObjectClass


class Fact(Struct, frozen=True, kw_only=True, tag_field="fact"):
    """Base of all facts; `occurred_at` is event time, aware UTC."""

    occurred_at: datetime


class Crossing(Fact, frozen=True, kw_only=True, tag="crossing"):
    """One track passed one line once.

    `track_id` is unique within a camera's session only.
    """

    camera: str
    line: str
    track_id: int
    object_class: ObjectClass
    direction: Direction


class ZoneCount(Fact, frozen=True, kw_only=True, tag="zone-count"):
    """How many tracks of a class are in a zone now.

    Made for every frame that was counted, also when the number is 0. `stationary` of them have
    stood still, the longest for `longest_stationary_s`. `dwells_s` are the stays, in seconds, of
    the tracks that left since the last zone count.
    """

    camera: str
    zone: str
    object_class: ObjectClass
    count: int
    stationary: int = 0
    longest_stationary_s: float = 0.0
    dwells_s: tuple[float, ...] = ()


class Observed(Fact, frozen=True, kw_only=True, tag="observed"):
    """A frame of a camera was counted: what is not seen until then did not happen.

    `fit` is false for a frame that nothing can be counted on (black, covered).
    """

    camera: str
    fit: bool = True


class CameraChange(Fact, frozen=True, kw_only=True, tag="camera-change"):
    """A camera fell silent or came back, noticed by the gateway's clock."""

    camera: str
    state: CameraCondition


class Access(Fact, frozen=True, kw_only=True, tag="access"):
    """Something happened at an access point.

    `event_id` tells repeats apart. `credential` is a keyed pseudonym, and None unless a rule needs
    it.
    """

    point: str
    event_id: str
    outcome: AccessOutcome
    direction: Direction | None = None
    credential: str | None = None


AnyFact = Crossing | ZoneCount | Observed | CameraChange | Access

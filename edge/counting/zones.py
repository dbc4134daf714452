"""How many tracks are in a zone, how long they stay, and which stand still."""

from collections.abc import Sequence, Set
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Self

from edge.counting.geometry import Box, Point, Polygon
from edge.counting.tracking import Track
from wire.values import ObjectClass

_WAVERING: Final = timedelta(seconds=1)
"""Shorter than this is not believed: hidden, stepped over the border, moved away from the spot."""
_STILL_AFTER: Final = timedelta(seconds=3)
_LAST_INSIDE: Final = 1 - 1e-9
"""Boxes are cut at the picture's edge; a zone that reaches it includes who stands on it."""


@dataclass(frozen=True, slots=True)
class Presence:
    """What a zone holds of one class, at one frame.

    Attributes:
        count: tracks in it now.
        stationary: those of them that stand still.
        longest_stationary_s: how long the one that has stood still the longest has.
        dwells_s: how long those had been in it that are now known to have left.
    """

    count: int = 0
    stationary: int = 0
    longest_stationary_s: float = 0.0
    dwells_s: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class ZoneSpec:
    """A zone of a camera as configured.

    Attributes:
        id: the zone's id.
        corners: of the polygon, in order.
        classes: what is counted in it.
        still_tolerance: what moves no farther than this, in box sizes, stands still.
    """

    id: str
    corners: tuple[Point, ...]
    classes: tuple[ObjectClass, ...]
    still_tolerance: float = 0.25


@dataclass(slots=True)
class _Stay:
    """One track's stay in the zone.

    Attributes:
        entered_at: when it was first seen inside.
        inside_at: when it was last seen inside.
        is_inside: false once it was seen outside after that.
        spot: the box it had when it came to stand where it is.
        still_since: when that was.
        near_spot_at: when it was last seen there.
    """

    object_class: ObjectClass
    entered_at: datetime
    inside_at: datetime
    is_inside: bool
    spot: Box
    still_since: datetime
    near_spot_at: datetime

    @classmethod
    def beginning(cls, at: datetime, track: Track) -> Self:
        return cls(
            object_class=track.object_class,
            entered_at=at,
            inside_at=at,
            is_inside=True,
            spot=track.box,
            still_since=at,
            near_spot_at=at,
        )

    @property
    def dwell_s(self) -> float:
        return (self.inside_at - self.entered_at).total_seconds()

    def see_inside(self, at: datetime, track: Track, still_tolerance: float) -> None:
        self.object_class, self.inside_at, self.is_inside = track.object_class, at, True
        if _displacement(self.spot, track.box) <= still_tolerance:
            self.near_spot_at = at
        elif at - self.near_spot_at > _WAVERING:
            self.spot, self.still_since, self.near_spot_at = track.box, at, at

    def counts(self, at: datetime) -> bool:
        """Say whether the track is inside now, or was when it was hidden.

        What stood still is believed to stand on, what moved only for a moment.
        """
        stood_still = self.still_for(self.inside_at) >= _STILL_AFTER
        return self.is_inside and (stood_still or at - self.inside_at <= _WAVERING)

    def still_for(self, at: datetime) -> timedelta:
        return at - self.still_since


class ZoneCounter:
    """Counts the confirmed tracks of a zone's classes whose anchor is inside it.

    A hidden track goes on counting for a moment, or if it stood still, until it ends, as its stay
    does in either case.
    """

    def __init__(self, spec: ZoneSpec) -> None:
        """Start with an empty zone.

        Raises:
            GeometryError: The corners do not go around an area.
        """
        self._spec = spec
        self._area = Polygon(spec.corners)
        self._stays: dict[int, _Stay] = {}

    def update(self, at: datetime, tracks: Sequence[Track]) -> dict[ObjectClass, Presence]:
        """Take every live track of the frame at `at` and return what is in the zone, by class.

        A track missing from `tracks` has ended, and its stay with it.
        """
        for track in tracks:
            if track.is_seen:
                self._see(at, track)
        live = {track.track_id for track in tracks}
        left = [track_id for track_id in self._stays if self._has_left(at, track_id, live)]
        ended = [self._stays.pop(track_id) for track_id in left]
        return {
            object_class: _presence(
                at,
                [stay for stay in self._stays.values() if stay.object_class == object_class],
                [stay for stay in ended if stay.object_class == object_class],
            )
            for object_class in self._spec.classes
        }

    def _see(self, at: datetime, track: Track) -> None:
        stay = self._stays.get(track.track_id)
        if not self._holds(track):
            if stay is not None:
                stay.is_inside = False
            return
        if stay is None:
            stay = self._stays[track.track_id] = _Stay.beginning(at, track)
        stay.see_inside(at, track, self._spec.still_tolerance)

    def _holds(self, track: Track) -> bool:
        if not track.is_confirmed or track.object_class not in self._spec.classes:
            return False
        x, y = track.box.anchor
        return self._area.contains(Point(min(x, _LAST_INSIDE), min(y, _LAST_INSIDE)))

    def _has_left(self, at: datetime, track_id: int, live: Set[int]) -> bool:
        stay = self._stays[track_id]
        is_outside = not stay.is_inside and at - stay.inside_at > _WAVERING
        return is_outside or track_id not in live


def _presence(at: datetime, stays: Sequence[_Stay], ended: Sequence[_Stay]) -> Presence:
    inside = [stay for stay in stays if stay.counts(at)]
    still = [stay.still_for(at) for stay in inside if stay.still_for(at) >= _STILL_AFTER]
    return Presence(
        count=len(inside),
        stationary=len(still),
        longest_stationary_s=max(still, default=timedelta()).total_seconds(),
        dwells_s=tuple(sorted(stay.dwell_s for stay in ended)),
    )


def _displacement(before: Box, now: Box) -> float:
    """Return how far the anchor has moved, in box sizes along x or y, whichever is more."""
    along_x = abs(now.anchor.x - before.anchor.x) / before.width
    along_y = abs(now.anchor.y - before.anchor.y) / before.height
    return max(along_x, along_y)

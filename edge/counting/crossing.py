"""Which tracks pass a line, and which way."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from edge.counting.geometry import PICTURE_CORNERS, Line, Point
from edge.counting.tracking import Track
from wire.values import Direction, ObjectClass

CLEAR_DEPTH: Final = 0.1
"""Who is so far from a line, in box sizes, is clear of it; a standing person's box wavers less."""


@dataclass(frozen=True, slots=True)
class LineSpec:
    """A line of a camera as configured: its id, its ends, and the classes that count at it."""

    id: str
    a: Point
    b: Point
    classes: tuple[ObjectClass, ...]


@dataclass(slots=True)
class _Passage:
    """What is remembered of one track at the line.

    Attributes:
        off_line: where it was last seen not exactly on the line.
        side: the side it is known to be on, +1 or -1; 0 while only seen exactly on the line.
        net: how often it went through the line since then, towards + minus towards -.
    """

    off_line: Point | None = None
    side: int = 0
    net: int = 0


class LineCounter:
    """Counts a track once it is clear of the line on the other side.

    Who stops or wavers on the line counts when clear of it on the other side, and not if they turn
    back; who first shows exactly on the line belongs to the side they step off to. The way must
    lead between the line's ends: it is followed from frame to frame, so walking round an end does
    not count. A track that is not confirmed is followed too, and counts as soon as it is.
    """

    def __init__(self, line: Line, clear_depth: float = CLEAR_DEPTH) -> None:
        self._line = line
        self._clear_depth = clear_depth
        sides = [line.side_of(corner) for corner in PICTURE_CORNERS]
        self._room = {+1: max(sides), -1: -min(sides)}
        self._passages: dict[int, _Passage] = {}

    def update(self, tracks: Sequence[Track]) -> list[tuple[Track, Direction]]:
        """Take every live track of one frame and return those that have now crossed.

        A track missing from `tracks` has ended and is forgotten.
        """
        known = self._passages
        self._passages = {t.track_id: known.get(t.track_id) or _Passage() for t in tracks}
        directions = [(track, self._follow(track)) for track in tracks]
        return [(track, direction) for track, direction in directions if direction]

    def _follow(self, track: Track) -> Direction | None:
        passage, anchor = self._passages[track.track_id], track.box.anchor
        side = self._side_of(anchor)
        if side == 0:
            return None
        before, passage.off_line = passage.off_line, anchor
        if before is None:
            passage.side = side
        elif self._side_of(before) != side and self._line.is_between(before, anchor):
            passage.net += side

        if not (track.is_confirmed and self._is_clear(track)):
            return None
        has_crossed = passage.side != side and passage.net * side > 0
        passage.side, passage.net = side, 0
        if not has_crossed:
            return None
        return Direction.IN if side > 0 else Direction.OUT

    def _side_of(self, point: Point) -> int:
        depth = self._line.side_of(point)
        return (depth > 0) - (depth < 0)

    def _is_clear(self, track: Track) -> bool:
        """Say whether the track is far enough from the line, or where the picture ends, half-way.

        Without the second, nobody could get clear of a line close to the picture's edge.
        """
        depth = self._line.side_of(track.box.anchor)
        wanted = self._clear_depth * self._line.extent_of(track.box)
        return abs(depth) >= min(wanted, self._room[+1 if depth > 0 else -1] / 2)

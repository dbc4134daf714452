"""Points, boxes, lines and polygons on the picture.

The frame of reference, here and in all of `edge.counting`: fractions of the picture, (0, 0) its
upper left corner, (1, 1) its lower right; x grows to the right, y grows downward.

A line runs from a to b. Its positive side is the right hand of somebody who walks from a to b on
the picture; who ends on the positive side has gone `in`.

        a ────────────> b
               │
               v  in (positive)
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

_CORNERS_OF_A_TRIANGLE = 3


class GeometryError(ValueError):
    """A line or polygon that no point can be told against."""

    def __init__(self, found: str, expected: str) -> None:
        super().__init__(f"found {found}, expected {expected}")
        self.found = found
        self.expected = expected


class Point(NamedTuple):
    """A place on the picture."""

    x: float
    y: float


class Box(NamedTuple):
    """An upright rectangle by its upper left and lower right corner."""

    x1: float
    y1: float
    x2: float
    y2: float

    @property
    def width(self) -> float:
        """Its extent along x."""
        return self.x2 - self.x1

    @property
    def height(self) -> float:
        """Its extent along y."""
        return self.y2 - self.y1

    @property
    def anchor(self) -> Point:
        """The bottom centre: where whoever is in the box stands."""
        return Point((self.x1 + self.x2) / 2, self.y2)


PICTURE_CORNERS = (Point(0, 0), Point(1, 0), Point(1, 1), Point(0, 1))


@dataclass(frozen=True, slots=True)
class Line:
    """A directed segment."""

    a: Point
    b: Point

    def __post_init__(self) -> None:
        """Refuse a line without length.

        Raises:
            GeometryError: Both ends are the same point.
        """
        if self.a == self.b:
            raise GeometryError(f"{_shown(self.a)} twice", "two different points")

    def side_of(self, point: Point) -> float:
        """Say on which side of the endless line `point` is: positive, negative, or 0 on it."""
        return _cross(self.a, self.b, point)

    def extent_of(self, box: Box) -> float:
        """Return how far `box` reaches across the line, measured as `side_of` measures.

        `side_of(box.anchor) / extent_of(box)` is the anchor's distance in box sizes: near and far
        people, and pictures of any shape, are measured alike.
        """
        along_x, along_y = abs(self.b.x - self.a.x), abs(self.b.y - self.a.y)
        return along_y * box.width + along_x * box.height

    def is_between(self, before: Point, after: Point) -> bool:
        """Say whether the way `before` to `after`, which changes sides, leads between the ends.

        An end belongs to the line.
        """
        return _cross(before, after, self.a) * _cross(before, after, self.b) <= 0


@dataclass(frozen=True, slots=True)
class Polygon:
    """An area by its corners in order; the last is joined to the first."""

    corners: tuple[Point, ...]

    def __post_init__(self) -> None:
        """Refuse a polygon without area.

        Raises:
            GeometryError: There are fewer than three corners, or all lie on one line.
        """
        if len(set(self.corners)) < _CORNERS_OF_A_TRIANGLE:
            raise GeometryError(f"{len(set(self.corners))} corners", "at least 3 different ones")
        first, second = self.corners[0], next(c for c in self.corners if c != self.corners[0])
        if all(_cross(first, second, corner) == 0 for corner in self.corners):
            raise GeometryError("corners on one line", "corners around an area")

    def contains(self, point: Point) -> bool:
        """Say whether `point` is inside, by the even-odd rule; the border's upper left is inside.

        A border shared by two polygons belongs to exactly one of them.
        """
        is_inside = False
        for start, end in zip(self.corners, self._next_corners(), strict=True):
            if (start.y > point.y) == (end.y > point.y):
                continue
            upper, lower = (start, end) if start.y < end.y else (end, start)
            if _cross(upper, lower, point) <= 0:
                is_inside = not is_inside
        return is_inside

    def _next_corners(self) -> Sequence[Point]:
        return (*self.corners[1:], self.corners[0])


def _cross(start: Point, end: Point, point: Point) -> float:
    """Return the cross product of start->end and start->point."""
    along, across = (end.x - start.x) * (point.y - start.y), (end.y - start.y) * (point.x - start.x)
    return along - across


def _shown(point: Point) -> str:
    return f"({point.x:g}, {point.y:g})"

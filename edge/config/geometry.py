"""Shapes drawn on a picture, checked before anything is counted with them.

Points are fractions of the picture's width and height, origin top left, y downward.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

Point = tuple[float, float]


def is_simple(corners: Sequence[Point]) -> bool:
    """Say whether a polygon encloses something and no two of its sides touch but at a corner."""
    sides = [(corners[index - 1], corners[index]) for index in range(len(corners))]
    if any(a == b for a, b in sides) or area(corners) == 0:
        return False
    return not any(
        _meet(first, second)
        for first, second in combinations(sides, 2)
        if not _adjoin(first, second)
    )


def area(corners: Sequence[Point]) -> float:
    """Return the share of the picture that a polygon covers."""
    doubled = sum(
        corners[index - 1][0] * corners[index][1] - corners[index][0] * corners[index - 1][1]
        for index in range(len(corners))
    )
    return abs(doubled) / 2


def _adjoin(first: tuple[Point, Point], second: tuple[Point, Point]) -> bool:
    return bool(set(first) & set(second))


def _meet(first: tuple[Point, Point], second: tuple[Point, Point]) -> bool:
    a, b = first
    c, d = second
    return _turn(a, b, c) * _turn(a, b, d) <= 0 and _turn(c, d, a) * _turn(c, d, b) <= 0


def _turn(a: Point, b: Point, c: Point) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.counting.geometry import Box, GeometryError, Line, Point, Polygon

tenths = st.integers(0, 10).map(lambda tenth: tenth / 10)
points = st.builds(Point, tenths, tenths)
lines = st.tuples(points, points).filter(lambda ends: ends[0] != ends[1]).map(lambda e: Line(*e))

LEVEL = Line(Point(0.2, 0.5), Point(0.8, 0.5))
SQUARE = Polygon((Point(0.2, 0.2), Point(0.6, 0.2), Point(0.6, 0.6), Point(0.2, 0.6)))


def test_the_positive_side_is_on_the_right_hand_of_who_walks_from_a_to_b() -> None:
    walking_right_faces_down = LEVEL.side_of(Point(0.5, 0.9))
    walking_down_faces_left = Line(Point(0.5, 0), Point(0.5, 1)).side_of(Point(0.1, 0.5))

    assert walking_right_faces_down > 0
    assert walking_down_faces_left > 0


def test_a_point_on_the_line_is_on_no_side() -> None:
    assert LEVEL.side_of(Point(0.3, 0.5)) == 0


@given(lines, points)
def test_reversing_a_line_swaps_its_sides(line: Line, point: Point) -> None:
    reversed_line = Line(line.b, line.a)

    swapped, side = reversed_line.side_of(point), line.side_of(point)

    assert swapped == pytest.approx(-side, abs=1e-12)


@pytest.mark.parametrize(
    ("x", "is_between"), [(0.1, False), (0.2, True), (0.5, True), (0.8, True), (0.9, False)]
)
def test_a_way_leads_between_the_ends_or_over_one_of_them(x: float, is_between: bool) -> None:
    assert LEVEL.is_between(Point(x, 0.4), Point(x, 0.6)) is is_between


def test_the_extent_of_a_box_is_its_size_across_the_line() -> None:
    box = Box(0.4, 0.1, 0.5, 0.4)
    anchor_one_height_below = Box(0.4, 0.5, 0.5, 0.8)

    depth = LEVEL.side_of(anchor_one_height_below.anchor) / LEVEL.extent_of(box)

    assert depth == pytest.approx(1)


def test_the_anchor_is_the_bottom_centre() -> None:
    assert Box(0.2, 0.1, 0.4, 0.7).anchor == pytest.approx((0.3, 0.7))


def test_a_line_without_length_is_refused() -> None:
    with pytest.raises(GeometryError, match="two different points") as refusal:
        Line(Point(0.1, 0.2), Point(0.1, 0.2))

    assert refusal.value.found == "(0.1, 0.2) twice"


@pytest.mark.parametrize(
    "corners",
    [
        (),
        (Point(0, 0), Point(1, 1)),
        (Point(0, 0), Point(1, 1), Point(0, 0)),
        (Point(0, 0), Point(0.5, 0.5), Point(1, 1)),
    ],
)
def test_a_polygon_without_area_is_refused(corners: tuple[Point, ...]) -> None:
    with pytest.raises(GeometryError):
        Polygon(corners)


@pytest.mark.parametrize(
    ("point", "is_inside"),
    [
        (Point(0.4, 0.4), True),
        (Point(0.2, 0.2), True),
        (Point(0.4, 0.2), True),
        (Point(0.2, 0.4), True),
        (Point(0.6, 0.4), False),
        (Point(0.4, 0.6), False),
        (Point(0.1, 0.4), False),
        (Point(0.4, 0.7), False),
    ],
)
def test_a_square_contains_its_inside_and_its_upper_left_border(
    point: Point, is_inside: bool
) -> None:
    assert SQUARE.contains(point) is is_inside


def test_a_notch_is_outside_a_polygon_that_is_not_convex() -> None:
    arrow = Polygon((Point(0, 0), Point(0.5, 0.5), Point(1, 0), Point(0.5, 1)))

    assert not arrow.contains(Point(0.5, 0.3))
    assert arrow.contains(Point(0.5, 0.7))


@given(points)
def test_every_point_of_the_picture_is_in_exactly_one_half(point: Point) -> None:
    """The halves share a slanted border; both reach beyond the picture."""
    upper = Polygon((Point(-1, -1), Point(2, -1), Point(2, 0.8), Point(-1, 0.2)))
    lower = Polygon((Point(-1, 0.2), Point(2, 0.8), Point(2, 2), Point(-1, 2)))

    assert upper.contains(point) != lower.contains(point)


@given(points, st.integers(0, 3), st.booleans())
def test_where_a_polygon_begins_and_which_way_it_goes_does_not_matter(
    point: Point, first: int, is_reversed: bool
) -> None:
    corners = SQUARE.corners[first:] + SQUARE.corners[:first]
    redrawn = Polygon(corners[::-1] if is_reversed else corners)

    assert redrawn.contains(point) == SQUARE.contains(point)

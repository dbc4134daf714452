from collections.abc import Iterable, Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.counting.crossing import LineCounter
from edge.counting.geometry import Box, GeometryError, Line, Point
from edge.counting.tracking import Track
from wire.values import Direction, ObjectClass

IN, OUT = Direction.IN, Direction.OUT
LEVEL = Line(Point(0.2, 0.5), Point(0.8, 0.5))
"""Below is positive. A person's box is 0.2 high, so clear of it from 0.48 up and from 0.52 down."""


def track(x: float, y: float, track_id: int = 1, **state: bool) -> Track:
    """Somebody who stands at (x, y)."""
    box = Box(x - 0.03, y - 0.2, x + 0.03, y)
    flags = {"is_confirmed": True, "is_seen": True} | state
    return Track(track_id=track_id, object_class=ObjectClass.PERSON, box=box, **flags)


def walk(way: Iterable[tuple[float, float]], line: Line = LEVEL) -> list[Direction]:
    """Return what somebody who is seen at these places counts as."""
    counter = LineCounter(line)
    return [direction for x, y in way for _, direction in counter.update([track(x, y)])]


def at(*heights: float) -> list[tuple[float, float]]:
    """A way straight up or down through the middle of the line."""
    return [(0.5, y) for y in heights]


def test_walking_through_counts_once() -> None:
    assert walk(at(0.3, 0.4, 0.48, 0.55, 0.6, 0.7)) == [IN]
    assert walk(at(0.7, 0.6, 0.52, 0.45, 0.4, 0.3)) == [OUT]


def test_there_and_back_counts_both_ways() -> None:
    assert walk(at(0.4, 0.6, 0.4, 0.6)) == [IN, OUT, IN]


def test_stopping_on_the_line_counts_when_clear_on_the_other_side() -> None:
    assert walk(at(0.4, 0.5, 0.5, 0.5)) == []
    assert walk(at(0.4, 0.5, 0.5, 0.5, 0.6)) == [IN]


def test_turning_back_on_the_line_does_not_count() -> None:
    assert walk(at(0.4, 0.5, 0.4, 0.3)) == []
    assert walk(at(0.4, 0.51, 0.4, 0.3)) == []


def test_a_box_that_wavers_on_the_line_counts_once() -> None:
    assert walk(at(0.4, 0.51, 0.49, 0.515, 0.485, 0.51, 0.6)) == [IN]
    assert walk(at(0.4, 0.51, 0.49, 0.515, 0.485, 0.51, 0.4)) == []


def test_walking_round_the_end_of_the_line_does_not_count() -> None:
    assert walk([(0.5, 0.4), (0.9, 0.4), (0.9, 0.6), (0.5, 0.6)]) == []


def test_walking_round_the_end_and_back_through_counts_the_way_through() -> None:
    assert walk([(0.5, 0.4), (0.9, 0.4), (0.9, 0.6), (0.5, 0.6), (0.5, 0.4)]) == [OUT]


def test_through_and_back_round_the_end_counts_every_way_through() -> None:
    round_the_end = [(0.5, 0.6), (0.9, 0.6), (0.9, 0.4), (0.5, 0.4)]

    assert walk([(0.5, 0.4), *round_the_end, (0.5, 0.6)]) == [IN, IN]


def test_slipping_along_the_line_and_round_its_end_does_not_count() -> None:
    assert walk([(0.7, 0.4), (0.7, 0.49), (0.79, 0.49), (0.85, 0.51), (0.85, 0.6)]) == []


def test_round_the_end_and_at_once_back_through_does_not_count() -> None:
    """Never clear of the line on the other side, so never there."""
    assert walk([(0.79, 0.6), (0.85, 0.49), (0.79, 0.49), (0.79, 0.6)]) == []


def test_wavering_on_the_line_after_walking_round_its_end_does_not_count() -> None:
    assert walk([(0.85, 0.4), (0.85, 0.51), (0.79, 0.51), (0.79, 0.49), (0.79, 0.6)]) == []


def test_through_and_at_once_back_round_the_end_and_through_counts_once() -> None:
    assert walk([(0.79, 0.4), (0.79, 0.51), (0.85, 0.49), (0.79, 0.49), (0.79, 0.6)]) == [IN]


def test_over_the_very_end_of_the_line_counts() -> None:
    assert walk([(0.8, 0.4), (0.8, 0.6)]) == [IN]


def test_a_far_jump_through_the_line_counts() -> None:
    assert walk([(0.3, 0.21), (0.7, 1.0)]) == [IN]


def test_a_far_jump_past_the_end_of_the_line_does_not_count() -> None:
    assert walk([(0.75, 0.21), (0.95, 0.6)]) == []


def test_starting_exactly_on_the_line_does_not_count() -> None:
    assert walk(at(0.5, 0.6, 0.7)) == []
    assert walk(at(0.5, 0.4, 0.3)) == []


def test_starting_on_the_line_and_coming_back_over_it_counts_the_way_back() -> None:
    assert walk(at(0.5, 0.6, 0.4)) == [OUT]


def test_a_track_that_flickers_at_the_line_counts_when_it_is_seen_again() -> None:
    counter = LineCounter(LEVEL)

    while_hidden = [
        *counter.update([track(0.5, 0.45)]),
        *counter.update([track(0.5, 0.45, is_seen=False)]),
        *counter.update([track(0.5, 0.45, is_seen=False)]),
    ]
    afterwards = counter.update([track(0.5, 0.6)])

    assert while_hidden == []
    assert [direction for _, direction in afterwards] == [IN]


def test_a_track_without_an_id_yet_counts_when_it_is_confirmed() -> None:
    counter = LineCounter(LEVEL)

    before = [
        *counter.update([track(0.5, 0.45, is_confirmed=False)]),
        *counter.update([track(0.5, 0.6, is_confirmed=False)]),
    ]
    afterwards = counter.update([track(0.5, 0.7)])

    assert before == []
    assert [direction for _, direction in afterwards] == [IN]


def test_a_track_that_is_never_confirmed_does_not_count() -> None:
    counter = LineCounter(LEVEL)

    crossings = [counter.update([track(0.5, y, is_confirmed=False)]) for y in (0.3, 0.4, 0.6, 0.7)]

    assert crossings == [[], [], [], []]


def test_a_track_that_has_ended_is_forgotten() -> None:
    counter = LineCounter(LEVEL)

    for track_id in range(1000):
        counter.update([track(0.5, 0.4, track_id)])
    came_back = counter.update([track(0.5, 0.6, track_id=0)])

    assert came_back == []
    assert len(counter._passages) == 1


@pytest.mark.parametrize("y", [0.0, 1.0])
def test_at_a_line_on_the_edge_of_the_picture_nothing_can_be_counted(y: float) -> None:
    edge = Line(Point(0, y), Point(1, y))

    assert walk(at(0.9, 0.5, 0.2, y, 0.5, y), edge) == []


def test_at_a_line_close_to_the_edge_whoever_leaves_the_picture_counts() -> None:
    """The box is cut at the picture's edge, so its anchor stays at 1."""
    low = Line(Point(0, 0.99), Point(1, 0.99))

    assert walk(at(0.8, 0.9, 0.98, 1.0, 1.0), low) == [IN]
    assert walk(at(1.0, 1.0, 0.98, 0.9, 0.8), low) == [OUT]


def test_who_wavers_at_the_edge_of_the_picture_does_not_count_again() -> None:
    low = Line(Point(0, 0.95), Point(1, 0.95))

    assert walk(at(0.9, 1.0, 0.96, 0.94, 1.0, 0.94, 1.0), low) == [IN]


def test_near_and_far_people_are_measured_in_their_own_size() -> None:
    """Half a head below the line: clear for the far one, on the line for the near one."""
    far = Box(0.49, 0.46, 0.51, 0.52)
    near = Box(0.3, 0.02, 0.5, 0.52)

    def crossed(box: Box) -> bool:
        counter = LineCounter(LEVEL)
        above = Box(box.x1, box.y1 - 0.1, box.x2, box.y2 - 0.1)
        tracks = [Track(1, ObjectClass.PERSON, place, True, True) for place in (above, box)]
        return [bool(counter.update([seen])) for seen in tracks][-1]

    assert crossed(far)
    assert not crossed(near)


def test_a_line_without_length_is_refused() -> None:
    with pytest.raises(GeometryError):
        LineCounter(Line(Point(0.5, 0.5), Point(0.5, 0.5)))


tenths = st.integers(0, 10).map(lambda tenth: tenth / 10)
points = st.builds(Point, tenths, tenths)
ends = st.tuples(points, points).filter(lambda pair: pair[0] != pair[1])
ways = st.lists(st.tuples(tenths, tenths), max_size=12)


@given(ends, ways)
def test_reversing_a_line_swaps_in_and_out(
    pair: tuple[Point, Point], way: list[tuple[float, float]]
) -> None:
    a, b = pair
    swapped = {IN: OUT, OUT: IN}

    forwards, backwards = walk(way, Line(a, b)), walk(way, Line(b, a))

    assert backwards == [swapped[direction] for direction in forwards]


@given(ways)
def test_through_an_endless_line_in_and_out_take_turns(way: list[tuple[float, float]]) -> None:
    across = Line(Point(-10, 0.5), Point(10, 0.5))

    directions = walk(way, across)

    assert all(one != next_one for one, next_one in pairwise(directions))


@given(ways)
def test_in_minus_out_is_where_one_ends_minus_where_one_began(
    way: list[tuple[float, float]],
) -> None:
    across = Line(Point(-10, 0.5), Point(10, 0.5))
    off_line = [y > 0.5 for _, y in way if y != 0.5]

    directions = walk(way, across)

    moved = off_line[-1] - off_line[0] if off_line else 0
    assert directions.count(IN) - directions.count(OUT) == moved


@given(st.lists(st.lists(st.tuples(tenths, tenths), min_size=3, max_size=3), max_size=8))
def test_tracks_do_not_disturb_each_other(frames: Sequence[Sequence[tuple[float, float]]]) -> None:
    counter = LineCounter(LEVEL)

    together = [
        (seen.track_id, direction)
        for places in frames
        for seen, direction in counter.update(
            [track(x, y, number) for number, (x, y) in enumerate(places)]
        )
    ]

    for number in range(3):
        alone = walk(places[number] for places in frames)
        assert [direction for seen, direction in together if seen == number] == alone

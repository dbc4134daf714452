import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.counting.detection import FloatArray
from edge.counting.overlap import ious, shares_inside

HALF_OVER = np.array([[0.0, 0.0, 0.2, 0.2], [0.1, 0.0, 0.3, 0.2]])
NO_SLACK = np.zeros((1, 2))

corners = st.tuples(st.integers(0, 8), st.integers(0, 8), st.integers(1, 4), st.integers(1, 4))
boxes = st.lists(
    corners.map(lambda c: [c[0] / 10, c[1] / 10, (c[0] + c[2]) / 10, (c[1] + c[3]) / 10]),
    min_size=1,
    max_size=4,
).map(np.array)


def test_half_over_each_other_shares_a_third_of_the_union() -> None:
    assert ious(HALF_OVER[:1], HALF_OVER[1:], NO_SLACK) == pytest.approx(1 / 3)


def test_boxes_that_only_touch_do_not_overlap() -> None:
    beside = HALF_OVER[:1] + np.array([0.2, 0, 0.2, 0])

    assert ious(HALF_OVER[:1], beside, NO_SLACK) == pytest.approx(0)


def test_slack_lets_boxes_meet_that_do_not_touch() -> None:
    apart = HALF_OVER[:1] + np.array([0.25, 0, 0.25, 0])

    along_x, along_y = np.array([[0.1, 0.0]]), np.array([[0.0, 0.1]])

    assert ious(HALF_OVER[:1], apart, along_x) == pytest.approx(0.15 / 0.65)
    assert ious(HALF_OVER[:1], apart, along_y) == pytest.approx(0)


def test_a_box_within_another_lies_in_it_wholly_but_not_the_other_way_round() -> None:
    part, whole = np.array([[0.1, 0.1, 0.2, 0.2]]), np.array([[0.0, 0.0, 0.2, 0.2]])

    assert shares_inside(part, whole) == pytest.approx(1)
    assert shares_inside(whole, part) == pytest.approx(0.25)


@given(boxes, boxes, st.integers(0, 3))
def test_overlap_is_mutual_and_whole_with_itself(
    some: FloatArray, others: FloatArray, slack: int
) -> None:
    wide = np.full((len(some), 2), slack / 10)
    wide_others = np.full((len(others), 2), slack / 10)

    overlaps = ious(some, others, wide)

    assert overlaps == pytest.approx(ious(others, some, wide_others).T)
    assert (overlaps >= 0).all()
    assert (overlaps <= 1).all()
    assert np.diag(ious(some, some, wide)) == pytest.approx(1)


def test_nothing_overlaps_with_nothing() -> None:
    nothing = np.empty((0, 4))

    assert ious(nothing, HALF_OVER, np.empty((0, 2))).shape == (0, 2)
    assert shares_inside(HALF_OVER, nothing).shape == (2, 0)

"""Average precision, by cases counted by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.accuracy import Compared, average_precision

ALMOST = (0, 0, 10, 9)
ELSEWHERE = (50, 50, 60, 60)
THERE = (0, 0, 10, 10)


def compared(found: list[tuple[tuple[int, ...], float]], truth: list[tuple[int, ...]]) -> Compared:
    return Compared(
        np.array([box for box, _ in found], np.float32).reshape(-1, 4),
        np.array([score for _, score in found], np.float32),
        np.array(truth, np.float32).reshape(-1, 4),
    )


def test_finding_all_and_nothing_else_is_perfect() -> None:
    assert average_precision([compared([(ALMOST, 0.5)], [THERE])]) == 1


def test_finding_nothing_is_worthless() -> None:
    assert average_precision([compared([], [THERE])]) == 0


def test_without_truth_there_is_no_precision() -> None:
    assert average_precision([compared([(THERE, 0.5)], [])]) is None


def test_a_second_box_on_the_same_truth_is_wrong_but_costs_nothing_after_full_recall() -> None:
    assert average_precision([compared([(THERE, 0.9), (ALMOST, 0.8)], [THERE])]) == 1


def test_a_better_scored_mistake_halves_the_precision() -> None:
    assert average_precision([compared([(ELSEWHERE, 0.9), (THERE, 0.8)], [THERE])]) == 0.5


def test_scores_are_ranked_over_all_pictures() -> None:
    pictures = [
        compared([(THERE, 0.6)], [THERE]),
        compared([(ELSEWHERE, 0.7)], []),
        compared([(THERE, 0.8)], [THERE]),
    ]

    assert average_precision(pictures) == pytest.approx((1 + 2 / 3) / 2)


@given(st.lists(st.booleans(), min_size=1, max_size=8))
def test_precision_is_a_fraction_and_does_not_depend_on_the_pictures_order(
    found_in: list[bool],
) -> None:
    pictures = [
        compared([(THERE if hit else ELSEWHERE, (index + 1) / 10)], [THERE])
        for index, hit in enumerate(found_in)
    ]

    forward = average_precision(pictures)

    assert forward == average_precision(pictures[::-1])
    assert forward is not None
    assert 0 <= forward <= 1

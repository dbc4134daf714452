"""Overlap, suppression and the way back to the picture."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.decoding.boxes import (
    Candidates,
    ClassMap,
    FloatArray,
    Placement,
    iou_matrix,
    keep_best,
    to_picture,
)
from models.detections import CLASS_NAMES, Detections

PERSON, VEHICLE, NON_MOTOR = range(3)
EVERY_CLASS = ClassMap(((0, PERSON), (1, VEHICLE), (2, NON_MOTOR)))

coordinates = st.integers(0, 8)
corners = st.tuples(coordinates, coordinates, coordinates, coordinates)
scores = st.sampled_from([0.0, 0.25, 0.5, 0.75, 1.0])
scored_corners = st.lists(st.tuples(corners, scores, scores, scores), max_size=12)


def boxes_of(*rows: tuple[float, ...]) -> FloatArray:
    return np.array(rows, np.float32).reshape(-1, 4)


def candidates_of(rows: list[tuple[tuple[int, ...], float, float, float]]) -> Candidates:
    return Candidates(
        boxes_of(*(row[0] for row in rows)),
        np.array([row[1:] for row in rows], np.float32).reshape(-1, 3),
    )


def test_a_box_overlaps_itself_wholly() -> None:
    box = boxes_of((2, 3, 8, 9))

    overlap = iou_matrix(box, box)

    assert overlap == 1


def test_half_shared_boxes_overlap_by_a_third() -> None:
    overlap = iou_matrix(boxes_of((0, 0, 2, 2)), boxes_of((1, 0, 3, 2)))

    assert overlap[0, 0] == pytest.approx(1 / 3)


def test_boxes_that_only_touch_do_not_overlap() -> None:
    overlap = iou_matrix(boxes_of((0, 0, 2, 2)), boxes_of((2, 0, 4, 2)))

    assert overlap == 0


@pytest.mark.parametrize("empty", [(5, 5, 5, 9), (5, 5, 3, 9), (0, 0, 0, 0)])
def test_a_box_without_area_overlaps_nothing(empty: tuple[int, ...]) -> None:
    overlap = iou_matrix(boxes_of(empty), boxes_of(empty, (0, 0, 9, 9)))

    assert not overlap.any()


@given(corners, corners)
def test_overlap_does_not_depend_on_the_order(one: tuple[int, ...], other: tuple[int, ...]) -> None:
    forward = iou_matrix(boxes_of(one), boxes_of(other))
    backward = iou_matrix(boxes_of(other), boxes_of(one))

    assert forward == backward
    assert 0 <= forward[0, 0] <= 1


def test_of_two_overlapping_boxes_the_better_is_kept() -> None:
    candidates = candidates_of([((0, 0, 8, 8), 0.5, 0, 0), ((0, 0, 8, 7), 0.75, 0, 0)])

    kept = keep_best(candidates, EVERY_CLASS, score_threshold=0.3, iou_threshold=0.5)

    assert kept.boxes.tolist() == [[0, 0, 8, 7]]
    assert kept.scores.tolist() == [0.75]


def test_a_person_on_a_bicycle_is_a_person_and_a_bicycle() -> None:
    candidates = candidates_of([((0, 0, 8, 8), 0.75, 0, 0), ((0, 0, 8, 8), 0, 0, 0.5)])

    kept = keep_best(candidates, EVERY_CLASS, score_threshold=0.3, iou_threshold=0.5)

    assert kept.classes.tolist() == [PERSON, NON_MOTOR]


def test_a_van_seen_as_car_and_as_truck_is_one_vehicle() -> None:
    car_and_truck = ClassMap(((0, VEHICLE), (2, VEHICLE)))
    candidates = candidates_of([((0, 0, 8, 8), 0.75, 0, 0), ((0, 0, 8, 8), 0, 0, 0.5)])

    kept = keep_best(candidates, car_and_truck, score_threshold=0.3, iou_threshold=0.5)

    assert kept.classes.tolist() == [VEHICLE]


def test_a_class_that_is_not_ours_is_not_reported() -> None:
    only_people = ClassMap(((0, PERSON),))
    candidates = candidates_of([((0, 0, 8, 8), 0.25, 1.0, 1.0)])

    kept = keep_best(candidates, only_people, score_threshold=0.3, iou_threshold=0.5)

    assert len(kept) == 0


def test_a_score_at_the_threshold_is_enough() -> None:
    candidates = candidates_of([((0, 0, 8, 8), 0.5, 0, 0)])

    kept = keep_best(candidates, EVERY_CLASS, score_threshold=0.5, iou_threshold=0.5)

    assert len(kept) == 1


@given(scored_corners)
def test_what_is_kept_is_sorted_likely_and_does_not_overlap(
    rows: list[tuple[tuple[int, ...], float, float, float]],
) -> None:
    kept = keep_best(candidates_of(rows), EVERY_CLASS, score_threshold=0.3, iou_threshold=0.5)

    assert (kept.scores >= 0.3).all()
    assert (np.diff(kept.scores) <= 0).all()
    same_class = kept.classes[:, None] == kept.classes[None, :]
    overlaps = np.where(same_class, iou_matrix(kept.boxes, kept.boxes), 0)
    np.fill_diagonal(overlaps, 0)
    assert (overlaps <= 0.5).all()


@given(scored_corners)
def test_keeping_twice_changes_nothing(
    rows: list[tuple[tuple[int, ...], float, float, float]],
) -> None:
    once = keep_best(candidates_of(rows), EVERY_CLASS, score_threshold=0.3, iou_threshold=0.5)

    scores_by_class = np.zeros((len(once), len(CLASS_NAMES)), np.float32)
    scores_by_class[np.arange(len(once)), once.classes] = once.scores
    again = keep_best(Candidates(once.boxes, scores_by_class), EVERY_CLASS, 0.3, 0.5)

    assert again.boxes.tolist() == once.boxes.tolist()


def test_boxes_are_scaled_back_to_the_picture_and_end_at_its_edges() -> None:
    found = Detections(
        boxes_of((10, 20, 30, 40), (-5, 90, 250, 130)),
        np.ones(2, np.float32),
        np.zeros(2, np.int64),
    )
    placement = Placement(scale_x=0.5, scale_y=0.25, picture_width=400, picture_height=480)

    on_picture = to_picture(found, placement)

    assert on_picture.boxes.tolist() == [[20, 80, 60, 160], [0, 360, 400, 480]]


def test_detections_of_unequal_length_are_refused() -> None:
    with pytest.raises(ValueError, match=r"found \(1, 4\), \(2,\) and \(1,\)"):
        Detections(boxes_of((0, 0, 1, 1)), np.ones(2, np.float32), np.zeros(1, np.int64))


def test_detections_are_given_one_by_one_by_class_name() -> None:
    found = Detections(
        boxes_of((0, 0, 1, 1), (0, 0, 2, 2)),
        np.array([0.75, 0.5], np.float32),
        np.array([VEHICLE, PERSON]),
    )

    assert [(score, name) for _, score, name in found] == [(0.75, "vehicle"), (0.5, "person")]
    assert found.of_class("person").boxes.tolist() == [[0, 0, 2, 2]]

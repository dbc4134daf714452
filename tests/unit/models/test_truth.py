"""The two forms of truth files."""

import pytest

from models.truth import TruthError, parse_mot, parse_yolo


def test_mot_lines_become_people_by_frame() -> None:
    frames = parse_mot("1,9,10,20,30,40,1,-4.1,-7.3,0\n3,9,0,0,5,5,1,0,0,0\n")

    assert frames[1]["person"].tolist() == [[10, 20, 40, 60]]
    assert sorted(frames) == [1, 3]


def test_mot_lines_that_do_not_count_are_left_out() -> None:
    assert parse_mot("1,9,10,20,30,40,0,-1,-1,-1") == {}


def test_yolo_fractions_become_corners_in_pixels() -> None:
    boxes = parse_yolo("0 0.5 0.5 0.5 0.25", (200, 400))

    assert boxes["person"].tolist() == [[50, 150, 150, 250]]


def test_coco_classes_are_merged_into_ours_and_others_left_out() -> None:
    boxes = parse_yolo("2 .5 .5 .1 .1\n7 .5 .5 .1 .1\n3 .5 .5 .1 .1\n58 .5 .5 .1 .1", (10, 10))

    assert {name: len(rows) for name, rows in boxes.items()} == {"vehicle": 2, "non-motor": 1}


def test_a_picture_without_labels_has_no_truth() -> None:
    assert parse_yolo("", (10, 10)) == {}


def test_a_malformed_line_is_named() -> None:
    with pytest.raises(TruthError, match="line 2: 3 fields, 5 expected"):
        parse_yolo("0 .5 .5 .1 .1\n0 1 2", (10, 10))
    with pytest.raises(TruthError, match="line 1: could not convert"):
        parse_mot("1,9,ten,20,30,40,1")
    with pytest.raises(TruthError, match="line 1: 2 fields, 7 expected"):
        parse_mot("1,9")

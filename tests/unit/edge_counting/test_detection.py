import numpy as np
import pytest

from edge.counting.detection import Detections, DetectionsError
from wire.values import ObjectClass

ONE_BOX = np.array([[0.1, 0.1, 0.2, 0.3]])


def test_classes_are_numbered_as_the_networks_number_them() -> None:
    found = Detections.of([((0.1, 0.1, 0.2, 0.3), 0.9, ObjectClass.VEHICLE)])

    assert found.classes.tolist() == [1]


def test_any_numeric_arrays_are_taken() -> None:
    found = Detections(ONE_BOX.astype(np.float32), np.array([1], np.int8), np.array([0.0]))

    assert found.boxes.dtype == found.scores.dtype == np.float64
    assert found.classes.dtype == np.int64


@pytest.mark.parametrize(
    ("boxes", "scores", "classes", "found"),
    [
        (ONE_BOX, [0.5, 0.5], [0, 0], "boxes (1, 4)"),
        (ONE_BOX, [0.5], [[0]], "classes (1, 1)"),
        (ONE_BOX, [np.nan], [0], "not finite"),
        (ONE_BOX * np.inf, [0.5], [0], "not finite"),
        (ONE_BOX, [0.5], [3], "classes from 3"),
        (ONE_BOX, [0.5], [-1], "classes from -1"),
    ],
)
def test_arrays_that_do_not_belong_together_are_refused(
    boxes: object, scores: object, classes: object, found: str
) -> None:
    with pytest.raises(DetectionsError) as refusal:
        Detections(np.asarray(boxes), np.asarray(scores), np.asarray(classes))

    assert found in refusal.value.found

"""What a detector found in one frame."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from wire.values import ObjectClass

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

CLASSES: Final[tuple[ObjectClass, ...]] = tuple(ObjectClass)
_COORDINATES: Final = 4


class DetectionsError(ValueError):
    """Arrays that do not describe detections."""

    def __init__(self, found: str, expected: str) -> None:
        super().__init__(f"found {found}, expected {expected}")
        self.found = found
        self.expected = expected


@dataclass(frozen=True, slots=True, eq=False)
class Detections:
    """Boxes, scores and classes of one frame, row by row.

    Attributes:
        boxes: float (N, 4), corners x1, y1, x2, y2 in fractions of the picture.
        scores: float (N,) in 0..1.
        classes: int (N,), an index into `CLASSES`.
    """

    boxes: FloatArray
    scores: FloatArray
    classes: IntArray

    def __post_init__(self) -> None:
        """Take any numeric arrays and check that they belong together.

        Raises:
            DetectionsError: Shapes differ, a number is not finite, or a class is unknown.
        """
        boxes = np.asarray(self.boxes, np.float64)
        scores = np.asarray(self.scores, np.float64)
        classes = np.asarray(self.classes, np.int64)
        count = len(scores)
        if boxes.shape != (count, _COORDINATES) or classes.shape != (count,):
            found = f"boxes {boxes.shape}, scores {scores.shape}, classes {classes.shape}"
            raise DetectionsError(found, "(N, 4), (N,), (N,)")
        if not (np.isfinite(boxes).all() and np.isfinite(scores).all()):
            raise DetectionsError("a box or score that is not finite", "finite numbers")
        if count and not (classes.min() >= 0 and classes.max() < len(CLASSES)):
            found = f"classes from {classes.min()} to {classes.max()}"
            raise DetectionsError(found, f"0 to {len(CLASSES) - 1}")
        object.__setattr__(self, "boxes", boxes)
        object.__setattr__(self, "scores", scores)
        object.__setattr__(self, "classes", classes)

    @classmethod
    def none(cls) -> Self:
        """Return what is found on an empty picture."""
        return cls(np.empty((0, _COORDINATES)), np.empty(0), np.empty(0, np.int64))

    @classmethod
    def of(cls, found: Sequence[tuple[Sequence[float], float, ObjectClass]]) -> Self:
        """Make detections of (box, score, class) each."""
        if not found:
            return cls.none()
        boxes, scores, classes = zip(*found, strict=True)
        indices = [CLASSES.index(object_class) for object_class in classes]
        return cls(np.array(boxes, np.float64), np.array(scores), np.array(indices, np.int64))

    def __len__(self) -> int:
        return len(self.scores)

    def take(self, rows: IntArray) -> Self:
        """Return the detections of these rows, in this order."""
        return type(self)(self.boxes[rows], self.scores[rows], self.classes[rows])

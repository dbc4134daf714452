"""What a network found in one picture.

Boxes are corners `x1, y1, x2, y2` in pixels of the original picture; x grows to the right and y
downward from the upper left corner. Classes are indices into `CLASS_NAMES`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal, Self

import numpy as np
from numpy.typing import NDArray

ClassName = Literal["person", "vehicle", "non-motor"]

CLASS_NAMES: Final[tuple[ClassName, ...]] = ("person", "vehicle", "non-motor")


@dataclass(frozen=True, slots=True, eq=False)
class Detections:
    """Boxes (N, 4), scores (N,) in 0..1 and class indices (N,), best score first."""

    boxes: NDArray[np.float32]
    scores: NDArray[np.float32]
    classes: NDArray[np.int64]

    def __post_init__(self) -> None:
        count = len(self.scores)
        if self.boxes.shape != (count, 4) or self.classes.shape != (count,):
            raise ValueError(
                f"detections need (N, 4) boxes, (N,) scores and (N,) classes, found "
                f"{self.boxes.shape}, {self.scores.shape} and {self.classes.shape}"
            )

    @classmethod
    def none(cls) -> Self:
        """Return what an empty picture gives."""
        return cls(np.empty((0, 4), np.float32), np.empty(0, np.float32), np.empty(0, np.int64))

    def __len__(self) -> int:
        return len(self.scores)

    def __iter__(self) -> Iterator[tuple[NDArray[np.float32], float, ClassName]]:
        for box, score, index in zip(self.boxes, self.scores, self.classes, strict=True):
            yield box, float(score), CLASS_NAMES[index]

    def of_class(self, name: ClassName) -> Self:
        """Keep the detections of one class."""
        kept = self.classes == CLASS_NAMES.index(name)
        return type(self)(self.boxes[kept], self.scores[kept], self.classes[kept])

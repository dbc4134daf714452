"""How boxes move: a constant-velocity Kalman filter in event time.

Centre x, centre y, width and height are filtered each for itself, which is what the usual joint
filter of SORT (arXiv:1602.00763) does too, since its covariances never mix them; so a 2 x 2 filter
in closed form serves all boxes at once. Steps are real seconds: frames may be dropped.
Deviations are in box sizes (the root of the area), so near and far boxes are treated alike.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Self

import numpy as np

from edge.counting.detection import FloatArray, IntArray

_MEASURED: Final = np.array([0.05, 0.05, 0.08, 0.08])
"""Deviation of a detected box, in sizes: width and height waver more than the centre."""
_ACCELERATION: Final = np.array([0.25, 0.25, 0.05, 0.05])
"""How much a velocity wanders within a second, in sizes / s; people turn, sizes change slowly."""
_FIRST_VELOCITY: Final = np.array([1.5, 1.5, 0.2, 0.2])
"""Deviation of the unknown first velocity, in sizes / s; a walker of 1.4 m/s moves about 1.4."""
_MIN_SIZE: Final = 1e-3


@dataclass(frozen=True, slots=True, eq=False)
class Motion:
    """Place and velocity of N boxes, each array (N, 4): centre x, centre y, width, height.

    Attributes:
        place: in fractions of the picture.
        velocity: in fractions of the picture / s.
        place_variance: of `place`.
        shared_variance: covariance of `place` and `velocity`.
        velocity_variance: of `velocity`.
    """

    place: FloatArray
    velocity: FloatArray
    place_variance: FloatArray
    shared_variance: FloatArray
    velocity_variance: FloatArray

    @classmethod
    def starting(cls, boxes: FloatArray) -> Self:
        """Return the motion of boxes (N, 4) seen for the first time, given as corners."""
        place = _to_centres(boxes)
        size = _sizes(place)
        zeros = np.zeros_like(place)
        return cls(place, zeros, (_MEASURED * size) ** 2, zeros, (_FIRST_VELOCITY * size) ** 2)

    @property
    def boxes(self) -> FloatArray:
        """The boxes (N, 4) as corners."""
        halves = self.place[:, 2:] / 2
        return np.concatenate([self.place[:, :2] - halves, self.place[:, :2] + halves], axis=1)

    @property
    def extents(self) -> FloatArray:
        """Width and height of each box (N, 2)."""
        return self.place[:, 2:]

    @property
    def deviations(self) -> FloatArray:
        """How uncertain each box's place is along x and y (N, 2), in fractions of the picture."""
        deviations: FloatArray = np.sqrt(self.place_variance[:, :2])
        return deviations

    @property
    def speeds(self) -> FloatArray:
        """How fast each box moves (N,), in box sizes / s."""
        speeds: FloatArray = np.hypot(*self.velocity[:, :2].T) / _sizes(self.place)[:, 0]
        return speeds

    def take(self, rows: IntArray | Sequence[int]) -> Self:
        """Return the motion of these rows, in this order."""
        return type(self)(*(array[np.asarray(rows, np.int64)] for array in self._arrays()))

    def with_rows(self, rows: IntArray, other: Self) -> Self:
        """Return this motion with `rows` replaced by those of `other`, in order."""
        arrays = [array.copy() for array in self._arrays()]
        for array, new in zip(arrays, other._arrays(), strict=True):
            array[rows] = new
        return type(self)(*arrays)

    def and_then(self, other: Self) -> Self:
        """Return the rows of this motion followed by those of `other`."""
        pairs = zip(self._arrays(), other._arrays(), strict=True)
        return type(self)(*(np.concatenate(pair) for pair in pairs))

    def after(self, seconds: float) -> Self:
        """Return where the boxes are believed to be `seconds` later."""
        place = self.place + self.velocity * seconds
        place[:, 2:] = np.maximum(place[:, 2:], _MIN_SIZE)
        wander = (_ACCELERATION * _sizes(self.place)) ** 2
        return type(self)(
            place,
            self.velocity,
            self.place_variance
            + 2 * seconds * self.shared_variance
            + seconds**2 * self.velocity_variance
            + wander * seconds**3 / 3,
            self.shared_variance + seconds * self.velocity_variance + wander * seconds**2 / 2,
            self.velocity_variance + wander * seconds,
        )

    def seeing(self, boxes: FloatArray) -> Self:
        """Return the motion corrected by detected boxes (N, 4), given as corners, row for row."""
        surprise = _to_centres(boxes) - self.place
        measured = (_MEASURED * _sizes(self.place)) ** 2
        total = self.place_variance + measured
        place_gain = self.place_variance / total
        velocity_gain = self.shared_variance / total
        return type(self)(
            self.place + place_gain * surprise,
            self.velocity + velocity_gain * surprise,
            self.place_variance * (1 - place_gain),
            self.shared_variance * (1 - place_gain),
            self.velocity_variance - velocity_gain * self.shared_variance,
        )

    def _arrays(self) -> tuple[FloatArray, ...]:
        return (
            self.place,
            self.velocity,
            self.place_variance,
            self.shared_variance,
            self.velocity_variance,
        )


def _to_centres(boxes: FloatArray) -> FloatArray:
    sizes = np.maximum(boxes[:, 2:] - boxes[:, :2], _MIN_SIZE)
    return np.concatenate([(boxes[:, :2] + boxes[:, 2:]) / 2, sizes], axis=1)


def _sizes(place: FloatArray) -> FloatArray:
    """Return the root of each box's area, (N, 1)."""
    sizes: FloatArray = np.sqrt(place[:, 2:].prod(axis=1, keepdims=True))
    return sizes

"""What all heads share: candidate boxes, their overlap, suppression, and the way back.

Boxes are corners `x1, y1, x2, y2`; y grows downward.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.detections import Detections

FloatArray = NDArray[np.float32]

_MAX_CANDIDATES = 300
"""Suppression compares candidates in pairs; a frame with more boxes than this is noise."""


class DecodingError(ValueError):
    """The network's outputs do not have the shapes its head is known for."""


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """Boxes (N, 4) in pixels of the network's input; scores (N, C) in 0..1 of its own classes."""

    boxes: FloatArray
    scores: FloatArray


@dataclass(frozen=True, slots=True)
class Placement:
    """How the picture lies in the network's input: `input = picture * scale`, at the upper left."""

    scale_x: float
    scale_y: float
    picture_width: int
    picture_height: int


@dataclass(frozen=True, slots=True)
class ClassMap:
    """Which of a network's class indices are ours, in pairs (its index, our index)."""

    pairs: tuple[tuple[int, int], ...]


def keep_best(
    candidates: Candidates, class_map: ClassMap, score_threshold: float, iou_threshold: float
) -> Detections:
    """Take each candidate's best class of ours, then suppress overlaps within a class.

    Classes are merged before suppression: a van that is both `car` and `truck` is one vehicle.
    """
    columns = [index for index, _ in class_map.pairs]
    ours = np.array([index for _, index in class_map.pairs], np.int64)
    scores = candidates.scores[:, columns]
    best = scores.argmax(axis=1)
    best_scores = np.take_along_axis(scores, best[:, None], axis=1)[:, 0]

    likely = np.flatnonzero(best_scores >= score_threshold)
    ranked = likely[np.argsort(-best_scores[likely], kind="stable")][:_MAX_CANDIDATES]
    boxes, classes = candidates.boxes[ranked], ours[best[ranked]]
    kept = _suppress(boxes, classes, iou_threshold)
    return Detections(boxes[kept], best_scores[ranked][kept], classes[kept])


def to_picture(detections: Detections, placement: Placement) -> Detections:
    """Scale boxes from the network's input to the picture and clip them to its edges."""
    scale = np.array([placement.scale_x, placement.scale_y] * 2, np.float32)
    limit = np.array([placement.picture_width, placement.picture_height] * 2, np.float32)
    boxes = np.clip(detections.boxes / scale, 0, limit)
    return Detections(boxes, detections.scores, detections.classes)


def iou_matrix(boxes: FloatArray, others: FloatArray) -> FloatArray:
    """Return intersection over union of every box (N, 4) with every other (M, 4), as (N, M).

    Boxes without area overlap nothing.
    """
    upper_left = np.maximum(boxes[:, None, :2], others[None, :, :2])
    lower_right = np.minimum(boxes[:, None, 2:], others[None, :, 2:])
    shared = np.clip(lower_right - upper_left, 0, None).prod(axis=2)
    union = _areas(boxes)[:, None] + _areas(others)[None, :] - shared
    overlap: FloatArray = np.divide(shared, union, out=np.zeros_like(shared), where=union > 0)
    return overlap


def _areas(boxes: FloatArray) -> FloatArray:
    areas: FloatArray = np.clip(boxes[:, 2:] - boxes[:, :2], 0, None).prod(axis=1)
    return areas


def _suppress(
    boxes: FloatArray, classes: NDArray[np.int64], iou_threshold: float
) -> NDArray[np.int64]:
    """Return the indices that greedy suppression keeps; boxes come best first."""
    rivals = iou_matrix(boxes, boxes) > iou_threshold
    rivals &= classes[:, None] == classes[None, :]
    alive = np.ones(len(boxes), np.bool_)
    for index in range(len(boxes)):
        if alive[index]:
            alive[index + 1 :] &= ~rivals[index, index + 1 :]
    return np.flatnonzero(alive)

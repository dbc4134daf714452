"""How boxes overlap, many with many; boxes are corners x1, y1, x2, y2 and have an area."""

import numpy as np

from edge.counting.detection import FloatArray


def ious(boxes: FloatArray, others: FloatArray, slack: FloatArray) -> FloatArray:
    """Return intersection over union (N, M) of N boxes and M others.

    Both boxes of a pair are first enlarged by the N boxes' `slack` (N, 2), along x and y to every
    side: 0 gives the plain measure, more lets boxes meet that do not touch.
    """
    growth = np.concatenate([-slack, slack], axis=1)[:, None, :]
    grown, grown_others = boxes[:, None, :] + growth, others[None, :, :] + growth
    shared = _shared_areas(grown, grown_others)
    overlaps: FloatArray = shared / (_areas(grown) + _areas(grown_others) - shared)
    return overlaps


def shares_inside(boxes: FloatArray, others: FloatArray) -> FloatArray:
    """Return how much of each of N boxes lies in each of M others, (N, M) in 0..1."""
    shared = _shared_areas(boxes[:, None, :], others[None, :, :])
    shares: FloatArray = shared / _areas(boxes)[:, None]
    return shares


def _shared_areas(boxes: FloatArray, others: FloatArray) -> FloatArray:
    low = np.maximum(boxes[..., :2], others[..., :2])
    high = np.minimum(boxes[..., 2:], others[..., 2:])
    areas: FloatArray = np.clip(high - low, 0, None).prod(axis=-1)
    return areas


def _areas(boxes: FloatArray) -> FloatArray:
    areas: FloatArray = (boxes[..., 2:] - boxes[..., :2]).prod(axis=-1)
    return areas

"""How well detections agree with truth: average precision at one overlap."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.decoding.boxes import FloatArray, iou_matrix

_MATCHING_IOU = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class Compared:
    """One class in one picture: found boxes (N, 4) with scores (N,), and true boxes (M, 4)."""

    boxes: FloatArray
    scores: FloatArray
    truth: FloatArray


def average_precision(pictures: Sequence[Compared]) -> float | None:
    """Return the area under the precision-recall curve at IoU 0.5, or None without any truth.

    Precision at a recall is the best at that recall or above (PASCAL VOC 2010 and later).
    """
    true_count = sum(len(picture.truth) for picture in pictures)
    if true_count == 0:
        return None
    scores = np.concatenate([picture.scores for picture in pictures])
    hits = np.concatenate([_hits(picture) for picture in pictures])
    hits = hits[np.argsort(-scores, kind="stable")]
    hit_counts = np.cumsum(hits)
    precision = hit_counts / np.arange(1, len(hits) + 1)
    best_from_here = np.maximum.accumulate(precision[::-1])[::-1]
    return float(best_from_here[hits].sum() / true_count)


def _hits(picture: Compared) -> NDArray[np.bool_]:
    """Say of each found box whether it is true, best score first; each truth is found once."""
    hits = np.zeros(len(picture.scores), np.bool_)
    overlap = iou_matrix(picture.boxes, picture.truth)
    for index in np.argsort(-picture.scores, kind="stable"):
        if overlap.shape[1] == 0:
            break
        best = int(overlap[index].argmax())
        if overlap[index, best] >= _MATCHING_IOU:
            hits[index] = True
            overlap[:, best] = 0
    return hits

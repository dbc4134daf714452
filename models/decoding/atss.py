"""The ATSS head of person-vehicle-bike-detection-2003 and -2004, cut before its activations.

Per level three maps, in this order: classes (1, 3 anchors x C, H, W), centerness (1, 3, H, W) and
boxes (1, 3 x 4, H, W). The score is class x centerness (arXiv:1912.02424 §3), so it runs lower than
other heads' scores.
"""

import math
from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from models.decoding.activation import sigmoid
from models.decoding.boxes import Candidates, DecodingError, FloatArray

_MAPS_PER_LEVEL = 3
_ANCHORS = 3
_BASE_SIZE_IN_STRIDES = 8
_HEIGHT_TO_WIDTH = (0.5, 1.0, 2.0)
_CENTRE_VARIANCE = np.float32(0.1)
_SIZE_VARIANCE = np.float32(0.2)
_MAX_LOG_SCALE = math.log(1000 / 16)
"""No box is more than 1000/16 times its anchor: training clamped here, and exp cannot overflow."""


def decode(outputs: Sequence[FloatArray], input_size: tuple[int, int]) -> Candidates:
    """Decode the maps of all levels, finest first, for an input of (width, height) pixels.

    Raises:
        DecodingError: the outputs are not triples of class, centerness and box maps.
    """
    if not outputs or len(outputs) % _MAPS_PER_LEVEL:
        raise DecodingError(f"an ATSS head has three maps a level, found {len(outputs)} maps")
    levels = [
        _decode_level(class_map, centerness_map, box_map, input_size)
        for class_map, centerness_map, box_map in zip(
            outputs[0::3], outputs[1::3], outputs[2::3], strict=True
        )
    ]
    return Candidates(
        np.concatenate([level.boxes for level in levels]),
        np.concatenate([level.scores for level in levels]),
    )


def _decode_level(
    class_map: FloatArray,
    centerness_map: FloatArray,
    box_map: FloatArray,
    input_size: tuple[int, int],
) -> Candidates:
    rows, columns = class_map.shape[-2:]
    if box_map.shape != (1, _ANCHORS * 4, rows, columns):
        raise DecodingError(
            f"an ATSS box map has shape (1, {_ANCHORS * 4}, {rows}, {columns}), "
            f"found {box_map.shape}"
        )
    anchors = _anchors(rows, columns, _stride(input_size, columns))
    scores = sigmoid(_per_anchor(class_map)) * sigmoid(_per_anchor(centerness_map))
    return Candidates(_apply_deltas(anchors, _per_anchor(box_map)), scores)


def _stride(input_size: tuple[int, int], columns: int) -> int:
    """Levels halve with rounding up, so the stride is the power of two nearest to the quotient."""
    return int(2 ** round(math.log2(input_size[0] / columns)))


def _per_anchor(map_: FloatArray) -> FloatArray:
    """Reorder (1, anchors x K, H, W) to (H x W x anchors, K)."""
    _, channels, rows, columns = map_.shape
    values = channels // _ANCHORS
    return map_.reshape(_ANCHORS, values, rows, columns).transpose(2, 3, 0, 1).reshape(-1, values)


@lru_cache(maxsize=32)
def _anchors(rows: int, columns: int, stride: int) -> FloatArray:
    """Return (rows x columns x 3, 4) anchors as centre x, centre y, width, height."""
    ratios = np.array(_HEIGHT_TO_WIDTH, np.float32)
    side = _BASE_SIZE_IN_STRIDES * stride
    sizes = np.stack([side / np.sqrt(ratios), side * np.sqrt(ratios)], axis=1)
    grid_y, grid_x = np.mgrid[:rows, :columns] * stride
    centres = np.stack([grid_x, grid_y], axis=-1).reshape(-1, 1, 2)
    cells = rows * columns
    anchors = np.concatenate(
        [np.broadcast_to(centres, (cells, _ANCHORS, 2)), np.broadcast_to(sizes, (cells, 3, 2))],
        axis=2,
    )
    return anchors.reshape(-1, 4).astype(np.float32)


def _apply_deltas(anchors: FloatArray, deltas: FloatArray) -> FloatArray:
    centres = anchors[:, :2] + deltas[:, :2] * _CENTRE_VARIANCE * anchors[:, 2:]
    log_scales = np.clip(deltas[:, 2:] * _SIZE_VARIANCE, -_MAX_LOG_SCALE, _MAX_LOG_SCALE)
    halves = anchors[:, 2:] * np.exp(log_scales) / 2
    return np.concatenate([centres - halves, centres + halves], axis=1)

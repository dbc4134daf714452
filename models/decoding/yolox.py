"""The YOLOX head (arXiv:2107.08430): one output (1, N, 5 + C) over strides 8, 16 and 32.

Each row is centre offset x, y and log size w, h in strides, objectness, then C class scores; both
kinds of score come activated, and their product is the score.
"""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from models.decoding.boxes import Candidates, DecodingError, FloatArray

_STRIDES = (8, 16, 32)
_BOX_AND_OBJECTNESS = 5


def decode(outputs: Sequence[FloatArray], input_size: tuple[int, int]) -> Candidates:
    """Decode the rows for an input of (width, height) pixels.

    Raises:
        DecodingError: there is not one row for each cell of the three grids.
    """
    cells, strides = _grid(input_size)
    shapes = [output.shape for output in outputs]
    if len(outputs) != 1 or shapes[0][:2] != (1, len(cells)):
        raise DecodingError(f"a YOLOX head gives one (1, {len(cells)}, 5 + C) map, found {shapes}")
    rows = outputs[0][0]
    centres = (rows[:, :2] + cells) * strides
    halves = np.exp(rows[:, 2:4]) * strides / 2
    boxes = np.concatenate([centres - halves, centres + halves], axis=1)
    return Candidates(boxes, rows[:, 4:5] * rows[:, _BOX_AND_OBJECTNESS:])


@lru_cache(maxsize=8)
def _grid(input_size: tuple[int, int]) -> tuple[FloatArray, FloatArray]:
    """Return the cells (N, 2) as column, row of all levels, and the stride (N, 1) of each."""
    width, height = input_size
    levels = []
    for stride in _STRIDES:
        row, column = np.mgrid[: height // stride, : width // stride]
        levels.append(np.stack([column, row], axis=-1).reshape(-1, 2).astype(np.float32))
    strides = np.repeat(np.array(_STRIDES, np.float32), [len(level) for level in levels])
    return np.concatenate(levels), strides[:, None]

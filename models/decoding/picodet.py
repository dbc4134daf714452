"""The PicoDet head (arXiv:2111.00902) without post-processing: four levels, strides 8 to 64.

First the levels' class scores (1, H x W, C), already activated; then their box maps (1, H x W, 32):
for each of left, top, right and bottom a distribution over 0..7 strides, whose mean is the distance
from the cell's centre (generalized focal loss, arXiv:2006.04388 §3).
"""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from models.decoding.activation import softmax
from models.decoding.boxes import Candidates, DecodingError, FloatArray

_STRIDES = (8, 16, 32, 64)
_BINS = 8


def decode(outputs: Sequence[FloatArray], input_size: tuple[int, int]) -> Candidates:
    """Decode the score and box maps for an input of (width, height) pixels.

    Raises:
        DecodingError: the outputs are not four score maps and four box maps of matching length.
    """
    centres, strides = _cells(input_size)
    scores = [output[0] for output in outputs[: len(_STRIDES)]]
    distributions = [output[0] for output in outputs[len(_STRIDES) :]]
    lengths = [sum(map(len, scores)), sum(map(len, distributions))]
    if len(outputs) != 2 * len(_STRIDES) or lengths != [len(centres)] * 2:
        raise DecodingError(
            f"a PicoDet head gives four score and four box maps over {len(centres)} cells, "
            f"found {[output.shape for output in outputs]}"
        )
    distances = _mean_distances(np.concatenate(distributions)) * strides
    boxes = np.concatenate([centres - distances[:, :2], centres + distances[:, 2:]], axis=1)
    return Candidates(boxes, np.concatenate(scores))


def _mean_distances(distributions: FloatArray) -> FloatArray:
    """Turn (N, 4 x 8) logits into (N, 4) expected distances in strides."""
    shares = softmax(distributions.reshape(-1, 4, _BINS))
    distances: FloatArray = np.matmul(shares, np.arange(_BINS, dtype=np.float32))
    return distances


@lru_cache(maxsize=8)
def _cells(input_size: tuple[int, int]) -> tuple[FloatArray, FloatArray]:
    """Return the centres (N, 2) as x, y in pixels of all levels, and the stride (N, 1) of each."""
    width, height = input_size
    levels = []
    for stride in _STRIDES:
        row, column = np.mgrid[: -(-height // stride), : -(-width // stride)]
        centres = (np.stack([column, row], axis=-1).reshape(-1, 2) + 0.5) * stride
        levels.append(centres.astype(np.float32))
    strides = np.repeat(np.array(_STRIDES, np.float32), [len(level) for level in levels])
    return np.concatenate(levels), strides[:, None]

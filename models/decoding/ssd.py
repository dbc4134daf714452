"""The SSD head of TensorFlow's object detection models, cut before decoding and suppression.

Three outputs: box encodings (1, N, 4) as dy, dx, dh, dw; class logits (1, N, C + 1) whose column 0
is the background; anchors (1, N, 4) as y1, x1, y2, x2 in fractions of the picture. Encodings are
multiplied by 10 (centres) and 5 (sizes), scores are sigmoids (the model's own pipeline.config).
"""

from collections.abc import Sequence

import numpy as np

from models.decoding.activation import sigmoid
from models.decoding.boxes import Candidates, DecodingError, FloatArray

_CENTRE_SCALE = np.float32(10)
_SIZE_SCALE = np.float32(5)
_OUTPUTS = 3


def decode(outputs: Sequence[FloatArray], input_size: tuple[int, int]) -> Candidates:
    """Decode encodings, logits and anchors for an input of (width, height) pixels.

    Class indices of the result start at 0 with the first class after the background.

    Raises:
        DecodingError: the outputs are not encodings, logits and anchors of one length.
    """
    shapes = [output.shape for output in outputs]
    if len(outputs) != _OUTPUTS or len({shape[:2] for shape in shapes}) != 1:
        raise DecodingError(f"an SSD head gives encodings, logits and anchors, found {shapes}")
    encodings, logits, anchors = (output[0] for output in outputs)
    width, height = input_size
    to_pixels = np.array([width, height, width, height], np.float32)
    return Candidates(_to_corners(encodings, anchors) * to_pixels, sigmoid(logits[:, 1:]))


def _to_corners(encodings: FloatArray, anchors: FloatArray) -> FloatArray:
    """Turn y-first encodings into x-first corners, both in fractions of the picture."""
    sizes = anchors[:, 2:] - anchors[:, :2]
    centres = anchors[:, :2] + sizes / 2 + encodings[:, :2] / _CENTRE_SCALE * sizes
    halves = sizes * np.exp(encodings[:, 2:] / _SIZE_SCALE) / 2
    return np.concatenate([(centres - halves)[:, ::-1], (centres + halves)[:, ::-1]], axis=1)

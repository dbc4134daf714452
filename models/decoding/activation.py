"""Activation functions that heads leave to their decoder."""

import numpy as np

from models.decoding.boxes import FloatArray

_SATURATED = np.float32(60)
"""exp of more than 88 overflows float32, and the sigmoid of 60 is 1 to its last bit."""


def sigmoid(logits: FloatArray) -> FloatArray:
    """Return 1 / (1 + exp(-x)) without overflow."""
    result: FloatArray = np.reciprocal(1 + np.exp(-np.clip(logits, -_SATURATED, _SATURATED)))
    return result


def softmax(logits: FloatArray) -> FloatArray:
    """Return probabilities along the last axis."""
    exponentials = np.exp(logits - logits.max(axis=-1, keepdims=True))
    result: FloatArray = exponentials / exponentials.sum(axis=-1, keepdims=True)
    return result

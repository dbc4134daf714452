"""From a picture to a network's input: resize, channel order, normalise."""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from models.decoding.boxes import FloatArray, Placement
from models.manifest import Input

_CHANNEL_INDEX: Final = {"BGR": (0, 1, 2), "RGB": (2, 1, 0)}


class InputLayout:
    """Puts pictures into a network's input, in one buffer: for one thread at a time."""

    def __init__(self, spec: Input) -> None:
        self._spec = spec
        self._channels = _CHANNEL_INDEX[spec.channels]
        self._gain = 1 / np.array(spec.std, np.float32)
        self._offset = -np.array(spec.mean, np.float32) * self._gain
        self._tensor = np.empty((1, 3, spec.height, spec.width), np.float32)

    def place(self, bgr: NDArray[np.uint8]) -> tuple[FloatArray, Placement]:
        """Return the input, valid until the next call, and how the picture lies in it.

        Args:
            bgr: (H, W, 3), as OpenCV has it.
        """
        height, width = bgr.shape[:2]
        fitted_width, fitted_height = self._fitted_size(width, height)
        resized = cv2.resize(bgr, (fitted_width, fitted_height), interpolation=cv2.INTER_LINEAR)
        if (fitted_width, fitted_height) != (self._spec.width, self._spec.height):
            resized = cv2.copyMakeBorder(
                resized,
                0,
                self._spec.height - fitted_height,
                0,
                self._spec.width - fitted_width,
                cv2.BORDER_CONSTANT,
                value=(self._spec.fill,) * 3,
            )
        self._normalise(resized)
        placement = Placement(fitted_width / width, fitted_height / height, width, height)
        return self._tensor, placement

    def _fitted_size(self, width: int, height: int) -> tuple[int, int]:
        if self._spec.fit == "stretch":
            return self._spec.width, self._spec.height
        scale = min(self._spec.width / width, self._spec.height / height)
        return max(1, int(width * scale)), max(1, int(height * scale))

    def _normalise(self, resized: cv2.typing.MatLike) -> None:
        planes = cv2.split(resized)
        for plane, channel in enumerate(self._channels):
            target = self._tensor[0, plane]
            np.multiply(planes[channel], self._gain[plane], out=target)
            if self._offset[plane]:
                target += self._offset[plane]

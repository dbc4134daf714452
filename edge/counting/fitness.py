"""Whether a picture shows anything: a black, covered or fogged one cannot be counted on."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

MIN_CONTRAST: Final = 16.0
"""Between the darkest and the brightest hundredth, of 255 steps; noise in the dark has less."""
_SAMPLES: Final = 64
_GREEN: Final = 1


def shows_something(bgr: NDArray[np.uint8]) -> bool:
    """Say whether a picture (H, W, 3) has enough contrast to count on.

    Green alone is looked at, which carries most of the light (ITU-R BT.601: 0.587 of luma), on a
    grid of at most 64 x 64 or so places.
    """
    height, width = bgr.shape[:2]
    rows, columns = max(1, height // _SAMPLES), max(1, width // _SAMPLES)
    darkest, brightest = np.percentile(bgr[::rows, ::columns, _GREEN], (1, 99))
    return bool(brightest - darkest >= MIN_CONTRAST)

"""The known heads by the name a manifest gives them."""

from collections.abc import Callable, Sequence
from typing import Final

from models.decoding import atss, picodet, ssd, yolox
from models.decoding.boxes import Candidates, FloatArray

DecodeHead = Callable[[Sequence[FloatArray], tuple[int, int]], Candidates]

HEADS: Final[dict[str, DecodeHead]] = {
    "atss": atss.decode,
    "picodet": picodet.decode,
    "ssd": ssd.decode,
    "yolox": yolox.decode,
}

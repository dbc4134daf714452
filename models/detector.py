"""Run one network on pictures, on the CPU, in one process, and only if its hash is known."""

import hashlib
from pathlib import Path

import numpy as np
import onnxruntime  # type: ignore[import-untyped]  # ships no types
from numpy.typing import NDArray

from models.decoding.boxes import keep_best, to_picture
from models.decoding.heads import HEADS
from models.detections import Detections
from models.manifest import Network
from models.onnx_scan import refuse_external_data
from models.picture import InputLayout

_ERRORS_ONLY = 3
"""Warnings are about how a network was exported, one line a tensor, and not for the operator."""


class UnknownModelError(ValueError):
    """A file is not the network it is taken for."""

    def __init__(self, path: Path, network: str, found_sha256: str) -> None:
        super().__init__(
            f"{path}: sha256 {found_sha256} is not one that the manifest knows for {network}"
        )
        self.path = path
        self.network = network
        self.found_sha256 = found_sha256


class Detector:
    """Finds people and vehicles in pictures; one thread may use it at a time."""

    def __init__(
        self,
        path: Path,
        network: Network,
        *,
        threads: int = 1,
        score_threshold: float | None = None,
    ) -> None:
        """Load a network after checking that the file is exactly what the manifest describes.

        Args:
            path: the ONNX file.
            network: its entry in our manifest or the site's.
            threads: how many cores one inference may use.
            score_threshold: instead of the network's own.

        Raises:
            OSError: the file cannot be read.
            UnknownModelError: its sha256 is not in the entry.
            UnsafeOnnxError: it keeps data in other files.
        """
        onnx = path.read_bytes()
        sha256 = hashlib.sha256(onnx).hexdigest()
        if not network.is_exactly(sha256):
            raise UnknownModelError(path, network.name, sha256)
        refuse_external_data(onnx)
        self.network = network
        self._session = _open_session(onnx, threads)
        self._input_name: str = self._session.get_inputs()[0].name
        self._layout = InputLayout(network.input)
        self._decode = HEADS[network.decoder.head]
        self._class_map = network.class_map
        self._score_threshold = (
            network.decoder.score_threshold if score_threshold is None else score_threshold
        )

    def detect(self, bgr: NDArray[np.uint8]) -> Detections:
        """Find objects in a picture (H, W, 3).

        Raises:
            DecodingError: the network's outputs are not those of its head.
        """
        tensor, placement = self._layout.place(bgr)
        outputs = self._session.run(None, {self._input_name: tensor})
        spec = self.network.input
        candidates = self._decode(outputs, (spec.width, spec.height))
        kept = keep_best(
            candidates,
            self._class_map,
            self._score_threshold,
            self.network.decoder.iou_threshold,
        )
        return to_picture(kept, placement)


def _open_session(onnx: bytes, threads: int) -> onnxruntime.InferenceSession:
    """Open a session that does not burn a core while it waits, nor keep its peak of memory."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False
    options.log_severity_level = _ERRORS_ONLY
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return onnxruntime.InferenceSession(onnx, options, providers=["CPUExecutionProvider"])

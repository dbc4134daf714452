"""Frames to facts: decode, detect, count. One thread for all cameras, since they share a core."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from edge.adapters.clock import Clock
from edge.adapters.frames import Frame, NewestFrames, Size, decode
from edge.adapters.metrics import EdgeMetrics, FrameResult
from edge.counting.camera import CameraCounter
from edge.counting.detection import CLASSES, Detections
from edge.counting.fitness import shows_something
from edge.facts import AnyFact
from models.detections import CLASS_NAMES
from models.detections import Detections as PictureDetections
from wire.errors import PayloadError

TAKE_TIMEOUT_S: Final = 0.5
MAX_DISORDER: Final = timedelta(seconds=5)
"""A frame that is older than its camera's last by more was taken after a clock was set back."""
_CLASS_INDICES: Final = np.array(
    [[str(known) for known in CLASSES].index(name) for name in CLASS_NAMES], np.int64
)


class Detects(Protocol):
    """What finds objects in a picture."""

    def detect(self, bgr: NDArray[np.uint8]) -> PictureDetections:
        """Return what is in a picture (H, W, 3), in its pixels."""
        ...


class CountingLoop:
    """Counts the newest frame of each camera; owned by the thread that calls `run`."""

    def __init__(
        self,
        frames: NewestFrames,
        detector: Detects,
        counter_for: Callable[[str], CameraCounter],
        *,
        emit: Callable[[Sequence[AnyFact]], None],
        judge: Callable[[str, bool], None],
        metrics: EdgeMetrics,
        clock: Clock,
        needed: Size,
    ) -> None:
        """Prepare to count.

        Args:
            frames: Where frames come from.
            detector: What finds objects.
            counter_for: Makes the counter of a camera.
            emit: Takes the facts of one frame; may wait, then frames are dropped, not facts.
            judge: Is told of each camera's frame whether it could be counted on.
            metrics: Where frames are counted.
            clock: For how long inference takes.
            needed: The network's input; a picture is decoded no larger than it has to be.
        """
        self._frames = frames
        self._detector = detector
        self._counter_for = counter_for
        self._counters: dict[str, CameraCounter] = {}
        self._newest_at: dict[str, datetime] = {}
        self._emit = emit
        self._judge = judge
        self._metrics = metrics
        self._clock = clock
        self._needed = needed

    def run(self, stopping: threading.Event) -> None:
        """Count until `stopping`."""
        while not stopping.is_set():
            self.count_next(TAKE_TIMEOUT_S)

    def count_next(self, timeout_s: float) -> None:
        """Count the next frame, if one comes in time."""
        frame = self._frames.take(timeout_s)
        if frame is not None:
            self._metrics.count_frame(frame.camera, self._count(frame))

    def _count(self, frame: Frame) -> FrameResult:
        """Count one frame and say what became of it."""
        try:
            pixels = decode(frame, self._needed)
        except PayloadError:
            return FrameResult.REFUSED
        is_fit = shows_something(pixels)
        self._judge(frame.camera, is_fit)
        facts = self._detect(frame, pixels) if is_fit else self._counter_at(frame).skip(frame.at)
        if not facts:
            return FrameResult.LATE
        self._metrics.count_crossings(facts)
        self._emit(facts)
        return FrameResult.COUNTED if is_fit else FrameResult.UNFIT

    def _detect(self, frame: Frame, pixels: NDArray[np.uint8]) -> list[AnyFact]:
        begun_s = self._clock.monotonic_s()
        found = self._detector.detect(pixels)
        self._metrics.inference_s.observe(self._clock.monotonic_s() - begun_s)
        return self._counter_at(frame).update(frame.at, to_fractions(found, pixels.shape))

    def _counter_at(self, frame: Frame) -> CameraCounter:
        """Return the camera's counter; a new one if its clock, or ours, was set back."""
        newest_at = self._newest_at.get(frame.camera)
        if newest_at is None or newest_at - frame.at > MAX_DISORDER:
            self._counters[frame.camera] = self._counter_for(frame.camera)
            newest_at = frame.at
        self._newest_at[frame.camera] = max(newest_at, frame.at)
        return self._counters[frame.camera]


def to_fractions(found: PictureDetections, shape: tuple[int, ...]) -> Detections:
    """Return detections in fractions of the picture, of which `shape` is (height, width, ...)."""
    height, width = shape[:2]
    scale = np.array([width, height, width, height], np.float64)
    boxes = found.boxes.astype(np.float64) / scale
    return Detections(boxes, found.scores.astype(np.float64), _CLASS_INDICES[found.classes])

"""Frames from MQTT: looked at before they are decoded, newest first, kept for a few seconds."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from wire.errors import PayloadError
from wire.pictures import PictureHeader, read_header

CLOCK_TOLERANCE: Final = timedelta(minutes=2)
"""A camera's clock that is off by more is not used."""
_FLAGS: Final = {
    8: cv2.IMREAD_REDUCED_COLOR_8,
    4: cv2.IMREAD_REDUCED_COLOR_4,
    2: cv2.IMREAD_REDUCED_COLOR_2,
    1: cv2.IMREAD_COLOR,
}

MAX_CLOCK_GAP: Final = timedelta(minutes=5)
"""A reader's clock may be so far from a camera's; a picture farther from an event is of another."""
RING_S: Final = 3.0
RING_MAX_BYTES: Final = 8 * 1024 * 1024

Size = tuple[int, int]
"""Width and height in pixels."""


@dataclass(frozen=True)
class Frame:
    """One picture of a camera; `at` is its event time."""

    camera: str
    jpeg: bytes = field(repr=False)
    header: PictureHeader
    at: datetime


def read_frame(camera: str, jpeg: bytes, received_at: datetime) -> Frame:
    """Return the frame that `jpeg` is, without decoding it.

    Its event time is the capture time in its EXIF if there is one near its arrival, else its
    arrival.

    Raises:
        PayloadError: It is no JPEG, or larger than a picture may be.
    """
    header = read_header(jpeg)
    captured_at = header.captured_at
    is_believed = captured_at is not None and abs(captured_at - received_at) <= CLOCK_TOLERANCE
    at = captured_at if captured_at is not None and is_believed else received_at
    return Frame(camera, jpeg, header, at)


def decode(frame: Frame, needed: Size) -> NDArray[np.uint8]:
    """Return a frame's pixels as BGR (H, W, 3), perhaps at a half, a quarter or an eighth.

    Args:
        frame: What to decode.
        needed: Width and height that must remain; the JPEG decoder skips the rest, which is fast.

    Raises:
        PayloadError: The JPEG is damaged.
    """
    flag = _FLAGS[reduction(frame.header, needed)]
    pixels = cv2.imdecode(np.frombuffer(frame.jpeg, np.uint8), flag)
    if pixels is None:
        raise PayloadError("picture", f"{len(frame.jpeg)} bytes", "a JPEG that can be decoded")
    return pixels.astype(np.uint8, copy=False)


def reduction(header: PictureHeader, needed: Size) -> int:
    """Return by how much a picture may shrink, 8, 4, 2 or 1, and still be as large as needed."""
    width, height = needed
    return max(
        (by for by in _FLAGS if header.width >= by * width and header.height >= by * height),
        default=1,
    )


class NewestFrames:
    """The newest frame of each camera that was not taken yet; safe between threads."""

    def __init__(self) -> None:
        self._waiting: dict[str, Frame] = {}
        self._changed = threading.Condition()

    def put(self, frame: Frame) -> bool:
        """Add a frame and say whether an older one of its camera was dropped for it."""
        with self._changed:
            is_replacing = frame.camera in self._waiting
            self._waiting[frame.camera] = frame  # keeps its camera's place in the order
            self._changed.notify()
        return is_replacing

    def take(self, timeout_s: float) -> Frame | None:
        """Return the frame of the camera that waited longest; None if none comes in time."""
        with self._changed:
            if not self._changed.wait_for(lambda: self._waiting, timeout_s):
                return None
            return self._waiting.pop(next(iter(self._waiting)))


class FrameRing:
    """The last few seconds of every camera, for evidence; safe between threads."""

    def __init__(
        self,
        cameras: Iterable[str],
        kept: timedelta = timedelta(seconds=RING_S),
        max_bytes: int = RING_MAX_BYTES,
    ) -> None:
        """Keep nothing yet.

        Args:
            cameras: Those whose frames are kept.
            kept: How far back from a camera's newest frame.
            max_bytes: For each camera; older frames go first.
        """
        self._frames: dict[str, deque[Frame]] = {camera: deque() for camera in cameras}
        self._kept = kept
        self._max_bytes = max_bytes
        self._lock = threading.Lock()

    def put(self, frame: Frame) -> None:
        """Keep a frame and forget those that are too old, or too many."""
        with self._lock:
            frames = self._frames[frame.camera]
            frames.append(frame)
            size = sum(len(each.jpeg) for each in frames)
            while len(frames) > 1 and (
                size > self._max_bytes or abs(frame.at - frames[0].at) > self._kept
            ):
                size -= len(frames.popleft().jpeg)

    def nearest(self, camera: str, at: datetime) -> Frame | None:
        """Return the kept frame nearest to a time; None if none was taken about then."""
        with self._lock:
            frames = [
                frame
                for frame in self._frames.get(camera, ())
                if abs(frame.at - at) <= MAX_CLOCK_GAP
            ]
        return min(frames, key=lambda frame: abs(frame.at - at), default=None)

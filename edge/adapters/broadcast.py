"""A camera's pictures to the gateway's broker: paced, stamped, dropped rather than queued."""

from __future__ import annotations

import json
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import structlog

from edge.adapters.capture import CaptureError, Picture, Source, pictures
from edge.adapters.clock import Clock
from wire.errors import WireError
from wire.pictures import stamp

LOOP_PAUSE_S: Final = 4.0
"""Between two plays of a file, so that counting sees two scenes and not people who jump."""
MAX_LAG_S: Final = 1.0
FIRST_WAIT_S: Final = 0.5
LONGEST_WAIT_S: Final = 30.0

Publish = Callable[[bytes], bool]
"""Takes a JPEG and says whether the network took it."""

log = structlog.get_logger()


@dataclass
class Tally:
    """What became of the pictures so far."""

    published: int = 0
    dropped: int = 0
    first_captured_at: datetime | None = None
    last_captured_at: datetime | None = None


class Broadcast:
    """Publishes one camera's pictures until stopped; owned by the thread that calls it."""

    def __init__(
        self, source: Source, publish: Publish, clock: Clock, stopping: threading.Event
    ) -> None:
        self.tally = Tally()
        self._source = source
        self._publish = publish
        self._clock = clock
        self._stopping = stopping

    def relay(self) -> None:
        """Publish a live source's pictures, and open it again whenever it breaks off."""
        wait_s = FIRST_WAIT_S
        dice = secrets.SystemRandom()
        while not self._stopping.is_set():
            before = self.tally.published + self.tally.dropped
            found = self._relay_once()
            if self._stopping.is_set():
                break
            if self.tally.published + self.tally.dropped > before:
                wait_s = FIRST_WAIT_S
            pause_s = dice.uniform(wait_s / 2, wait_s)
            log.warning("camera_lost", found=found, wait_s=round(pause_s, 1))
            self._stopping.wait(pause_s)
            wait_s = min(wait_s * 2, LONGEST_WAIT_S)

    def play(self, *, loop: bool, epoch_file: Path | None = None) -> None:
        """Publish a file's pictures at its true rate, once or over and over.

        Each is stamped with the start of this play plus its place in the clip, whenever it is
        sent, so that event time is exact.

        Args:
            loop: Begin again at the end.
            epoch_file: Where each play's number and start are written before its first picture,
                as `{"loop": 1, "started_at": "..."}`; for evaluation against a known truth.

        Raises:
            CaptureError: The file cannot be played.
        """
        number = 0
        while not self._stopping.is_set():
            number += 1
            started_at = self._clock.now()
            log.info("camera_loop", loop=number, started_at=started_at.isoformat())
            if epoch_file is not None:
                _write_epoch(epoch_file, number, started_at)
            self._play_once(started_at)
            if not loop:
                break
            self._stopping.wait(LOOP_PAUSE_S)

    def _relay_once(self) -> str:
        """Publish until the source breaks off, and say what it broke off with."""
        due = Due(self._source.fps)
        try:
            for picture in pictures(self._source):
                if self._stopping.is_set():
                    break
                if picture.at_s == 0:
                    log.info("camera_open", address=self._source.address)
                if due.is_wanted(self._clock.monotonic_s()):
                    self._send(picture, self._clock.now())
        except CaptureError as error:
            return error.found
        return "the end of the stream"

    def _play_once(self, started_at: datetime) -> None:
        begun_s = self._clock.monotonic_s()
        for picture in pictures(self._source):
            ahead_s = begun_s + picture.at_s - self._clock.monotonic_s()
            if self._stopping.wait(max(0.0, ahead_s)):
                return
            if ahead_s < -MAX_LAG_S:
                self.tally.dropped += 1
            else:
                self._send(picture, started_at + timedelta(seconds=picture.at_s))

    def _send(self, picture: Picture, captured_at: datetime) -> None:
        try:
            is_taken = self._publish(stamp(picture.encode(), captured_at))
        except WireError as error:
            log.warning("picture_refused", found=error.found, expected=error.expected)
            is_taken = False
        if not is_taken:
            self.tally.dropped += 1
            return
        self.tally.published += 1
        self.tally.first_captured_at = self.tally.first_captured_at or captured_at
        self.tally.last_captured_at = captured_at


class Due:
    """Picks pictures so that at most `fps` a second remain; all of them if that is None."""

    def __init__(self, fps: float | None) -> None:
        self._period_s = 0.0 if fps is None else 1 / fps
        self._next_s = float("-inf")

    def is_wanted(self, at_s: float) -> bool:
        """Say whether the picture of this moment is one of them; moments never go back."""
        if at_s < self._next_s:
            return False
        is_behind = at_s - self._next_s > self._period_s
        self._next_s = (at_s if is_behind else self._next_s) + self._period_s
        return True


def _write_epoch(file: Path, number: int, started_at: datetime) -> None:
    """Write whole or not at all, since somebody may be reading."""
    draft = file.with_name(f"{file.name}.new")
    draft.write_text(json.dumps({"loop": number, "started_at": started_at.isoformat()}))
    draft.replace(file)

"""Which cameras send frames, by a clock that never jumps."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from datetime import datetime

from edge.facts import CameraChange
from wire.records import CameraCondition


class CameraWatch:
    """Notices cameras that fall silent and come back; safe between threads.

    At the start a camera's condition is unknown: its first frame, or its first silence, is a
    change. Times in seconds are of a clock that only goes forward: a wall clock that is set would
    make every camera silent, or hide that one is.
    """

    def __init__(self, silent_after_s: Mapping[str, float], started_s: float) -> None:
        self._silent_after_s = dict(silent_after_s)
        self._seen_s = dict.fromkeys(silent_after_s, started_s)
        self._has_frame = dict.fromkeys(silent_after_s, False)
        self._state: dict[str, CameraCondition] = {}
        self._lock = threading.Lock()

    def saw(self, camera: str, at_s: float) -> None:
        """Note that a frame that can be counted on came."""
        with self._lock:
            self._seen_s[camera] = at_s
            self._has_frame[camera] = True

    def changes(self, now: datetime, now_s: float) -> list[CameraChange]:
        """Return what has changed since the last call; `now` is the same moment, to be told."""
        with self._lock:
            return [
                CameraChange(occurred_at=now, camera=camera, state=state)
                for camera in self._silent_after_s
                if (state := self._turned(camera, now_s)) is not None
            ]

    def _turned(self, camera: str, now_s: float) -> CameraCondition | None:
        """Return a camera's new condition, None if it is as before or still unknown."""
        if now_s - self._seen_s[camera] > self._silent_after_s[camera]:
            state = CameraCondition.SILENT
        elif self._has_frame[camera]:
            state = CameraCondition.ONLINE
        else:
            return None
        if self._state.get(camera) is state:
            return None
        self._state[camera] = state
        return state

"""Which cameras send frames, by the gateway's own clock."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from datetime import datetime, timedelta

from edge.facts import CameraChange
from wire.records import CameraCondition


class CameraWatch:
    """Notices cameras that fall silent and come back; safe between threads.

    At the start a camera's condition is unknown: its first frame, or its first silence, is a
    change.
    """

    def __init__(self, silent_after_s: Mapping[str, float], started_at: datetime) -> None:
        self._silent_after = {
            camera: timedelta(seconds=seconds) for camera, seconds in silent_after_s.items()
        }
        self._seen_at = dict.fromkeys(silent_after_s, started_at)
        self._has_frame = dict.fromkeys(silent_after_s, False)
        self._state: dict[str, CameraCondition] = {}
        self._lock = threading.Lock()

    def saw(self, camera: str, at: datetime) -> None:
        """Note that a frame that can be counted on came."""
        with self._lock:
            self._seen_at[camera] = at
            self._has_frame[camera] = True

    def changes(self, now: datetime) -> list[CameraChange]:
        """Return what has changed since the last call."""
        with self._lock:
            return [
                CameraChange(occurred_at=now, camera=camera, state=state)
                for camera in self._silent_after
                if (state := self._turned(camera, now)) is not None
            ]

    def _turned(self, camera: str, now: datetime) -> CameraCondition | None:
        """Return a camera's new condition, None if it is as before or still unknown."""
        if now - self._seen_at[camera] > self._silent_after[camera]:
            state = CameraCondition.SILENT
        elif self._has_frame[camera]:
            state = CameraCondition.ONLINE
        else:
            return None
        if self._state.get(camera) is state:
            return None
        self._state[camera] = state
        return state

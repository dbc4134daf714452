"""Which cameras send frames that can be counted on, by a clock that never jumps."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from datetime import datetime

from edge.facts import CameraChange
from wire.records import CameraCondition


class CameraWatch:
    """Notices cameras that fall silent, show nothing, and come back; safe between threads.

    At the start a camera's condition is unknown: its first frame, or its first silence, is a
    change. One that has shown nothing for as long as it may be silent is unfit. Times in seconds
    are of a clock that only goes forward: a wall clock that is set would make every camera silent,
    or hide that one is.
    """

    def __init__(self, silent_after_s: Mapping[str, float], started_s: float) -> None:
        self._silent_after_s = dict(silent_after_s)
        self._seen_s = dict.fromkeys(silent_after_s, started_s)
        self._has_frame = dict.fromkeys(silent_after_s, False)
        self._unfit_since_s: dict[str, float] = {}
        self._state: dict[str, CameraCondition] = {}
        self._lock = threading.Lock()

    def saw(self, camera: str, at_s: float) -> None:
        """Note that a whole frame came."""
        with self._lock:
            self._seen_s[camera] = at_s
            self._has_frame[camera] = True

    def judged(self, camera: str, at_s: float, *, is_fit: bool) -> None:
        """Note whether a frame could be counted on."""
        with self._lock:
            if is_fit:
                self._unfit_since_s.pop(camera, None)
            else:
                self._unfit_since_s.setdefault(camera, at_s)

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
        patience_s = self._silent_after_s[camera]
        if now_s - self._seen_s[camera] > patience_s:
            state = CameraCondition.SILENT
        elif now_s - self._unfit_since_s.get(camera, now_s) > patience_s:
            state = CameraCondition.UNFIT
        elif self._has_frame[camera]:
            state = CameraCondition.ONLINE
        else:
            return None
        if self._state.get(camera) is state:
            return None
        self._state[camera] = state
        return state

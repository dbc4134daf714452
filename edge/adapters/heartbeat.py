"""The gateway's health, every so often, whether or not anything happened."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from edge.adapters.clock import Clock
from edge.adapters.memory import resident_bytes
from edge.adapters.metrics import EdgeMetrics, FrameResult
from wire.records import CameraHealth, Health


class Heartbeat:
    """Makes a health record when one is due; owned by one thread."""

    def __init__(
        self,
        *,
        every_s: float,
        cameras: Sequence[str],
        data_dir: Path,
        detector: str,
        metrics: EdgeMetrics,
        outbox_records: Callable[[], int],
        access_refused: Callable[[], int],
        clock: Clock,
    ) -> None:
        self._every_s = every_s
        self._cameras = tuple(cameras)
        self._data_dir = data_dir
        self._detector = detector
        self._metrics = metrics
        self._outbox_records = outbox_records
        self._access_refused = access_refused
        self._clock = clock
        self._started_s = clock.monotonic_s()
        self._told_s = self._started_s
        self._counted = dict.fromkeys(cameras, 0)
        self._is_first = True

    def due(self, now: datetime) -> list[Health]:
        """Return a health record if it is time for one; the first one is due at once."""
        now_s = self._clock.monotonic_s()
        since_s = now_s - self._told_s
        if not self._is_first and since_s < self._every_s:
            return []
        self._is_first = False
        self._told_s = now_s
        return [
            Health(
                occurred_at=now,
                uptime_s=round(now_s - self._started_s, 3),
                memory_bytes=resident_bytes(),
                disk_free_bytes=shutil.disk_usage(self._data_dir).free,
                outbox_records=self._outbox_records(),
                access_refused=self._access_refused(),
                cameras=tuple(self._health_of(camera, since_s) for camera in self._cameras),
                detector=self._detector,
            )
        ]

    def _health_of(self, camera: str, since_s: float) -> CameraHealth:
        frames = self._metrics.frames_of(camera)
        counted = frames[FrameResult.COUNTED]
        newly_counted, self._counted[camera] = counted - self._counted[camera], counted
        return CameraHealth(
            camera=camera,
            received=sum(frames.values()),
            dropped=frames[FrameResult.DROPPED] + frames[FrameResult.LATE],
            refused=frames[FrameResult.REFUSED],
            counted_per_s=round(newly_counted / since_s, 2) if since_s > 0 else 0.0,
        )

"""One camera's counting: frames of detections in, facts out."""

from collections.abc import Sequence
from datetime import datetime

from edge.counting.crossing import LineCounter, LineSpec
from edge.counting.detection import Detections
from edge.counting.geometry import Line
from edge.counting.tracking import Track, Tracker, TrackerOptions
from edge.counting.zones import ZoneCounter, ZoneSpec
from edge.facts import AnyFact, Crossing, Observed, ZoneCount

_DEFAULTS = TrackerOptions()


class CameraCounter:
    """Counts at the lines and in the zones of one camera, in the order of its frames.

    What is remembered is bounded: it ends with the tracks it belongs to.
    """

    def __init__(
        self,
        camera: str,
        lines: Sequence[LineSpec],
        zones: Sequence[ZoneSpec],
        options: TrackerOptions = _DEFAULTS,
    ) -> None:
        """Start with no tracks.

        Raises:
            GeometryError: A line has no length or a zone no area.
        """
        self._camera = camera
        self._tracker = Tracker(options)
        self._lines = [(spec, LineCounter(Line(spec.a, spec.b))) for spec in lines]
        self._zones = [(spec, ZoneCounter(spec)) for spec in zones]
        self._at: datetime | None = None

    def update(self, at: datetime, detections: Detections) -> list[AnyFact]:
        """Count what was detected on the frame of event time `at` and return the facts.

        First crossings, then a zone count for every zone and class, last one `Observed`. A frame
        that is not after the last one changes nothing and makes no facts.
        """
        if not self._is_next(at):
            return []
        tracks = self._tracker.update(at, detections)
        return [*self._crossings(at, tracks), *self._zone_counts(at, tracks), self._observed(at)]

    def skip(self, at: datetime) -> list[AnyFact]:
        """Take a frame on which nothing can be counted (black, covered): say so and no more.

        Tracks stay as they are; if that takes too long they end.
        """
        return [self._observed(at, fit=False)] if self._is_next(at) else []

    def _is_next(self, at: datetime) -> bool:
        if self._at is not None and at <= self._at:
            return False
        self._at = at
        return True

    def _observed(self, at: datetime, *, fit: bool = True) -> Observed:
        return Observed(occurred_at=at, camera=self._camera, fit=fit)

    def _crossings(self, at: datetime, tracks: Sequence[Track]) -> list[Crossing]:
        return [
            Crossing(
                occurred_at=at,
                camera=self._camera,
                line=spec.id,
                track_id=track.track_id,
                object_class=track.object_class,
                direction=direction,
            )
            for spec, counter in self._lines
            for track, direction in counter.update(tracks)
            if track.object_class in spec.classes
        ]

    def _zone_counts(self, at: datetime, tracks: Sequence[Track]) -> list[ZoneCount]:
        return [
            ZoneCount(
                occurred_at=at,
                camera=self._camera,
                zone=spec.id,
                object_class=object_class,
                count=presence.count,
                stationary=presence.stationary,
                longest_stationary_s=presence.longest_stationary_s,
                dwells_s=presence.dwells_s,
            )
            for spec, counter in self._zones
            for object_class, presence in counter.update(at, tracks).items()
        ]

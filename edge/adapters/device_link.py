"""What cameras, readers, doors and barriers publish on the gateway's broker, checked and sorted.

Frames are QoS 0 and may be dropped. Access events are QoS 1 and are acknowledged when what they
changed is on disk. What the broker has retained happened at another time, and is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final, Protocol

import structlog

from edge.access.events import parse_access, to_fact
from edge.access.mapping import Reading, VendorMapping
from edge.access.pseudonyms import Pseudonyms
from edge.adapters.camera_watch import CameraWatch
from edge.adapters.clock import Clock
from edge.adapters.frames import FrameRing, NewestFrames, read_frame
from edge.adapters.logs import Sparingly
from edge.adapters.metrics import EdgeMetrics, FrameResult
from edge.adapters.mqtt import Arrival
from edge.facts import Access
from wire.errors import PayloadError
from wire.topics import AccessTopic, FrameTopic

_FRAME_QOS: Final = 0
_ACCESS_QOS: Final = 1

log = structlog.get_logger()


class TakesAccess(Protocol):
    """What takes access facts, and acknowledges their messages once they are on disk."""

    def put(self, facts: Sequence[Access], acknowledge: Callable[[], object]) -> None:
        """Take facts; may wait for room."""
        ...


class FrameDesk:
    """Takes the frames of the cameras that are configured.

    Attributes:
        newest: The frames that wait to be counted.
        ring: The last seconds of every camera.
        watch: Which cameras send.
    """

    def __init__(
        self, silent_after_s: Mapping[str, float], metrics: EdgeMetrics, clock: Clock
    ) -> None:
        """Begin; `silent_after_s` has every camera."""
        self.newest = NewestFrames()
        self.ring = FrameRing(silent_after_s)
        self.watch = CameraWatch(silent_after_s, clock.monotonic_s())
        self._metrics = metrics
        self._clock = clock
        self._sparingly = Sparingly()

    def take(self, camera: str, arrival: Arrival) -> None:
        """Keep a frame to be counted, or count it as refused; frames it replaces are dropped."""
        arrival.acknowledge()  # a camera may send with QoS 1; a frame is never worth a repeat
        try:
            _refuse_retained(arrival)
            frame = read_frame(camera, arrival.payload, self._clock.now())
        except PayloadError as error:
            self._metrics.count_frame(camera, FrameResult.REFUSED)
            if self._sparingly.is_due(camera, self._clock.monotonic_s()):
                log.warning(
                    "frame_refused", camera=camera, found=error.found, expected=error.expected
                )
            return
        self.watch.saw(camera, self._clock.monotonic_s())
        self.ring.put(frame)
        if self.newest.put(frame):
            self._metrics.count_frame(camera, FrameResult.DROPPED)


class AccessDesk:
    """Takes the events of the access points that are configured, in our words or a vendor's.

    A credential becomes a pseudonym here, and without `pseudonyms` nothing.
    """

    def __init__(
        self,
        points: Sequence[str],
        mappings: Sequence[VendorMapping],
        gateway: TakesAccess,
        metrics: EdgeMetrics,
        clock: Clock,
        *,
        pseudonyms: Pseudonyms | None = None,
    ) -> None:
        self._points = frozenset(points)
        self._mappings = tuple(mappings)
        self._gateway = gateway
        self._metrics = metrics
        self._clock = clock
        self._pseudonyms = pseudonyms
        self.refused_count = 0

    def take(self, point: str | None, arrival: Arrival) -> None:
        """Hand an event on, or refuse its message; None means a vendor's topic."""
        try:
            reading = self._read(point, arrival)
        except PayloadError as error:
            self._refuse(arrival, error)
            return
        if reading is None:  # the mapping says that its like is of no interest
            arrival.acknowledge()
            return
        fact = to_fact(reading.point, reading.event, self._pseudonyms)
        self._metrics.access.labels(fact.point, fact.outcome).inc()
        self._gateway.put([fact], arrival.acknowledge)

    def _read(self, point: str | None, arrival: Arrival) -> Reading | None:
        _refuse_retained(arrival)
        now = self._clock.now()
        if point is not None:
            return Reading(point, parse_access(arrival.payload, now))
        for mapping in self._mappings:
            if mapping.fits(arrival.topic):
                reading = mapping.read(arrival.topic, arrival.payload, now)
                if reading is not None and reading.point not in self._points:
                    raise PayloadError("point", repr(reading.point), "a point of this site")
                return reading
        raise PayloadError("topic", repr(arrival.topic[:80]), "a topic of this site's devices")

    def _refuse(self, arrival: Arrival, error: PayloadError) -> None:
        """Let go of a message that would be as wrong when it came again."""
        self.refused_count += 1
        self._metrics.refused.labels(type(error).__name__).inc()
        log.warning(
            "access_refused",
            topic=arrival.topic[:80],
            field=error.field,
            found=error.found,
            expected=error.expected,
        )
        arrival.acknowledge()


class DeviceTopics:
    """Which topics a site's devices publish on, and who takes what comes on each."""

    def __init__(
        self,
        compound: str,
        cameras: Sequence[str],
        points: Sequence[str],
        mappings: Sequence[VendorMapping],
    ) -> None:
        self._camera_by_topic = {str(FrameTopic(compound, each)): each for each in cameras}
        self._point_by_topic = {str(AccessTopic(compound, each)): each for each in points}
        self._filters = [mapping.topic for mapping in mappings]

    @property
    def subscriptions(self) -> Mapping[str, int]:
        """QoS by topic filter."""
        access = dict.fromkeys([*self._point_by_topic, *self._filters], _ACCESS_QOS)
        return dict.fromkeys(self._camera_by_topic, _FRAME_QOS) | access

    def sort(self, arrival: Arrival, frames: FrameDesk, access: AccessDesk) -> None:
        """Give an arrival to whom it is for."""
        camera = self._camera_by_topic.get(arrival.topic)
        if camera is None:
            access.take(self._point_by_topic.get(arrival.topic), arrival)
        else:
            frames.take(camera, arrival)


def _refuse_retained(arrival: Arrival) -> None:
    """Refuse what comes again with every connection, and would be new each time."""
    if arrival.retained:
        raise PayloadError("retain", "a retained message", "one that is published as it happens")

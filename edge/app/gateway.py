r"""`zhian edge run`: the gateway's threads and what goes between them.

devices --> NewestFrames --> counting --> GatewayLoop --> Outbox --> hub
       \-> FrameRing (evidence)  ^ access events
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Final

import cv2
import structlog

from edge.access.pseudonyms import Pseudonyms
from edge.adapters.clock import SystemClock
from edge.adapters.counting_loop import CountingLoop
from edge.adapters.device_link import AccessDesk, DeviceTopics, FrameDesk
from edge.adapters.gateway_loop import GatewayLoop
from edge.adapters.heartbeat import Heartbeat
from edge.adapters.hub_link import HubLink
from edge.adapters.link import Link
from edge.adapters.memory import resident_bytes, return_freed_memory
from edge.adapters.metrics import EdgeMetrics
from edge.adapters.mqtt import Broker
from edge.adapters.outbox import Outbox
from edge.adapters.status_server import StatusServer
from edge.adapters.threads import Crash, Crew
from edge.app.brokers import device_broker, hub_broker
from edge.app.plan import birth_of, counter_for, plan_of, software
from edge.config.secrets import read_pseudonym_key
from edge.config.site import Site
from edge.counting.tracking import TrackerOptions
from edge.facts import AnyFact
from edge.gateway import Gateway, decode_state, encode_state
from models.config import directory_of
from models.detector import Detector
from models.store import InstalledModel, named, preferred
from wire.messages import Birth
from wire.records import AnyRecord

OUTBOX_FILE: Final = "outbox.sqlite3"
STOP_TIMEOUT_S: Final = 10.0
_AUTO: Final = "auto"

log = structlog.get_logger()


def run_gateway(site: Site, environ: Mapping[str, str], stopping: threading.Event) -> Crash | None:
    """Run the gateway until `stopping`, or until one of its threads ends by itself.

    Raises:
        SecretError: A password or a key is missing, open to others or too short.
        NoModelError: The detector is not installed.
        OutboxError: The outbox cannot be used.
        CheckpointError: The outbox holds another version's state.
        OSError: The data directory or the port cannot be used.
    """
    return_freed_memory()
    cv2.setNumThreads(1)
    return GatewayProgram(site, environ, stopping).run()


class GatewayProgram:
    """The gateway of one site."""

    def __init__(self, site: Site, environ: Mapping[str, str], stopping: threading.Event) -> None:
        """Build everything; nothing connects yet. Raises as `run_gateway` does."""
        device, hub = device_broker(site, environ), hub_broker(site, environ)
        pseudonyms = _pseudonyms(site, environ)
        self._site = site
        self._crew = Crew(stopping)
        self._clock = SystemClock()
        self._metrics = EdgeMetrics()
        self._model = _model(site, environ)
        self._cameras = FrameDesk(
            {camera.id: camera.silent_after_s for camera in site.cameras},
            self._metrics,
            self._clock,
        )
        site.site.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._outbox = Outbox(site.site.data_dir / OUTBOX_FILE, secrets.token_hex(8))
        self._hub_link = self._make_hub_link(hub)
        self._loop = self._make_loop()
        self._points = AccessDesk(
            [point.id for point in site.points],
            site.mappings,
            self._loop,
            self._metrics,
            self._clock,
            pseudonyms=pseudonyms,
        )
        self._counting = self._make_counting(self._model) if self._model else None
        self._device_link = self._make_device_link(device)
        self._heartbeat = self._make_heartbeat()
        self._status = StatusServer(
            site.http.host, site.http.port, self._health, self._metrics.text
        )
        self._watch_figures()

    def run(self) -> Crash | None:
        """Run until told to stop, then end every thread, in the order in which data flows."""
        log.info("gateway_starts", gateway=self._site.site.gateway, software=software())
        crew = self._crew
        crew.start("status", self._status.run)
        crew.start("hub", self._hub_link.run)
        crew.start("gateway", self._loop.run)
        if self._counting is not None:
            crew.start("counting", partial(self._counting.run, crew.stopping))
        crew.start("devices", self._device_link.run)
        try:
            crew.wait()
        finally:
            self._stop()
        return crew.crash

    def _stop(self) -> None:
        self._crew.stopping.set()
        self._device_link.stop()
        self._crew.join("devices", STOP_TIMEOUT_S)
        self._crew.join("counting", STOP_TIMEOUT_S)
        self._crew.join("gateway", STOP_TIMEOUT_S)
        self._hub_link.stop()
        self._crew.join("hub", STOP_TIMEOUT_S)
        self._status.stop()
        self._crew.join("status", STOP_TIMEOUT_S)
        self._outbox.close()
        log.info("gateway_stopped", gateway=self._site.site.gateway)

    def _birth(self, session: int) -> Birth:
        return birth_of(
            self._site, session=session, epoch=self._outbox.epoch, sent_at=self._clock.now()
        )

    def _make_hub_link(self, broker: Broker) -> HubLink:
        return HubLink(
            broker,
            compound=self._site.site.compound,
            gateway=self._site.site.gateway,
            outbox=self._outbox,
            birth=self._birth,
            clock=self._clock,
        )

    def _make_device_link(self, broker: Broker) -> Link:
        site = self._site
        own = [point.id for point in site.points if point.mapping is None]
        cameras = [camera.id for camera in site.cameras]
        topics = DeviceTopics(site.site.compound, cameras, own, site.mappings)
        return Link(
            broker,
            f"zhian-{site.site.compound}-{site.site.gateway}-devices",
            subscriptions=topics.subscriptions,
            on_arrival=partial(topics.sort, frames=self._cameras, access=self._points),
        )

    def _make_loop(self) -> GatewayLoop:
        checkpoint = self._outbox.checkpoint()
        state = None if checkpoint is None else decode_state(checkpoint)
        gateway = Gateway(plan_of(self._site), state)
        return GatewayLoop(
            gateway,
            self._outbox,
            gateway_id=self._site.site.gateway,
            checkpoint=lambda: encode_state(gateway.state),
            ring=self._cameras.ring,
            tell=self._tell,
            committed=self._hub_link.wake,
            metrics=self._metrics,
            clock=self._clock,
            stopping=self._crew.stopping,
        )

    def _make_counting(self, model: InstalledModel) -> CountingLoop:
        settings = self._site.detector
        confident = settings.min_score or model.network.decoder.score_threshold
        options = TrackerOptions(confident_score=confident)
        detector = Detector(
            model.path,
            model.network,
            threads=settings.threads,
            score_threshold=options.weak_score,  # what is weak may still carry a track on
        )
        return CountingLoop(
            self._cameras.newest,
            detector,
            partial(counter_for, self._site, options),
            emit=self._loop.put,
            judge=self._judge,
            metrics=self._metrics,
            clock=self._clock,
            needed=(model.network.input.width, model.network.input.height),
        )

    def _judge(self, camera: str, is_fit: bool) -> None:
        self._cameras.watch.judged(camera, self._clock.monotonic_s(), is_fit=is_fit)

    def _make_heartbeat(self) -> Heartbeat:
        return Heartbeat(
            every_s=self._site.site.heartbeat_s,
            cameras=[camera.id for camera in self._site.cameras],
            data_dir=self._site.site.data_dir,
            detector="none" if self._model is None else self._model.name,
            metrics=self._metrics,
            outbox_records=lambda: self._outbox.pending_count,
            access_refused=lambda: self._points.refused_count,
            clock=self._clock,
        )

    def _tell(self, now: datetime) -> tuple[Sequence[AnyFact], Sequence[AnyRecord]]:
        changes = self._cameras.watch.changes(now, self._clock.monotonic_s())
        return changes, self._heartbeat.due(now)

    def _health(self) -> tuple[bool, Mapping[str, object]]:
        return self._crew.crash is None, {
            "gateway": self._site.site.gateway,
            "software": software(),
            "device_broker_connected": self._device_link.is_connected,
            "hub_broker_connected": self._hub_link.is_connected,
            "outbox_records": self._outbox.pending_count,
        }

    def _watch_figures(self) -> None:
        watch = self._metrics.watch
        watch(
            "outbox_records", "Records that wait for the hub.", lambda: self._outbox.pending_count
        )
        watch(
            "outbox_pictures",
            "Pictures that wait for the hub.",
            lambda: self._outbox.pending_evidence_count,
        )
        watch("queue_facts", "Deliveries waiting for their step.", lambda: self._loop.waiting_count)
        watch("memory_bytes", "Resident memory.", resident_bytes)
        watch("device_broker_up", "1 if connected.", lambda: self._device_link.is_connected)
        watch("hub_broker_up", "1 if connected.", lambda: self._hub_link.is_connected)
        watch(
            "hub_refused",
            "Messages from the hub that were refused, unsupported commands among them.",
            self._hub_link.refused.total,
        )


def _pseudonyms(site: Site, environ: Mapping[str, str]) -> Pseudonyms | None:
    """Return what names credentials, None where no rule needs to tell them apart."""
    if not any(rule.needs_credentials for rule in site.rules):
        return None
    return Pseudonyms(read_pseudonym_key(site.site.pseudonym_key_file, environ))


def _model(site: Site, environ: Mapping[str, str]) -> InstalledModel | None:
    """Return the network to count with, None for a gateway without cameras."""
    if not site.cameras:
        return None
    directory = site.detector.models_dir or directory_of(environ)
    wanted = site.detector.model
    return preferred(directory) if wanted == _AUTO else named(directory, wanted)

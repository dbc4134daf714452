"""MQTT clients of the compound: card readers that play the truth, and a witness of the reports."""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from sim.site import BARRIER, COMPOUND, DOOR
from sim.truth import LOOP_S, Passage, passages
from wire import codec
from wire.errors import WireError
from wire.messages import AccessEvent, Report
from wire.records import AccessOutcome, AlertRaised, AnyRecord
from wire.topics import AccessTopic, Channel, every_gateway
from wire.values import Direction

GRANT_LEAD_S: Final = 0.7
"""How long before the crossing its card is shown."""
BARRIER_EVERY_S: Final = 20.0
FLUSH_TIMEOUT_S: Final = 10.0


def connect(name: str, username: str, password: str, port: int) -> mqtt.Client:
    """Return a connected client whose network loop runs in a thread of its own."""
    client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=name, clean_session=False)
    client.username_pw_set(username, password)
    client.connect("127.0.0.1", port)
    client.loop_start()
    return client


class Readers:
    """A door's card reader and exit button and a barrier, in step with the clip.

    The camera program writes when each play of the clip began; everything is timed from there. As
    a real reader does, the client keeps an event until the broker has acknowledged it, also while
    the broker is away.
    """

    def __init__(self, client: mqtt.Client, clip_epoch: Path, follows_truth: bool) -> None:
        self.published: Counter[tuple[str, AccessOutcome]] = Counter()
        self._client = client
        self._acknowledged = 0
        client.on_publish = self._count_acknowledged
        self._clip_epoch = clip_epoch
        self._timeline = _timeline(passages() if follows_truth else ())
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._play, name="readers", daemon=True)

    def start(self) -> None:
        """Begin with the next play of the clip."""
        self._thread.start()

    def stop(self) -> None:
        """Publish nothing more; wait a while for what the broker has not acknowledged yet."""
        self._stopped.set()
        self._thread.join(timeout=5)
        deadline = time.monotonic() + FLUSH_TIMEOUT_S
        while self._acknowledged < self.published.total() and time.monotonic() < deadline:
            time.sleep(0.05)

    def _play(self) -> None:
        played = None
        while not self._stopped.wait(0.1):
            began = read_epoch(self._clip_epoch)
            if began is not None and began != played:
                played = began
                self._play_once(began)

    def _play_once(self, began: datetime) -> None:
        for after_s, point, outcome, direction in self._timeline:
            at = began + timedelta(seconds=after_s)
            if self._stopped.wait(max(0.0, (at - datetime.now(UTC)).total_seconds())):
                return
            event = AccessEvent(
                event_id=f"{point}-{at:%Y%m%dT%H%M%S%f}",
                occurred_at=at,
                outcome=outcome,
                direction=direction,
            )
            topic = str(AccessTopic(COMPOUND, point))
            self._client.publish(topic, codec.encode(event), qos=1)
            self.published[point, outcome] += 1

    def _count_acknowledged(self, *_: object) -> None:
        self._acknowledged += 1


def read_epoch(path: Path) -> datetime | None:
    """Return when the current play of the clip began, or None before the first."""
    try:
        return datetime.fromisoformat(json.loads(path.read_text())["started_at"])
    except FileNotFoundError:
        return None


_Timed = tuple[float, str, AccessOutcome, Direction]


def _timeline(known: tuple[Passage, ...]) -> list[_Timed]:
    """Return one play's access events: grants in, exit buttons out, cars at the barrier."""
    events: list[_Timed] = []
    for passage in known:
        at = passage.after_s - GRANT_LEAD_S
        if passage.direction is Direction.OUT:
            events.append((at, DOOR, AccessOutcome.EXIT_BUTTON, Direction.OUT))
        elif passage.is_granted:
            events.append((at, DOOR, AccessOutcome.GRANTED, Direction.IN))
    cars = int(LOOP_S / BARRIER_EVERY_S)
    for car in range(cars):
        at = (car + 0.5) * BARRIER_EVERY_S
        events.append((at, BARRIER, AccessOutcome.GRANTED, Direction.IN))
    return sorted(events)


class Witness:
    """Hears every report beside the hub and keeps each numbered record once."""

    def __init__(self, client: mqtt.Client) -> None:
        self._records: dict[tuple[str, int], AnyRecord] = {}
        self._lock = threading.Lock()
        client.on_message = self._hear
        client.subscribe(every_gateway(Channel.REPORT), qos=1)

    def records(self) -> dict[tuple[str, int], AnyRecord]:
        """Return what was heard so far, by (epoch, number)."""
        with self._lock:
            return dict(self._records)

    def alerts(self) -> list[AlertRaised]:
        """Return the alerts that were raised so far."""
        return [record for record in self.records().values() if isinstance(record, AlertRaised)]

    def _hear(self, _client: mqtt.Client, _data: object, message: mqtt.MQTTMessage) -> None:
        try:
            report = codec.decode(Report, bytes(message.payload))
        except WireError as error:
            print(f"witness: {error}")
            return
        with self._lock:
            for offset, record in enumerate(report.records):
                self._records[report.epoch, report.first + offset] = record

"""Takes what gateways publish, stores it, and only then says so.

Messages that wait are stored in one transaction together: one wait for the disk, however long the
backlog. After the commit each is acknowledged to the broker, and each gateway is told up to which
number it may forget. If the database fails, nothing was acknowledged: the process ends, and all of
it comes again.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final, Protocol

import structlog
from sqlalchemy.exc import InterfaceError, OperationalError

from hub.adapters.clock import monotonic_s
from hub.adapters.mqtt import Arrival, Broker, ConnectError, Connection
from hub.adapters.series_errors import SeriesError
from hub.services.ports import Store, Unit
from hub.services.receive import Received, receive
from hub.services.replies import replies
from hub.services.upkeep import notice_silence, tidy
from wire.codec import encode
from wire.errors import WireError
from wire.topics import Channel, every_gateway

MAX_BATCH: Final = 64
TAKE_TIMEOUT_S: Final = 0.5
NOTICE_EVERY_S: Final = 2.0
TIDY_EVERY_S: Final = 300.0
FIRST_WAIT_S: Final = 0.5
LONGEST_WAIT_S: Final = 30.0
_CHANNELS: Final = (Channel.BIRTH, Channel.DEATH, Channel.REPORT, Channel.EVIDENCE)
_STORE_FAILURES: Final = (OperationalError, InterfaceError, SeriesError)

_log = structlog.get_logger()


class IngestMeter(Protocol):
    """Where messages and records are counted."""

    def count_message(self, channel: str) -> None:
        """Count a message that was read."""

    def count_records(self, *, new: int, repeated: int) -> None:
        """Count the records of a report."""

    def count_unreadable(self) -> None:
        """Count a message that could not be read."""


class Ingest:
    """One subscriber of everything that gateways publish; owned by the thread that runs it."""

    def __init__(
        self,
        store: Store,
        broker: Broker,
        client_id: str,
        meter: IngestMeter,
        clock: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._broker = broker
        self._client_id = client_id
        self._meter = meter
        self._clock = clock
        self._connection: Connection | None = None
        self._notice_at_s = 0.0
        self._tidy_at_s = 0.0

    @property
    def is_connected(self) -> bool:
        """Whether the broker is there; from any thread."""
        connection = self._connection
        return connection is not None and not connection.lost.is_set()

    def run(self, stopping: threading.Event) -> None:
        """Take messages until `stopping` is set; raises when the store fails."""
        wait_s = FIRST_WAIT_S
        while not stopping.is_set():
            filters = [every_gateway(channel) for channel in _CHANNELS]
            connection = Connection(self._broker, self._client_id, filters)
            try:
                connection.open()
            except ConnectError as error:
                _log.warning("broker unreachable", host=error.host, port=error.port, why=error.why)
            else:
                wait_s = FIRST_WAIT_S
                self._serve(connection, stopping)
            if not stopping.is_set():
                self._look_around()
                stopping.wait(wait_s * random.uniform(0.5, 1.0))  # noqa: S311 - spreads reconnects
                wait_s = min(LONGEST_WAIT_S, wait_s * 2)

    def _serve(self, connection: Connection, stopping: threading.Event) -> None:
        self._connection = connection
        _log.info("broker connected", host=self._broker.host, port=self._broker.port)
        try:
            while not (stopping.is_set() or connection.lost.is_set()):
                batch = connection.take(MAX_BATCH, TAKE_TIMEOUT_S)
                if batch:
                    self._answer(connection, batch, self._keep(batch))
                self._look_around()
        finally:
            connection.close()
        if not stopping.is_set():
            _log.warning("broker lost", host=self._broker.host, port=self._broker.port)

    def _keep(self, batch: Sequence[Arrival]) -> list[Received]:
        """Store a batch; if that goes wrong for a reason of its own, each message by itself."""
        try:
            with self._store.transaction() as unit:
                kept = [self._receive(unit, arrival) for arrival in sorted(batch, key=_sender)]
        except _STORE_FAILURES:
            raise
        except Exception:  # noqa: BLE001 - the boundary: one bad message must not stop the rest
            if len(batch) > 1:
                return [each for arrival in batch for each in self._keep([arrival])]
            _log.exception("message not understood", topic=batch[0].topic)
            with self._store.transaction() as unit:
                self._set_aside(unit, batch[0], "this hub failed on it: see its log")
            self._meter.count_unreadable()
            return []
        self._count(kept)
        return [each for each in kept if each is not None]

    def _receive(self, unit: Unit, arrival: Arrival) -> Received | None:
        now = self._clock()
        try:
            received = receive(unit, arrival.topic, arrival.payload, now, retained=arrival.retained)
        except WireError as error:
            self._set_aside(unit, arrival, str(error))
            return None
        if received.refused is not None:
            self._set_aside(unit, arrival, received.refused)
        return received

    def _set_aside(self, unit: Unit, arrival: Arrival, why: str) -> None:
        _log.warning("message unreadable", topic=arrival.topic[:256], why=why[:500])
        unit.unreadable.keep(arrival.topic, arrival.payload, why, self._clock())

    def _count(self, kept: Sequence[Received | None]) -> None:
        for each in kept:
            if each is None or each.refused is not None:
                self._meter.count_unreadable()
            else:
                self._meter.count_message(each.topic.channel)
                self._meter.count_records(new=each.new, repeated=each.repeated)

    def _answer(
        self, connection: Connection, batch: Sequence[Arrival], kept: Sequence[Received]
    ) -> None:
        for arrival in batch:
            connection.acknowledge(arrival)
        for topic, ack in replies(kept):
            connection.publish(str(topic), encode(ack))

    def _look_around(self) -> None:
        """Do what time alone asks for."""
        now_s = monotonic_s()
        if now_s >= self._notice_at_s:
            self._notice_at_s = now_s + NOTICE_EVERY_S
            notice_silence(self._store, self._clock())
        if now_s >= self._tidy_at_s:
            self._tidy_at_s = now_s + TIDY_EVERY_S
            tidy(self._store, self._clock())


def _sender(arrival: Arrival) -> str:
    """Return whose message it is: hubs that take gateways in one order never wait in a circle."""
    return arrival.topic.rpartition("/")[0]

"""Messages through a real broker into a real database."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime

import pytest
from sqlalchemy import Table, func, select
from sqlalchemy.exc import OperationalError

from hub.adapters.database import Database
from hub.adapters.ingest_mqtt import Ingest
from hub.adapters.mqtt import Broker, Connection
from hub.adapters.store import SqlStore
from hub.adapters.tables import count_windows, unreadable
from hub.services.ports import Store, Unit
from tests.integration.edge_link.brokers import PASSWORDS, RunningBroker, wait_until
from tests.integration.hub_store import samples
from wire.codec import decode, encode
from wire.messages import Ack, Report
from wire.topics import Channel, GatewayTopic

pytestmark = pytest.mark.integration

TIMEOUT_S = 15.0


class Figures:
    """Counts what the ingest counts."""

    def __init__(self) -> None:
        self.messages: list[str] = []
        self.new = 0
        self.repeated = 0
        self.unreadable = 0

    def count_message(self, channel: str) -> None:
        self.messages.append(channel)

    def count_records(self, *, new: int, repeated: int) -> None:
        self.new += new
        self.repeated += repeated

    def count_unreadable(self) -> None:
        self.unreadable += 1


class Hub:
    """An ingest in a thread, and what it died of."""

    def __init__(self, store: Store, broker: Broker) -> None:
        self.figures = Figures()
        self.fault: BaseException | None = None
        self._stopping = threading.Event()
        self._ingest = Ingest(store, broker, "hub-test", self.figures, lambda: datetime.now(UTC))
        self._thread = threading.Thread(target=self._run, name="ingest")

    @property
    def is_connected(self) -> bool:
        return self._ingest.is_connected

    def start(self) -> None:
        self._thread.start()
        wait_until(lambda: self.is_connected, TIMEOUT_S, "the hub's connection")

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join(TIMEOUT_S)
        assert not self._thread.is_alive()

    def _run(self) -> None:
        try:
            self._ingest.run(self._stopping)
        except BaseException as fault:  # noqa: BLE001 - shown to the test
            self.fault = fault


@contextmanager
def running(store: Store, broker: RunningBroker) -> Iterator[Hub]:
    hub = Hub(store, as_user(broker, "hub"))
    hub.start()
    try:
        yield hub
    finally:
        hub.stop()


@contextmanager
def gate(broker: RunningBroker) -> Iterator[Connection]:
    topic = str(GatewayTopic("garden", "gate-1", Channel.ACK))
    connection = Connection(as_user(broker, "gate-1"), "gate-1-test", [topic])
    connection.open()
    try:
        yield connection
    finally:
        connection.close()


def as_user(broker: RunningBroker, name: str) -> Broker:
    return Broker("127.0.0.1", broker.port, name, PASSWORDS[name])


def say(gate: Connection, channel: Channel, payload: bytes) -> None:
    gate.publish(str(GatewayTopic("garden", "gate-1", channel)), payload)


def report(first: int, minutes: int = 1) -> Report:
    records = (samples.count(first + n, into=1) for n in range(minutes))
    return samples.report(first, *records, gateway="gate-1")


def wait_for_ack(gate: Connection, up_to: int) -> Ack:
    for _ in range(int(TIMEOUT_S)):
        for arrival in gate.take(64, 1.0):
            gate.acknowledge(arrival)
            ack = decode(Ack, arrival.payload)
            if ack.up_to >= up_to:
                return ack
    raise AssertionError(f"no ack up to {up_to}")


def rows(database: Database, table: Table) -> int:
    with database.snapshot() as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()


class FailingStore:
    """A store whose disk fails at the commit."""

    def __init__(self, store: SqlStore) -> None:
        self._store = store

    @contextmanager
    def transaction(self) -> Iterator[Unit]:
        with self._store.transaction() as unit:
            yield unit
            if unit.gateways.gateways():
                raise OperationalError("COMMIT", None, OSError("disk I/O error"))

    def snapshot(self) -> AbstractContextManager[Unit]:
        return self._store.snapshot()


class BrittleStore:
    """A store with a fault of ours: it cannot take the window of the third minute."""

    def __init__(self, store: SqlStore) -> None:
        self._store = store

    @contextmanager
    def transaction(self) -> Iterator[Unit]:
        with self._store.transaction() as unit:
            yield unit
            third = samples.NOON + 3 * samples.MINUTE
            if unit.series.counts("garden", third, third + samples.MINUTE, 60):
                raise ZeroDivisionError

    def snapshot(self) -> AbstractContextManager[Unit]:
        return self._store.snapshot()


def test_a_gateway_hears_of_its_records_once_they_are_stored(
    broker: RunningBroker, database: Database
) -> None:
    with running(SqlStore(database), broker) as hub, gate(broker) as sender:
        say(sender, Channel.BIRTH, encode(samples.birth(gateway="gate-1")))
        for first in range(1, 31):
            say(sender, Channel.REPORT, encode(report(first)))

        ack = wait_for_ack(sender, 30)

        assert (ack.gateway, ack.epoch, ack.beyond) == ("gate-1", "e1", ())
        assert rows(database, count_windows) == 30
        assert hub.figures.new == 30


def test_what_cannot_be_read_is_kept_and_the_rest_goes_on(
    broker: RunningBroker, database: Database
) -> None:
    with running(SqlStore(database), broker) as hub, gate(broker) as sender:
        say(sender, Channel.REPORT, b'{"schema": 99}')
        say(sender, Channel.REPORT, b"\xff" * 70_000)
        say(sender, Channel.REPORT, encode(samples.report(1, samples.count(1), gateway="other")))
        say(sender, Channel.REPORT, encode(report(1)))

        wait_for_ack(sender, 1)

        assert hub.figures.unreadable == 3
    with database.snapshot() as connection:
        kept = connection.execute(select(unreadable).order_by(unreadable.c.id)).all()
    assert [row.payload_bytes for row in kept][:2] == [14, 70_000]
    assert kept[0].payload == b'{"schema": 99}'
    assert len(kept[1].payload) == 64 * 1024
    assert "expected gate-1, as in its topic" in kept[2].error


def test_what_came_while_the_hub_was_away_is_stored_when_it_is_back(
    broker: RunningBroker, database: Database
) -> None:
    store = SqlStore(database)
    with gate(broker) as sender:
        with running(store, broker):
            say(sender, Channel.REPORT, encode(report(1)))
            wait_for_ack(sender, 1)
        for first in range(2, 12):
            say(sender, Channel.REPORT, encode(report(first)))

        with running(store, broker):
            wait_for_ack(sender, 11)

    assert rows(database, count_windows) == 11


def test_the_hub_connects_again_when_the_broker_was_killed(
    broker: RunningBroker, database: Database
) -> None:
    with running(SqlStore(database), broker) as hub:
        broker.kill()
        broker.start()
        wait_until(lambda: hub.is_connected, TIMEOUT_S, "the hub's second connection")

        with gate(broker) as sender:
            say(sender, Channel.REPORT, encode(report(1)))
            wait_for_ack(sender, 1)

    assert rows(database, count_windows) == 1


def test_when_the_store_fails_nothing_is_acknowledged_and_all_comes_again(
    broker: RunningBroker, database: Database
) -> None:
    store = SqlStore(database)
    with gate(broker) as sender:
        hub = Hub(FailingStore(store), as_user(broker, "hub"))
        hub.start()
        say(sender, Channel.REPORT, encode(report(1)))
        wait_until(lambda: hub.fault is not None, TIMEOUT_S, "the end of the hub")
        hub.stop()

        assert isinstance(hub.fault, OperationalError)
        with running(store, broker):
            wait_for_ack(sender, 1)

    assert rows(database, count_windows) == 1


def test_a_message_that_the_hub_fails_on_does_not_stop_the_others(
    broker: RunningBroker, database: Database
) -> None:
    with gate(broker) as sender, running(BrittleStore(SqlStore(database)), broker) as hub:
        for first in range(1, 6):
            say(sender, Channel.REPORT, encode(report(first)))

        ack = wait_for_ack(sender, 2)

        wait_until(lambda: hub.figures.new == 4, TIMEOUT_S, "the other four")
        assert hub.figures.unreadable == 1
        assert ack.up_to == 2
    assert rows(database, count_windows) == 4
    assert rows(database, unreadable) == 1

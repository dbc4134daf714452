from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from edge.adapters.clock import SystemClock
from edge.adapters.hub_link import HubLink
from edge.adapters.mqtt import Connection
from edge.adapters.outbox import Outbox
from tests.integration.edge_link.brokers import RunningBroker, wait_until
from tests.integration.edge_link.fake_hub import FakeHub
from wire.codec import encode
from wire.messages import Ack, Birth, Evidence, Gate, Inventory, LiveView
from wire.records import AlertCleared, AnyRecord, CameraCondition, CameraState
from wire.topics import Channel, GatewayTopic

pytestmark = pytest.mark.integration

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
ACK = str(GatewayTopic("garden", "gate-1", Channel.ACK))
COMMAND = str(GatewayTopic("garden", "gate-1", Channel.COMMAND))


def state(second: int) -> AnyRecord:
    at = NOON + timedelta(seconds=second)
    return CameraState(camera="north", state=CameraCondition.ONLINE, occurred_at=at)


def alert(second: int) -> AnyRecord:
    return AlertCleared(alert_id="alert", occurred_at=NOON + timedelta(seconds=second))


def picture(evidence_id: str, size_bytes: int) -> Evidence:
    return Evidence(
        gateway="gate-1",
        evidence_id=evidence_id,
        alert_id="alert",
        camera="north",
        captured_at=NOON,
        picture=bytes(size_bytes),
    )


@pytest.fixture
def outbox(tmp_path: Path) -> Iterator[Outbox]:
    opened = Outbox(tmp_path / "outbox.db", "first")
    yield opened
    opened.close()


def make_link(broker: RunningBroker, outbox: Outbox) -> HubLink:
    def birth(session: int) -> Birth:
        return Birth(
            gateway="gate-1",
            session=session,
            epoch=outbox.epoch,
            sent_at=NOON,
            software="test",
            name="花园",
            name_en="Garden",
            timezone="Asia/Shanghai",
            heartbeat_s=30,
            window_s=60,
            inventory=Inventory(gates=(Gate(id="north", name="北门", name_en="North"),)),
        )

    return HubLink(
        broker.as_user("gate-1"),
        compound="garden",
        gateway="gate-1",
        outbox=outbox,
        birth=birth,
        clock=SystemClock(),
    )


@contextmanager
def running(link: HubLink) -> Iterator[None]:
    thread = threading.Thread(target=link.run, name="hub-link")
    thread.start()
    try:
        yield
    finally:
        link.stop()
        thread.join(10)
        assert not thread.is_alive()


@contextmanager
def hub_at(broker: RunningBroker, *, deaf_to: int = 0) -> Iterator[FakeHub]:
    hub = FakeHub(broker.as_user("hub"), deaf_to=deaf_to)
    hub.start()
    try:
        wait_until(lambda: hub.link.is_connected, 10, "the hub")
        yield hub
    finally:
        hub.stop()


def is_empty(outbox: Outbox) -> bool:
    return outbox.pending_count == 0 and outbox.pending_evidence_count == 0


def test_what_is_committed_is_sent_at_once_and_forgotten_after_the_ack(
    broker: RunningBroker, outbox: Outbox
) -> None:
    link = make_link(broker, outbox)
    with hub_at(broker) as hub, running(link):
        wait_until(lambda: bool(hub.births), 5, "the birth")
        outbox.commit([state(1), alert(2)], [picture("alert-1", 300_000)])
        link.wake()
        wait_until(lambda: is_empty(outbox), 5, "the acks")

    assert [hub.records["first", number] for number in (1, 2)] == [state(1), alert(2)]
    assert hub.pictures["alert-1"] == picture("alert-1", 300_000)
    assert link.sent["report"] == 1


def test_a_session_has_one_birth_and_a_goodbye_of_the_same_number(
    broker: RunningBroker, outbox: Outbox
) -> None:
    with hub_at(broker) as hub:
        with running(make_link(broker, outbox)):
            wait_until(lambda: len(hub.births) == 1, 5, "the first birth")
        wait_until(lambda: len(hub.deaths) == 1, 5, "the first goodbye")
        with running(make_link(broker, outbox)):
            wait_until(lambda: len(hub.births) == 2, 5, "the second birth")
        wait_until(lambda: len(hub.deaths) == 2, 5, "the second goodbye")

    assert [birth.session for birth in hub.births] == [1, 2]
    assert [death.session for death in hub.deaths] == [1, 2]


def test_a_backlog_is_drained_alerts_first(broker: RunningBroker, outbox: Outbox) -> None:
    outbox.commit([state(n) for n in range(3000)])
    outbox.commit([alert(1), alert(2)])
    outbox.commit([state(n) for n in range(500)])

    with hub_at(broker) as hub, running(make_link(broker, outbox)):
        wait_until(lambda: is_empty(outbox), 30, "the acks")

    assert hub.order[:2] == [3001, 3002]
    assert hub.numbers("first") == list(range(1, 3503))


def test_lost_acks_lead_to_repeats_and_no_loss(broker: RunningBroker, outbox: Outbox) -> None:
    link = make_link(broker, outbox)
    outbox.commit([state(1), state(2)])

    with hub_at(broker, deaf_to=1) as hub, running(link):
        wait_until(lambda: is_empty(outbox), 20, "the ack of the repeat")

    assert hub.times_seen == {1: 2, 2: 2}
    assert hub.numbers("first") == [1, 2]


def test_nothing_is_lost_when_the_broker_is_killed_in_the_middle(
    broker: RunningBroker, outbox: Outbox
) -> None:
    link = make_link(broker, outbox)
    with hub_at(broker) as hub, running(link):
        for burst in range(6):
            outbox.commit([state(n) for n in range(200)], [picture(f"p-{burst}", 50_000)])
            outbox.commit([alert(burst)])
            link.wake()
            if burst in {2, 4}:
                broker.kill()
                broker.start()
        wait_until(lambda: is_empty(outbox), 60, "all acks")

    assert hub.numbers("first") == list(range(1, 6 * 201 + 1))
    assert sorted(hub.pictures) == [f"p-{burst}" for burst in range(6)]


def test_a_hub_that_comes_later_gets_everything(broker: RunningBroker, outbox: Outbox) -> None:
    outbox.commit([state(n) for n in range(50)])

    with running(make_link(broker, outbox)):
        wait_until(lambda: outbox.pending_count == 50, 1, "a moment")
        with hub_at(broker) as hub:
            wait_until(lambda: is_empty(outbox), 30, "the acks")

    assert hub.numbers("first") == list(range(1, 51))
    assert hub.births[-1].epoch == "first"


def test_a_command_that_is_not_supported_is_refused_and_counted(
    broker: RunningBroker, outbox: Outbox
) -> None:
    link = make_link(broker, outbox)
    command = LiveView(
        command_id="c-1",
        issued_at=NOON,
        expires_at=NOON + timedelta(minutes=1),
        camera="north",
        duration_s=10,
    )
    hub = Connection(broker.as_user("hub"), "commander")
    with running(link):
        hub.open()
        wait_until(lambda: link.is_connected, 5, "the link")
        hub.publish(COMMAND, encode(command), qos=1)
        hub.publish(COMMAND, b"{", qos=1)
        hub.publish(ACK, b"nonsense", qos=1)
        wait_until(lambda: link.refused.total() == 3, 5, "the refusals")
        hub.close()

    assert link.refused == {"LiveView": 1, "unreadable": 2}


def test_after_the_disk_was_put_back_the_gateway_is_born_in_a_new_epoch(
    broker: RunningBroker, outbox: Outbox, tmp_path: Path
) -> None:
    outbox.commit([state(1)])
    outbox.close()
    restored = Outbox(tmp_path / "outbox.db", "second")
    hub = Connection(broker.as_user("hub"), "hub")
    hub.open()
    with running(make_link(broker, restored)), hub_at(broker) as later:
        wait_until(lambda: bool(later.births), 5, "the first birth")
        ack = Ack(gateway="gate-1", epoch="first", up_to=9)
        restored.commit([state(2)])
        hub.publish(ACK, encode(ack), qos=1)
        wait_until(lambda: later.births[-1].epoch == "second", 10, "the second birth")
    hub.close()
    restored.close()

    assert later.births[-1].session == later.births[0].session + 1

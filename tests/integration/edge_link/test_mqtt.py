from __future__ import annotations

import threading
from contextlib import suppress
from dataclasses import replace

import pytest

from edge.adapters.link import Link
from edge.adapters.mqtt import Arrival, Broker, ConnectError, Connection, Will
from tests.integration.edge_link.brokers import RunningBroker, free_port, wait_until

pytestmark = pytest.mark.integration

TOPIC = "zhian/v1/garden/gate-1/report"
DEATH = "zhian/v1/garden/gate-1/death"


def test_a_message_that_was_not_acknowledged_comes_again(broker: RunningBroker) -> None:
    first: list[Arrival] = []
    second: list[Arrival] = []
    reader = Connection(
        broker.as_user("admin"), "reader", subscriptions={TOPIC: 1}, on_arrival=first.append
    )
    reader.open()
    writer = Connection(broker.as_user("gate-1"), "writer")
    writer.open()
    assert writer.publish(TOPIC, b"one", qos=1)
    wait_until(lambda: len(first) == 1, 5, "the message")

    reader.close()
    reader = Connection(
        broker.as_user("admin"), "reader", subscriptions={TOPIC: 1}, on_arrival=second.append
    )
    reader.open()
    wait_until(lambda: len(second) == 1, 10, "the message again")
    second[0].acknowledge()
    reader.close()
    writer.close()

    assert second[0].payload == b"one"


def test_a_broken_connection_leaves_the_will_and_a_closed_one_does_not(
    broker: RunningBroker,
) -> None:
    seen: list[Arrival] = []
    reader = Connection(
        broker.as_user("admin"), "reader", subscriptions={DEATH: 1}, on_arrival=seen.append
    )
    reader.open()

    closed = Connection(broker.as_user("gate-1"), "gate", will=Will(DEATH, b"closed"))
    closed.open()
    closed.close()
    broken = Connection(broker.as_user("gate-1"), "gate", will=Will(DEATH, b"broken"))
    broken.open()
    broken.close(is_orderly=False)
    wait_until(lambda: bool(seen), 5, "the will")
    reader.close()

    assert [arrival.payload for arrival in seen] == [b"broken"]


def test_a_wrong_password_is_told_without_the_password(broker: RunningBroker) -> None:
    wrong = replace(broker.as_user("gate-1"), password="-".join(["a", "wrong", "one"]))

    with pytest.raises(ConnectError) as caught:
        Connection(wrong, "gate").open()

    assert "a-wrong-one" not in str(caught.value)
    assert "a-wrong-one" not in repr(wrong)


def test_a_broker_that_is_not_there_is_told_at_once() -> None:
    port = free_port()
    nobody = Connection(Broker("127.0.0.1", port), "gate")

    with pytest.raises(ConnectError, match=f"127.0.0.1:{port}"):
        nobody.open()


def test_an_oversized_message_is_dropped_and_counted(broker: RunningBroker) -> None:
    seen: list[Arrival] = []
    reader = Connection(
        broker.as_user("admin"),
        "reader",
        subscriptions={TOPIC: 1},
        on_arrival=seen.append,
        max_payload_bytes=10,
    )
    reader.open()
    writer = Connection(broker.as_user("gate-1"), "writer")
    writer.open()

    writer.publish(TOPIC, b"0123456789+", qos=1)
    writer.publish(TOPIC, b"0123456789", qos=1)
    wait_until(lambda: bool(seen), 5, "the second message")
    reader.close()
    writer.close()

    assert [arrival.payload for arrival in seen] == [b"0123456789"]
    assert reader.oversized == 1


def test_a_link_comes_back_after_the_broker_was_killed(broker: RunningBroker) -> None:
    seen: list[bytes] = []

    def take(arrival: Arrival) -> None:
        seen.append(arrival.payload)
        arrival.acknowledge()

    link = Link(broker.as_user("admin"), "link", subscriptions={TOPIC: 1}, on_arrival=take)
    thread = threading.Thread(target=link.run)
    thread.start()
    wait_until(lambda: link.is_connected, 5, "the first connection")

    broker.kill()
    wait_until(lambda: not link.is_connected, 5, "the loss")
    broker.start()
    wait_until(lambda: link.is_connected, 15, "the second connection")
    link.publish(TOPIC, b"back", qos=1)
    wait_until(lambda: seen == [b"back"], 5, "the message")
    link.stop()
    thread.join(10)

    assert not thread.is_alive()
    assert link.connects == 2


def test_what_a_handler_raises_ends_run(broker: RunningBroker) -> None:
    raised: list[Exception] = []

    def fail(_arrival: Arrival) -> None:
        raise LookupError

    link = Link(broker.as_user("admin"), "link", subscriptions={TOPIC: 1}, on_arrival=fail)

    def run() -> None:
        try:
            link.run()
        except LookupError as error:
            raised.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    wait_until(lambda: link.is_connected, 5, "the connection")
    link.publish(TOPIC, b"bad", qos=1)
    thread.join(10)

    assert len(raised) == 1
    assert not thread.is_alive()


def test_nobody_speaks_for_another_or_listens_to_one(broker: RunningBroker) -> None:
    heard: list[str] = []
    overheard: list[str] = []
    admin = Connection(
        broker.as_user("admin"),
        "admin",
        subscriptions={"zhian/v1/#": 0},
        on_arrival=lambda arrival: heard.append(arrival.topic),
    )
    admin.open()
    gate = Connection(broker.as_user("gate-1"), "gate")
    gate.open()
    camera = Connection(broker.as_user("camera"), "camera")
    camera.open()
    spy = Connection(
        broker.as_user("camera"),
        "spy",
        subscriptions={TOPIC: 0},
        on_arrival=lambda arrival: overheard.append(arrival.topic),
    )
    with suppress(ConnectError):  # NATS refuses the subscription, mosquitto sends nothing
        spy.open()

    gate.publish("zhian/v1/garden/gate-1/ack", b"forged")
    gate.publish("zhian/v1/garden/gate-2/report", b"forged")
    camera.publish(TOPIC, b"forged")
    camera.publish("zhian/v1/garden/camera/north/frame", b"its own")
    gate.publish(TOPIC, b"its own")
    wait_until(lambda: len(heard) >= 2, 5, "what is allowed")
    for connection in (admin, gate, camera, spy):
        connection.close()

    assert sorted(heard) == ["zhian/v1/garden/camera/north/frame", TOPIC]
    assert overheard == []


def test_messages_that_nobody_takes_are_bounded(broker: RunningBroker) -> None:
    writer = Connection(broker.as_user("gate-1"), "writer", max_unsent=2)
    writer.open()
    taken = [writer.publish(TOPIC, bytes(2_000_000), qos=1) for _ in range(20)]
    writer.flush(10)
    writer.close()

    assert taken[:2] == [True, True]
    assert not all(taken)

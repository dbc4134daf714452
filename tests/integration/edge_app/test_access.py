"""A gateway with readers only: every event once, killed or not."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime

import pytest

from edge.adapters.mqtt import Connection
from tests.integration.edge_app.conftest import GatewayRun
from tests.integration.edge_link.brokers import wait_until
from wire.codec import encode
from wire.messages import AccessEvent
from wire.records import AccessException, AccessOutcome, AccessWindow
from wire.topics import AccessTopic

pytestmark = pytest.mark.integration

DOOR = """
[[point]]
id = "door"
gate = "south"
kind = "door"
name = "门"
name_en = "Door"
"""
VENDOR = """
[[point]]
id = "side"
gate = "south"
kind = "door"
name = "侧门"
name_en = "Side door"
mapping = "vendor"
[[mapping]]
id = "vendor"
topic = "zhian/v1/garden/access/vendor/event"
outcome = { places = ["event.code"], table = { "75" = "granted", "83" = "duress" } }
occurred_at = { place = "event.time" }
event_id = ["event.serial"]
"""


def event(number: int, outcome: AccessOutcome) -> bytes:
    made = AccessEvent(event_id=f"e{number}", occurred_at=datetime.now(UTC), outcome=outcome)
    return encode(made)


def taken(gateway: GatewayRun) -> float:
    """How many access events this run of the gateway has taken, repeats included."""
    return gateway.figure("access_total")


def test_every_event_counts_once_though_the_gateway_is_killed(
    gateway: GatewayRun, device: Connection
) -> None:
    topic = str(AccessTopic("garden", "door"))
    gateway.write_site(DOOR)
    gateway.start()

    for number in range(40):
        device.publish(topic, event(number, AccessOutcome.DURESS), qos=1)
    wait_until(lambda: taken(gateway) >= 5, 10, "some events")
    gateway.kill()
    for number in range(30, 60):  # ten of them once more
        device.publish(topic, event(number, AccessOutcome.DURESS), qos=1)
    gateway.start()
    wait_until(lambda: gateway.figure("outbox_records") >= 60 + 2, 20, "all, and two heartbeats")
    code = gateway.stop()

    records = gateway.records()
    told = [record for record in records.values() if isinstance(record, AccessException)]
    assert code == 0
    assert sorted(records) == list(range(1, len(records) + 1))
    assert len(told) == 60


def test_windows_go_on_over_a_restart_and_never_twice(
    gateway: GatewayRun, device: Connection
) -> None:
    topic = str(AccessTopic("garden", "door"))
    gateway.write_site(DOOR)
    gateway.start()
    for number in range(10):
        device.publish(topic, event(number, AccessOutcome.GRANTED), qos=1)
    wait_until(lambda: taken(gateway) == 10, 10, "the events")
    gateway.kill()

    gateway.start()
    wait_until(lambda: gateway.figure("outbox_records") >= 2 + 3, 30, "three windows")
    gateway.stop()

    windows = [each for each in gateway.records().values() if isinstance(each, AccessWindow)]
    starts = Counter(window.start for window in windows)
    assert sum(window.granted for window in windows) == 10
    assert set(starts.values()) == {1}


def test_what_cannot_be_read_is_refused_counted_and_let_go(
    gateway: GatewayRun, device: Connection
) -> None:
    topic = str(AccessTopic("garden", "door"))
    gateway.write_site(DOOR)
    gateway.start()

    for payload in (b"", b"{", b'{"schema": 2}', b"x" * 70_000):
        device.publish(topic, payload, qos=1)
    device.publish(topic, event(1, AccessOutcome.GRANTED), qos=1)
    wait_until(lambda: taken(gateway) == 1, 10, "the good one")
    refused = gateway.figure("refused_total")
    code = gateway.stop()

    assert code == 0
    assert refused == 4
    assert gateway.log.count("access_refused") == 4


def test_what_the_broker_has_retained_is_refused(gateway: GatewayRun, device: Connection) -> None:
    topic = str(AccessTopic("garden", "door"))
    device.publish(topic, event(1, AccessOutcome.GRANTED), qos=1, retain=True)
    device.flush(5)
    gateway.write_site(DOOR)

    gateway.start()
    device.publish(topic, event(2, AccessOutcome.GRANTED), qos=1)
    wait_until(lambda: taken(gateway) == 1, 10, "the event that just happened")
    refused = gateway.figure("refused_total")
    gateway.stop()

    assert refused == 1
    assert "a retained message" in gateway.log


def test_a_vendors_events_are_read_by_their_mapping(
    gateway: GatewayRun, device: Connection
) -> None:
    gateway.write_site(VENDOR)
    gateway.start()
    message = {"event": {"code": 83, "serial": 7, "time": datetime.now(UTC).isoformat()}}

    for _ in range(2):  # QoS 1 may deliver twice
        device.publish("zhian/v1/garden/access/vendor/event", json.dumps(message).encode(), qos=1)
    wait_until(lambda: taken(gateway) == 2, 10, "the event and its repeat")
    gateway.stop()

    told = [each for each in gateway.records().values() if isinstance(each, AccessException)]
    assert [record.point for record in told] == ["side"]

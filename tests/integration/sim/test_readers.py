"""The demo's card readers against the embedded broker."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import paho.mqtt.client as mqtt
import pytest

from sim import broker
from sim.devices import Readers, connect
from sim.processes import Program, Programs, free_port, wait_for_port
from sim.site import COMPOUND
from wire import codec
from wire.messages import AccessEvent

pytestmark = pytest.mark.integration
FIRST_GRANT_AFTER_S = 3.0 - 0.7  # somebody walks out, at frame 23


@pytest.fixture
def nats(tmp_path: Path) -> Iterator[tuple[Program, int]]:
    port, programs = free_port(0), Programs(tmp_path / "logs")
    everything = [f"zhian.v1.{COMPOUND}.access.*.event"]
    users = [
        broker.User("readers", "of this test", publish=everything, subscribe=[]),
        broker.User("gateway", "of this test", publish=[], subscribe=everything),
    ]
    config = tmp_path / "broker.conf"
    config.write_text(broker.configuration(port, tmp_path / "store", users))
    program = programs.start("broker", [broker.program(), "-c", str(config)])
    wait_for_port(program, port)
    yield program, port
    programs.stop_all()


def test_an_event_published_while_the_broker_is_away_arrives_later(
    nats: tuple[Program, int], tmp_path: Path
) -> None:
    program, port = nats
    heard: list[AccessEvent] = []
    arrived = threading.Event()

    def hear(_client: mqtt.Client, _data: object, message: mqtt.MQTTMessage) -> None:
        heard.append(codec.decode(AccessEvent, bytes(message.payload)))
        arrived.set()

    gateway = connect("gateway", "gateway", "of this test", port)
    gateway.on_message = hear
    gateway.subscribe(f"zhian/v1/{COMPOUND}/access/+/event", qos=1)
    client = connect("readers", "readers", "of this test", port)
    readers = Readers(client, tmp_path / "epoch.json", follows_truth=True)
    time.sleep(1.0)
    program.kill()

    began = datetime.now(UTC) - timedelta(seconds=FIRST_GRANT_AFTER_S)
    (tmp_path / "epoch.json").write_text(json.dumps({"started_at": began.isoformat()}))
    readers.start()
    time.sleep(1.0)
    assert heard == []
    program.restart()
    is_there = arrived.wait(20)
    readers.stop()

    assert is_there
    assert heard[0].event_id.startswith("east-door-")
    assert readers.published.total() == len({event.event_id for event in heard})
    for each in (gateway, client):
        each.loop_stop()

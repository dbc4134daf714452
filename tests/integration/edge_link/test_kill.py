"""kill -9 of the gateway while it commits and sends."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import asdict
from functools import partial
from pathlib import Path

import pytest

from tests.integration.edge_link.brokers import RunningBroker, wait_until
from tests.integration.edge_link.fake_hub import FakeHub
from tests.integration.edge_link.sender import record

pytestmark = pytest.mark.integration

TOTAL = 1500
ROOT = Path(__file__).parents[3]


def start_sender(broker: RunningBroker, outbox: Path) -> subprocess.Popen[bytes]:
    access = json.dumps(asdict(broker.as_user("gate-1")))
    module = "tests.integration.edge_link.sender"
    arguments = [sys.executable, "-m", module, str(outbox), access, str(TOTAL)]
    return subprocess.Popen(arguments, cwd=ROOT)


def has(hub: FakeHub, count: int) -> bool:
    return len(hub.records) >= count


def test_a_gateway_killed_again_and_again_tells_everything_once(
    broker: RunningBroker, tmp_path: Path
) -> None:
    hub = FakeHub(broker.as_user("hub"))
    hub.start()
    try:
        for kills in range(1, 5):
            sender = start_sender(broker, tmp_path / "outbox.db")
            wait_until(partial(has, hub, kills * TOTAL // 6), 30, "progress")
            sender.kill()
            sender.wait()
        assert start_sender(broker, tmp_path / "outbox.db").wait(60) == 0
    finally:
        hub.stop()

    told = [hub.records["first", number] for number in hub.numbers("first")]
    assert told == [record(place) for place in range(TOTAL)]

"""The hub as a process between a real broker, a console and a command platform."""

from __future__ import annotations

import base64
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import httpx
import paho.mqtt.client as mqtt
import pytest
from paho.mqtt.enums import CallbackAPIVersion
from standardwebhooks import Webhook as Verifier

from tests.integration.edge_link.brokers import PASSWORDS, RunningBroker, free_port, nats
from tests.integration.hub_delivery.command_platform import Platform
from wire.codec import encode
from wire.messages import Report
from wire.records import AlertRaised, Reason, RuleName, Severity, Subject, SubjectKind
from wire.topics import Channel, GatewayTopic

pytestmark = pytest.mark.integration

SECRET = base64.b64encode(b"a secret of thirty-two bytes....").decode()
REPORTS = str(GatewayTopic("garden", "gate-1", Channel.REPORT))
START_TIMEOUT_S = 30.0


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[RunningBroker]:
    running = nats(tmp_path)
    running.start()
    yield running
    running.kill()


@dataclass
class HubProcess:
    """`python -m hub run`, that can be killed and started again."""

    config: Path
    port: int
    process: subprocess.Popen[bytes] | None = field(default=None)

    def start(self) -> None:
        log = self.config.with_suffix(".log").open("ab")
        with log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "hub", "run", "--config", str(self.config)],
                stdout=log,
                stderr=log,
                env={
                    "ZHIAN_HUB_BROKER_PASSWORD": PASSWORDS["hub"],
                    "ZHIAN_HUB_WEBHOOK_SECRET_PLATFORM": SECRET,
                },
            )
        deadline_s = time.monotonic() + START_TIMEOUT_S
        while not self.is_well():
            assert time.monotonic() < deadline_s, self.config.with_suffix(".log").read_text()
            time.sleep(0.05)

    def is_well(self) -> bool:
        try:
            return httpx.get(f"{self.url}/healthz", trust_env=False).status_code == 200
        except httpx.TransportError:
            return False

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    @contextmanager
    def signed_in(self) -> Iterator[httpx.Client]:
        note = self.config.parent / "data" / "first-login.txt"
        username, password = note.read_text().split()
        with httpx.Client(
            base_url=f"{self.url}/api/v1/",
            headers={"X-Requested-With": "zhian"},
            trust_env=False,
            timeout=10,
        ) as client:
            answer = client.post("session", json={"username": username, "password": password})
            assert answer.status_code == 200
            yield client


@pytest.fixture
def hub(tmp_path: Path, broker: RunningBroker, platform: Platform) -> Iterator[HubProcess]:
    port = free_port()
    config = tmp_path / "hub.toml"
    config.write_text(
        f"""
        data_dir = "data"
        [broker]
        host = "127.0.0.1"
        port = {broker.port}
        username = "hub"
        [web]
        port = {port}
        [[webhook]]
        id = "platform"
        url = "{platform.url}"
        allow_private = true
        """
    )
    hub = HubProcess(config, port)
    hub.start()
    yield hub
    hub.kill()


@pytest.fixture
def gateway(broker: RunningBroker) -> Iterator[mqtt.Client]:
    client = mqtt.Client(CallbackAPIVersion.VERSION2, "gate-1")
    client.username_pw_set("gate-1", PASSWORDS["gate-1"])
    client.connect("127.0.0.1", broker.port)
    client.loop_start()
    yield client
    client.disconnect()
    client.loop_stop()


def report(number: int) -> bytes:
    at = datetime.now(UTC)
    alert = AlertRaised(
        alert_id=f"alert-{number}",
        rule=RuleName.TAILGATING,
        subject=Subject(kind=SubjectKind.POINT, id="door"),
        gate="east",
        severity=Severity.WARNING,
        since=at,
        occurred_at=at,
        reason=Reason(observed=2, limit=1, unit="people"),
    )
    return encode(Report(gateway="gate-1", epoch="e1", first=number, sent_at=at, records=(alert,)))


def test_an_alert_is_on_the_screen_before_a_person_could_notice(
    hub: HubProcess, gateway: mqtt.Client
) -> None:
    waits_s = []
    with hub.signed_in() as client, client.stream("GET", "events") as stream:
        lines = stream.iter_lines()
        next(lines)
        for number in range(1, 11):
            began_s = time.monotonic()
            gateway.publish(REPORTS, report(number), qos=1)
            while not next(lines).startswith("event: alert"):
                pass
            waits_s.append(time.monotonic() - began_s)
            time.sleep(0.05)

    assert statistics.median(waits_s) < 0.3, waits_s


def test_every_alert_reaches_the_platform_though_the_hub_is_killed_and_the_platform_fails(
    hub: HubProcess, gateway: mqtt.Client, platform: Platform
) -> None:
    wanted = 12
    platform.answer = lambda _event: 503 if len(platform.received) % 3 == 0 else 204
    for number in range(1, wanted + 1):
        gateway.publish(REPORTS, report(number), qos=1)
        if number % 5 == 0:
            time.sleep(0.2)
            hub.kill()
            hub.start()

    with hub.signed_in() as client:
        deadline_s = time.monotonic() + 75  # a lease that was left behind lasts half a minute
        while (delivered := _delivered(client)) < wanted and time.monotonic() < deadline_s:
            time.sleep(0.2)

    assert delivered == wanted
    for event in platform.received:
        assert json.loads(event.body)["id"] == event.headers["webhook-id"]
        Verifier(SECRET).verify(event.body, event.headers)
    assert len({json.loads(event.body)["subject"] for event in platform.received}) == wanted


def _delivered(client: httpx.Client) -> int:
    return len(client.get("deliveries", params={"state": "delivered"}).json()["items"])

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import msgspec
import pytest

from edge.adapters.mqtt import Connection
from tests.integration.edge_link.brokers import (
    PASSWORDS,
    RunningBroker,
    free_port,
    nats,
    wait_until,
)
from wire.records import AnyRecord

SITE: Final = """
[site]
compound = "garden"
gateway = "gate-1"
name = "花园"
name_en = "Garden"
data_dir = "data"
window_s = 5
lateness_s = 1
heartbeat_s = 60
[device_broker]
host = "127.0.0.1"
port = {mqtt}
username = "{username}"
[hub_broker]
host = "127.0.0.1"
port = {mqtt}
username = "{username}"
[detector]
models_dir = "models"
[http]
port = {http}
[[gate]]
id = "south"
name = "南门"
name_en = "South"
"""


@dataclass
class GatewayRun:
    """A gateway of one site file: `python -m edge run`, started and killed at will."""

    folder: Path
    broker: RunningBroker
    http: int = field(default_factory=free_port)
    process: subprocess.Popen[str] | None = None

    def write_site(self, tables: str) -> None:
        for name, username in (("site.toml", "gate-1"), ("camera.toml", "camera")):
            text = SITE.format(mqtt=self.broker.port, http=self.http, username=username) + tables
            (self.folder / name).write_text(text, encoding="utf-8")

    def start(self) -> None:
        self.process = self.program("run", "--site", str(self.folder / "site.toml"))
        wait_until(lambda: b'"device_broker_connected": true' in self.get("/healthz"), 20, "it")

    def program(self, *arguments: str, user: str = "gate-1") -> subprocess.Popen[str]:
        environ = {
            **os.environ,
            "ZHIAN_DEVICE_BROKER_PASSWORD": PASSWORDS[user],
            "ZHIAN_HUB_BROKER_PASSWORD": PASSWORDS[user],
        }
        command = [sys.executable, "-m", "edge", *arguments]
        log = (self.folder / "log.txt").open("a")
        with log:
            return subprocess.Popen(command, env=environ, stderr=log, text=True)

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait(10)

    def stop(self) -> int:
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(20)

    def get(self, path: str) -> bytes:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.http}{path}", timeout=5) as answer:
                content: bytes = answer.read()
                return content
        except urllib.error.URLError:
            return b""

    def figure(self, name: str) -> float:
        """One of its metrics, summed over all labels."""
        lines = self.get("/metrics").decode().splitlines()
        found = [line for line in lines if line.startswith(f"zhian_edge_{name}")]
        return sum(float(line.split()[-1]) for line in found)

    @property
    def log(self) -> str:
        return (self.folder / "log.txt").read_text()

    def records(self) -> dict[int, AnyRecord]:
        """What waits for the hub, by number; only while it does not run."""
        with self._outbox() as outbox:
            rows = outbox.execute("SELECT number, content FROM records").fetchall()
        outbox.close()
        return {number: msgspec.json.decode(content, type=AnyRecord) for number, content in rows}

    def evidence(self) -> list[bytes]:
        with self._outbox() as outbox:
            rows = outbox.execute("SELECT content FROM evidence").fetchall()
        outbox.close()
        return [content for (content,) in rows]

    def _outbox(self) -> sqlite3.Connection:
        return sqlite3.connect(self.folder / "data" / "outbox.sqlite3")


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[RunningBroker]:
    running = nats(tmp_path)
    running.start()
    yield running
    running.kill()


@pytest.fixture
def gateway(tmp_path: Path, broker: RunningBroker) -> Iterator[GatewayRun]:
    run = GatewayRun(tmp_path, broker)
    yield run
    run.kill()


@pytest.fixture
def device(broker: RunningBroker) -> Iterator[Connection]:
    """A connection that may publish as cameras and readers do."""
    connection = Connection(broker.as_user("camera"), "device", max_unsent=1024)
    connection.open()
    yield connection
    connection.close()

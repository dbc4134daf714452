"""Time-series servers of this machine, on loopback ports and directories of their own."""

from __future__ import annotations

import shutil
import socket
import subprocess
import threading
from pathlib import Path

import httpx
import pytest

START_TIMEOUT_S = 20.0
_PACE = threading.Event()  # never set; a bounded wait between two looks

INFLUXD_CONFIG = """
reporting-disabled = true
bind-address = "127.0.0.1:{rpc_port}"
[meta]
  dir = "{data}/meta"
[data]
  dir = "{data}/data"
  wal-dir = "{data}/wal"
  query-log-enabled = false
[http]
  bind-address = "127.0.0.1:{port}"
  log-enabled = false
[monitor]
  store-enabled = false
"""


class Server:
    """One server process."""

    def __init__(self, command: list[str], url: str, health: str, log: Path) -> None:
        self.url = url
        with log.open("ab") as output:
            self._process = subprocess.Popen(command, stdout=output, stderr=output)
        for _ in range(int(START_TIMEOUT_S / 0.1)):
            if self._answers(health):
                return
            _PACE.wait(0.1)
        self.stop()
        raise AssertionError(f"no answer from {command[0]}; see {log}")

    def stop(self) -> None:
        self._process.kill()
        self._process.wait(10)

    def _answers(self, health: str) -> bool:
        try:
            return httpx.get(f"{self.url}{health}", timeout=1).is_success
        except httpx.HTTPError:
            return False


def influxd(directory: Path) -> Server:
    program = shutil.which("influxd")
    if program is None:
        pytest.skip("InfluxDB: no influxd on this machine")
    port = free_port()
    config = directory / "influxd.conf"
    config.write_text(INFLUXD_CONFIG.format(port=port, rpc_port=free_port(), data=directory))
    command = [program, "-config", str(config)]
    server = Server(command, f"http://127.0.0.1:{port}", "/ping", directory / "influxd.log")
    httpx.post(f"{server.url}/query", data={"q": 'CREATE DATABASE "zhian"'}).raise_for_status()
    return server


def victoria_metrics(directory: Path) -> Server:
    program = shutil.which("victoria-metrics")
    if program is None:
        pytest.skip("VictoriaMetrics: no victoria-metrics on this machine")
    port = free_port()
    command = [
        program,
        f"-storageDataPath={directory / 'data'}",
        f"-httpListenAddr=127.0.0.1:{port}",
        "-retentionPeriod=100y",
        "-memory.allowedBytes=64MB",
    ]
    log = directory / "victoria-metrics.log"
    return Server(command, f"http://127.0.0.1:{port}", "/health", log)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port

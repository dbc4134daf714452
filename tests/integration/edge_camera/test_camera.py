"""`zhian edge camera` as it is run, against a real broker."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Final

import pytest

from edge.adapters.mqtt import Arrival, Connection
from tests.integration.edge_camera.conftest import FRAMES, RtspServer
from tests.integration.edge_link.brokers import PASSWORDS, RunningBroker, wait_until
from wire.pictures import read_header

pytestmark = pytest.mark.integration

TOPIC: Final = "zhian/v1/garden/camera/south/frame"
SITE: Final = """
[site]
compound = "garden"
gateway = "gate-1"
name = "花园"
name_en = "Garden"
data_dir = "data"
[device_broker]
host = "127.0.0.1"
port = {port}
username = "camera"
[hub_broker]
host = "127.0.0.1"
port = {port}
username = "gate-1"
[http]
port = 1
[[gate]]
id = "south"
name = "南门"
name_en = "South"
[[camera]]
id = "south"
gate = "south"
name = "南门"
name_en = "South"
source = "{source}"
{more}
"""


@contextmanager
def hearing(broker: RunningBroker) -> Iterator[list[Arrival]]:
    arrivals: list[Arrival] = []
    connection = Connection(
        broker.as_user("admin"), "listener", subscriptions={TOPIC: 0}, on_arrival=arrivals.append
    )
    connection.open()
    try:
        yield arrivals
    finally:
        connection.close()


def start_camera(
    folder: Path, broker: RunningBroker, source: str, *options: str, more: str = ""
) -> subprocess.Popen[str]:
    site = folder / "site.toml"
    site.write_text(SITE.format(port=broker.port, source=source, more=more), encoding="utf-8")
    command = [sys.executable, "-m", "edge", "camera", "--site", str(site), "--camera", "south"]
    environ = {
        **os.environ,
        "ZHIAN_DEVICE_BROKER_PASSWORD": PASSWORDS["camera"],
        "ZHIAN_CAMERA_PASSWORD_SOUTH": "p/w @x:1",
    }
    return subprocess.Popen(
        [*command, *options], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environ
    )


def test_a_file_played_once_is_sent_whole_with_exact_times(
    tmp_path: Path, broker: RunningBroker, clip: Path
) -> None:
    epoch_file = tmp_path / "epoch.json"

    with hearing(broker) as arrivals:
        camera = start_camera(
            tmp_path, broker, str(clip), "--once", "--epoch-file", str(epoch_file)
        )
        output, _ = camera.communicate(timeout=30)
        wait_until(lambda: len(arrivals) >= FRAMES, 5, "all frames")

    started_at = datetime.fromisoformat(json.loads(epoch_file.read_text())["started_at"])
    times = [read_header(arrival.payload).captured_at for arrival in arrivals]
    after_s = [(at - started_at).total_seconds() for at in times if at is not None]
    assert json.loads(output)["frames"] == FRAMES
    assert after_s == pytest.approx([index / 10 for index in range(FRAMES)], abs=0.002)
    assert not any(arrival.retained for arrival in arrivals)


def test_an_rtsp_camera_is_found_again_after_it_went_away(
    tmp_path: Path, broker: RunningBroker, rtsp: RtspServer
) -> None:
    more = 'username = "admin"\nfps = 5.0'

    with hearing(broker) as arrivals:
        camera = start_camera(tmp_path, broker, rtsp.address("h264"), more=more)
        wait_until(lambda: len(arrivals) > 15, 40, "frames of the stream and of its repetition")
        camera.send_signal(signal.SIGTERM)
        _, log = camera.communicate(timeout=10)

    assert camera.returncode == 0
    assert "camera_lost" in log  # the 3 seconds of the stream were over
    assert "p/w" not in log
    assert "p%2Fw" not in log


def test_a_camera_without_its_password_says_so_and_ends(
    tmp_path: Path, broker: RunningBroker, clip: Path
) -> None:
    more = 'username = "admin"\npassword_file = "none"'

    camera = start_camera(tmp_path, broker, str(clip), more=more)
    _, log = camera.communicate(timeout=20)

    assert camera.returncode == 1
    assert "No such file" in log

"""The whole gateway on a real clip: crossings, an alert with its picture, a bounded process."""

from __future__ import annotations

import os
from pathlib import Path

import psutil
import pytest

from models.install import install
from tests.integration.edge_app.conftest import GatewayRun
from tests.integration.edge_link.brokers import wait_until
from wire.codec import decode_evidence
from wire.pictures import read_header
from wire.records import AlertRaised, CameraCondition, CameraState, CountWindow, Health
from wire.values import Direction

pytestmark = pytest.mark.integration

DETECTOR = "person-vehicle-bike-detection-2004"
TABLES = """
[[camera]]
id = "south"
gate = "south"
name = "南门"
name_en = "South"
source = "{clip}"
fps = 7.0
[[line]]
id = "middle"
camera = "south"
name = "线"
name_en = "Line"
a = [0.5, 0.0]
b = [0.5, 1.0]
classes = ["person"]
[[point]]
id = "door"
gate = "south"
kind = "door"
line = "middle"
name = "门"
name_en = "Door"
[[rule]]
kind = "tailgating"
point = "door"
hold_s = 0.5
"""


def test_people_in_a_clip_become_windows_alerts_and_pictures(
    gateway: GatewayRun, shared_data: Path
) -> None:
    install("person-vehicle-bike-detection-2004", shared_data / "models", gateway.folder / "models")
    gateway.write_site(TABLES.format(clip=shared_data / "clips" / "vtest.avi"))
    gateway.start()
    camera = gateway.program(
        "camera", "--site", str(gateway.folder / "camera.toml"), "--camera", "south", user="camera"
    )

    try:
        wait_until(lambda: gateway.figure("outbox_pictures") >= 2, 60, "two pictures")
        wait_until(lambda: b'direction="out"' in gateway.get("/metrics"), 60, "somebody going out")
        assert gateway.process is not None
        resident_bytes = psutil.Process(gateway.process.pid).memory_info().rss
    finally:
        camera.terminate()
        camera.wait(10)
    code = gateway.stop()

    records = list(gateway.records().values())
    windows = [each for each in records if isinstance(each, CountWindow)]
    alerts = [each for each in records if isinstance(each, AlertRaised)]
    pictures = [decode_evidence(each) for each in gateway.evidence()]
    assert code == 0
    assert resident_bytes < 300_000_000
    assert any(window.count_in or window.count_out for window in windows)
    assert max(window.coverage for window in windows) > 0.95
    assert {alert.evidence[0] for alert in alerts} == {each.evidence_id for each in pictures}
    assert all(alert.reason.witnesses[0].direction is Direction.IN for alert in alerts)
    assert {read_header(each.picture).width for each in pictures} == {768}
    assert CameraCondition.ONLINE in {e.state for e in records if isinstance(e, CameraState)}
    assert {each.detector for each in records if isinstance(each, Health)} == {DETECTOR}


def test_a_camera_that_stops_sending_is_told(gateway: GatewayRun, shared_data: Path) -> None:
    install("person-vehicle-bike-detection-2004", shared_data / "models", gateway.folder / "models")
    silent = '[[rule]]\nkind = "camera-silent"\ncamera = "south"\n'
    tables = TABLES.replace("fps = 7.0", "silent_after_s = 1") + silent
    gateway.write_site(tables.format(clip=os.devnull))
    gateway.start()

    wait_until(lambda: gateway.figure("outbox_records") >= 3, 15, "the alert")
    gateway.stop()

    records = gateway.records().values()
    states = [each.state for each in records if isinstance(each, CameraState)]
    alerts = [each.rule for each in records if isinstance(each, AlertRaised)]
    assert states == [CameraCondition.SILENT]
    assert alerts == ["camera-silent"]

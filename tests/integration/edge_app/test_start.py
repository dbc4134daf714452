"""What keeps a gateway from starting is said in one line, and the exit code is 1."""

from __future__ import annotations

import pytest

from tests.integration.edge_app.conftest import GatewayRun
from tests.integration.edge_app.test_access import DOOR

pytestmark = pytest.mark.integration

CAMERA = """
[[camera]]
id = "south"
gate = "south"
name = "南门"
name_en = "South"
"""


def test_without_a_detector_it_says_how_to_get_one(gateway: GatewayRun) -> None:
    gateway.write_site(CAMERA)

    code = gateway.program("run", "--site", str(gateway.folder / "site.toml")).wait(30)

    assert code == 1
    assert "zhian models install" in gateway.log


def test_a_second_gateway_on_the_same_data_is_refused(gateway: GatewayRun) -> None:
    gateway.write_site(DOOR)
    gateway.start()

    code = gateway.program("run", "--site", str(gateway.folder / "site.toml")).wait(30)

    assert code == 1
    assert "locked" in gateway.log


def test_a_site_with_mistakes_starts_nothing(gateway: GatewayRun) -> None:
    gateway.write_site(DOOR.replace('gate = "south"', 'gate = "north"'))

    code = gateway.program("run", "--site", str(gateway.folder / "site.toml")).wait(30)

    assert code == 1
    assert "point[0].gate" in gateway.log
    assert not (gateway.folder / "data").exists()


def test_health_is_told(gateway: GatewayRun) -> None:
    gateway.write_site(DOOR)
    gateway.start()

    health, metrics, other = (gateway.get(path) for path in ("/healthz", "/metrics", "/other"))
    code = gateway.stop()

    assert b'"ok": true' in health
    assert b"zhian_edge_memory_bytes" in metrics
    assert other == b""
    assert code == 0


def test_a_models_directory_that_cannot_be_read_is_said_in_one_line(gateway: GatewayRun) -> None:
    models = gateway.folder / "models"
    models.mkdir()
    (models / "site-models.toml").write_text("schema = 7")
    gateway.write_site(CAMERA)

    code = gateway.program("run", "--site", str(gateway.folder / "site.toml")).wait(30)

    assert code == 1
    assert "site-models.toml" in gateway.log
    assert "Traceback" not in gateway.log


@pytest.mark.parametrize(
    ("content", "found"), [(None, "No such file"), ("hello", "no certificate")]
)
def test_certificates_that_cannot_be_used_are_told_before_anything_starts(
    gateway: GatewayRun, content: str | None, found: str
) -> None:
    if content is not None:
        (gateway.folder / "ca.pem").write_text(content)
    gateway.write_site(DOOR)
    site = gateway.folder / "site.toml"
    site.write_text(site.read_text().replace("username =", 'ca_file = "ca.pem"\nusername ='))

    code = gateway.program("run", "--site", str(site)).wait(30)

    assert code == 1
    assert found in gateway.log
    assert not (gateway.folder / "data").exists()


def test_a_clip_that_is_not_there_is_told_without_waiting_for_the_broker(
    gateway: GatewayRun,
) -> None:
    gateway.write_site(CAMERA)
    gateway.broker.kill()
    site = str(gateway.folder / "camera.toml")
    arguments = ("--site", site, "--camera", "south", "--source", "/no/such.avi")

    code = gateway.program("camera", *arguments, user="camera").wait(30)

    assert code == 1
    assert "/no/such.avi" in gateway.log

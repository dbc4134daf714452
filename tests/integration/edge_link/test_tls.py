"""The broker over TLS, met with NATS and certificates made on the spot."""

from __future__ import annotations

import gc
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from edge.adapters.mqtt import ConnectError, Connection
from tests.integration.edge_link.brokers import RunningBroker, nats

pytestmark = pytest.mark.integration


def make_certificate(directory: Path, name: str) -> tuple[Path, Path]:
    """A self-signed certificate for 127.0.0.1, which is its own authority."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl is not installed")
    certificate, key = directory / f"{name}.pem", directory / f"{name}.key"
    subject = ["-subj", f"/CN={name}", "-addext", "subjectAltName=IP:127.0.0.1", "-days", "2"]
    curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    files = ["-keyout", str(key), "-out", str(certificate)]
    subprocess.run(
        [openssl, "req", "-x509", *curve, *files, *subject], check=True, capture_output=True
    )
    return certificate, key


@pytest.fixture
def authority(tmp_path: Path) -> Path:
    return make_certificate(tmp_path, "broker")[0]


@pytest.fixture
def broker(tmp_path: Path, authority: Path) -> Iterator[RunningBroker]:
    running = nats(tmp_path, tls=(authority, authority.with_suffix(".key")))
    running.start()
    yield running
    running.kill()


def test_a_broker_with_the_right_certificate_is_trusted(
    broker: RunningBroker, authority: Path
) -> None:
    connection = Connection(replace(broker.as_user("hub"), ca_file=authority), "hub")

    connection.open()
    assert connection.publish("zhian/v1/garden/gate-1/ack", b"{}", qos=1)
    connection.flush(5)

    assert connection.is_idle
    connection.close()


# paho 2.2 leaves the socket of a failed handshake to the garbage collector, which says so
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_broker_of_another_authority_is_not_trusted(
    broker: RunningBroker, tmp_path: Path
) -> None:
    stranger, _ = make_certificate(tmp_path, "stranger")

    with pytest.raises(ConnectError, match="certificate") as caught:
        Connection(replace(broker.as_user("hub"), ca_file=stranger), "hub").open()

    del caught
    gc.collect()


def test_without_tls_there_is_no_session(broker: RunningBroker) -> None:
    with pytest.raises(ConnectError):
        Connection(replace(broker.as_user("hub"), ca_file=None), "hub").open()

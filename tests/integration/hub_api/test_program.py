"""The hub as a process: starts without a broker, tells its first login once, ends in order."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

pytestmark = pytest.mark.integration

START_TIMEOUT_S = 30.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def config(tmp_path: Path, port: int) -> Path:
    path = tmp_path / "hub.toml"
    path.write_text(
        f"""
        data_dir = "data"
        [broker]
        host = "127.0.0.1"
        port = {free_port()}
        username = "hub"
        [web]
        port = {port}
        """
    )
    return path


def hub(*arguments: str, password: str = "secret") -> subprocess.Popen[str]:  # noqa: S107 - a test's
    return subprocess.Popen(
        [sys.executable, "-m", "hub", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={"ZHIAN_HUB_BROKER_PASSWORD": password, "PATH": ""},
    )


@contextmanager
def running(config: Path, port: int) -> Iterator[subprocess.Popen[str]]:
    program = hub("run", "--config", str(config))
    try:
        deadline_s = time.monotonic() + START_TIMEOUT_S
        while program.poll() is None and time.monotonic() < deadline_s:
            try:
                httpx.get(f"http://127.0.0.1:{port}/healthz", trust_env=False)
                break
            except httpx.TransportError:
                time.sleep(0.1)
        yield program
    finally:
        program.kill()
        program.communicate()


def test_a_hub_starts_without_a_broker_and_ends_in_order_when_told(config: Path, port: int) -> None:
    with running(config, port) as program:
        health = httpx.get(f"http://127.0.0.1:{port}/healthz", trust_env=False)
        metrics = httpx.get(f"http://127.0.0.1:{port}/metrics", trust_env=False).text
        program.send_signal(signal.SIGTERM)
        _, log = program.communicate(timeout=20)

    assert (health.status_code, health.json()["broker"], health.json()["database"]) == (
        503,
        False,
        True,
    )
    assert 'zhian_hub_outbox_deliveries{state="dead"} 0.0' in metrics
    assert "zhian_hub_listeners 0.0" in metrics
    assert program.returncode == 0, log


def test_the_first_login_is_in_a_private_note_and_in_no_log(config: Path, port: int) -> None:
    with running(config, port) as program:
        note = config.parent / "data" / "first-login.txt"
        username, password = note.read_text().split()
        with httpx.Client(
            base_url=f"http://127.0.0.1:{port}/api/v1",
            headers={"X-Requested-With": "zhian"},
            trust_env=False,
        ) as client:
            signed_in = client.post("/session", json={"username": username, "password": password})
            change = {"current": password, "new": "a new long password"}
            changed = client.post("/session/password", json=change)
        program.terminate()
        out, log = program.communicate(timeout=20)

    assert (signed_in.status_code, changed.status_code) == (200, 204)
    assert not note.exists()
    assert password not in out + log
    assert oct((config.parent / "data" / "hub.sqlite3").stat().st_mode)[-3:] == "600"


def test_an_open_stream_does_not_hold_up_the_end(config: Path, port: int) -> None:
    with running(config, port) as program:
        username, password = (config.parent / "data" / "first-login.txt").read_text().split()
        with httpx.Client(
            base_url=f"http://127.0.0.1:{port}/api/v1",
            headers={"X-Requested-With": "zhian"},
            trust_env=False,
        ) as client:
            client.post("/session", json={"username": username, "password": password})
            with client.stream("GET", "/events", timeout=20) as stream:
                began_s = time.monotonic()
                program.send_signal(signal.SIGTERM)
                list(stream.iter_lines())
        program.communicate(timeout=20)

    assert program.returncode == 0
    assert time.monotonic() - began_s < 4


def test_an_address_in_use_ends_the_hub_with_an_error(config: Path, port: int) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen()
        program = hub("web", "--config", str(config))
        _, log = program.communicate(timeout=START_TIMEOUT_S)

    assert program.returncode == 1
    assert "web" in log


def test_checking_tells_every_mistake_and_fails(config: Path) -> None:
    config.write_text(config.read_text().replace("port", "prot"))

    program = hub("check", str(config), password="")
    _, said = program.communicate(timeout=START_TIMEOUT_S)

    assert program.returncode == 1
    assert "broker.port: found nothing" in said
    assert "broker.prot: found this key" in said
    assert "web.prot" in said


def test_a_lost_password_is_given_anew(config: Path, port: int) -> None:
    with running(config, port):
        pass

    program = hub("user", "reset-password", "admin", "--config", str(config))
    password, _ = program.communicate(timeout=START_TIMEOUT_S)
    unknown = hub("user", "reset-password", "nobody", "--config", str(config))
    unknown.communicate(timeout=START_TIMEOUT_S)

    with running(config, port):
        body = {"username": "admin", "password": password.strip()}
        answer = httpx.post(
            f"http://127.0.0.1:{port}/api/v1/session",
            json=body,
            headers={"X-Requested-With": "zhian"},
            trust_env=False,
        )
    assert answer.json()["must_change_password"] is True
    assert unknown.returncode == 1

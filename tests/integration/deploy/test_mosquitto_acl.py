"""The mosquitto configuration that we ship, met by real clients."""

from __future__ import annotations

import getpass
import secrets
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import paho.mqtt.client as mqtt
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from sim.processes import free_port

pytestmark = pytest.mark.integration
SHIPPED = Path(__file__).resolve().parents[3] / "deploy" / "mosquitto"
PASSWORD = secrets.token_urlsafe(16)
USERS = ("gw-east", "gw-west", "hub", "cam-east")


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    program = shutil.which("mosquitto", path="/usr/sbin:/usr/bin:/usr/local/sbin")
    if program is None:
        pytest.skip("mosquitto: not on this machine")
    folder, port = tmp_path_factory.mktemp("mosquitto"), free_port(0)
    (folder / "zhian.acl").write_text((SHIPPED / "zhian.acl").read_text())
    passwords = folder / "zhian.passwd"
    for user in USERS:
        create = [] if passwords.exists() else ["-c"]
        command = ["mosquitto_passwd", "-b", *create, str(passwords), user, PASSWORD]
        subprocess.run(command, check=True, capture_output=True, timeout=30)
    shipped = (SHIPPED / "zhian.conf").read_text()
    text = shipped.replace("/etc/mosquitto", str(folder)).replace("1883", str(port))
    text = text.replace("persistence true", f"persistence false\nuser {getpass.getuser()}")
    (folder / "zhian.conf").write_text(text)
    broker = subprocess.Popen(
        [program, "-c", str(folder / "zhian.conf")], stderr=subprocess.DEVNULL
    )
    time.sleep(0.5)
    yield port
    broker.terminate()
    broker.wait(10)


def connect(port: int, user: str | None) -> mqtt.Client:
    client = mqtt.Client(CallbackAPIVersion.VERSION2)
    if user is not None:
        client.username_pw_set(user, PASSWORD)
    connected = threading.Event()
    client.on_connect = lambda _c, _d, _f, reason, _p: (
        None if reason.is_failure else connected.set()
    )
    client.connect("127.0.0.1", port)
    client.loop_start()
    if not connected.wait(2):
        client.loop_stop()
        raise PermissionError(user)
    return client


def hears(port: int, listener: str, topic: str, speaker: str) -> bool:
    """Whether what `speaker` publishes on `topic` reaches `listener`."""
    heard = threading.Event()
    subscribed = threading.Event()
    ear, mouth = connect(port, listener), connect(port, speaker)
    ear.on_message = lambda *_: heard.set()
    ear.on_subscribe = lambda *_: subscribed.set()
    ear.subscribe(topic, qos=1)
    subscribed.wait(2)
    mouth.publish(topic, b"x", qos=1)
    found = heard.wait(0.7)
    for client in (ear, mouth):
        client.disconnect()
        client.loop_stop()
    return found


def test_nobody_connects_without_a_password(port: int) -> None:
    with pytest.raises(PermissionError):
        connect(port, None)


@pytest.mark.parametrize(
    ("listener", "topic", "speaker"),
    [
        ("hub", "zhian/v1/yangguang/gw-east/report", "gw-east"),
        ("gw-east", "zhian/v1/yangguang/gw-east/ack", "hub"),
        ("gw-east", "zhian/v1/yangguang/camera/cam-east/frame", "cam-east"),
    ],
)
def test_each_speaks_on_its_own_topics(port: int, listener: str, topic: str, speaker: str) -> None:
    assert hears(port, listener, topic, speaker)


@pytest.mark.parametrize(
    ("listener", "topic", "speaker"),
    [
        ("hub", "zhian/v1/yangguang/gw-east/report", "gw-west"),
        ("gw-west", "zhian/v1/yangguang/gw-east/ack", "hub"),
        ("gw-west", "zhian/v1/yangguang/camera/cam-east/frame", "cam-east"),
        ("hub", "zhian/v1/yangguang/gw-east/report", "cam-east"),
    ],
)
def test_nobody_speaks_or_listens_on_another_s_topics(
    port: int, listener: str, topic: str, speaker: str
) -> None:
    assert not hears(port, listener, topic, speaker)

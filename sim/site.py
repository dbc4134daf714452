"""The demo's compound on paper: its ids, its broker users, the gateway's and the hub's files."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sim.broker import User
from sim.truth import LINE

COMPOUND: Final = "yangguang"
GATEWAY: Final = "gw-east"
CAMERA: Final = "cam-east"
LINE_ID: Final = "east-line"
DOOR: Final = "east-door"
BARRIER: Final = "east-barrier"
WINDOW_S: Final = 10
WEBHOOK: Final = "command-platform"

_PASSWORDS: Final = ("gateway", "hub", "camera", "readers", "witness")


@dataclass(frozen=True)
class Ports:
    """Loopback ports of the demo's programs."""

    mqtt: int
    web: int
    gateway: int
    camera: int
    platform: int


@dataclass(frozen=True)
class Secrets:
    """Made at random on the first start, kept in a file only its owner can read."""

    passwords: dict[str, str]
    webhook: str

    @classmethod
    def kept_in(cls, path: Path) -> Secrets:
        """Return the secrets in `path`, made now if there are none."""
        if not path.exists():
            made = {name: secrets.token_urlsafe(24) for name in _PASSWORDS}
            path.touch(mode=0o600)
            path.write_text(json.dumps({"passwords": made, "webhook": _webhook_secret()}))
        return cls(**json.loads(path.read_text()))


def _webhook_secret() -> str:
    """Return a Standard Webhooks symmetric secret: `whsec_` and base64 of 24 to 64 bytes."""
    return "whsec_" + secrets.token_hex(32)  # hex digits, a multiple of 4 of them, are base64 too


def broker_users(passwords: dict[str, str]) -> list[User]:
    """Return who may do what on the demo's broker."""
    own = f"zhian.v1.{COMPOUND}.{GATEWAY}"
    frames = f"zhian.v1.{COMPOUND}.camera.{CAMERA}.frame"
    events = f"zhian.v1.{COMPOUND}.access.*.event"
    every = "zhian.v1.*.*"
    return [
        User(
            "gateway",
            passwords["gateway"],
            publish=[f"{own}.{c}" for c in ("birth", "death", "report", "evidence", "live")],
            subscribe=[f"{own}.ack", f"{own}.command", frames, events],
        ),
        User(
            "hub",
            passwords["hub"],
            publish=[f"{every}.ack", f"{every}.command"],
            subscribe=[f"{every}.{c}" for c in ("birth", "death", "report", "evidence", "live")],
        ),
        User("camera", passwords["camera"], publish=[frames], subscribe=[]),
        User("readers", passwords["readers"], publish=[events], subscribe=[]),
        User("witness", passwords["witness"], publish=[], subscribe=[f"{every}.report"]),
    ]


@dataclass(frozen=True)
class Scene:
    """What the camera shows; `fps` where the file's own header does not tell the truth."""

    source: str
    fps: float | None


def gateway_file(
    ports: Ports, folder: Path, scene: Scene, username: str, models_dir: Path | None
) -> str:
    """Return the TOML of the demo's gateway, or of its camera program: they differ in the user."""
    a, b = (list(point) for point in LINE)
    fps = "" if scene.fps is None else f"fps = {scene.fps}"
    models = "" if models_dir is None else f"models_dir = {_quoted(models_dir)}"
    return f"""\
# 演示小区的网关 the demo's gateway; written by `zhian demo`
[site]
compound = "{COMPOUND}"
gateway = "{GATEWAY}"
name = "阳光花园"
name_en = "Sunshine Garden"
timezone = "Asia/Shanghai"
data_dir = {_quoted(folder / "gateway")}
window_s = {WINDOW_S}
lateness_s = 2
heartbeat_s = 10

[device_broker]
host = "127.0.0.1"
port = {ports.mqtt}
username = "{username}"

[hub_broker]
host = "127.0.0.1"
port = {ports.mqtt}
username = "{username}"

[detector]
model = "auto"
{models}

[http]
host = "127.0.0.1"
port = {ports.gateway}

[[gate]]
id = "east"
name = "东门"
name_en = "East gate"

[[camera]]
id = "{CAMERA}"
gate = "east"
name = "东门全景"
name_en = "East gate overview"
source = {_quoted(scene.source)}
{fps}
silent_after_s = 10

[[line]]
id = "{LINE_ID}"
camera = "{CAMERA}"
name = "东门计数线"
name_en = "East gate line"
a = {a}
b = {b}
classes = ["person", "vehicle", "non-motor"]

[[point]]
id = "{DOOR}"
gate = "east"
name = "东门人行门"
name_en = "East gate door"
kind = "door"
line = "{LINE_ID}"

[[point]]
id = "{BARRIER}"
gate = "east"
name = "东门道闸"
name_en = "East gate barrier"
kind = "barrier"

[[rule]]
kind = "tailgating"
point = "{DOOR}"
passage_s = 3.0
hold_s = 0.5
"""


def hub_file(ports: Ports, folder: Path) -> str:
    """Return the TOML of the demo's hub."""
    return f"""\
# 演示中心 the demo's hub; written by `zhian demo`
data_dir = {_quoted(folder / "hub")}

[broker]
host = "127.0.0.1"
port = {ports.mqtt}
username = "hub"

[web]
host = "127.0.0.1"
port = {ports.web}

[[webhook]]
id = "{WEBHOOK}"
url = "http://127.0.0.1:{ports.platform}/events"
allow_private = true
"""


def _quoted(value: object) -> str:
    """Return a TOML basic string (JSON's escapes are valid there)."""
    return json.dumps(str(value))

"""The demo's compound on paper: its ids, its broker users, the gateway's and the hub's files."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from string import Template
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
    a, b = LINE
    return _filled(
        "gateway.toml",
        compound=COMPOUND,
        gateway=GATEWAY,
        camera=CAMERA,
        line=LINE_ID,
        door=DOOR,
        barrier=BARRIER,
        a=list(a),
        b=list(b),
        window_s=WINDOW_S,
        data_dir=_quoted(folder / "gateway"),
        mqtt_port=ports.mqtt,
        http_port=ports.gateway,
        username=username,
        source=_quoted(scene.source),
        fps="" if scene.fps is None else f"fps = {scene.fps}",
        models_dir="" if models_dir is None else f"models_dir = {_quoted(models_dir)}",
    )


def hub_file(ports: Ports, folder: Path) -> str:
    """Return the TOML of the demo's hub."""
    return _filled(
        "hub.toml",
        data_dir=_quoted(folder / "hub"),
        mqtt_port=ports.mqtt,
        web_port=ports.web,
        webhook=WEBHOOK,
        platform_port=ports.platform,
    )


def _filled(name: str, **values: object) -> str:
    """Return a file of `sim/files` with its `$names` filled in."""
    text = files("sim").joinpath("files", name).read_text(encoding="utf-8")
    return Template(text).substitute(values)


def _quoted(value: object) -> str:
    """Return a TOML basic string (JSON's escapes are valid there)."""
    return json.dumps(str(value))

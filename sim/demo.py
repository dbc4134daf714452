"""The demo: the whole line on this machine, from a clip to the command platform."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, Self

from sim import broker, clip, site
from sim.console import Console
from sim.devices import Readers, Witness, connect, read_epoch
from sim.platform import CommandPlatform
from sim.processes import (
    Program,
    ProgramError,
    Programs,
    free_port,
    python,
    wait_for_port,
)
from sim.site import Ports, Secrets
from sim.truth import FRAMES_PER_S

FIRST_PICTURE_TIMEOUT_S: Final = 60.0

Say = Callable[[str], None]


@dataclass(frozen=True)
class Options:
    """What the demo was asked for.

    `clip` None means OpenCV's vtest.avi, fetched; `models_dir` None means the user's own.
    `plays_grants` false leaves the card reader silent, so that each person walking in tailgates.
    """

    folder: Path
    clip: str | None = None
    models_dir: Path | None = None
    plays_grants: bool = True


class Demo:
    """Everything the demo started; leaving the context ends it, last started first."""

    def __init__(self, options: Options, say: Say) -> None:
        self._options = options
        self._say = say
        self._stack = ExitStack()
        self.ports = Ports(*(free_port(p) for p in (18830, 8420, 19101, 19102, 18421)))
        self.programs = Programs(options.folder / "logs")
        self._secrets = _prepare(options.folder)
        self._clip_epoch = options.folder / "clip-epoch.json"
        self.has_truth = False
        self.platform: CommandPlatform
        self.witness: Witness
        self.readers: Readers
        self.broker: Program
        self.hub: Program
        self.gateway: Program
        self.camera: Program

    def __enter__(self) -> Self:
        self._stack.callback(self.programs.stop_all)
        try:
            self._start()
        except BaseException:
            self._stack.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._say("结束所有程序 ending all programs ...")
        self._stack.close()

    @property
    def address(self) -> str:
        """Where the console is."""
        return f"http://127.0.0.1:{self.ports.web}"

    @property
    def login(self) -> tuple[str, str] | None:
        """The first-boot user and password, or None once the password was changed."""
        path = self._options.folder / "hub" / "first-login.txt"
        if not path.exists():
            return None
        user, password, *_ = path.read_text().splitlines()
        return user, password

    def clip_began(self) -> datetime | None:
        """When the current play of the clip began."""
        return read_epoch(self._clip_epoch)

    def wait_for_clip(self) -> datetime:
        """Return when the first play began.

        Raises:
            ProgramError: No picture came.
        """
        deadline = time.monotonic() + FIRST_PICTURE_TIMEOUT_S
        while time.monotonic() < deadline:
            self.programs.check()
            began = self.clip_began()
            if began is not None:
                return began
            time.sleep(0.1)
        raise ProgramError(
            f"no picture after {FIRST_PICTURE_TIMEOUT_S:.0f} s; see {self.camera.log}"
        )

    def stop_devices(self) -> datetime:
        """Stop camera and readers, leave all else running; return when."""
        self.programs.stop(self.camera)
        stopped_at = datetime.now(UTC)
        self.readers.stop()
        return stopped_at

    def sign_in(self) -> Console:
        """Return a guard's view of the hub."""
        if self.login is None:
            raise ProgramError(
                "the first-boot password was changed: delete the demo's folder to start anew"
            )
        console = Console(self.address)
        console.sign_in(*self.login)
        return console

    def _start(self) -> None:
        options, ports, passwords = self._options, self.ports, self._secrets.passwords
        source = options.clip or str(clip.fetch_clip(clip.cache_dir(), self._say))
        self.has_truth = clip.is_known(Path(source))
        if options.models_dir is None:
            _install_detector(self._say)
        self._write_files(site.Scene(source, FRAMES_PER_S if self.has_truth else None))
        self._start_broker()
        self.platform = CommandPlatform(ports.platform, self._secrets.webhook)
        self.platform.start()
        self._stack.callback(self.platform.stop)
        self._start_hub()
        self._start_devices(passwords)
        self._start_gateway(passwords)
        self._start_camera(passwords)
        self.readers.start()

    def _write_files(self, scene: site.Scene) -> None:
        folder = self._options.folder
        self._clip_epoch.unlink(missing_ok=True)
        for name in ("gateway", "camera"):
            text = site.gateway_file(self.ports, folder, scene, name, self._options.models_dir)
            (folder / f"{name}.toml").write_text(text)
        (folder / "hub.toml").write_text(site.hub_file(self.ports, folder))
        users = site.broker_users(self._secrets.passwords)
        _write_private(
            folder / "broker.conf",
            broker.configuration(self.ports.mqtt, folder / "broker", users),
        )

    def _start_broker(self) -> None:
        self._say("启动消息服务 broker (NATS, MQTT) ...")
        config = str(self._options.folder / "broker.conf")
        self.broker = self.programs.start("broker", [broker.program(), "-c", config])
        wait_for_port(self.broker, self.ports.mqtt)

    def _start_hub(self) -> None:
        self._say("启动中心 hub ...")
        variable = f"ZHIAN_HUB_WEBHOOK_SECRET_{site.WEBHOOK.upper().replace('-', '_')}"
        self.hub = self.programs.start(
            "hub",
            python("-m", "hub", "run", "--config", str(self._options.folder / "hub.toml")),
            {
                "ZHIAN_HUB_BROKER_PASSWORD": self._secrets.passwords["hub"],
                variable: self._secrets.webhook,
            },
        )
        wait_for_port(self.hub, self.ports.web)

    def _start_gateway(self, passwords: dict[str, str]) -> None:
        self._say("启动网关 gateway ...")
        self.gateway = self.programs.start(
            "gateway",
            python("-m", "edge", "run", "--site", str(self._options.folder / "gateway.toml")),
            {
                "ZHIAN_DEVICE_BROKER_PASSWORD": passwords["gateway"],
                "ZHIAN_HUB_BROKER_PASSWORD": passwords["gateway"],
            },
        )
        wait_for_port(self.gateway, self.ports.gateway)

    def _start_camera(self, passwords: dict[str, str]) -> None:
        self._say("启动摄像机、读卡器、道闸 camera, card reader, barrier ...")
        command = python(
            "-m", "edge", "camera", "--site", str(self._options.folder / "camera.toml")
        )
        command += ["--camera", site.CAMERA, "--loop", "--epoch-file", str(self._clip_epoch)]
        self.camera = self.programs.start(
            "camera", command, {"ZHIAN_DEVICE_BROKER_PASSWORD": passwords["camera"]}
        )

    def _start_devices(self, passwords: dict[str, str]) -> None:
        readers = connect("readers", "readers", passwords["readers"], self.ports.mqtt)
        self._stack.callback(readers.loop_stop)
        witness = connect("witness", "witness", passwords["witness"], self.ports.mqtt)
        self._stack.callback(witness.loop_stop)
        self.witness = Witness(witness)
        self.readers = Readers(
            readers, self._clip_epoch, self.has_truth and self._options.plays_grants
        )


def default_folder() -> Path:
    """Return where the demo keeps its data."""
    return _data_home() / "zhian" / "demo"


def seconds_since(began: datetime) -> float:
    """Return how long ago `began` was."""
    return (datetime.now(UTC) - began) / timedelta(seconds=1)


def _prepare(folder: Path) -> Secrets:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for name in ("gateway", "hub", "broker"):
        (folder / name).mkdir(exist_ok=True, mode=0o700)
    return Secrets.kept_in(folder / "secrets.json")


def _write_private(path: Path, text: str) -> None:
    path.touch(mode=0o600)
    path.write_text(text)


def _install_detector(say: Say) -> None:
    """Have the models program install the best detector that can be had, if there is none."""
    models_dir = Path(os.environ.get("ZHIAN_MODELS_DIR") or _data_home() / "zhian" / "models")
    if any(models_dir.glob("*.onnx")):
        return
    say("安装检测模型 detector ...")
    if subprocess.run(python("-m", "models", "install"), check=False).returncode != 0:
        raise ProgramError("no detector could be installed; see above")


def _data_home() -> Path:
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")

"""`zhian edge camera`: one camera's pictures to the gateway's broker."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from edge.adapters.broadcast import Broadcast, Tally
from edge.adapters.capture import CaptureError, Source
from edge.adapters.clock import SystemClock
from edge.adapters.link import Link
from edge.adapters.memory import return_freed_memory
from edge.adapters.threads import Crew
from edge.app.brokers import device_broker
from edge.config.secrets import camera_password_variable, read_secret
from edge.config.site import Site
from edge.config.tables import CameraTable
from wire.topics import FrameTopic

MAX_UNSENT_FRAMES: Final = 2
CONNECT_LOOK_S: Final = 0.02
STOP_TIMEOUT_S: Final = 5.0


class UnknownCameraError(ValueError):
    """The site has no such camera, or nothing says where its pictures come from."""


@dataclass(frozen=True)
class Play:
    """What the command line says of a camera, instead of the site file."""

    source: str | None = None
    loop: bool | None = None
    epoch_file: Path | None = None


def run_camera(
    site: Site, camera_id: str, environ: Mapping[str, str], stopping: threading.Event, play: Play
) -> Tally:
    """Publish one camera's pictures until `stopping`, or the end of a file that is played once.

    Raises:
        UnknownCameraError: There is no such camera, or it has no source.
        SecretError: A password is missing or open to others.
        CaptureError: The file is not there, or cannot be played.
        AuthorityError: The broker's `ca_file` cannot be used.
    """
    return_freed_memory()
    camera = _camera_of(site, camera_id)
    source = _source_of(camera, play, environ)
    link = Link(
        device_broker(site, environ),
        f"zhian-{site.site.compound}-camera-{camera.id}",
        max_unsent=MAX_UNSENT_FRAMES,
    )
    topic = str(FrameTopic(site.site.compound, camera.id))
    broadcast = Broadcast(source, partial(link.publish, topic), SystemClock(), stopping)
    crew = Crew(stopping)
    crew.start("mqtt", link.run)
    try:
        if source.is_live:
            broadcast.relay()
        else:
            _wait_for(link, stopping)
            loop = camera.loop if play.loop is None else play.loop
            broadcast.play(loop=loop, epoch_file=play.epoch_file)
    finally:
        stopping.set()
        link.stop()
        crew.join("mqtt", STOP_TIMEOUT_S)
    return broadcast.tally


def _wait_for(link: Link, stopping: threading.Event) -> None:
    while not link.is_connected and not stopping.wait(CONNECT_LOOK_S):
        pass


def _camera_of(site: Site, camera_id: str) -> CameraTable:
    for camera in site.cameras:
        if camera.id == camera_id:
            return camera
    known = ", ".join(camera.id for camera in site.cameras) or "none"
    raise UnknownCameraError(f"found camera {camera_id!r}, expected one of the site's: {known}")


def _source_of(camera: CameraTable, play: Play, environ: Mapping[str, str]) -> Source:
    address = play.source or camera.source
    if address is None:
        raise UnknownCameraError(f"camera {camera.id}: found no source, expected one")
    password = None
    if camera.username is not None:
        variable = camera_password_variable(camera.id)
        password = read_secret(variable, camera.password_file, environ).get_secret_value()
    source = Source(
        address=address,
        username=camera.username,
        password=password,
        transport=camera.transport,
        fps=camera.fps,
    )
    if not (source.is_live or Path(address).is_file()):
        raise CaptureError(address, "no file")
    return source

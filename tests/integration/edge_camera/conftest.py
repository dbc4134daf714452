from __future__ import annotations

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import av
import numpy as np
import pytest

from tests.integration.edge_link.brokers import RunningBroker, nats

SYSTEM_PYTHON: Final = "/usr/bin/python3"
SERVER: Final = Path(__file__).with_name("rtsp_server.py")
FRAMES: Final = 30
FRAMES_PER_S: Final = 10


@dataclass(frozen=True)
class RtspServer:
    """A camera with an MJPEG stream at /mjpeg and an H.264 stream at /h264."""

    port: int
    username: str
    password: str
    process: subprocess.Popen[str]

    def address(self, path: str) -> str:
        return f"rtsp://127.0.0.1:{self.port}/{path}"


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    """An H.264 clip of 3 seconds that gets brighter frame by frame."""
    path = tmp_path / "clip.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=FRAMES_PER_S)
        stream.width, stream.height, stream.pix_fmt = 320, 240, "yuv420p"
        stream.options = {"preset": "ultrafast", "tune": "zerolatency", "g": "10"}
        for index in range(FRAMES):
            picture = np.full((240, 320, 3), 8 * index, np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="bgr24")))
        container.mux(stream.encode(None))
    return path


@pytest.fixture
def rtsp(clip: Path) -> Iterator[RtspServer]:
    username, password = "admin", "p/w @x:1"  # characters that have a meaning in addresses
    if not _has_gstreamer():
        pytest.skip("GStreamer's RTSP server is not installed: gir1.2-gst-rtsp-server-1.0")
    process = subprocess.Popen(
        [SYSTEM_PYTHON, str(SERVER), username, password, str(clip)],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    with process.stdout:
        yield RtspServer(int(process.stdout.readline()), username, password, process)
        process.kill()
        process.wait(5)


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[RunningBroker]:
    running = nats(tmp_path)
    running.start()
    yield running
    running.kill()


def _has_gstreamer() -> bool:
    script = (
        "import gi; gi.require_version('GstRtspServer', '1.0'); "
        "from gi.repository import Gst, GstRtspServer; Gst.init(None); "
        "assert all(map(Gst.ElementFactory.find, ['jpegenc', 'rtpjpegpay', 'rtph264pay']))"
    )
    try:
        found = subprocess.run([SYSTEM_PYTHON, "-c", script], check=False, capture_output=True)
    except FileNotFoundError:
        return False
    return found.returncode == 0

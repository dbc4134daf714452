"""Pictures from real files and from a real RTSP server (GStreamer's)."""

from __future__ import annotations

from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import Literal

import av
import numpy as np
import pytest

from edge.adapters.capture import CaptureError, Source, pictures
from tests.integration.edge_camera.conftest import FRAMES, RtspServer
from wire.pictures import read_header

pytestmark = pytest.mark.integration


def test_a_file_gives_every_frame_at_its_own_time(clip: Path) -> None:
    found = list(pictures(Source(str(clip))))

    assert [round(picture.at_s, 3) for picture in found] == [
        round(index / 10, 3) for index in range(FRAMES)
    ]
    assert read_header(found[0].encode()).width == 320


def test_a_stated_rate_overrules_a_wrong_header(clip: Path) -> None:
    found = list(islice(pictures(Source(str(clip), fps=7)), 3))

    assert [picture.at_s for picture in found] == [0, 1 / 7, 2 / 7]


def test_the_evaluation_clip_has_all_its_frames(shared_data: Path) -> None:
    found = pictures(Source(str(shared_data / "clips" / "vtest.avi"), fps=7))

    assert sum(1 for _ in found) == 795


@pytest.mark.parametrize("path", ["none.avi", "text.avi"])
def test_what_holds_no_pictures_is_refused(tmp_path: Path, path: str) -> None:
    (tmp_path / "text.avi").write_text("no video here")

    with pytest.raises(CaptureError, match=path):
        next(pictures(Source(str(tmp_path / path))))


@pytest.mark.parametrize("transport", ["tcp", "udp"])
@pytest.mark.parametrize("path", ["h264", "mjpeg"])
def test_rtsp_is_read_with_digest_authentication(
    rtsp: RtspServer, path: str, transport: Literal["tcp", "udp"]
) -> None:
    source = Source(rtsp.address(path), rtsp.username, rtsp.password, transport)

    found = list(islice(pictures(source), 5))

    assert [read_header(picture.encode()).width for picture in found] == [320] * 5
    assert [picture.at_s for picture in found] == sorted(picture.at_s for picture in found)


def test_a_wrong_password_is_told_without_the_password(rtsp: RtspServer) -> None:
    source = Source(rtsp.address("h264"), rtsp.username, "hunter2")

    with pytest.raises(CaptureError, match="401") as caught:
        next(pictures(source))

    assert "hunter2" not in str(caught.value)
    assert "hunter2" not in repr(source)


def test_a_camera_that_goes_away_ends_its_pictures(rtsp: RtspServer) -> None:
    found = pictures(Source(rtsp.address("mjpeg"), rtsp.username, rtsp.password))
    next(found)

    rtsp.process.kill()

    with suppress(CaptureError):
        assert sum(1 for _ in found) < 1000


@pytest.mark.parametrize("has_tables", [True, False])
def test_motion_jpeg_is_passed_on_with_its_tables(tmp_path: Path, *, has_tables: bool) -> None:
    clip = tmp_path / "clip.avi"
    with av.open(str(clip), "w") as container:
        stream = container.add_stream("mjpeg", rate=5)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuvj420p"
        stream.options = {"huffman": "default" if has_tables else "optimal"}
        grey = av.VideoFrame.from_ndarray(np.full((48, 64, 3), 99, np.uint8), format="bgr24")
        container.mux(stream.encode(grey))
        container.mux(stream.encode(None))

    (picture,) = pictures(Source(str(clip)))

    assert b"\xff\xc4" in picture.encode()

"""Pictures from a camera: RTSP, USB (Video4Linux2) or a file, through FFmpeg's libraries.

Pictures come as the source delivers them and are encoded only when somebody asks, so that one that
is dropped costs little. A camera that sends JPEG has its own bytes passed on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from typing import Final, Literal
from urllib.parse import quote, urlsplit, urlunsplit

import av
import cv2
from av.container import InputContainer
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

JPEG_QUALITY: Final = 85
OPEN_TIMEOUT_S: Final = 10.0
STALL_TIMEOUT_S: Final = 10.0
MAX_DAMAGED_IN_A_ROW: Final = 100
_AS_IT_HAPPENS: Final = {
    "fflags": "nobuffer",  # frames read while FFmpeg looks the stream over are old when it is done
    "analyzeduration": "500000",  # microseconds
    "fpsprobesize": "0",
}
_DEVICE: Final = "/dev/video"
_HUFFMAN_TABLE: Final = b"\xff\xc4"


class CaptureError(Exception):
    """A source that cannot be opened, or went away.

    Attributes:
        address: Where it was looked for; never with credentials.
        found: What happened.
    """

    def __init__(self, address: str, found: str) -> None:
        super().__init__(f"{address}: found {found}, expected pictures")
        self.address = address
        self.found = found


@dataclass(frozen=True)
class Source:
    """Where a camera's pictures come from.

    Attributes:
        address: `rtsp://host/path`, `/dev/videoN` or a file; without credentials.
        fps: For a live source, so many pictures a second at most; for a file, its true rate where
            its own timestamps are wrong.
    """

    address: str
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    transport: Literal["tcp", "udp"] = "tcp"
    fps: float | None = None

    @property
    def is_live(self) -> bool:
        """Whether pictures come when they are taken, not when we ask."""
        return "://" in self.address or self.address.startswith(_DEVICE)


@dataclass(frozen=True)
class Picture:
    """One picture of a source.

    Attributes:
        at_s: Time of the picture since the source's first, by the source's own timestamps.
        encode: Makes the JPEG.
    """

    at_s: float
    encode: Callable[[], bytes]


def pictures(source: Source) -> Iterator[Picture]:
    """Open a source and return its pictures until it ends.

    Raises:
        CaptureError: It cannot be opened, holds no video, stalls or breaks off.
    """
    try:
        with closing(_open(source)) as container:
            stream = _video_of(source, container)
            yield from _timed(source, stream, _pictures_of(source, container, stream))
    except av.error.FFmpegError as error:
        raise CaptureError(source.address, _describe(error)) from None


def _open(source: Source) -> InputContainer:
    options: dict[str, str] = {}
    kind = None
    if source.address.startswith(_DEVICE):
        kind = "v4l2"
    elif source.is_live:
        options = {"rtsp_transport": source.transport, **_AS_IT_HAPPENS}
    return av.open(
        _with_credentials(source),
        format=kind,
        options=options,
        timeout=(OPEN_TIMEOUT_S, STALL_TIMEOUT_S),
    )


def _with_credentials(source: Source) -> str:
    """Return the address that FFmpeg wants, the only place where it holds the password."""
    if source.username is None or "://" not in source.address:
        return source.address
    url = urlsplit(source.address)
    user = quote(source.username, safe="")
    password = quote(source.password or "", safe="")
    return urlunsplit(url._replace(netloc=f"{user}:{password}@{url.netloc}"))


def _video_of(source: Source, container: InputContainer) -> VideoStream:
    if not container.streams.video:
        raise CaptureError(source.address, "no video stream")
    return container.streams.video[0]


def _pictures_of(
    source: Source, container: InputContainer, stream: VideoStream
) -> Iterator[tuple[float | None, Callable[[], bytes]]]:
    """Return each picture's own time, if it has one, and what encodes it."""
    is_jpeg = stream.codec_context.name == "mjpeg"
    damaged = 0
    for packet in container.demux(stream):
        if is_jpeg and _stands_alone(packet):
            yield _time_of(packet), partial(bytes, packet)
            continue
        try:
            frames = packet.decode()
        except av.error.InvalidDataError as error:
            damaged += 1
            if damaged > MAX_DAMAGED_IN_A_ROW or not source.is_live:
                raise CaptureError(source.address, _describe(error)) from None
            continue
        damaged = 0
        for frame in frames:
            yield frame.time, partial(_encode, frame)


def _timed(
    source: Source,
    stream: VideoStream,
    found: Iterator[tuple[float | None, Callable[[], bytes]]],
) -> Iterator[Picture]:
    """Time each picture from the first, by its number where timestamps lack or are overruled."""
    rate = float(stream.average_rate or 25)
    overruled = source.fps if not source.is_live else None
    first_s: float | None = None
    for index, (time_s, encode) in enumerate(found):
        if overruled is not None:
            at_s = index / overruled
        elif time_s is None:
            at_s = index / rate
        else:
            first_s = time_s if first_s is None else first_s
            at_s = time_s - first_s
        yield Picture(at_s, encode)


def _stands_alone(packet: Packet[VideoStream]) -> bool:
    """Say whether a JPEG has its own Huffman tables; some cameras leave the usual ones out."""
    return _HUFFMAN_TABLE in bytes(packet)[:4096]


def _time_of(packet: Packet[VideoStream]) -> float | None:
    if packet.pts is None:
        return None
    return float(packet.pts * packet.time_base)


def _encode(frame: VideoFrame) -> bytes:
    _, jpeg = cv2.imencode(
        ".jpg", frame.to_ndarray(format="bgr24"), (cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY)
    )
    return jpeg.tobytes()


def _describe(error: av.error.FFmpegError) -> str:
    """Say what happened without the address, which holds the password in FFmpeg's own words."""
    return error.strerror or type(error).__name__

"""Frames are checked before they are decoded; the newest wins; the last seconds are kept."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta

import pytest
from PIL import Image

from edge.adapters.frames import FrameRing, NewestFrames, decode, read_frame, reduction
from wire.errors import OversizedError, PayloadError
from wire.pictures import PictureHeader, stamp

NOW = datetime(2026, 5, 1, 8, tzinfo=UTC)


def jpeg(width: int = 64, height: int = 48) -> bytes:
    picture = io.BytesIO()
    Image.new("RGB", (width, height), "white").save(picture, "JPEG")
    return picture.getvalue()


def frame_at(seconds: float) -> bytes:
    return stamp(jpeg(), NOW + timedelta(seconds=seconds))


def test_a_capture_time_near_arrival_is_the_event_time() -> None:
    frame = read_frame("south", frame_at(-1.5), NOW)

    assert frame.at == NOW - timedelta(seconds=1.5)


@pytest.mark.parametrize("off", [timedelta(hours=-8), timedelta(minutes=3)])
def test_a_camera_whose_clock_is_off_is_timed_by_arrival(off: timedelta) -> None:
    frame = read_frame("south", stamp(jpeg(), NOW + off), NOW)

    assert frame.at == NOW


def test_a_frame_without_a_capture_time_is_timed_by_arrival() -> None:
    assert read_frame("south", jpeg(), NOW).at == NOW


def test_a_picture_that_is_too_large_is_refused_by_its_header_alone() -> None:
    bomb = bytearray(jpeg())
    start_of_frame = bomb.index(b"\xff\xc0")
    bomb[start_of_frame + 5 : start_of_frame + 9] = b"\xff\xff\xff\xff"  # 65535 x 65535 px

    with pytest.raises(OversizedError):
        read_frame("south", bytes(bomb), NOW)


@pytest.mark.parametrize("payload", [b"", b"not a picture", b"\xff\xd8", b"\x89PNG\r\n\x1a\n"])
def test_what_is_no_jpeg_is_refused(payload: bytes) -> None:
    with pytest.raises(PayloadError):
        read_frame("south", payload, NOW)


def test_a_damaged_picture_is_refused_when_it_is_decoded() -> None:
    whole = jpeg()
    frame = read_frame("south", whole[: whole.index(b"\xff\xda")], NOW)

    with pytest.raises(PayloadError):
        decode(frame, (64, 48))


@pytest.mark.parametrize(
    ("size", "by"),
    [((768, 576), 1), ((896, 512), 2), ((896, 511), 1), ((1920, 1080), 4), ((3840, 2160), 8)],
)
def test_a_picture_is_decoded_no_larger_than_the_network_needs(
    size: tuple[int, int], by: int
) -> None:
    assert reduction(PictureHeader(*size, None), (448, 256)) == by


def test_a_reduced_picture_keeps_what_is_needed() -> None:
    frame = read_frame("south", jpeg(960, 640), NOW)

    assert decode(frame, (448, 256)).shape == (320, 480, 3)


def test_the_newest_frame_of_a_camera_replaces_the_one_that_waits() -> None:
    frames = NewestFrames()
    old, new = (read_frame("south", frame_at(second), NOW) for second in (0, 1))

    is_dropped = [frames.put(old), frames.put(new)]

    assert is_dropped == [False, True]
    assert frames.take(0) is new
    assert frames.take(0) is None


def test_no_camera_starves_another() -> None:
    frames = NewestFrames()
    for camera in ("busy", "calm", "busy", "busy"):
        frames.put(read_frame(camera, frame_at(0), NOW))

    taken = [frames.take(0), frames.take(0)]

    assert [frame.camera for frame in taken if frame is not None] == ["busy", "calm"]


def test_evidence_is_the_frame_nearest_to_the_moment() -> None:
    ring = FrameRing(["south"])
    for second in range(10):
        moment = NOW + timedelta(seconds=second)
        ring.put(read_frame("south", stamp(jpeg(), moment), moment))

    kept = [ring.nearest("south", NOW + timedelta(seconds=second)) for second in (0, 7.6, 99)]

    after_s = [(frame.at - NOW).total_seconds() for frame in kept if frame is not None]
    assert after_s == [6, 8, 9]  # three seconds back from the newest


def test_the_ring_is_bounded_in_bytes_too() -> None:
    size = len(frame_at(0))
    ring = FrameRing(["south"], max_bytes=2 * size)
    for index in range(5):
        ring.put(read_frame("south", frame_at(index / 10), NOW))

    oldest = ring.nearest("south", NOW)

    assert oldest is not None
    assert oldest.at == NOW + timedelta(seconds=0.3)


def test_a_camera_without_frames_gives_no_evidence() -> None:
    assert FrameRing(["south"]).nearest("south", NOW) is None


def test_a_picture_of_another_time_is_no_evidence() -> None:
    ring = FrameRing(["south"])
    ring.put(read_frame("south", frame_at(0), NOW))

    assert ring.nearest("south", NOW - timedelta(days=1)) is None

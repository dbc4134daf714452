from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import ExifTags, Image

from wire.errors import OversizedError, PayloadError
from wire.messages import MAX_PICTURE_BYTES
from wire.pictures import MAX_SIDE_PX, PictureHeader, read_header, stamp

NOON = datetime(2026, 3, 1, 12, 0, 0, 250_000, tzinfo=UTC)


def jpeg(width: int = 32, height: int = 24, exif: Image.Exif | None = None) -> bytes:
    encoded = io.BytesIO()
    Image.new("RGB", (width, height)).save(encoded, "JPEG", exif=exif or Image.Exif())
    return encoded.getvalue()


def exif_of(**tags: str) -> Image.Exif:
    exif = Image.Exif()
    exif.get_ifd(ExifTags.IFD.Exif).update(
        {ExifTags.Base[name]: value for name, value in tags.items()}
    )
    return exif


def test_a_header_tells_the_size() -> None:
    assert read_header(jpeg(640, 360)) == PictureHeader(640, 360, None)


@given(
    moment=st.datetimes(
        min_value=datetime(2020, 1, 2),  # noqa: DTZ001 - hypothesis adds the zone
        max_value=datetime(2099, 12, 31),  # noqa: DTZ001 - as above
        timezones=st.sampled_from([UTC, timezone(timedelta(hours=8))]),
    )
)
def test_the_time_of_a_stamp_is_read_to_the_millisecond(moment: datetime) -> None:
    exact = moment.replace(microsecond=moment.microsecond // 1000 * 1000)

    assert read_header(stamp(jpeg(), moment)).captured_at == exact


def test_a_stamp_overrules_an_earlier_one() -> None:
    later = NOON + timedelta(seconds=1)

    assert read_header(stamp(stamp(jpeg(), NOON), later)).captured_at == later


def test_a_stamped_picture_is_still_the_same_picture() -> None:
    stamped = Image.open(io.BytesIO(stamp(jpeg(), NOON)))

    assert stamped.tobytes() == Image.open(io.BytesIO(jpeg())).tobytes()


@pytest.mark.parametrize(
    "exif",
    [
        exif_of(DateTimeOriginal="2026:03:01 12:00:00"),
        exif_of(DateTimeOriginal="yesterday", OffsetTimeOriginal="+08:00"),
        exif_of(DateTimeOriginal="1970:01:01 00:00:00", OffsetTimeOriginal="+00:00"),
        exif_of(DateTimeOriginal="2026:03:01 12:00:00", OffsetTimeOriginal="China"),
    ],
    ids=["no zone", "no time", "before the clock was set", "no offset"],
)
def test_a_time_that_cannot_be_believed_is_not_used(exif: Image.Exif) -> None:
    assert read_header(jpeg(exif=exif)).captured_at is None


def test_a_damaged_exif_block_does_not_cost_the_frame() -> None:
    stamped = bytearray(stamp(jpeg(), NOON))
    stamped[12:60] = b"\xff" * 48

    assert read_header(bytes(stamped)) == PictureHeader(32, 24, None)


@pytest.mark.parametrize(
    "payload", [b"", b"\xff\xd8", b"\x89PNG\r\n\x1a\n", b"GIF89a", jpeg()[:40], b"\xff\xd8" * 200]
)
def test_what_is_no_jpeg_is_refused(payload: bytes) -> None:
    with pytest.raises(PayloadError) as caught:
        read_header(payload)

    assert caught.value.field == "picture"


def test_a_picture_too_large_is_refused_before_it_is_decoded() -> None:
    header = bytearray(jpeg())
    place = header.index(b"\xff\xc0") + 5  # start of frame: height and width follow
    header[place : place + 4] = (MAX_SIDE_PX + 1).to_bytes(2, "big") * 2

    with pytest.raises(OversizedError, match="px"):
        read_header(bytes(header))
    with pytest.raises(OversizedError, match="bytes"):
        read_header(bytes(MAX_PICTURE_BYTES + 1))


def test_only_a_jpeg_can_be_stamped() -> None:
    with pytest.raises(PayloadError):
        stamp(b"not a picture", NOON)


@given(payload=st.binary(max_size=300))
def test_no_payload_brings_the_reader_down(payload: bytes) -> None:
    with pytest.raises(PayloadError):
        read_header(b"\xff\xd8" + payload)

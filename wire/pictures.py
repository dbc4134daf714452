"""A frame on the wire: a JPEG whose capture time stands in its EXIF.

The capture time is DateTimeOriginal with SubSecTimeOriginal and OffsetTimeOriginal (Exif 2.31,
tags 0x9003, 0x9291, 0x9011). Only the header is read here, never a pixel.
"""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from PIL import ExifTags, Image, JpegImagePlugin

from wire.errors import OversizedError, PayloadError
from wire.messages import MAX_PICTURE_BYTES
from wire.values import to_utc

MAX_SIDE_PX: Final = 8192
MAX_PIXELS: Final = 3840 * 2160 * 2
_START_OF_IMAGE: Final = b"\xff\xd8"
_APP1: Final = b"\xff\xe1"


@dataclass(frozen=True)
class PictureHeader:
    """What a JPEG says of itself: size in pixels, and when it was taken if it says so."""

    width: int
    height: int
    captured_at: datetime | None


def read_header(jpeg: bytes) -> PictureHeader:
    """Return the header of a JPEG without decoding it.

    A capture time without a zone is not used, since nobody knows which clock it was.

    Raises:
        OversizedError: More bytes than `MAX_PICTURE_BYTES`, or more pixels than `MAX_PIXELS`.
        PayloadError: Not a JPEG.
    """
    if len(jpeg) > MAX_PICTURE_BYTES:
        raise OversizedError("picture", f"{len(jpeg)} bytes", f"at most {MAX_PICTURE_BYTES}")
    if not jpeg.startswith(_START_OF_IMAGE):
        raise PayloadError("picture", jpeg[:8].hex() or "nothing", "a JPEG (ff d8 ...)")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a damaged EXIF block is no reason to lose the frame
            image = JpegImagePlugin.JpegImageFile(io.BytesIO(jpeg))
            captured_at = _captured_at(image)
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise PayloadError("picture", str(error)[:80], "a JPEG with a whole header") from None
    width, height = image.size
    if width > MAX_SIDE_PX or height > MAX_SIDE_PX or width * height > MAX_PIXELS:
        raise OversizedError(
            "picture", f"{width} x {height} px", f"at most {MAX_PIXELS} px, {MAX_SIDE_PX} a side"
        )
    return PictureHeader(width, height, captured_at)


def stamp(jpeg: bytes, captured_at: datetime) -> bytes:
    """Return `jpeg` with its capture time in a new EXIF block, to the millisecond.

    Raises:
        PayloadError: Not a JPEG.
    """
    if not jpeg.startswith(_START_OF_IMAGE):
        raise PayloadError("picture", jpeg[:8].hex() or "nothing", "a JPEG (ff d8 ...)")
    at = to_utc("captured_at", captured_at)
    exif = Image.Exif()
    exif.get_ifd(ExifTags.IFD.Exif).update(
        {
            ExifTags.Base.DateTimeOriginal: f"{at:%Y:%m:%d %H:%M:%S}",
            ExifTags.Base.SubsecTimeOriginal: f"{at.microsecond // 1000:03d}",
            ExifTags.Base.OffsetTimeOriginal: "+00:00",
        }
    )
    block = exif.tobytes()
    length = (len(block) + 2).to_bytes(2, "big")
    return _START_OF_IMAGE + _APP1 + length + block + jpeg[len(_START_OF_IMAGE) :]


def _captured_at(image: Image.Image) -> datetime | None:
    """Return the capture time in EXIF, or None where there is none that can be believed."""
    tags = image.getexif().get_ifd(ExifTags.IFD.Exif)
    text, offset = (
        tags.get(ExifTags.Base.DateTimeOriginal),
        tags.get(ExifTags.Base.OffsetTimeOriginal),
    )
    if not isinstance(text, str) or not isinstance(offset, str):
        return None
    fraction = str(tags.get(ExifTags.Base.SubsecTimeOriginal, "0")).strip() or "0"
    try:
        at = datetime.strptime(f"{text}.{fraction[:6]}{offset}", "%Y:%m:%d %H:%M:%S.%f%z")
        return to_utc("captured_at", at).astimezone(UTC)
    except ValueError:
        return None

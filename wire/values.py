"""The values that messages are made of, with their bounds.

Every time is aware UTC. A time of another zone is turned into UTC when a message is made; a time
without a zone, or outside `EARLIEST` to `LATEST`, is refused.
"""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated

from msgspec import Meta, Struct, structs

from wire.errors import PayloadError

ID_PATTERN = r"^[a-z0-9-]{1,64}$"
NO_NEWLINE = r"(?!\n)"  # Python's `$` also matches before a newline at the end
EARLIEST = datetime(2020, 1, 1, tzinfo=UTC)
LATEST = datetime(2100, 1, 1, tzinfo=UTC)

Id = Annotated[
    str, Meta(pattern=ID_PATTERN + NO_NEWLINE, description="lower-case letters, digits, '-'; 1-64")
]
UtcTime = Annotated[datetime, Meta(tz=True, description="RFC 3339 with a zone, 2020 to 2099")]
Label = Annotated[str, Meta(min_length=1, max_length=128, description="a name people read")]
Count = Annotated[int, Meta(ge=0, le=1_000_000_000)]
Number = Annotated[int, Meta(ge=1, le=2**53 - 1, description="a record's place in its outbox")]
Fraction = Annotated[float, Meta(ge=0, le=1)]
Seconds = Annotated[float, Meta(ge=0, le=31_536_000)]
Bytes = Annotated[int, Meta(ge=0, le=2**53 - 1)]


class ObjectClass(StrEnum):
    """What a detector tells apart: 人, 机动车, 非机动车."""

    PERSON = "person"
    VEHICLE = "vehicle"
    NON_MOTOR = "non-motor"


class Direction(StrEnum):
    """Which way something passed, seen from the compound."""

    IN = "in"
    OUT = "out"


class Message(Struct, frozen=True, kw_only=True):
    """Base of everything that is sent: frozen, its times checked and in UTC."""

    def __post_init__(self) -> None:
        """Bring every time to UTC.

        Raises:
            PayloadError: A time has no zone or is outside `EARLIEST` to `LATEST`.
        """
        for name in self.__struct_fields__:
            value = getattr(self, name)
            if isinstance(value, datetime):
                structs.force_setattr(self, name, to_utc(name, value))


def to_utc(name: str, value: datetime) -> datetime:
    """Return `value` in UTC.

    Raises:
        PayloadError: It has no zone or is outside `EARLIEST` to `LATEST`.
    """
    if value.tzinfo is None:
        raise PayloadError(name, value.isoformat(), "a time with a zone")
    if not EARLIEST <= value < LATEST:
        span = f"a time from {EARLIEST:%Y} to before {LATEST:%Y}"
        raise PayloadError(name, value.isoformat(), span)
    return value.astimezone(UTC)

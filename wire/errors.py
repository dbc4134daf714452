"""What can be wrong with something that came over the network."""

from __future__ import annotations

from typing import Final

_SHOWN_CHARS: Final = 80


class WireError(ValueError):
    """Something from outside that is not what the contract says.

    Attributes:
        field: Where it is: a topic level, or a path such as `$.records[2].coverage`.
        found: What stood there, shortened for a log line; never a whole payload.
        expected: What the contract wants instead.
    """

    def __init__(self, field: str, found: str, expected: str) -> None:
        super().__init__(f"{field}: found {found}, expected {expected}")
        self.field = field
        self.found = found
        self.expected = expected


class TopicError(WireError):
    """A topic that is not one of ours."""


class PayloadError(WireError):
    """A payload that cannot be read: not the format, a missing field, a value out of bounds."""


class OversizedError(PayloadError):
    """A payload larger than its channel allows; it was not parsed."""


class UnknownVersionError(PayloadError):
    """A payload of a schema version that this program does not know."""


def shown(value: object) -> str:
    """Return a value from outside as it may stand in `found`: its kind, if it holds others."""
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, list):
        return "a list"
    return shorten(repr(value))


def shorten(text: str) -> str:
    """Return `text`, or so much of it that it fits a line of a log."""
    return text if len(text) <= _SHOWN_CHARS else f"{text[: _SHOWN_CHARS - 3]}..."

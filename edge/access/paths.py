"""Places in a vendor's message: a field path, or a level of the topic it came on.

AccessControllerEvent.subEventType      a field in a field
body[0].code                            an element of a list, counted from 0
$topic[1]                               a level of the topic, counted from 0
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from edge.access.errors import AccessConfigurationError
from wire.errors import PayloadError, shown

_TOPIC: Final = re.compile(r"\$topic\[(\d{1,2})\]")
_STEP: Final = re.compile(r"\.?([^.\[\]$]+)|\[(\d{1,4})\]")
_MAX_TEXT_CHARS: Final = 256


@dataclass(frozen=True)
class Message:
    """One message of a vendor: the topic it came on, and its JSON."""

    topic: str
    document: object


@dataclass(frozen=True)
class Place:
    """Where a value stands: `text` is as written in the site file.

    Raises:
        AccessConfigurationError: The text is no place.
    """

    text: str

    def __post_init__(self) -> None:
        path = self.text
        is_path = re.fullmatch(f"(?:{_STEP.pattern})+", path) and path[0] not in ".["
        if not is_path and not _TOPIC.fullmatch(path):
            expected = "a path such as Event.items[0].code, or $topic[1]"
            raise AccessConfigurationError("place", repr(path), expected)

    @property
    def field(self) -> str:
        """The place as errors name it."""
        return self.text if self.text.startswith("$") else f"$.{self.text}"

    def value_in(self, message: Message) -> object:
        """Return what stands there, None if nothing does."""
        level = _TOPIC.fullmatch(self.text)
        if level:
            levels = message.topic.split("/")
            return levels[int(level[1])] if int(level[1]) < len(levels) else None
        value = message.document
        for name, index in _STEP.findall(self.text):
            value = _step(value, name, index)
        return value

    def text_in(self, message: Message) -> str | None:
        """Return what stands there as text, None if nothing does.

        Numbers are written as in JSON, and `true` and `false` are words. Blank text is nothing:
        vendors fill fields that do not apply with it.

        Raises:
            PayloadError: An object, a list or a very long text stands there.
        """
        value = self.value_in(message)
        if isinstance(value, bool):
            return "true" if value else "false"
        if value is None or isinstance(value, int | float):
            return None if value is None else str(value)
        if isinstance(value, str) and len(value) <= _MAX_TEXT_CHARS:
            return value.strip() or None
        raise PayloadError(self.field, shown(value), f"text of up to {_MAX_TEXT_CHARS} characters")


def _step(value: object, name: str, index: str) -> object:
    if name:
        return value.get(name) if isinstance(value, dict) else None
    if isinstance(value, list) and int(index) < len(value):
        return value[int(index)]
    return None

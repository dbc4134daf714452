"""Vendors' access events, read by a mapping that the site file gives.

Foreign names stop here: what comes out is our own `AccessEvent` and the point it belongs to.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from typing import Final

import msgspec

from edge.access.errors import AccessConfigurationError
from edge.access.events import DEFAULT_HORIZON, HIDDEN, Horizon
from edge.access.paths import Message, Place
from edge.access.topic_filter import TopicFilter
from wire.codec import MAX_JSON_BYTES
from wire.errors import OversizedError, PayloadError, shown
from wire.messages import AccessEvent
from wire.records import AccessOutcome
from wire.values import ID_PATTERN, Direction, to_utc

IGNORE: Final = "ignore"
UNKNOWN: Final = "unknown"
ISO: Final = "iso"
EPOCH_S: Final = "epoch-s"
EPOCH_MS: Final = "epoch-ms"
_ANY: Final = "*"
_JOINT: Final = ":"
_MAX_EVENT_ID_CHARS: Final = 128


@dataclass(frozen=True)
class Reading:
    """An access event and the point it happened at."""

    point: str
    event: AccessEvent


@dataclass(frozen=True)
class Lookup:
    """A word of ours, looked up by what stands in one or more places.

    What stands there is joined by ":" in the order of `places`, nothing being "". `table` is
    searched from the top: the first entry that fits wins, and "*" fits anything in one place, also
    nothing. Without a table the text itself is the word. `otherwise` is the word for what the table
    lacks; without it, that is an error.
    """

    places: tuple[str, ...]
    table: Mapping[str, str] = field(default_factory=dict)
    otherwise: str | None = None

    def __post_init__(self) -> None:
        """Check what can be checked before the first message.

        Raises:
            AccessConfigurationError: A place or an entry of the table cannot be.
        """
        if not self.places:
            raise AccessConfigurationError("places", "none", "at least one")
        for text in self.places:
            Place(text)
        for entry in self.table:
            if entry.count(_JOINT) < len(self.places) - 1:
                expected = f"{len(self.places)} parts joined by {_JOINT!r}"
                raise AccessConfigurationError("table", repr(entry), expected)

    def word_for(self, message: Message) -> str:
        """Return the word for `message`.

        Raises:
            PayloadError: Nothing stands there, or the table lacks what does.
        """
        parts = tuple(Place(text).text_in(message) or "" for text in self.places)
        if not self.table and any(parts):
            return _JOINT.join(parts)
        for entry, word in self.table.items():
            if _fits(entry, parts):
                return word
        if self.otherwise is not None:
            return self.otherwise
        where = ", ".join(Place(text).field for text in self.places)
        found = repr(_JOINT.join(parts)) if any(parts) else "nothing"
        known = f"one of {', '.join(self.table)}" if self.table else "a value"
        raise PayloadError(where, found, known)

    def check_words(self, name: str, words: Collection[str]) -> None:
        """Check that only `words` can come out.

        Raises:
            AccessConfigurationError: Another one can.
        """
        possible = [*self.table.values(), *([] if self.otherwise is None else [self.otherwise])]
        for word in possible:
            if word not in words:
                raise AccessConfigurationError(name, repr(word), f"one of {', '.join(words)}")


@dataclass(frozen=True)
class TimeField:
    """When it happened: `format` is "iso", "epoch-s", "epoch-ms" or a strptime pattern.

    A time without a zone of its own is the wall clock of `zone`.
    """

    place: str
    format: str = ISO
    zone: tzinfo | None = None

    def __post_init__(self) -> None:
        """Check what can be checked before the first message.

        Raises:
            AccessConfigurationError: The place or the format cannot be.
        """
        Place(self.place)
        if self.format not in {ISO, EPOCH_S, EPOCH_MS} and "%" not in self.format:
            expected = f"{ISO}, {EPOCH_S}, {EPOCH_MS} or a pattern such as %Y-%m-%d %H:%M:%S"
            raise AccessConfigurationError("format", repr(self.format), expected)

    def time_in(self, message: Message) -> datetime:
        """Return the time that `message` gives, in UTC.

        Raises:
            PayloadError: There is none, it is not of this format, or nobody knows its zone.
        """
        place = Place(self.place)
        text = place.text_in(message)
        if text is None:
            raise PayloadError(place.field, "nothing", f"a time ({self.format})")
        try:
            moment = self._parse(text)
        except (ValueError, OverflowError, OSError):
            raise PayloadError(place.field, shown(text), f"a time ({self.format})") from None
        if moment.tzinfo is None and self.zone is not None:
            moment = moment.replace(tzinfo=self.zone)
        return to_utc(place.field, moment)

    def _parse(self, text: str) -> datetime:
        match self.format:
            case "epoch-s":
                return datetime.fromtimestamp(float(text), UTC)
            case "epoch-ms":
                return datetime.fromtimestamp(float(text) / 1000, UTC)
            case "iso":
                return datetime.fromisoformat(text)
            case pattern:
                return datetime.strptime(text, pattern)  # noqa: DTZ007 - the zone follows in time_in


@dataclass(frozen=True, kw_only=True)
class VendorMapping:
    """How one vendor's messages are read.

    `topic` is the MQTT filter to subscribe to. `point` and `direction` are constant or looked up;
    `outcome` gives an `AccessOutcome` or "ignore", `direction` "in", "out" or "unknown". `event_id`
    names the places whose values together tell one event from all others of the point; where one
    of them is empty, or none is named, the digest of the whole message does.
    """

    name: str
    topic: str
    point: str | Lookup
    outcome: Lookup
    occurred_at: TimeField
    event_id: tuple[str, ...] = ()
    direction: Direction | Lookup | None = None
    credential: str | None = None

    def __post_init__(self) -> None:
        """Check what can be checked before the first message.

        Raises:
            AccessConfigurationError: Some part cannot work.
        """
        TopicFilter(self.topic)
        for text in (*self.event_id, *([self.credential] if self.credential is not None else [])):
            Place(text)
        self.outcome.check_words("outcome", (*AccessOutcome, IGNORE))
        if isinstance(self.direction, Lookup):
            self.direction.check_words("direction", (*Direction, UNKNOWN))
        points = self.point.table.values() if isinstance(self.point, Lookup) else (self.point,)
        for point in points:
            if not _is_id(point):
                raise AccessConfigurationError("point", repr(point), "the id of a point")

    def fits(self, topic: str) -> bool:
        """Return whether messages on `topic` are this mapping's to read."""
        return TopicFilter(self.topic).fits(topic)

    def read(
        self, topic: str, payload: bytes, now: datetime, horizon: Horizon = DEFAULT_HORIZON
    ) -> Reading | None:
        """Return what a message says, or None if the mapping says to ignore its like.

        Raises:
            PayloadError: It cannot be read; the error names the place, what stood there and what
                was expected.
        """
        message = Message(topic, _parse_json(payload))
        outcome = self.outcome.word_for(message)
        if outcome == IGNORE:
            return None
        occurred_at = self.occurred_at.time_in(message)
        horizon.check(Place(self.occurred_at.place).field, occurred_at, now)
        event = AccessEvent(
            event_id=self._event_id_of(message, payload),
            occurred_at=occurred_at,
            outcome=_as_outcome(outcome),
            direction=self._direction_of(message),
            credential=self._credential_of(message),
        )
        return Reading(self._point_of(message), event)

    def _point_of(self, message: Message) -> str:
        if isinstance(self.point, str):
            return self.point
        point = self.point.word_for(message)
        if not _is_id(point):
            where = ", ".join(self.point.places)
            raise PayloadError(where, shown(point), "the id of a point: a-z, 0-9 and '-'")
        return point

    def _direction_of(self, message: Message) -> Direction | None:
        if not isinstance(self.direction, Lookup):
            return self.direction
        word = self.direction.word_for(message)
        if word == UNKNOWN:
            return None
        try:
            return Direction(word)
        except ValueError:
            where = ", ".join(self.direction.places)
            raise PayloadError(where, shown(word), f"one of {', '.join(Direction)}") from None

    def _credential_of(self, message: Message) -> str | None:
        if self.credential is None:
            return None
        try:
            return Place(self.credential).text_in(message)
        except PayloadError as error:  # errors are logged, credentials never
            raise PayloadError(error.field, HIDDEN, error.expected) from None

    def _event_id_of(self, message: Message, payload: bytes) -> str:
        parts = [Place(text).text_in(message) for text in self.event_id]
        known = [part for part in parts if part is not None]
        event_id = _JOINT.join(known)
        if known and len(known) == len(parts) and len(event_id) <= _MAX_EVENT_ID_CHARS:
            return event_id
        return hashlib.sha256(message.topic.encode() + b"\0" + payload).hexdigest()


def _parse_json(payload: bytes) -> object:
    if len(payload) > MAX_JSON_BYTES:
        raise OversizedError("$", f"{len(payload)} bytes", f"at most {MAX_JSON_BYTES}")
    try:
        return msgspec.json.decode(payload)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise PayloadError("$", str(error)[:80], "JSON") from None


def _as_outcome(word: str) -> AccessOutcome:
    try:
        return AccessOutcome(word)
    except ValueError:
        expected = f"one of {', '.join(AccessOutcome)}"
        raise PayloadError("outcome", shown(word), expected) from None


def _fits(entry: str, parts: tuple[str, ...]) -> bool:
    wanted = entry.split(_JOINT, len(parts) - 1)
    return all(want in {_ANY, part} for want, part in zip(wanted, parts, strict=True))


def _is_id(text: str) -> bool:
    return re.fullmatch(ID_PATTERN.strip("^$"), text) is not None

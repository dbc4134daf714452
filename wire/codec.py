"""Bytes to messages and back.

Decoding takes nothing on trust: size first, then version, then every field. What is refused names
the field, what was found and what was expected.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any, Final, TypeVar

import msgspec

from wire.errors import OversizedError, PayloadError, UnknownVersionError, shorten, shown
from wire.messages import (
    MAX_PICTURE_BYTES,
    SCHEMA,
    AccessEvent,
    Ack,
    AnyCommand,
    Birth,
    Death,
    Envelope,
    Evidence,
    Report,
)

MAX_JSON_BYTES: Final = 64 * 1024
MAX_EVIDENCE_BYTES: Final = MAX_PICTURE_BYTES + 4096
_LOCATED: Final = re.compile(r"^(?P<said>.*) - at `(?P<path>.*)`$", re.DOTALL)
_MISSING: Final = re.compile(r"^Object missing required field `(?P<field>\w+)`$")
_WANTED: Final = re.compile(r"^Expected (?P<wanted>.*?)(, got .*)?$", re.DOTALL)
_CHECKED: Final = re.compile(r"^(?P<field>\w+): found (?P<found>.*), expected (?P<expected>.*)$")
_STEP: Final = re.compile(r"\.(?P<key>[^.\[]+)|\[(?P<index>\d+)\]")

MessageT = TypeVar("MessageT", Report, Ack, Birth, Death, AccessEvent)
DecodedT = TypeVar("DecodedT")


class _Versioned(msgspec.Struct):
    """Just enough of any message to read its version."""

    schema: int


_encoder: Final = msgspec.json.Encoder(order="deterministic")
_commands: Final[msgspec.json.Decoder[AnyCommand]] = msgspec.json.Decoder(AnyCommand)
_versions: Final = msgspec.json.Decoder(_Versioned)


def encode(message: Envelope) -> bytes:
    """Return the payload of `message`: MessagePack for evidence, JSON for all else.

    Raises:
        OversizedError: It is larger than its channel allows.
    """
    if isinstance(message, Evidence):
        payload, limit = msgspec.msgpack.encode(message), MAX_EVIDENCE_BYTES
    else:
        payload, limit = _encoder.encode(message), MAX_JSON_BYTES
    _check_size(payload, limit)
    return payload


def decode(kind: type[MessageT], payload: bytes) -> MessageT:
    """Return the message of `kind` that `payload` holds.

    Raises:
        OversizedError: It is larger than 64 KiB.
        UnknownVersionError: Its `schema` is not ours.
        PayloadError: It is not JSON, or a field is missing or out of bounds.
    """
    return _decode_json(msgspec.json.Decoder(kind), payload)


def decode_command(payload: bytes) -> AnyCommand:
    """Return the command that `payload` holds; errors as for `decode`."""
    return _decode_json(_commands, payload)


def decode_evidence(payload: bytes) -> Evidence:
    """Return the picture that `payload` holds.

    The picture's own header is not looked at here: see `wire.pictures`.

    Raises:
        OversizedError: It is larger than 2 MiB and a little.
        UnknownVersionError: Its `schema` is not ours.
        PayloadError: It is not MessagePack, or a field is missing or out of bounds.
    """
    _check_size(payload, MAX_EVIDENCE_BYTES)
    try:
        _check_version(msgspec.msgpack.decode(payload, type=_Versioned))
        return msgspec.msgpack.decode(payload, type=Evidence)
    except msgspec.ValidationError as error:
        raise _explain(error, _as_found(msgspec.msgpack.decode, payload)) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise PayloadError("$", shorten(str(error)), "MessagePack") from None


def _decode_json(decoder: msgspec.json.Decoder[DecodedT], payload: bytes) -> DecodedT:
    _check_size(payload, MAX_JSON_BYTES)
    try:
        _check_version(_versions.decode(payload))
        return decoder.decode(payload)
    except msgspec.ValidationError as error:
        raise _explain(error, _as_found(json.loads, payload)) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise PayloadError("$", shorten(str(error)), "JSON") from None


def _check_size(payload: bytes, limit: int) -> None:
    if len(payload) > limit:
        raise OversizedError("$", f"{len(payload)} bytes", f"at most {limit}")


def _check_version(versioned: _Versioned) -> None:
    if versioned.schema != SCHEMA:
        raise UnknownVersionError("$.schema", str(versioned.schema), str(SCHEMA))


def _explain(error: msgspec.ValidationError, document: Any) -> PayloadError:  # noqa: ANN401 - any JSON
    """Say where a document breaks the contract, and what stood there."""
    located = _LOCATED.match(str(error))
    said, path = (located["said"], located["path"]) if located else (str(error), "$")
    checked = _CHECKED.match(said)
    if checked:  # one of our own checks, which names the field within the object at `path`
        return PayloadError(f"{path}.{checked['field']}", checked["found"], checked["expected"])
    missing = _MISSING.match(said)
    if missing:
        return PayloadError(f"{path}.{missing['field']}", "nothing", "a value")
    return PayloadError(path, shown(_value_at(document, path)), _expected(said))


def _expected(said: str) -> str:
    wanted = _WANTED.match(said)
    if wanted:
        return wanted["wanted"]
    if said.startswith(("Invalid value", "Invalid enum value")):
        return "one of the known values"
    return said.removeprefix("Invalid ") if said.startswith("Invalid ") else "a value in range"


def _as_found(parse: Callable[[bytes], object], payload: bytes) -> object:
    """Return the whole document, to show what stood in it; it may be broken further on."""
    try:
        return parse(payload)
    except (ValueError, msgspec.DecodeError, RecursionError):
        return "an unreadable document"


def _value_at(document: Any, path: str) -> object:  # noqa: ANN401 - any JSON
    value = document
    for step in _STEP.finditer(path):
        try:
            value = value[int(step["index"])] if step["index"] else value[step["key"]]
        except (KeyError, IndexError, TypeError):
            return "nothing"
    return value

"""The contract as documents: JSON Schema of all that is sent, AsyncAPI of where it goes.

Made from the code, never by hand: `python -m wire --write`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from inspect import cleandoc
from typing import Any, Final, Literal

import msgspec

from wire.messages import (
    MAX_PICTURE_BYTES,
    SCHEMA,
    AccessEvent,
    Ack,
    Birth,
    Command,
    Configure,
    Death,
    Envelope,
    Evidence,
    LiveView,
    Report,
    Snapshot,
    UseModel,
)
from wire.topics import PREFIX, Channel
from wire.values import ID_PATTERN, NO_NEWLINE

JSON_SCHEMA_NAME: Final = f"zhian-v{SCHEMA}.schema.json"
ASYNCAPI_NAME: Final = f"zhian-v{SCHEMA}.asyncapi.json"
JSON_TYPE: Final = "application/json"

Json = dict[str, Any]
Sends = Literal["gateway", "hub", "device"]

_COMMANDS: Final[tuple[type[Command], ...]] = (Snapshot, LiveView, Configure, UseModel)
_JSON_MESSAGES: Final[tuple[type[Envelope], ...]] = (
    Report,
    Ack,
    Birth,
    Death,
    AccessEvent,
    *_COMMANDS,
)


@dataclass(frozen=True)
class _ChannelOutline:
    """One channel: where it is, who sends on it, and what."""

    name: str
    address: str
    sender: Sends
    messages: tuple[str, ...]
    qos: Literal[0, 1]
    summary: str
    is_retained: bool = False


def _between(channel: Channel) -> str:
    return f"{PREFIX}/{{compound}}/{{gateway}}/{channel}"


_CHANNELS: Final = (
    _ChannelOutline(
        "frame",
        f"{PREFIX}/{{compound}}/camera/{{camera}}/frame",
        "device",
        ("Frame",),
        0,
        "A camera's picture, on the gateway's broker.",
    ),
    _ChannelOutline(
        "access",
        f"{PREFIX}/{{compound}}/access/{{point}}/event",
        "device",
        ("AccessEvent",),
        1,
        "What a reader, door or barrier did, on the gateway's broker.",
    ),
    _ChannelOutline(
        "birth",
        _between(Channel.BIRTH),
        "gateway",
        ("Birth",),
        1,
        "First message of a session.",
        is_retained=True,
    ),
    _ChannelOutline(
        "death",
        _between(Channel.DEATH),
        "gateway",
        ("Death",),
        1,
        "Last will of the session of the same number, or its goodbye.",
        is_retained=True,
    ),
    _ChannelOutline(
        "report",
        _between(Channel.REPORT),
        "gateway",
        ("Report",),
        1,
        "Numbered records; repeated until they are acknowledged on `ack`.",
    ),
    _ChannelOutline(
        "evidence",
        _between(Channel.EVIDENCE),
        "gateway",
        ("Evidence",),
        1,
        "A picture that an alert asked for; repeated until acknowledged on `ack`.",
    ),
    _ChannelOutline(
        "live", _between(Channel.LIVE), "gateway", ("Frame",), 0, "A live view that someone opened."
    ),
    _ChannelOutline(
        "ack",
        _between(Channel.ACK),
        "hub",
        ("Ack",),
        1,
        "What the hub has committed; PUBACK is no such promise.",
    ),
    _ChannelOutline(
        "command",
        _between(Channel.COMMAND),
        "hub",
        tuple(command.__name__ for command in _COMMANDS),
        1,
        "What the hub asks of a gateway.",
    ),
)
_PARAMETERS: Final = {
    "compound": "the compound's id",
    "gateway": "the gateway's id; neither 'camera' nor 'access'",
    "camera": "the camera's id",
    "point": "the access point's id",
}


def json_schema() -> Json:
    """Return the JSON Schema (2020-12) of every message; `Evidence` is MessagePack of its shape."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:zhian:wire:v{SCHEMA}",
        "title": "Zhi'an 智安: what crosses the network",
        "$defs": _definitions("#/$defs/{name}"),
    }


def asyncapi() -> Json:
    """Return the AsyncAPI 3.0 document, from the sender's point of view."""
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Zhi'an 智安",
            "version": f"{SCHEMA}",
            "description": "Between devices, gateways and hub; MQTT 3.1.1.",
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": JSON_TYPE,
        "channels": {outline.name: _channel(outline) for outline in _CHANNELS},
        "operations": {f"send-{outline.name}": _operation(outline) for outline in _CHANNELS},
        "components": {"messages": _messages(), "schemas": _definitions(_COMPONENT)},
    }


def documents() -> Mapping[str, str]:
    """Return the text of each document by file name."""
    makers: dict[str, Callable[[], Json]] = {
        JSON_SCHEMA_NAME: json_schema,
        ASYNCAPI_NAME: asyncapi,
    }
    return {
        name: json.dumps(make(), indent=2, ensure_ascii=False) + "\n"
        for name, make in makers.items()
    }


_COMPONENT: Final = "#/components/schemas/{name}"


def _definitions(reference: str) -> Json:
    """Return the schema of every type; `schema` is required, although we know what it is."""
    kinds: tuple[type[Envelope], ...] = (*_JSON_MESSAGES, Evidence)
    _, found = msgspec.json.schema_components(kinds, ref_template=reference)
    for kind in kinds:
        definition = found[kind.__name__]
        definition["required"] = ["schema", *definition.get("required", [])]
    return {name: _tidied(definition) for name, definition in sorted(found.items())}


def _tidied(node: Any) -> Any:  # noqa: ANN401 - any JSON
    """Return `node` with docstrings flush left, in words that every JSON Schema dialect knows."""
    match node:
        case dict():
            return {key: _tidied(value) for key, value in node.items() if key != "discriminator"}
        case list():
            return [_tidied(value) for value in node]
        case str():
            return cleandoc(node).removesuffix(NO_NEWLINE)
        case _:
            return node


def _channel(outline: _ChannelOutline) -> Json:
    names = [name for name in _PARAMETERS if f"{{{name}}}" in outline.address]
    return {
        "address": outline.address,
        "summary": outline.summary,
        "parameters": {
            name: {"description": f"{_PARAMETERS[name]}; {ID_PATTERN}"} for name in names
        },
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in outline.messages},
    }


def _operation(outline: _ChannelOutline) -> Json:
    return {
        "action": "send",
        "channel": {"$ref": f"#/channels/{outline.name}"},
        "summary": f"Sent by the {outline.sender}.",
        "bindings": {
            "mqtt": {
                "qos": outline.qos,
                "retain": outline.is_retained,
                "bindingVersion": "0.2.0",
            }
        },
        "messages": [
            {"$ref": f"#/channels/{outline.name}/messages/{name}"} for name in outline.messages
        ],
    }


def _messages() -> Json:
    described = {
        kind.__name__: {
            "contentType": JSON_TYPE,
            "payload": {"$ref": _COMPONENT.format(name=kind.__name__)},
        }
        for kind in _JSON_MESSAGES
    }
    return described | {
        "Evidence": {
            "contentType": "application/msgpack",
            "summary": "MessagePack of this shape; `picture` is binary, not text.",
            "payload": {"$ref": _COMPONENT.format(name="Evidence")},
        },
        "Frame": {
            "contentType": "image/jpeg",
            "summary": "A JPEG; its capture time in EXIF (DateTimeOriginal with OffsetTimeOriginal)"
            " is used when present.",
            "payload": {
                "type": "string",
                "contentMediaType": "image/jpeg",
                "maxLength": MAX_PICTURE_BYTES,
            },
        },
    }

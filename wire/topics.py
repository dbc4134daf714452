"""Topics as values: `str(topic)` out, `parse_topic(text)` in.

    zhian/v1/<compound>/camera/<camera>/frame    raw JPEG, device to gateway
    zhian/v1/<compound>/access/<point>/event     access event, device to gateway
    zhian/v1/<compound>/<gateway>/<channel>      between gateway and hub

A gateway may not be called `camera` or `access`, so that the two families never meet.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from wire.errors import TopicError
from wire.values import ID_PATTERN

PREFIX: Final = "zhian/v1"
MAX_TOPIC_CHARS: Final = 256
_RESERVED: Final = frozenset({"camera", "access"})


class Channel(StrEnum):
    """What a message between a gateway and the hub is for."""

    BIRTH = "birth"
    DEATH = "death"
    REPORT = "report"
    ACK = "ack"
    EVIDENCE = "evidence"
    COMMAND = "command"
    LIVE = "live"


@dataclass(frozen=True)
class GatewayTopic:
    """One channel between a gateway and the hub."""

    compound: str
    gateway: str
    channel: Channel

    def __post_init__(self) -> None:
        check_id("compound", self.compound)
        check_id("gateway", self.gateway)
        if self.gateway in _RESERVED:
            raise TopicError("gateway", repr(self.gateway), "any id but 'camera' and 'access'")

    def __str__(self) -> str:
        return f"{PREFIX}/{self.compound}/{self.gateway}/{self.channel}"


@dataclass(frozen=True)
class FrameTopic:
    """Where a camera's JPEG frames are published on the gateway's broker."""

    compound: str
    camera: str

    def __post_init__(self) -> None:
        check_id("compound", self.compound)
        check_id("camera", self.camera)

    def __str__(self) -> str:
        return f"{PREFIX}/{self.compound}/camera/{self.camera}/frame"


@dataclass(frozen=True)
class AccessTopic:
    """Where an access point's events are published on the gateway's broker."""

    compound: str
    point: str

    def __post_init__(self) -> None:
        check_id("compound", self.compound)
        check_id("point", self.point)

    def __str__(self) -> str:
        return f"{PREFIX}/{self.compound}/access/{self.point}/event"


Topic = GatewayTopic | FrameTopic | AccessTopic


def parse_topic(text: str) -> Topic:
    """Return the topic that `text` names.

    Raises:
        TopicError: It is not one of ours.
    """
    if len(text) > MAX_TOPIC_CHARS:
        raise TopicError("topic", f"{len(text)} characters", f"at most {MAX_TOPIC_CHARS}")
    if not text.startswith(f"{PREFIX}/"):
        raise TopicError("topic", repr(text), f"a topic under {PREFIX}/")
    match text.removeprefix(f"{PREFIX}/").split("/"):
        case [compound, gateway, channel]:
            return GatewayTopic(compound, gateway, parse_channel(channel))
        case [compound, "camera", camera, "frame"]:
            return FrameTopic(compound, camera)
        case [compound, "access", point, "event"]:
            return AccessTopic(compound, point)
        case _:
            pass
    raise TopicError(
        "topic",
        repr(text),
        f"{PREFIX}/<compound>/<gateway>/<channel>, .../camera/<camera>/frame "
        "or .../access/<point>/event",
    )


def parse_channel(text: str) -> Channel:
    """Return the channel called `text`.

    Raises:
        TopicError: There is none.
    """
    try:
        return Channel(text)
    except ValueError:
        raise TopicError("channel", repr(text), f"one of {', '.join(Channel)}") from None


def every_gateway(channel: Channel) -> str:
    """Return the MQTT filter for one channel of all gateways of all compounds."""
    return f"{PREFIX}/+/+/{channel}"


def check_id(name: str, value: str) -> str:
    """Return `value` if it is an id.

    Raises:
        TopicError: It is not.
    """
    if not re.fullmatch(ID_PATTERN.strip("^$"), value):
        raise TopicError(name, repr(value[:80]), "1 to 64 of a-z, 0-9 and '-'")
    return value

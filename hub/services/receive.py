"""One message from a gateway: read it, check who says it, keep what it says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from hub.services.ingest import (
    acknowledge_birth,
    acknowledge_evidence,
    note_death,
    register_birth,
    store_evidence,
    store_report,
)
from hub.services.ports import GatewayKey, Unit
from wire.codec import decode, decode_evidence
from wire.errors import PayloadError, TopicError
from wire.messages import Ack, Birth, Death, Evidence, Report
from wire.topics import Channel, GatewayTopic, parse_topic

SpokenT = TypeVar("SpokenT", Birth, Death, Report, Evidence)


@dataclass(frozen=True)
class Received:
    """What came of a message.

    Attributes:
        topic: Where it came from.
        ack: What its gateway is to be told once all is committed, if anything.
        new: Records that were new.
        repeated: Records that had been stored before.
        refused: Why it was read but not kept, if so; its gateway need not send it again.
    """

    topic: GatewayTopic
    ack: Ack | None = None
    new: int = 0
    repeated: int = 0
    refused: str | None = None

    @property
    def sender(self) -> GatewayKey:
        """The gateway that said it."""
        return GatewayKey(self.topic.compound, self.topic.gateway)


def receive(unit: Unit, topic: str, payload: bytes, now: datetime, *, retained: bool) -> Received:
    """Keep what a message says; an empty one only clears what the broker retained.

    Raises:
        WireError: It cannot be read, or speaks for another gateway than its topic's.
    """
    sender = _sender(topic)
    if not payload and sender.channel in {Channel.BIRTH, Channel.DEATH}:
        return Received(sender)
    match sender.channel:
        case Channel.REPORT:
            report = _spoken_by(sender, decode(Report, payload))
            stored = store_report(unit, sender.compound, report, now)
            return Received(sender, stored.ack, stored.new, stored.repeated)
        case Channel.EVIDENCE:
            evidence = _spoken_by(sender, decode_evidence(payload))
            return _receive_evidence(unit, sender, evidence, now)
        case Channel.BIRTH:
            birth = _spoken_by(sender, decode(Birth, payload))
            register_birth(unit, sender.compound, birth, now, retained=retained)
            return Received(sender, acknowledge_birth(unit, sender.compound, birth))
        case Channel.DEATH:
            note_death(unit, sender.compound, _spoken_by(sender, decode(Death, payload)), now)
        case _:
            raise TopicError("channel", sender.channel, "birth, death, report or evidence")
    return Received(sender)


def _receive_evidence(
    unit: Unit, sender: GatewayTopic, evidence: Evidence, now: datetime
) -> Received:
    refused = None
    try:
        store_evidence(unit, sender.compound, evidence, now)
    except PayloadError as error:
        refused = str(error)  # told as stored: a bad picture must not keep the next ones waiting
    return Received(sender, acknowledge_evidence(unit, sender.compound, evidence), refused=refused)


def _sender(text: str) -> GatewayTopic:
    topic = parse_topic(text)
    if not isinstance(topic, GatewayTopic):
        raise TopicError("topic", repr(text), "a topic of a gateway")
    return topic


def _spoken_by(sender: GatewayTopic, message: SpokenT) -> SpokenT:
    if message.gateway != sender.gateway:
        raise PayloadError("$.gateway", message.gateway, f"{sender.gateway}, as in its topic")
    return message

"""What gateways are told after a commit: one answer each, however many messages came."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import structs

from hub.services.receive import Received
from wire.messages import Ack
from wire.topics import Channel, GatewayTopic

MAX_EVIDENCE_TOLD = 32  # as the wire allows in an Ack


def replies(received: Iterable[Received]) -> list[tuple[GatewayTopic, Ack]]:
    """Return the acks to publish: the last of each gateway and epoch, naming all its pictures."""
    last: dict[tuple[GatewayTopic, str], Ack] = {}
    pictures: dict[tuple[GatewayTopic, str], list[str]] = {}
    for each in received:
        if each.ack is None:
            continue
        topic = GatewayTopic(each.topic.compound, each.topic.gateway, Channel.ACK)
        last[topic, each.ack.epoch] = each.ack
        pictures.setdefault((topic, each.ack.epoch), []).extend(each.ack.evidence)
    return [
        (key[0], structs.replace(ack, evidence=tuple(chunk)))
        for key, ack in last.items()
        for chunk in _chunks(pictures[key])
    ]


def _chunks(pictures: list[str]) -> list[list[str]]:
    """Return the pictures in answers of the size allowed; one answer if there are none."""
    starts = range(0, max(1, len(pictures)), MAX_EVIDENCE_TOLD)
    return [pictures[start : start + MAX_EVIDENCE_TOLD] for start in starts]

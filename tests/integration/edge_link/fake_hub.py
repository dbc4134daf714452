"""A hub that only keeps a ledger: what it would store, and its acks."""

from __future__ import annotations

import threading
from collections import Counter

from edge.adapters.link import Link
from edge.adapters.mqtt import Arrival, Broker
from wire.codec import decode, decode_evidence, encode
from wire.messages import Ack, Birth, Death, Evidence, Report
from wire.records import AnyRecord
from wire.topics import Channel, GatewayTopic, every_gateway, parse_topic


class FakeHub:
    """Stores each number once, in memory that outlives its connections."""

    def __init__(self, broker: Broker, *, deaf_to: int = 0) -> None:
        """Prepare; the first `deaf_to` reports are stored but not acknowledged."""
        self.records: dict[tuple[str, int], AnyRecord] = {}
        self.order: list[int] = []
        self.pictures: dict[str, Evidence] = {}
        self.births: list[Birth] = []
        self.deaths: list[Death] = []
        self.times_seen: Counter[int] = Counter()
        self._deaf_to = deaf_to
        channels = (Channel.BIRTH, Channel.DEATH, Channel.REPORT, Channel.EVIDENCE)
        self.link = Link(
            broker,
            "fake-hub",
            subscriptions={every_gateway(channel): 1 for channel in channels},
            on_arrival=self._take,
        )
        self._thread = threading.Thread(target=self.link.run, name="fake-hub")

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self.link.stop()
        self._thread.join(10)

    def numbers(self, epoch: str) -> list[int]:
        return sorted(number for of, number in self.records if of == epoch)

    def _take(self, arrival: Arrival) -> None:
        topic = parse_topic(arrival.topic)
        assert isinstance(topic, GatewayTopic)
        match topic.channel:
            case Channel.BIRTH:
                self.births.append(decode(Birth, arrival.payload))
            case Channel.DEATH:
                self.deaths.append(decode(Death, arrival.payload))
            case Channel.REPORT:
                self._store(topic, decode(Report, arrival.payload))
            case Channel.EVIDENCE:
                self._keep(topic, decode_evidence(arrival.payload))
            case _:
                raise AssertionError(topic)
        arrival.acknowledge()

    def _store(self, topic: GatewayTopic, report: Report) -> None:
        for number, record in enumerate(report.records, start=report.first):
            self.times_seen[number] += 1
            if (report.epoch, number) not in self.records:
                self.records[report.epoch, number] = record
                self.order.append(number)
        if self._deaf_to > 0:
            self._deaf_to -= 1
        else:
            self._answer(topic, report.epoch)

    def _keep(self, topic: GatewayTopic, evidence: Evidence) -> None:
        self.pictures[evidence.evidence_id] = evidence
        self._answer(topic, self.births[-1].epoch, (evidence.evidence_id,))

    def _answer(self, topic: GatewayTopic, epoch: str, evidence: tuple[str, ...] = ()) -> None:
        stored = self.numbers(epoch)
        up_to = 0
        while up_to + 1 in stored[up_to : up_to + 1]:
            up_to += 1
        beyond = tuple((number, number) for number in stored[up_to : up_to + 32])
        ack = Ack(gateway=topic.gateway, epoch=epoch, up_to=up_to, beyond=beyond, evidence=evidence)
        to = GatewayTopic(topic.compound, topic.gateway, Channel.ACK)
        self.link.publish(str(to), encode(ack), qos=1)

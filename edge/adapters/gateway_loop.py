"""The gateway's one step: facts in, one durable commit, then the messages are acknowledged.

Killed at any moment, it loses nothing that was acknowledged and doubles nothing: what a step made
and what it remembers are in the same transaction.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

import structlog

from edge.adapters.clock import Clock
from edge.adapters.frames import FrameRing
from edge.adapters.metrics import EdgeMetrics
from edge.facts import Access, AnyFact, Crossing
from edge.rules.alerts import EvidenceWanted
from wire.messages import Evidence
from wire.records import AnyRecord

MAX_WAITING: Final = 1024
MAX_AT_ONCE: Final = 256
TICK_S: Final = 0.2
CHECKPOINT_EVERY_S: Final = 1.0
PUT_LOOK_S: Final = 0.5

log = structlog.get_logger()


class Outcome(Protocol):
    """What a step made."""

    @property
    def records(self) -> Sequence[AnyRecord]:
        """To be numbered and sent."""
        ...

    @property
    def evidence(self) -> Sequence[EvidenceWanted]:
        """Pictures that alerts ask for."""
        ...


class Gateway(Protocol):
    """The pure gateway."""

    def observe(self, facts: Sequence[AnyFact], now: datetime) -> Outcome:
        """Take facts, or none, and return what they and the time change."""
        ...


class Outbox(Protocol):
    """Where what was made becomes durable."""

    def commit(
        self, records: Sequence[AnyRecord], evidence: Sequence[Evidence], checkpoint: bytes | None
    ) -> None:
        """Store all of it or nothing."""
        ...


@dataclass(frozen=True)
class Delivery:
    """Facts, and what tells their sender that they are safe."""

    facts: Sequence[AnyFact]
    acknowledge: Callable[[], object] | None = None


class GatewayLoop:
    """Steps the gateway; `run` is for a thread of its own, `put` may be called from any."""

    def __init__(
        self,
        gateway: Gateway,
        outbox: Outbox,
        *,
        gateway_id: str,
        checkpoint: Callable[[], bytes],
        ring: FrameRing,
        tell: Callable[[datetime], tuple[Sequence[AnyFact], Sequence[AnyRecord]]],
        committed: Callable[[], object],
        metrics: EdgeMetrics,
        clock: Clock,
        stopping: threading.Event,
    ) -> None:
        """Prepare to step.

        Args:
            gateway: The pure gateway.
            outbox: Where its records go.
            gateway_id: Its id, for evidence.
            checkpoint: Returns the gateway's state as bytes.
            ring: Where evidence is found.
            tell: Returns what the shell itself has to say: facts on cameras, health records.
            committed: Called after every commit that has something to send.
            metrics: Where steps are timed.
            clock: The time.
            stopping: Ends the loop.
        """
        self._gateway = gateway
        self._outbox = outbox
        self._gateway_id = gateway_id
        self._checkpoint = checkpoint
        self._ring = ring
        self._tell = tell
        self._committed = committed
        self._metrics = metrics
        self._clock = clock
        self._stopping = stopping
        self._waiting: queue.Queue[Delivery] = queue.Queue(MAX_WAITING)
        self._checkpoint_at_s = float("-inf")
        self._ticked_at_s = float("-inf")
        self._is_changed = False

    @property
    def waiting_count(self) -> int:
        """How many deliveries wait for their step."""
        return self._waiting.qsize()

    def put(
        self, facts: Sequence[AnyFact], acknowledge: Callable[[], object] | None = None
    ) -> None:
        """Take facts; wait for room rather than lose one, unless the program is ending."""
        delivery = Delivery(facts, acknowledge)
        while not self._stopping.is_set():
            try:
                self._waiting.put(delivery, timeout=PUT_LOOK_S)
            except queue.Full:
                continue
            return

    def run(self) -> None:
        """Step until `stopping`, and once more for what is left.

        Raises:
            OutboxError: What happened cannot be stored; what was not acknowledged comes again.
        """
        while not self._stopping.is_set():
            deliveries = list(self._take(TICK_S))
            self._step(deliveries)
        self._step(list(self._take(0)), is_last=True)

    def _take(self, timeout_s: float) -> Iterator[Delivery]:
        """Yield what waits; if nothing does, wait for the first."""
        try:
            yield self._waiting.get(timeout=timeout_s) if timeout_s else self._waiting.get_nowait()
            for _ in range(MAX_AT_ONCE - 1):
                yield self._waiting.get_nowait()
        except queue.Empty:
            return

    def _step(self, deliveries: Sequence[Delivery], *, is_last: bool = False) -> None:
        begun_s, now = self._clock.monotonic_s(), self._clock.now()
        facts = [fact for delivery in deliveries for fact in delivery.facts]
        health: Sequence[AnyRecord] = ()
        if begun_s - self._ticked_at_s >= TICK_S or is_last:
            self._ticked_at_s = begun_s
            changes, health = self._tell(now)
            facts += changes
        outcome = self._gateway.observe(facts, now)
        self._is_changed = self._is_changed or bool(facts)
        records = [*outcome.records, *health]
        matters = any(isinstance(fact, Crossing | Access) for fact in facts)
        if records or matters or is_last or self._is_checkpoint_due(begun_s):
            self._commit(records, outcome.evidence, begun_s)
        for delivery in deliveries:
            if delivery.acknowledge is not None:
                delivery.acknowledge()

    def _is_checkpoint_due(self, now_s: float) -> bool:
        return self._is_changed and now_s - self._checkpoint_at_s >= CHECKPOINT_EVERY_S

    def _commit(
        self, records: Sequence[AnyRecord], wanted: Sequence[EvidenceWanted], begun_s: float
    ) -> None:
        pictures = [each for each in map(self._picture, wanted) if each is not None]
        self._outbox.commit(records, pictures, self._checkpoint())
        self._checkpoint_at_s = begun_s
        self._is_changed = False
        if records or pictures:
            self._committed()
        self._metrics.step_s.observe(self._clock.monotonic_s() - begun_s)

    def _picture(self, wanted: EvidenceWanted) -> Evidence | None:
        """Return the picture nearest to what an alert asks for; None if there is none of then."""
        frame = self._ring.nearest(wanted.camera, wanted.at)
        self._metrics.evidence.labels("missing" if frame is None else "kept").inc()
        if frame is None:
            log.warning("evidence_missing", alert_id=wanted.alert_id, camera=wanted.camera)
            return None
        return Evidence(
            gateway=self._gateway_id,
            evidence_id=wanted.evidence_id,
            alert_id=wanted.alert_id,
            camera=wanted.camera,
            captured_at=frame.at,
            picture=frame.jpeg,
        )

"""Delivers to one target for as long as the process runs."""

from __future__ import annotations

import threading
from typing import Final, Protocol

import structlog

from hub.domain.delivery import DeliveryInput
from hub.services.deliver import Delivery

POLL_S: Final = 0.5  # for what another process queued, and what has waited; our own wakes the loop

_log = structlog.get_logger()


class DeliveryMeter(Protocol):
    """Where attempts are counted."""

    def count_delivery(self, target: str, outcome: str) -> None:
        """Count one attempt."""


class DeliveryLoop:
    """Sends what is due, then waits; one thread a target, so that a slow one holds up no other."""

    def __init__(self, target: str, delivery: Delivery, meter: DeliveryMeter) -> None:
        self.target = target
        self._delivery = delivery
        self._meter = meter
        self._woken = threading.Event()

    def wake(self) -> None:
        """Let it look at once; from any thread."""
        self._woken.set()

    def run(self, stopping: threading.Event) -> None:
        """Deliver until `stopping` is set."""
        while not stopping.is_set():
            self._woken.clear()
            outcome = self._delivery.deliver_next()
            if outcome is None:
                self._woken.wait(POLL_S)
                continue
            self._meter.count_delivery(self.target, outcome)
            if outcome is not DeliveryInput.ACCEPTED:
                _log.warning("delivery failed", target=self.target, outcome=outcome.value)

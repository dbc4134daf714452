"""Delivery: every waiting event goes to its target, at least once and in order per alert.

An attempt is leased first, sent outside any transaction, and settled after. Who is killed between
sending and settling leaves a lease that runs out; the event is then sent again under the same id.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

from hub.domain.delivery import DeliveryInput, DeliveryState, judge, next_state, retry_wait_s

LEASE: Final = timedelta(seconds=30)  # three times as long as an attempt may take
MAX_ERROR_CHARS: Final = 300


@dataclass(frozen=True)
class LeasedDelivery:
    """One event to be sent now; nobody else sends it until the lease has run out.

    `attempts` counts this one too: an attempt that nobody lived to settle was one.
    """

    id: int
    target: str
    event_id: str
    event: str
    attempts: int
    lease: str


@dataclass(frozen=True)
class Answered:
    """What a target answered: its HTTP status, None and an error if there was no answer."""

    status: int | None
    error: str | None = None
    retry_after_s: float | None = None


@dataclass(frozen=True)
class Settlement:
    """What became of an attempt, as the store keeps it."""

    state: DeliveryState
    settled_at: datetime
    next_at: datetime
    error: str | None


@dataclass(frozen=True)
class DeliveryRow:
    """A delivery as an administrator sees it."""

    id: int
    target: str
    event_id: str
    event_type: str
    alert_id: str
    state: DeliveryState
    attempts: int
    next_at: datetime
    delivered_at: datetime | None
    last_error: str | None


class UnknownDeliveryError(LookupError):
    """There is no such delivery.

    Attributes:
        delivery_id: The one that was asked for.
    """

    def __init__(self, delivery_id: int) -> None:
        super().__init__(f"there is no delivery {delivery_id}")
        self.delivery_id = delivery_id


class Deliveries(Protocol):
    """The outbox of deliveries; each call is one transaction."""

    def lease(
        self, target: str, now: datetime, until: datetime, lease: str
    ) -> LeasedDelivery | None:
        """Lease the oldest delivery that is due and not behind another of the same alert."""

    def settle(self, delivery: LeasedDelivery, settlement: Settlement) -> bool:
        """Keep what became of an attempt; False if the lease is no longer ours."""


class DeliveryAdministration(Protocol):
    """What an administrator does with deliveries."""

    def list_newest(
        self, state: DeliveryState | None, target: str | None, before: int | None, limit: int
    ) -> list[DeliveryRow]:
        """Return deliveries, newest first, older than the id `before`."""

    def retry(self, delivery_id: int, now: datetime) -> DeliveryRow:
        """Try one that was given up anew; raises UnknownDeliveryError, IllegalDeliveryError."""


class Target(Protocol):
    """Somewhere events are sent."""

    @property
    def id(self) -> str:
        """Its name in the configuration."""

    def send(self, event_id: str, event: str, now: datetime) -> Answered:
        """Send one event; never raises for what the other side does."""


class Delivery:
    """Sends what is due to one target, one event at a time; not to be shared between threads."""

    def __init__(
        self,
        deliveries: Deliveries,
        target: Target,
        clock: Callable[[], datetime],
        chance: Callable[[], float],
        new_lease: Callable[[], str],
    ) -> None:
        self._deliveries = deliveries
        self._target = target
        self._clock = clock
        self._chance = chance
        self._new_lease = new_lease

    def deliver_next(self) -> DeliveryInput | None:
        """Send the next event that is due and return what it came to, None if none is due."""
        now = self._clock()
        delivery = self._deliveries.lease(self._target.id, now, now + LEASE, self._new_lease())
        if delivery is None:
            return None
        answered = self._target.send(delivery.event_id, delivery.event, self._clock())
        outcome = judge(answered.status, delivery.attempts)
        settlement = settle(delivery, answered, outcome, self._clock(), self._chance())
        self._deliveries.settle(delivery, settlement)
        return outcome


def settle(
    delivery: LeasedDelivery,
    answered: Answered,
    outcome: DeliveryInput,
    now: datetime,
    chance: float,
) -> Settlement:
    """Return what is kept of an attempt."""
    wait_s = retry_wait_s(delivery.attempts, chance, answered.retry_after_s)
    said = answered.error or f"answered {answered.status}"
    return Settlement(
        state=next_state(DeliveryState.LEASED, outcome),
        settled_at=now,
        next_at=now + timedelta(seconds=wait_s) if outcome is DeliveryInput.FAILED else now,
        error=None if outcome is DeliveryInput.ACCEPTED else said[:MAX_ERROR_CHARS],
    )

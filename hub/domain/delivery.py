"""The life of a delivery: one event on its way to one target.

Everything that may happen to a delivery is in `_NEXT`; when the next attempt is made is
`retry_wait_s`. Sent at least once, under one id in every attempt, so that the target can tell a
repeat.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

FIRST_WAIT_S: Final = 1.0
LONGEST_WAIT_S: Final = 300.0  # an alert should not wait long once its target is back
MAX_ATTEMPTS: Final = 1000  # two and a half to three and a half days

_NEVER_ACCEPTED: Final = frozenset({400, 410, 413, 415, 422})
_GROWTH_ENDS: Final = 16  # 2**16 s is far above the longest wait; keeps the power small


class DeliveryState(StrEnum):
    """Where a delivery is: waiting for its next attempt, being sent, arrived, given up."""

    WAITING = "waiting"
    LEASED = "leased"
    DELIVERED = "delivered"
    DEAD = "dead"


class DeliveryInput(StrEnum):
    """What can happen to a delivery."""

    TAKEN = "taken"
    LEASE_EXPIRED = "lease-expired"
    ACCEPTED = "accepted"
    FAILED = "failed"
    REFUSED = "refused"
    EXHAUSTED = "exhausted"
    RETRIED = "retried"


_NEXT: Final[dict[tuple[DeliveryState, DeliveryInput], DeliveryState]] = {
    (DeliveryState.WAITING, DeliveryInput.TAKEN): DeliveryState.LEASED,
    (DeliveryState.LEASED, DeliveryInput.LEASE_EXPIRED): DeliveryState.WAITING,
    (DeliveryState.LEASED, DeliveryInput.ACCEPTED): DeliveryState.DELIVERED,
    (DeliveryState.LEASED, DeliveryInput.FAILED): DeliveryState.WAITING,
    (DeliveryState.LEASED, DeliveryInput.REFUSED): DeliveryState.DEAD,
    (DeliveryState.LEASED, DeliveryInput.EXHAUSTED): DeliveryState.DEAD,
    (DeliveryState.DEAD, DeliveryInput.RETRIED): DeliveryState.WAITING,
}


class IllegalDeliveryError(ValueError):
    """Something that cannot happen to a delivery in its state.

    Attributes:
        state: Where the delivery is.
        happened: What was tried.
    """

    def __init__(self, state: DeliveryState, happened: DeliveryInput) -> None:
        super().__init__(f"a delivery that is {state} cannot be {happened}")
        self.state = state
        self.happened = happened


def next_state(state: DeliveryState, happened: DeliveryInput) -> DeliveryState:
    """Return the state that follows.

    Raises:
        IllegalDeliveryError: It cannot happen in this state.
    """
    try:
        return _NEXT[state, happened]
    except KeyError:
        raise IllegalDeliveryError(state, happened) from None


def judge(status: int | None, attempts: int) -> DeliveryInput:
    """Say what an attempt came to, from the HTTP status of the answer, None if there was none.

    2xx is taken. 410 means that the target is gone, and 400, 413, 415, 422 that this very event
    will never be taken: trying again is no use. All else can be mended on the other side (a
    missing route, a wrong secret, a redirect that is not followed, a fault, silence) and is tried
    again, `MAX_ATTEMPTS` times in all.
    """
    if status is not None and 200 <= status < 300:  # noqa: PLR2004 - the class of 2xx, RFC 9110
        return DeliveryInput.ACCEPTED
    if status in _NEVER_ACCEPTED:
        return DeliveryInput.REFUSED
    return DeliveryInput.EXHAUSTED if attempts >= MAX_ATTEMPTS else DeliveryInput.FAILED


def retry_wait_s(attempts: int, chance: float, asked_s: float | None = None) -> float:
    """Return how long to wait after `attempts` failures before the next one.

    Doubles from `FIRST_WAIT_S` to `LONGEST_WAIT_S`, and lies at random in the upper half of that
    so that many deliveries do not come back at once.

    Args:
        attempts: Attempts made so far, at least 1.
        chance: At random in [0, 1).
        asked_s: What the target asked for (Retry-After); kept, up to the longest wait.
    """
    full = min(LONGEST_WAIT_S, FIRST_WAIT_S * 2.0 ** min(attempts - 1, _GROWTH_ENDS))
    wait = full * (1 + chance) / 2
    return wait if asked_s is None else min(LONGEST_WAIT_S, max(wait, asked_s))

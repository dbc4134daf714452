"""Access exceptions: what an access point did that is told at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct

from edge.access.errors import AccessConfigurationError
from edge.facts import Access, AnyFact
from wire.records import AccessException, AccessOutcome, ExceptionKind

_AT_ONCE: Final = {
    AccessOutcome.FORCED: ExceptionKind.FORCED,
    AccessOutcome.HELD_OPEN: ExceptionKind.HELD_OPEN,
    AccessOutcome.DURESS: ExceptionKind.DURESS,
}


@dataclass(frozen=True, kw_only=True)
class DeniedBurst:
    """How many refusals within how long, at one point, are worth telling."""

    count: int = 5
    within: timedelta = timedelta(minutes=1)

    def __post_init__(self) -> None:
        """Refuse a burst that everything or nothing is.

        Raises:
            AccessConfigurationError: Fewer than 2 refusals, or no time.
        """
        if self.count < 2:  # noqa: PLR2004 - one refusal is no burst
            raise AccessConfigurationError("denied count", str(self.count), "2 or more")
        if self.within <= timedelta(0):
            raise AccessConfigurationError("denied within", str(self.within), "more than 0")


MAX_AHEAD: Final = timedelta(minutes=10)
"""A refusal from further ahead of the clock was noted while the clock was wrong."""


class Refusals(Struct, frozen=True, kw_only=True):
    """The latest refusals at one point, oldest first, and whether their burst was told."""

    denied_at: tuple[datetime, ...] = ()
    is_burst: bool = False


class AccessExceptionsState(Struct, frozen=True, kw_only=True):
    """What has to survive a restart."""

    refusals_by_point: dict[str, Refusals] = {}


class AccessExceptions:
    """Turns access facts into exceptions; wants each event once (see `Deduplicator`).

    A burst of refusals is told once; the next one begins after refusals have become rarer.
    """

    def __init__(
        self, state: AccessExceptionsState | None = None, *, burst: DeniedBurst | None = None
    ) -> None:
        self._burst = burst or DeniedBurst()
        self._refusals = dict(state.refusals_by_point) if state is not None else {}

    @property
    def state(self) -> AccessExceptionsState:
        """What has to survive a restart."""
        return AccessExceptionsState(refusals_by_point=dict(self._refusals))

    def observe(self, facts: Iterable[AnyFact], now: datetime) -> tuple[AccessException, ...]:
        """Return the exceptions that these facts are or complete."""
        accesses = (fact for fact in facts if isinstance(fact, Access))
        return tuple(
            AccessException(point=fact.point, exception=kind, occurred_at=fact.occurred_at)
            for fact in accesses
            if (kind := self._kind_of(fact, now)) is not None
        )

    def _kind_of(self, fact: Access, now: datetime) -> ExceptionKind | None:
        if fact.outcome is not AccessOutcome.DENIED:
            return _AT_ONCE.get(fact.outcome)
        before = _believed(self._refusals.get(fact.point, Refusals()), now)
        after = _with_refusal(before, fact.occurred_at, self._burst)
        self._refusals[fact.point] = after
        return ExceptionKind.DENIED_BURST if after.is_burst and not before.is_burst else None


def _believed(refusals: Refusals, now: datetime) -> Refusals:
    """Forget what was noted while the clock was far ahead: nothing after it would ever count."""
    is_ahead = bool(refusals.denied_at) and refusals.denied_at[-1] > now + MAX_AHEAD
    return Refusals() if is_ahead else refusals


def _with_refusal(refusals: Refusals, at: datetime, burst: DeniedBurst) -> Refusals:
    """Add a refusal, which may come late, and forget those that no burst can reach."""
    denied_at = sorted((*refusals.denied_at, at))
    reach = denied_at[-1] - burst.within
    kept = tuple(moment for moment in denied_at if moment > reach)[-burst.count :]
    return Refusals(denied_at=kept, is_burst=len(kept) == burst.count)

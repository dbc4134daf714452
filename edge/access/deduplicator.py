"""Deliveries that come twice: QoS 1 means at least once, and readers repeat themselves."""

from __future__ import annotations

import hashlib
from typing import Final

from msgspec import Struct

from edge.facts import Access

DEFAULT_PER_POINT: Final = 512


class DeduplicatorState(Struct, frozen=True, kw_only=True):
    """The last events of each point, oldest first, as 64-bit digests of their ids."""

    digests_by_point: dict[str, tuple[int, ...]] = {}


class Deduplicator:
    """Remembers the last `per_point` events of every access point.

    A point has its own memory, so that a reader gone wild cannot make another's repeats count.
    """

    def __init__(
        self, state: DeduplicatorState | None = None, *, per_point: int = DEFAULT_PER_POINT
    ) -> None:
        self._per_point = per_point
        known = state.digests_by_point if state is not None else {}
        # dict, for its order and its quick `in`
        self._seen = {point: dict.fromkeys(digests) for point, digests in known.items()}

    @property
    def state(self) -> DeduplicatorState:
        """What has to survive a restart."""
        return DeduplicatorState(
            digests_by_point={point: tuple(seen) for point, seen in self._seen.items()}
        )

    def is_first(self, fact: Access) -> bool:
        """Return whether this event is met for the first time, and remember it."""
        seen = self._seen.setdefault(fact.point, {})
        digest = _digest(fact.event_id)
        if digest in seen:
            return False
        seen[digest] = None
        if len(seen) > self._per_point:
            del seen[next(iter(seen))]
        return True


def _digest(event_id: str) -> int:
    return int.from_bytes(hashlib.blake2b(event_id.encode(), digest_size=8).digest())

"""How often something may be tried: a leaky bucket per key, in bounded memory."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Allowance:
    """`burst` tries at once, and one more every `refill_s`."""

    burst: int
    refill_s: float


class Throttle:
    """Counts tries per key; a try that was right is given back.

    Holds at most `capacity` keys. When full it forgets the key that was tried longest ago, so
    somebody who wants to be forgotten has to make `capacity` tries from other keys first.
    """

    def __init__(self, allowance: Allowance, capacity: int = 10_000) -> None:
        self.allowance = allowance
        self._capacity = capacity
        self._levels: OrderedDict[Hashable, tuple[float, datetime]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._levels)

    def wait_s(self, key: Hashable, now: datetime) -> float:
        """Return how long until `key` may be tried again; 0 when it may now."""
        excess = self._level(key, now) + 1 - self.allowance.burst
        return max(0.0, excess * self.allowance.refill_s)

    def take(self, key: Hashable, now: datetime) -> None:
        """Count one try."""
        self._levels[key] = (self._level(key, now) + 1, now)
        self._levels.move_to_end(key)
        while len(self._levels) > self._capacity:
            self._levels.popitem(last=False)

    def give_back(self, key: Hashable, now: datetime) -> None:
        """Take back one try that was right."""
        level = self._level(key, now) - 1
        if level <= 0:
            self._levels.pop(key, None)
        else:
            self._levels[key] = (level, now)

    def _level(self, key: Hashable, now: datetime) -> float:
        level, at = self._levels.get(key, (0.0, now))
        leaked = max(0.0, (now - at).total_seconds()) / self.allowance.refill_s
        return max(0.0, level - leaked)

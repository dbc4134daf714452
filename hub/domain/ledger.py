"""Which numbers of one epoch the hub has stored, as runs without a gap.

A gateway numbers its records 1, 2, 3 ... within an epoch, so what lies between two runs is known to
be missing, and a number that comes again is known to be a repeat.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass

Run = tuple[int, int]


@dataclass(frozen=True)
class StoredNumbers:
    """Runs `(first, last)`, both ends included, lowest first, never touching each other."""

    runs: tuple[Run, ...] = ()

    @property
    def up_to(self) -> int:
        """The number up to which all is stored; 0 means nothing yet."""
        return self.runs[0][1] if self.runs and self.runs[0][0] == 1 else 0

    @property
    def beyond(self) -> tuple[Run, ...]:
        """The runs above `up_to`."""
        return self.runs[1:] if self.up_to else self.runs

    @property
    def highest(self) -> int:
        """The highest number stored; 0 means nothing yet."""
        return self.runs[-1][1] if self.runs else 0

    @property
    def count(self) -> int:
        """How many numbers are stored."""
        return sum(last - first + 1 for first, last in self.runs)

    @property
    def missing(self) -> int:
        """How many numbers below `highest` are not stored."""
        return self.highest - self.count

    @property
    def completeness(self) -> float:
        """Stored share, 0..1, of the numbers up to `highest`."""
        return self.count / self.highest if self.runs else 1.0

    def new_in(self, first: int, last: int) -> tuple[Run, ...]:
        """Return the runs of `first..last` that are not stored yet."""
        new: list[Run] = []
        for run_first, run_last in self._touching(first, last):
            if run_first > first:
                new.append((first, run_first - 1))
            first = max(first, run_last + 1)
        if first <= last:
            new.append((first, last))
        return tuple(new)

    def add(self, first: int, last: int) -> StoredNumbers:
        """Return the numbers with `first..last` among them."""
        low, high = self._touching_slice(first, last)
        joined = self.runs[low:high]
        if joined:
            first, last = min(first, joined[0][0]), max(last, joined[-1][1])
        return StoredNumbers((*self.runs[:low], (first, last), *self.runs[high:]))

    def _touching(self, first: int, last: int) -> tuple[Run, ...]:
        low, high = self._touching_slice(first, last)
        return tuple(run for run in self.runs[low:high] if run[0] <= last and run[1] >= first)

    def _touching_slice(self, first: int, last: int) -> tuple[int, int]:
        """Return which runs overlap `first..last` or stand right beside it."""
        low = bisect_left(self.runs, first - 1, key=lambda run: run[1])
        high = bisect_left(self.runs, last + 2, key=lambda run: run[0])
        return low, high

"""Hours of the day at the compound."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, tzinfo


@dataclass(frozen=True)
class Hours:
    """From `start` to before `end` by the wall clock of `zone`, past midnight if `end` is first.

    Equal times mean the whole day.
    """

    start: time
    end: time
    zone: tzinfo

    def cover(self, at: datetime) -> bool:
        """Return whether `at` is within these hours."""
        wall_clock = at.astimezone(self.zone).time()
        if self.start < self.end:
            return self.start <= wall_clock < self.end
        return wall_clock >= self.start or wall_clock < self.end

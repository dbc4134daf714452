"""The one place that reads the clock."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """What tells the time."""

    def now(self) -> datetime:
        """Return the time of day, aware UTC; it may jump when the machine's clock is set."""
        ...

    def monotonic_s(self) -> float:
        """Return seconds since some fixed moment; never jumps."""
        ...


class SystemClock:
    """This machine's clock."""

    def now(self) -> datetime:
        """Return the time of day, aware UTC; it may jump when the machine's clock is set."""
        return datetime.now(UTC)

    def monotonic_s(self) -> float:
        """Return seconds since some fixed moment; never jumps."""
        return time.monotonic()

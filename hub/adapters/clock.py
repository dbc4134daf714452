"""The one place of the hub that reads the clock."""

from __future__ import annotations

import time
from datetime import UTC, datetime


def utc_now() -> datetime:
    """Return the time of day, aware UTC."""
    return datetime.now(UTC)


def monotonic_s() -> float:
    """Return seconds that never go back, for measuring spans; their zero means nothing."""
    return time.monotonic()

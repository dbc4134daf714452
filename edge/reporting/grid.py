"""The grid of windows: `[start, end)`, aligned to the epoch. Times are seconds since it, UTC."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True)
class Grid:
    """Windows of one length, each called by the whole second at which it starts."""

    window_s: int

    def __post_init__(self) -> None:
        """Refuse windows without length.

        Raises:
            ValueError: They are shorter than a second.
        """
        if self.window_s < 1:
            raise ValueError(f"window_s: found {self.window_s}, expected 1 or more")

    def start_of(self, at_s: float) -> int:
        """Return the window that holds `at_s`."""
        return int(at_s // self.window_s) * self.window_s

    def start_from(self, at_s: float) -> int:
        """Return the first window that starts at `at_s` or later."""
        return -self.start_of(-at_s) if at_s % self.window_s else int(at_s)

    def shares(self, begin_s: float, end_s: float) -> Iterator[tuple[int, float]]:
        """Yield how much of `[begin_s, end_s)` falls into which window: its start, and seconds."""
        start = self.start_of(begin_s)
        while begin_s < end_s:
            until_s = min(end_s, start + self.window_s)
            yield start, until_s - begin_s
            begin_s, start = until_s, start + self.window_s

    def span(self, start: int) -> tuple[datetime, datetime]:
        """Return when a window starts and ends."""
        end = start + self.window_s
        return datetime.fromtimestamp(start, UTC), datetime.fromtimestamp(end, UTC)

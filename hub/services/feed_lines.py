"""What the live stream tells, as the store keeps it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class FeedLine:
    """One line of the feed; `id` grows in the order of commits, `data` is JSON as it is sent."""

    id: int
    kind: str
    data: str


class FeedLines(Protocol):
    """The feed, read from anywhere in it."""

    def last_id(self) -> int:
        """Return the id of the newest line, 0 if there never was one."""

    def after(self, line_id: int, limit: int) -> list[FeedLine]:
        """Return lines after an id, oldest first."""

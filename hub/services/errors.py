"""What the query services refuse."""

from __future__ import annotations

from datetime import datetime


class NotFoundError(LookupError):
    """Something that is not there.

    Attributes:
        kind: What was looked for: site, alert, evidence.
        id: Which one.
    """

    def __init__(self, kind: str, id: str) -> None:  # noqa: A002 - the word for it everywhere
        super().__init__(f"{kind}: found none called {id!r}")
        self.kind = kind
        self.id = id


class BadCursorError(ValueError):
    """A cursor that this hub did not give out.

    Attributes:
        cursor: What was given.
    """

    def __init__(self, cursor: str) -> None:
        super().__init__(f"cursor: found {cursor[:80]!r}, expected one that a page gave as `next`")
        self.cursor = cursor


class FutureCorrectionError(ValueError):
    """A correction of occupancy for a moment that has not come yet.

    Attributes:
        at: The moment.
        now: The hub's time.
    """

    def __init__(self, at: datetime, now: datetime) -> None:
        super().__init__(f"at: found {at.isoformat()}, expected not after {now.isoformat()}")
        self.at = at
        self.now = now

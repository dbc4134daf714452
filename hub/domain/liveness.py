"""Whether a gateway is there: from births, last wills and how long it has been quiet.

Births and last wills are retained, so an old one can come again whenever the hub reconnects. The
session number says which belong together; the epoch says when a gateway began anew.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

STALE_AFTER_HEARTBEATS: Final = 2.5
OFFLINE_AFTER_HEARTBEATS: Final = 10
_FALL_PER_MESSAGE: Final = 0.1


class Liveness(StrEnum):
    """Whether a gateway is there: 在线, 迟滞, 离线."""

    ONLINE = "online"
    STALE = "stale"
    OFFLINE = "offline"


@dataclass(frozen=True)
class Session:
    """What the hub has heard of a gateway's coming and going.

    `number` and `epoch` are those of the last birth, None until one was heard; `died` is the last
    session whose last will came.
    """

    last_seen: datetime
    number: int | None = None
    epoch: str | None = None
    born_sent_at: datetime | None = None
    died: int | None = None

    def admits_birth(self, number: int, epoch: str, sent_at: datetime) -> bool:
        """Say whether a birth is as new as what is known; an older one is to be ignored.

        Within an epoch sessions are numbered, whatever the clock says; but a gateway whose disk was
        put back to an earlier state gives out lower numbers again.
        """
        if self.number is None or self.born_sent_at is None:
            return True
        is_later = sent_at > self.born_sent_at
        return is_later or (epoch == self.epoch and number >= self.number)

    def born(
        self, number: int, epoch: str, sent_at: datetime, received_at: datetime, *, retained: bool
    ) -> Session:
        """Return the session after an admitted birth.

        A retained birth only says that it once happened: it is no sign of life, and its own last
        will may have come first.
        """
        died = self.died if retained else None
        last_seen = self.last_seen if retained else max(self.last_seen, received_at)
        return Session(last_seen, number, epoch, sent_at, died)

    def ended(self, number: int) -> Session:
        """Return the session after a last will; that of an earlier session changes nothing."""
        if self.number is not None and number < self.number:
            return self
        return replace(self, died=number)

    def seen(self, at: datetime) -> Session:
        """Return the session after any other message."""
        return replace(self, last_seen=max(self.last_seen, at))

    def liveness(self, now: datetime, heartbeat_s: float) -> Liveness:
        """Return whether the gateway is there."""
        quiet = now - self.last_seen
        if self.died is not None and self.died == self.number:
            return Liveness.OFFLINE
        if quiet > timedelta(seconds=heartbeat_s * OFFLINE_AFTER_HEARTBEATS):
            return Liveness.OFFLINE
        if quiet > timedelta(seconds=heartbeat_s * STALE_AFTER_HEARTBEATS):
            return Liveness.STALE
        return Liveness.ONLINE


def clock_offset_s(before_s: float | None, sent_at: datetime, received_at: datetime) -> float:
    """Return how far a gateway's clock is ahead of the hub's, in seconds.

    A message shows the offset less its time on the way, which is never negative: what is higher is
    nearer to the truth and is taken at once; what is lower may only have waited in a queue, and is
    approached slowly.
    """
    shown_s = (sent_at - received_at).total_seconds()
    if before_s is None or shown_s >= before_s:
        return shown_s
    return before_s + (shown_s - before_s) * _FALL_PER_MESSAGE

"""Pairing: which crossing goes with which grant."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from heapq import heappop, heappush

from edge.facts import Access, Crossing


@dataclass(frozen=True)
class Grant:
    """One permission to pass; `shows` are the events it consists of, in order, at least one."""

    shows: tuple[Access, ...]

    @property
    def since(self) -> datetime:
        """When it was first given."""
        return self.shows[0].occurred_at

    @property
    def until(self) -> datetime:
        """When it was last given."""
        return self.shows[-1].occurred_at


def grants_each(shows: Sequence[Access]) -> list[Grant]:
    """Return a grant for every event."""
    return [Grant((show,)) for show in shows]


def grants_by_card(shows: Sequence[Access], passage: timedelta) -> list[Grant]:
    """Return a grant for each credential and passage; `shows` must be in order of time.

    A credential shown again within `passage` of the first time is the same grant. Whatever has no
    credential is a grant of its own.
    """
    groups: list[list[Access]] = []
    latest: dict[str, list[Access]] = {}
    for show in shows:
        group = latest.get(show.credential) if show.credential is not None else None
        if group is not None and show.occurred_at - group[0].occurred_at <= passage:
            group.append(show)
            continue
        groups.append([show])
        if show.credential is not None:
            latest[show.credential] = groups[-1]
    return [Grant(tuple(group)) for group in groups]


def pair(
    crossings: Sequence[Crossing],
    grants: Sequence[Grant],
    *,
    skew: timedelta,
    passage: timedelta,
) -> list[Grant | None]:
    """Return each crossing's grant, None for one that has none; both must be in order of time.

    A grant serves one crossing, from `skew` before it was first given to `passage` after it was
    last given. Giving each crossing the grant that ends first of those that still serve pairs as
    many as can be, and earlier crossings before later ones: another grant takes no crossing's
    grant away, and a later crossing never does.
    """
    paired: list[Grant | None] = []
    waiting = deque(enumerate(grants))
    serving: list[tuple[datetime, int, Grant]] = []
    for crossing in crossings:
        while waiting and waiting[0][1].since - skew <= crossing.occurred_at:
            number, grant = waiting.popleft()
            heappush(serving, (grant.until, number, grant))
        while serving and serving[0][0] + passage < crossing.occurred_at:
            heappop(serving)
        paired.append(heappop(serving)[-1] if serving else None)
    return paired

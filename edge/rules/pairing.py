"""Pairing: which crossing goes with which grant."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from datetime import timedelta

from edge.facts import Access, Crossing


def pair(
    crossings: Sequence[Crossing],
    grants: Sequence[Access],
    *,
    skew: timedelta,
    passage: timedelta,
) -> list[Access | None]:
    """Return each crossing's grant, None for one that has none; both must be in order of time.

    A grant serves one crossing, from `skew` before it to `passage` after it. Since all grants serve
    for the same time, giving each crossing the oldest grant that still serves pairs as many as can
    be, and earlier crossings before later ones: a grant that comes late takes no crossing's grant
    away, and a later crossing never does.
    """
    paired: list[Access | None] = []
    waiting = deque(grants)
    serving: deque[Access] = deque()
    for crossing in crossings:
        while waiting and waiting[0].occurred_at - skew <= crossing.occurred_at:
            serving.append(waiting.popleft())
        while serving and serving[0].occurred_at + passage < crossing.occurred_at:
            serving.popleft()
        paired.append(serving.popleft() if serving else None)
    return paired

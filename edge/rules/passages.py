"""Passages: who came in at an access point, each with the grant or the excuse for it.

A passage is a run of crossings. Its first crossing names it, so that what the access control tells
later changes what is thought of a passage, but not which passage it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from edge.facts import Access, Crossing
from edge.rules.pairing import Grant, grants_by_card, grants_each, pair
from wire.records import AccessOutcome

GRANTING: Final = frozenset({AccessOutcome.GRANTED, AccessOutcome.DURESS})
OPENING: Final = GRANTING | {AccessOutcome.EXIT_BUTTON}
DOOR: Final = frozenset({AccessOutcome.HELD_OPEN, AccessOutcome.CLOSED})


@dataclass(frozen=True, kw_only=True)
class Opening:
    """For how long what opens the way, and what belongs together.

    A grant serves from `skew` before it to `passage` after it, and so does an exit button. A door
    held open is open until it is closed, or for `held`. Crossings at most `together` apart, and
    within `passage` of the first, are one passage. With `one_grant_per_card`, a credential shown
    again within `passage` of the first time is the same grant.
    """

    skew: timedelta
    passage: timedelta
    together: timedelta
    held: timedelta
    one_grant_per_card: bool = False

    def grants_of(self, events: Sequence[Access]) -> list[Grant]:
        """Return the grants among the events of a point, which must be in order of time."""
        shows = [event for event in events if event.outcome in GRANTING]
        return (
            grants_by_card(shows, self.passage) if self.one_grant_per_card else grants_each(shows)
        )


@dataclass(frozen=True)
class Member:
    """One crossing of a passage: `grant` if it has one, `excuse` if it needs none."""

    crossing: Crossing
    grant: Grant | None = None
    excuse: Access | None = None

    @property
    def at(self) -> datetime:
        """The time of the crossing."""
        return self.crossing.occurred_at

    @property
    def is_unpaired(self) -> bool:
        """Whether it needs a grant and has none."""
        return self.grant is None and self.excuse is None


Passage = tuple[Member, ...]
PassageFact = Crossing | Access


def in_order(facts: Sequence[PassageFact]) -> list[PassageFact]:
    """Return facts by time, those of one time in an order that does not depend on arrival."""
    return sorted(facts, key=_order)


def form(facts: Sequence[PassageFact], opening: Opening) -> list[Passage]:
    """Return the passages of one line and point; `facts` are inward crossings and events in order.

    Grants that let nobody in are not to be among them.
    """
    events = [fact for fact in facts if isinstance(fact, Access)]
    free = [*_button_times(events, opening), *_held_times(events, opening)]
    crossings = [fact for fact in facts if isinstance(fact, Crossing)]
    excuses = [_excuse_for(crossing, free) for crossing in crossings]
    needy = [crossing for crossing, excuse in zip(crossings, excuses, strict=True) if not excuse]
    grants = opening.grants_of(events)
    paired = iter(pair(needy, grants, skew=opening.skew, passage=opening.passage))
    members = [
        Member(crossing, None if excuse else next(paired), excuse)
        for crossing, excuse in zip(crossings, excuses, strict=True)
    ]
    return list(_grouped(members, opening))


def still_needed(
    facts: Sequence[PassageFact], opening: Opening, horizon: datetime
) -> list[PassageFact]:
    """Return what has to be remembered when nothing older than `horizon` can come any more.

    Passages are forgotten whole, with the grants they used, and grants with all their shows, so
    that what remains pairs as before.
    """
    passages = form(facts, opening)
    kept = [passage for passage in passages if passage[-1].at >= horizon]
    used_by_kept = {id(fact) for passage in kept for fact in _facts_of(passage)}
    used = {id(fact) for passage in passages for fact in _facts_of(passage)}
    recent = horizon - opening.passage
    events = [fact for fact in facts if isinstance(fact, Access)]
    last_shown = {
        id(show): grant.until for grant in opening.grants_of(events) for show in grant.shows
    }
    held = [since for since, until, _ in _held_times(events, opening) if until >= horizon]
    door_from = min([recent, *held])
    return [
        fact
        for fact in facts
        if id(fact) in used_by_kept
        or (
            id(fact) not in used
            and last_shown.get(id(fact), fact.occurred_at)
            >= (door_from if _is_door(fact) else recent)
        )
    ]


_Free = tuple[datetime, datetime, Access]


def _button_times(events: Sequence[Access], opening: Opening) -> Iterator[_Free]:
    for event in events:
        if event.outcome is AccessOutcome.EXIT_BUTTON:
            at = event.occurred_at
            yield at - opening.skew, at + opening.passage, event


def _held_times(events: Sequence[Access], opening: Opening) -> Iterator[_Free]:
    held: Access | None = None
    for event in filter(_is_door, events):
        if held is not None:
            lapse = held.occurred_at + opening.held
            yield held.occurred_at, min(event.occurred_at, lapse), held
        held = event if event.outcome is AccessOutcome.HELD_OPEN else None
    if held is not None:
        yield held.occurred_at, held.occurred_at + opening.held, held


def _excuse_for(crossing: Crossing, free: Sequence[_Free]) -> Access | None:
    for since, until, event in free:
        if since <= crossing.occurred_at <= until:
            return event
    return None


def _grouped(members: Sequence[Member], opening: Opening) -> Iterator[Passage]:
    group: list[Member] = []
    for member in members:
        is_apart = group and (
            member.at - group[-1].at > opening.together or member.at - group[0].at > opening.passage
        )
        if is_apart:
            yield tuple(group)
            group = []
        group.append(member)
    if group:
        yield tuple(group)


def _facts_of(passage: Passage) -> Iterator[PassageFact]:
    for member in passage:
        yield member.crossing
        if member.grant is not None:
            yield from member.grant.shows


def _is_door(fact: PassageFact) -> bool:
    return isinstance(fact, Access) and fact.outcome in DOOR


def _order(fact: PassageFact) -> tuple[datetime, bool, str, int]:
    if isinstance(fact, Access):
        return fact.occurred_at, False, fact.event_id, 0
    return fact.occurred_at, True, fact.camera, fact.track_id

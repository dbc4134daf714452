"""Base of tailgating and tail-through: more came in than were let in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from edge.facts import Access, AnyFact, Crossing
from edge.rules.passages import (
    DOOR,
    GRANTING,
    OPENING,
    Opening,
    Passage,
    PassageFact,
    form,
    in_order,
    still_needed,
)
from edge.rules.rule import MAX_AHEAD, Condition, Interest, Rule, Verdict
from edge.rules.witnesses import UNIT_OF, access_witness, crossing_witness
from wire.records import Reason, Subject, SubjectKind, Witness
from wire.values import Direction, ObjectClass

_MAX_WITNESSES: Final = 64
_MAX_FACTS: Final = 1024
_MARGIN: Final = timedelta(seconds=30)
_AFTERWARDS: Final = timedelta(seconds=1)


class PassageMemory(Struct, frozen=True, kw_only=True, tag="passages"):
    """The facts that passages may still be made of, in order of time.

    Grants have their credential's pseudonym only where the rule needs it.
    """

    facts: tuple[PassageFact, ...] = ()


@dataclass(frozen=True, kw_only=True)
class PassageRule(Rule[PassageMemory]):
    """More came in over `line` than `point` granted.

    A grant opens the way from `skew_s` before it (the reader's clock may be ahead, its message may
    come after the crossing) to `passage_s` after it, for one. An exit button opens it for just as
    long and for everybody; so does a door held open, until it is closed or for `held_s` at most:
    that has a rule of its own. Who walks out needs nothing. A grant or a button that the device
    says is to walk out lets nobody in.

    Crossings at most `together_s` apart, over at most `passage_s`, are one passage and one alert.
    It is raised when a crossing has been without a grant for `hold_s`, and cleared when none was
    for `clear_s` more. A grant that comes later is shown in the alert, and clears it if nobody is
    left without.

    With `one_grant_per_card` a credential shown again within `passage_s` of the first time lets
    nobody else in; it only opens the way for longer. What has no credential is a grant each time.
    Pseudonyms change once a day, so a card shown before and after that is two.
    """

    point: str
    line: str
    object_class: ObjectClass
    skew_s: float
    passage_s: float
    together_s: float
    held_s: float = 3600.0
    one_grant_per_card: bool = False

    @property
    def subject(self) -> Subject:
        """The point."""
        return Subject(kind=SubjectKind.POINT, id=self.point)

    @property
    def interests(self) -> frozenset[Interest]:
        """The line's crossings and the point's events."""
        return frozenset({(Crossing, self.line), (Access, self.point)})

    @property
    def needs_credentials(self) -> bool:
        """Whether one card's grants are to be known from another's."""
        return self.one_grant_per_card

    @property
    def opening(self) -> Opening:
        """For how long what opens the way."""
        return Opening(
            skew=timedelta(seconds=self.skew_s),
            passage=timedelta(seconds=self.passage_s),
            together=timedelta(seconds=self.together_s),
            held=timedelta(seconds=self.held_s),
            one_grant_per_card=self.one_grant_per_card,
        )

    def forgotten(self) -> PassageMemory:
        """Return the memory of a rule that knows nothing yet."""
        return PassageMemory()

    def learn(
        self, memory: PassageMemory, facts: Sequence[AnyFact], now: datetime
    ) -> PassageMemory:
        """Return the memory with these facts in it, and without what is over for good.

        Facts older than any alert that could still be open come too late for anybody.
        """
        horizon = now - self._lasting
        fresh = [fact for fact in map(self._needed, facts) if fact is not None]
        timely = [fact for fact in fresh if fact.occurred_at >= horizon]
        believed = [fact for fact in memory.facts if fact.occurred_at <= now + MAX_AHEAD]
        known = in_order((*believed, *timely))
        return PassageMemory(facts=tuple(still_needed(known, self.opening, horizon)[-_MAX_FACTS:]))

    def judge(self, memory: PassageMemory, now: datetime) -> Verdict:
        """Return a condition for each passage; only those with somebody unpaired are held."""
        passages = form(memory.facts, self.opening)
        hold = timedelta(seconds=self.hold_s)
        moments = [self._over_at(passage) for passage in passages]
        moments += [
            member.at + hold for passage in passages for member in passage if member.is_unpaired
        ]
        moments += self._forgets_credentials_at(memory)
        due = min((moment for moment in moments if moment > now), default=None)
        return Verdict(tuple(self._condition_of(passage, now) for passage in passages), due)

    def _needed(self, fact: AnyFact) -> PassageFact | None:
        """Return what passages are made of; only grants keep a credential, where it is needed."""
        match fact:
            case Crossing(direction=Direction.IN, object_class=self.object_class):
                return fact
            case Access(outcome=outcome) if outcome in DOOR:
                return replace(fact, credential=None)
            case Access(outcome=outcome, direction=direction) if outcome in OPENING:
                if direction is Direction.OUT:
                    return None
                is_needed = self.one_grant_per_card and outcome in GRANTING
                return fact if is_needed else replace(fact, credential=None)
            case _:
                return None

    @property
    def _lasting(self) -> timedelta:
        """How long after a fact an alert that it speaks of could still be open."""
        lasting_s = self.hold_s + self.clear_s + 2 * self.passage_s + self.together_s
        return timedelta(seconds=lasting_s) + _MARGIN

    def _forgets_credentials_at(self, memory: PassageMemory) -> Iterator[datetime]:
        """Yield when a credential goes though nothing more happens: by then all is forgotten."""
        found = [
            fact for fact in memory.facts if isinstance(fact, Crossing) or fact.outcome in OPENING
        ]
        if any(isinstance(fact, Access) and fact.credential for fact in found):
            yield (
                max(fact.occurred_at for fact in found)
                + self._lasting
                + self.opening.passage
                + _AFTERWARDS
            )

    def _over_at(self, passage: Passage) -> datetime:
        """Return when nothing more is to be said of it: it cannot grow, and has been quiet."""
        complete = passage[-1].at + timedelta(seconds=self.together_s)
        quiet = timedelta(seconds=self.clear_s)
        unpaired = [member.at + quiet for member in passage if member.is_unpaired]
        return max([complete, *unpaired]) + timedelta(seconds=self.hold_s)

    def _condition_of(self, passage: Passage, now: datetime) -> Condition:
        hold = timedelta(seconds=self.hold_s)
        unpaired = [member for member in passage if member.is_unpaired and member.at + hold <= now]
        first = (unpaired or passage)[0]
        named_by = passage[0].crossing
        over_at = self._over_at(passage)
        ended_at = over_at if unpaired else now
        return Condition(
            rule=self.name,
            subject=self.subject,
            gate=self.gate,
            severity=self.severity,
            key=f"{named_by.occurred_at.isoformat()}/{named_by.track_id}",
            since=first.at,
            held_at=first.at + hold if unpaired else None,
            until=ended_at if over_at <= now else None,
            reason=self._reason_of(passage, len(unpaired)),
            seen_at=first.at,
            camera=first.crossing.camera,
        )

    def _reason_of(self, passage: Passage, unpaired: int) -> Reason:
        granted = sum(member.grant is not None for member in passage)
        return Reason(
            observed=granted + unpaired,
            limit=granted,
            unit=UNIT_OF[self.object_class],
            witnesses=tuple(_witnesses_of(passage))[:_MAX_WITNESSES],
        )


def _witnesses_of(passage: Passage) -> Iterator[Witness]:
    """Yield each crossing after its grant, and at the end what excused those that needed none."""
    numbers = count(1)
    excuses: dict[str, Access] = {}
    for member in passage:
        number = next(numbers) if member.grant is not None else None
        if member.grant is not None:
            yield from (access_witness(show, number) for show in member.grant.shows)
        if member.excuse is not None:
            excuses[member.excuse.event_id] = member.excuse
        yield crossing_witness(member.crossing, number)
    yield from map(access_witness, excuses.values())

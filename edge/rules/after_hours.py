"""Presence after hours 时段外有人: somebody where nobody should be at this hour."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from edge.facts import AnyFact, Crossing, ZoneCount
from edge.rules.hours import Hours
from edge.rules.rule import Interest
from edge.rules.spell_rule import SpellRule
from edge.rules.spells import Level, Sample, Spell, Tempo
from edge.rules.witnesses import UNIT_OF, crossing_witness, zone_witness
from wire.records import Reason, RuleName, Subject, SubjectKind
from wire.values import ObjectClass


@dataclass(frozen=True, kw_only=True)
class AfterHours(SpellRule):
    """Somebody in `zone`, or over `line` in either direction, within `hours`; one of the two.

    A zone must have been occupied for `hold_s`, one crossing is enough. The alert is cleared when
    the zone was empty, or the line not crossed, for `clear_s`.
    """

    name = RuleName.AFTER_HOURS

    hours: Hours
    zone: str | None = None
    line: str | None = None
    object_class: ObjectClass = ObjectClass.PERSON
    hold_s: float = 3.0
    clear_s: float = 30.0

    def __post_init__(self) -> None:
        super().__post_init__()
        if (self.zone is None) == (self.line is None):
            raise self.mistake("zone", "either a zone or a line")

    @property
    def subject(self) -> Subject:
        """The zone or the line."""
        kind = SubjectKind.ZONE if self.zone is not None else SubjectKind.LINE
        return Subject(kind=kind, id=self.zone or self.line or "")

    @property
    def interests(self) -> frozenset[Interest]:
        """The zone's counts or the line's crossings."""
        kind = ZoneCount if self.zone is not None else Crossing
        return frozenset({(kind, self.subject.id)})

    @property
    def tempo(self) -> Tempo:
        """Sampled in a zone; of a line, each crossing stands for `clear_s`."""
        hold, clear = timedelta(seconds=self.hold_s), timedelta(seconds=self.clear_s)
        if self.zone is not None:
            return Tempo(is_standing=False, hold=hold, clear=clear)
        nothing = timedelta(0)
        return Tempo(is_standing=True, hold=nothing, clear=nothing, lasts=clear)

    def sample(self, fact: AnyFact) -> Sample | None:
        """Return whether somebody was there at these hours."""
        is_within = self.hours.cover(fact.occurred_at)
        match fact:
            case ZoneCount(object_class=self.object_class):
                level = Level.OVER if is_within and fact.count else Level.UNDER
                witness = zone_witness(fact)
                return Sample(level=level, amount=fact.count, witness=witness, camera=fact.camera)
            case Crossing(object_class=self.object_class) if is_within:
                witness = crossing_witness(fact)
                return Sample(level=Level.OVER, amount=1, witness=witness, camera=fact.camera)
            case _:
                return None

    def reason(self, spell: Spell) -> Reason:
        """Return how many were there, where nobody should be."""
        return Reason(
            observed=spell.peak_amount if self.zone is not None else spell.times,
            limit=0,
            unit=UNIT_OF[self.object_class],
            witnesses=spell.witnesses,
        )

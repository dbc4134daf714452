"""Crowding 聚集: too many in a zone for too long."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from edge.facts import AnyFact, ZoneCount
from edge.rules.rule import Interest
from edge.rules.spell_rule import SpellRule
from edge.rules.spells import Level, Sample, Spell, Tempo
from edge.rules.witnesses import UNIT_OF, zone_witness
from wire.records import Reason, RuleName, Subject, SubjectKind
from wire.values import ObjectClass


@dataclass(frozen=True, kw_only=True)
class Crowding(SpellRule):
    """`limit` or more in the zone; over when fewer than `limit - hysteresis` are."""

    name = RuleName.CROWDING

    zone: str
    limit: int
    hysteresis: int = 1
    object_class: ObjectClass = ObjectClass.PERSON
    hold_s: float = 10.0
    clear_s: float = 10.0

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.limit < 1:
            raise self.mistake("limit", "1 or more")
        if not 0 <= self.hysteresis < self.limit:
            raise self.mistake("hysteresis", f"0 or more, and less than the limit of {self.limit}")

    @property
    def subject(self) -> Subject:
        """The zone."""
        return Subject(kind=SubjectKind.ZONE, id=self.zone)

    @property
    def interests(self) -> frozenset[Interest]:
        """The zone's counts."""
        return frozenset({(ZoneCount, self.zone)})

    @property
    def tempo(self) -> Tempo:
        """Sampled with every frame."""
        hold, clear = timedelta(seconds=self.hold_s), timedelta(seconds=self.clear_s)
        return Tempo(is_standing=False, hold=hold, clear=clear)

    def sample(self, fact: AnyFact) -> Sample | None:
        """Return how full the zone was."""
        if not isinstance(fact, ZoneCount) or fact.object_class is not self.object_class:
            return None
        return Sample(
            level=self._level_of(fact.count),
            amount=fact.count,
            witness=zone_witness(fact),
            camera=fact.camera,
        )

    def reason(self, spell: Spell) -> Reason:
        """Return the fullest that the zone was, beside the limit."""
        return Reason(
            observed=spell.peak_amount,
            limit=self.limit,
            unit=UNIT_OF[self.object_class],
            witnesses=spell.witnesses,
        )

    def _level_of(self, count: int) -> Level:
        if count >= self.limit:
            return Level.OVER
        return Level.BETWEEN if count >= self.limit - self.hysteresis else Level.UNDER

"""Stationary vehicle 占道: something stands where nothing may, such as a fire lane."""

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
class StationaryVehicle(SpellRule):
    """A vehicle that has stood in the zone for `hold_s`.

    The time it had stood before it was first reported counts. A track that is lost and found again
    within `flicker_s` is the same vehicle.
    """

    name = RuleName.STATIONARY_VEHICLE

    zone: str
    object_class: ObjectClass = ObjectClass.VEHICLE
    hold_s: float = 60.0
    clear_s: float = 10.0
    flicker_s: float = 5.0

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
        return Tempo(
            is_standing=False,
            hold=timedelta(seconds=self.hold_s),
            clear=timedelta(seconds=self.clear_s),
            flicker=timedelta(seconds=self.flicker_s),
        )

    def sample(self, fact: AnyFact) -> Sample | None:
        """Return how many stand in the zone."""
        if not isinstance(fact, ZoneCount) or fact.object_class is not self.object_class:
            return None
        return Sample(
            level=Level.OVER if fact.stationary else Level.UNDER,
            amount=fact.stationary,
            witness=zone_witness(fact),
            camera=fact.camera,
            began_at=fact.occurred_at - timedelta(seconds=fact.longest_stationary_s),
        )

    def reason(self, spell: Spell) -> Reason:
        """Return how many stood at once, where none may."""
        return Reason(
            observed=spell.peak_amount,
            limit=0,
            unit=UNIT_OF[self.object_class],
            witnesses=spell.witnesses,
        )

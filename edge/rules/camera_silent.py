"""Camera silent 摄像机无画面: what happens at the gate is not seen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from edge.facts import AnyFact, CameraChange
from edge.rules.rule import Interest
from edge.rules.spell_rule import SpellRule
from edge.rules.spells import Level, Sample, Spell, Tempo
from edge.rules.witnesses import TIMES, camera_witness
from wire.records import CameraCondition, Reason, RuleName, Subject, SubjectKind


@dataclass(frozen=True, kw_only=True)
class CameraSilent(SpellRule):
    """No frames for `hold_s` after the gateway noticed, or none that can be counted on.

    A camera that comes and goes within `clear_s` is one alert.
    """

    name = RuleName.CAMERA_SILENT

    camera: str
    hold_s: float = 0.0
    clear_s: float = 5.0
    counts_unfit: bool = True

    @property
    def subject(self) -> Subject:
        """The camera."""
        return Subject(kind=SubjectKind.CAMERA, id=self.camera)

    @property
    def interests(self) -> frozenset[Interest]:
        """The camera's changes."""
        return frozenset({(CameraChange, self.camera)})

    @property
    def tempo(self) -> Tempo:
        """A camera stays as it is until it changes."""
        hold, clear = timedelta(seconds=self.hold_s), timedelta(seconds=self.clear_s)
        return Tempo(is_standing=True, hold=hold, clear=clear)

    def sample(self, fact: AnyFact) -> Sample | None:
        """Return whether the camera can be counted on."""
        if not isinstance(fact, CameraChange):
            return None
        is_unseeing = fact.state is CameraCondition.SILENT or (
            self.counts_unfit and fact.state is CameraCondition.UNFIT
        )
        level = Level.OVER if is_unseeing else Level.UNDER
        return Sample(level=level, amount=1, witness=camera_witness(fact))

    def reason(self, spell: Spell) -> Reason:
        """Return how often the camera failed in this spell."""
        return Reason(observed=spell.times, limit=0, unit=TIMES, witnesses=spell.witnesses)

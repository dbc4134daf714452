"""Doors 强行开门 and 门未关: opened by force, or left open."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from datetime import timedelta

from edge.facts import Access, AnyFact
from edge.rules.rule import Interest
from edge.rules.spell_rule import SpellRule
from edge.rules.spells import Level, Sample, Spell, Tempo
from edge.rules.witnesses import TIMES, access_witness
from wire.records import AccessOutcome, Reason, RuleName, Severity, Subject, SubjectKind


@dataclass(frozen=True, kw_only=True)
class DoorRule(SpellRule):
    """Base of both: from an outcome until the door is closed.

    Not every door can tell that it is closed, so the condition ends by itself after `timeout_s`.
    `camera` is the one that sees the door, if any does.
    """

    point: str
    camera: str | None = None
    clear_s: float = 0.0
    timeout_s: float = 60.0

    @property
    @abstractmethod
    def outcome(self) -> AccessOutcome:
        """What the rule is about."""

    @property
    def subject(self) -> Subject:
        """The point."""
        return Subject(kind=SubjectKind.POINT, id=self.point)

    @property
    def interests(self) -> frozenset[Interest]:
        """The point's events."""
        return frozenset({(Access, self.point)})

    @property
    def tempo(self) -> Tempo:
        """A door stays as it is until it is closed or time is up."""
        return Tempo(
            is_standing=True,
            hold=timedelta(seconds=self.hold_s),
            clear=timedelta(seconds=self.clear_s),
            lasts=timedelta(seconds=self.timeout_s),
        )

    def sample(self, fact: AnyFact) -> Sample | None:
        """Return whether the door was opened so, or closed."""
        if not isinstance(fact, Access) or fact.outcome not in {self.outcome, AccessOutcome.CLOSED}:
            return None
        level = Level.OVER if fact.outcome is self.outcome else Level.UNDER
        return Sample(level=level, amount=1, witness=access_witness(fact), camera=self.camera)

    def reason(self, spell: Spell) -> Reason:
        """Return how often it was told before the door was closed."""
        return Reason(observed=spell.times, limit=0, unit=TIMES, witnesses=spell.witnesses)


@dataclass(frozen=True, kw_only=True)
class DoorForced(DoorRule):
    """Opened without a grant."""

    name = RuleName.DOOR_FORCED

    severity: Severity = Severity.CRITICAL

    @property
    def outcome(self) -> AccessOutcome:
        """Forced."""
        return AccessOutcome.FORCED


@dataclass(frozen=True, kw_only=True)
class DoorHeld(DoorRule):
    """Open for longer than the door itself allows, and for `hold_s` more."""

    name = RuleName.DOOR_HELD

    timeout_s: float = 3600.0

    @property
    def outcome(self) -> AccessOutcome:
        """Held open."""
        return AccessOutcome.HELD_OPEN

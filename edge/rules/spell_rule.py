"""Base of the rules that watch one signal: crowding, doors, cameras."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from msgspec.structs import replace

from edge.facts import AnyFact
from edge.rules.rule import MAX_AHEAD, Condition, Rule, Verdict
from edge.rules.spells import Sample, Spell, Spells, Tempo, due, settle, take
from wire.records import Reason


@dataclass(frozen=True, kw_only=True)
class SpellRule(Rule[Spells]):
    """A rule whose condition is one spell of one signal."""

    @property
    @abstractmethod
    def tempo(self) -> Tempo:
        """How long the spells of this rule take."""

    @abstractmethod
    def sample(self, fact: AnyFact) -> Sample | None:
        """Return what `fact` says of the signal, None if it says nothing."""

    @abstractmethod
    def reason(self, spell: Spell) -> Reason:
        """Return why `spell` is worth an alert."""

    def forgotten(self) -> Spells:
        """Return the memory of a rule that knows nothing yet."""
        return Spells()

    def learn(self, memory: Spells, facts: Sequence[AnyFact], now: datetime) -> Spells:
        """Return the memory with these facts in it, and the ends that the clock has brought."""
        tempo = self.tempo
        is_believed = memory.sampled_at is None or memory.sampled_at <= now + MAX_AHEAD
        learnt = replace(memory, ended=()) if is_believed else self.forgotten()
        for fact in sorted(facts, key=_occurred_at):
            sample = self.sample(fact)
            if sample is not None:
                learnt = take(learnt, sample, tempo)
        return settle(learnt, now, tempo) if tempo.is_standing else learnt

    def judge(self, memory: Spells, now: datetime) -> Verdict:  # noqa: ARG002 - learn has settled it
        """Return the spells that have held."""
        present = (memory.current,) if memory.current is not None else ()
        held = tuple(
            self._condition_of(spell) for spell in (*memory.ended, *present) if spell.is_held
        )
        return Verdict(held, due(memory, self.tempo))

    def _condition_of(self, spell: Spell) -> Condition:
        return Condition(
            rule=self.name,
            subject=self.subject,
            gate=self.gate,
            severity=self.severity,
            key=spell.first.occurred_at.isoformat(),
            since=spell.since,
            held_at=spell.since + self.tempo.hold,
            until=spell.until,
            reason=self.reason(spell),
            seen_at=spell.peak.occurred_at,
            camera=spell.camera,
        )


def _occurred_at(fact: AnyFact) -> datetime:
    return fact.occurred_at

"""What every rule is: a pure function of facts and time.

`conditions(facts, now)` is the whole of it. So that a gateway need not keep every fact for ever, a
rule does it in two steps: `learn` folds facts into a small memory, `judge` reads the memory.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from math import isfinite
from typing import ClassVar, Final, Generic, TypeVar

from edge.facts import Access, AnyFact, CameraChange, Crossing, Fact, Observed, ZoneCount
from edge.rules.errors import RuleError
from wire.records import Reason, RuleName, Severity, Subject

MemoryT = TypeVar("MemoryT")

MAX_AHEAD: Final = timedelta(minutes=10)
"""What is remembered from further ahead of the clock was learnt while the clock was wrong."""

# A kind of fact, and the line, zone, point or camera that it is about.
Interest = tuple[type[Fact], str]

_SOURCE_FIELDS: Final[dict[type[Fact], str]] = {
    Access: "point",
    CameraChange: "camera",
    Crossing: "line",
    Observed: "camera",
    ZoneCount: "zone",
}


@dataclass(frozen=True, kw_only=True)
class Condition:
    """Something a rule finds to be the case.

    `key` tells this life from the subject's others and never changes. `since` is when it began,
    `held_at` when it had lasted long enough, `until` when it was over. Without `held_at` nothing
    is the matter: that is said to an alert which was raised before all was known. `seen_at` is
    the moment that a picture of `camera` should show.
    """

    rule: RuleName
    subject: Subject
    gate: str
    severity: Severity
    key: str
    since: datetime
    held_at: datetime | None
    until: datetime | None
    reason: Reason
    seen_at: datetime
    camera: str | None = None


@dataclass(frozen=True)
class Verdict:
    """What a rule finds, and when it wants to look again though nothing happens."""

    conditions: tuple[Condition, ...] = ()
    due: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Rule(ABC, Generic[MemoryT]):
    """Base of all rules; the fields are its configuration.

    `gate` is where a guard has to go. `hold_s` is how long the condition must last before an alert
    is raised, `clear_s` how long it must be over before the alert is cleared.
    """

    name: ClassVar[RuleName]

    gate: str
    severity: Severity = Severity.WARNING
    hold_s: float = 0.0
    clear_s: float = 30.0

    def __post_init__(self) -> None:
        """Check every duration.

        Raises:
            RuleError: One is negative or not finite.
        """
        for field in fields(self):
            value = getattr(self, field.name)
            if field.name.endswith("_s") and not (isfinite(value) and value >= 0):
                raise self.mistake(field.name, "seconds, 0 or more")

    @property
    @abstractmethod
    def subject(self) -> Subject:
        """What the rule's alerts are about."""

    @property
    @abstractmethod
    def interests(self) -> frozenset[Interest]:
        """The facts that the rule has to be told."""

    @property
    def needs_credentials(self) -> bool:
        """Whether access facts must tell one credential from another, by pseudonym."""
        return False

    @abstractmethod
    def forgotten(self) -> MemoryT:
        """Return the memory of a rule that knows nothing yet."""

    @abstractmethod
    def learn(self, memory: MemoryT, facts: Sequence[AnyFact], now: datetime) -> MemoryT:
        """Return the memory with these facts in it, in whichever order they come.

        What is remembered from more than `MAX_AHEAD` after `now` is forgotten: a clock that was far
        ahead was put right, and the present would look late for as long as it had been wrong.
        """

    @abstractmethod
    def judge(self, memory: MemoryT, now: datetime) -> Verdict:
        """Return what is the case at `now` by all that is known."""

    def conditions(self, facts: Sequence[AnyFact], now: datetime) -> list[Condition]:
        """Return what is the case at `now` by these facts alone."""
        wanted = [fact for fact in facts if interest_of(fact) in self.interests]
        return list(self.judge(self.learn(self.forgotten(), wanted, now), now).conditions)

    @property
    def rule_id(self) -> str:
        """Name and subject: what no two rules of a site may share."""
        return f"{self.name}/{self.subject.kind}/{self.subject.id}"

    def mistake(self, field: str, expected: str) -> RuleError:
        """Return the error that says what is wrong with a parameter."""
        return RuleError(self.name, field, getattr(self, field), expected)


def interest_of(fact: AnyFact) -> Interest:
    """Return the interest that `fact` meets."""
    kind = type(fact)
    return kind, getattr(fact, _SOURCE_FIELDS[kind])

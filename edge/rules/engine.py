"""The rule engine: tells each rule what it needs to know, and the alert book what it finds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from msgspec import Struct

from edge.facts import AnyFact
from edge.rules.alerts import AlertBook, AlertOutput, AlertRecord, EvidenceWanted, Life
from edge.rules.errors import RuleError
from edge.rules.passage_rule import PassageMemory
from edge.rules.rule import Interest, Rule, interest_of
from edge.rules.spells import Spells

AnyMemory = PassageMemory | Spells
_AT_ONCE: Final = datetime.min.replace(tzinfo=UTC)


class RulesState(Struct, frozen=True, kw_only=True):
    """What has to survive a restart: each rule's memory, and the alerts it was told of."""

    memories: dict[str, AnyMemory] = {}
    lives: dict[str, Life] = {}


class RuleEngine:
    """All rules of a gateway.

    A rule is only looked at when a fact it cares for comes, or when it said that time alone would
    change its mind; so most frames cost next to nothing. Replaying facts raises no second alert.

    Raises:
        RuleError: Two rules watch the same subject for the same thing.
    """

    def __init__(
        self, rules: Sequence[Rule[Any]], gateway_id: str, state: RulesState | None = None
    ) -> None:
        state = state or RulesState()
        self._rules = {rule.rule_id: rule for rule in rules}
        if len(self._rules) < len(rules):
            raise _twice(rules)
        self._rules_by_interest = _index(rules)
        self._memories = {
            rule_id: _remembered(rule, state.memories.get(rule_id))
            for rule_id, rule in self._rules.items()
        }
        self._due = dict.fromkeys(self._rules, _AT_ONCE)
        self._book = AlertBook(gateway_id, state.lives)
        self._is_fresh = True

    @property
    def state(self) -> RulesState:
        """What has to survive a restart."""
        return RulesState(memories=dict(self._memories), lives=self._book.lives)

    @property
    def next_due(self) -> datetime | None:
        """When `tick` should be called though no fact has come; None if never."""
        return min(self._due.values(), default=None)

    def observe(self, facts: Sequence[AnyFact], now: datetime) -> AlertOutput:
        """Take facts, each once and in any order, and return what they change at `now`."""
        facts_by_rule: dict[str, list[AnyFact]] = defaultdict(list)
        for fact in facts:
            for rule_id in self._rules_by_interest.get(interest_of(fact), ()):
                facts_by_rule[rule_id].append(fact)
        for rule_id in self._due_at(now):
            facts_by_rule.setdefault(rule_id, [])
        if not facts_by_rule and not self._is_fresh:
            return AlertOutput()
        return _gathered(self._look(facts_by_rule, now))

    def tick(self, now: datetime) -> AlertOutput:
        """Return what time alone has changed at `now`."""
        return self.observe((), now)

    def _due_at(self, now: datetime) -> list[str]:
        return [rule_id for rule_id, due in self._due.items() if due <= now]

    def _look(
        self, facts_by_rule: dict[str, list[AnyFact]], now: datetime
    ) -> Iterator[AlertRecord | EvidenceWanted]:
        if self._is_fresh:
            self._is_fresh = False
            yield from self._book.clear_unknown(self._rules, now)
        for rule_id, rule in self._rules.items():
            facts = facts_by_rule.get(rule_id)
            if facts is not None:
                yield from self._apply(rule_id, rule, facts, now)

    def _apply(
        self, rule_id: str, rule: Rule[Any], facts: Sequence[AnyFact], now: datetime
    ) -> Iterator[AlertRecord | EvidenceWanted]:
        memory = rule.learn(self._memories[rule_id], facts, now)
        verdict = rule.judge(memory, now)
        self._memories[rule_id] = memory
        if verdict.due is None:
            self._due.pop(rule_id, None)
        else:
            self._due[rule_id] = verdict.due
        yield from self._book.review(rule_id, verdict.conditions, now)


def _remembered(rule: Rule[Any], memory: AnyMemory | None) -> AnyMemory:
    """Return the memory if it is of the rule's kind: a rule may have been configured anew."""
    nothing: AnyMemory = rule.forgotten()
    return memory if isinstance(memory, type(nothing)) else nothing


def _index(rules: Iterable[Rule[Any]]) -> dict[Interest, tuple[str, ...]]:
    rules_by_interest: dict[Interest, tuple[str, ...]] = {}
    for rule in rules:
        for interest in rule.interests:
            known = rules_by_interest.get(interest, ())
            rules_by_interest[interest] = (*known, rule.rule_id)
    return rules_by_interest


def _twice(rules: Iterable[Rule[Any]]) -> RuleError:
    seen: set[str] = set()
    for rule in rules:
        if rule.rule_id in seen:
            break
        seen.add(rule.rule_id)
    return RuleError(rule.name, rule.subject.kind, f"{rule.subject.id} twice", "one rule each")


def _gathered(happened: Iterable[AlertRecord | EvidenceWanted]) -> AlertOutput:
    records: list[AlertRecord] = []
    evidence: list[EvidenceWanted] = []
    for item in happened:
        if isinstance(item, EvidenceWanted):
            evidence.append(item)
        else:
            records.append(item)
    return AlertOutput(tuple(records), tuple(evidence))

"""The life of alerts on the gateway: raised, updated, cleared, each told once.

What a person does about an alert is the hub's; here it lives as long as its condition.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import NAMESPACE_URL, uuid5

from msgspec import Struct

from edge.rules.rule import Condition
from wire.records import AlertCleared, AlertRaised, AlertUpdated, Reason

AlertRecord = AlertRaised | AlertUpdated | AlertCleared

_NAMESPACE: Final = uuid5(NAMESPACE_URL, "urn:zhian:alerts")


@dataclass(frozen=True)
class EvidenceWanted:
    """A picture that an alert asks for: what `camera` saw at `at`."""

    evidence_id: str
    alert_id: str
    camera: str
    at: datetime


@dataclass(frozen=True)
class AlertOutput:
    """What has to be told, in order, and the pictures to go with it."""

    records: tuple[AlertRecord, ...] = ()
    evidence: tuple[EvidenceWanted, ...] = ()


class Life(Struct, frozen=True, kw_only=True):
    """One alert as it was last told."""

    rule_id: str
    reason: Reason
    is_cleared: bool = False


class AlertBook:
    """The alerts that are open, and those cleared whose condition is still remembered.

    The latter are kept so that they are not raised again; they go when the rule forgets.
    """

    def __init__(self, gateway_id: str, lives: dict[str, Life]) -> None:
        self._gateway_id = gateway_id
        self._lives = dict(lives)

    @property
    def lives(self) -> dict[str, Life]:
        """All lives by alert id."""
        return dict(self._lives)

    def review(
        self, rule_id: str, conditions: Iterable[Condition], now: datetime
    ) -> Iterator[AlertRecord | EvidenceWanted]:
        """Yield what has changed since a rule was last heard."""
        heard = set()
        for condition in conditions:
            alert_id = alert_id_of(self._gateway_id, condition)
            heard.add(alert_id)
            yield from self._step(rule_id, alert_id, condition, now)
        yield from self._forget(rule_id, heard, now)

    def clear_unknown(self, rule_ids: Iterable[str], now: datetime) -> Iterator[AlertRecord]:
        """Yield the end of alerts whose rule is not configured any more."""
        orphans = {life.rule_id for life in self._lives.values()}.difference(rule_ids)
        for rule_id in sorted(orphans):
            yield from self._forget(rule_id, set(), now)

    def _step(
        self, rule_id: str, alert_id: str, condition: Condition, now: datetime
    ) -> Iterator[AlertRecord | EvidenceWanted]:
        life = self._lives.get(alert_id)
        if life is None and condition.held_at is None:
            return
        if life is None:
            yield from _raised(alert_id, condition)
        elif life.is_cleared:
            return
        elif life.reason != condition.reason:
            yield AlertUpdated(alert_id=alert_id, occurred_at=now, reason=condition.reason)
        if condition.until is not None:
            yield AlertCleared(alert_id=alert_id, occurred_at=condition.until)
        is_cleared = condition.until is not None
        self._lives[alert_id] = Life(
            rule_id=rule_id, reason=condition.reason, is_cleared=is_cleared
        )

    def _forget(self, rule_id: str, heard: set[str], now: datetime) -> Iterator[AlertRecord]:
        gone = [
            alert_id
            for alert_id, life in self._lives.items()
            if life.rule_id == rule_id and alert_id not in heard
        ]
        for alert_id in gone:
            if not self._lives.pop(alert_id).is_cleared:
                yield AlertCleared(alert_id=alert_id, occurred_at=now)


def alert_id_of(gateway_id: str, condition: Condition) -> str:
    """Return the id of a condition's alert: the same whenever and however often it is found."""
    subject = condition.subject
    name = f"{gateway_id}/{condition.rule}/{subject.kind}/{subject.id}/{condition.key}"
    return str(uuid5(_NAMESPACE, name))


def _raised(alert_id: str, condition: Condition) -> Iterator[AlertRecord | EvidenceWanted]:
    if condition.held_at is None:
        return
    evidence_id = f"{alert_id}-1"
    yield AlertRaised(
        alert_id=alert_id,
        rule=condition.rule,
        subject=condition.subject,
        gate=condition.gate,
        severity=condition.severity,
        since=condition.since,
        occurred_at=condition.held_at,
        reason=condition.reason,
        evidence=(evidence_id,) if condition.camera is not None else (),
    )
    if condition.camera is not None:
        yield EvidenceWanted(evidence_id, alert_id, condition.camera, condition.seen_at)

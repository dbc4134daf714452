"""The life of an alert, and what the records of a gateway and the hands of people do to it.

All of what a person may do is in `_NEXT`. That a condition no longer holds is kept beside the
state: somebody still has to say what it was.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final
from uuid import UUID, uuid5

from wire.records import (
    AlertCleared,
    AlertRaised,
    AlertUpdated,
    Reason,
    RuleName,
    Severity,
    Subject,
)

_NAMESPACE: Final = UUID("5a1f2f0e-6f0b-4d0e-9a58-2f3f7c6f1d11")


class AlertState(StrEnum):
    """Where an alert is in its life: 待确认, 已确认, 已处置, 误报.

    The platform's own steps (dispatched, on scene: 派单, 到场) will stand between acknowledged and
    resolved.
    """

    RAISED = "raised"
    ACKNOWLEDGED = "acknowledged"
    RESOLVED = "resolved"
    FALSE = "false"


class AlertAction(StrEnum):
    """What a person can do with an alert: 确认, 处置, 误报."""

    ACKNOWLEDGE = "acknowledge"
    RESOLVE = "resolve"
    FALSE = "false"


class Happening(StrEnum):
    """What can happen to an alert, as its history and its deliveries tell it."""

    RAISED = "raised"
    CLEARED = "cleared"
    ACKNOWLEDGED = "acknowledged"
    RESOLVED = "resolved"
    FALSE = "false"


_NEXT: Final[Mapping[tuple[AlertState, AlertAction], AlertState]] = MappingProxyType(
    {
        (AlertState.RAISED, AlertAction.ACKNOWLEDGE): AlertState.ACKNOWLEDGED,
        (AlertState.RAISED, AlertAction.RESOLVE): AlertState.RESOLVED,
        (AlertState.RAISED, AlertAction.FALSE): AlertState.FALSE,
        (AlertState.ACKNOWLEDGED, AlertAction.RESOLVE): AlertState.RESOLVED,
        (AlertState.ACKNOWLEDGED, AlertAction.FALSE): AlertState.FALSE,
    }
)
OPEN_STATES: Final = frozenset(state for state, _ in _NEXT)


class IllegalTransitionError(ValueError):
    """Something that cannot be done with an alert in its state.

    Attributes:
        state: Where the alert is.
        action: What was tried.
        allowed: What can be done instead.
    """

    def __init__(self, state: AlertState, action: AlertAction) -> None:
        self.state = state
        self.action = action
        self.allowed = allowed_actions(state)
        instead = ", ".join(self.allowed) or "nothing"
        super().__init__(f"an alert that is {state}: found {action}, expected {instead}")


def next_state(state: AlertState, action: AlertAction) -> AlertState:
    """Return the state that follows.

    Raises:
        IllegalTransitionError: It cannot be done in this state.
    """
    try:
        return _NEXT[state, action]
    except KeyError:
        raise IllegalTransitionError(state, action) from None


def allowed_actions(state: AlertState) -> tuple[AlertAction, ...]:
    """Return what a person can do with an alert in `state`."""
    return tuple(action for action in AlertAction if (state, action) in _NEXT)


def hub_alert_id(compound: str, gateway: str, alert_id: str) -> str:
    """Return the hub's id of a gateway's alert: two gateways may have chosen the same id."""
    return str(uuid5(_NAMESPACE, f"{compound}/{gateway}/{alert_id}"))


@dataclass(frozen=True)
class AlertHead:
    """What the raising record says once and for all."""

    rule: RuleName
    subject: Subject
    gate: str
    severity: Severity
    since: datetime
    raised_at: datetime
    received_at: datetime
    evidence: tuple[str, ...]


@dataclass(frozen=True)
class Alert:
    """An alert as far as its records have come; `head` is None until the raising one has.

    Records may come in any order and make the same alert: the latest reason stays, and a clearing
    that overtook its raising is kept until then.
    """

    compound: str
    gateway: str
    alert_id: str
    updated_at: datetime
    head: AlertHead | None = None
    reason: Reason | None = None
    reason_at: datetime | None = None
    state: AlertState = AlertState.RAISED
    condition_cleared_at: datetime | None = None

    @property
    def id(self) -> str:
        """The hub's id."""
        return hub_alert_id(self.compound, self.gateway, self.alert_id)

    def with_record(
        self, record: AlertRaised | AlertUpdated | AlertCleared, received_at: datetime
    ) -> Alert:
        """Return the alert with one more of its records."""
        later = replace(self, updated_at=max(self.updated_at, received_at))
        match record:
            case AlertRaised():
                return _with_reason(_with_head(later, record, received_at), record)
            case AlertUpdated():
                return _with_reason(later, record)
            case AlertCleared():
                cleared_at = max(
                    record.occurred_at, self.condition_cleared_at or record.occurred_at
                )
                return replace(later, condition_cleared_at=cleared_at)

    def acted_on(self, action: AlertAction, at: datetime) -> Alert:
        """Return the alert after what somebody did.

        Raises:
            IllegalTransitionError: It cannot be done in this state.
        """
        return replace(self, state=next_state(self.state, action), updated_at=at)


def _with_head(alert: Alert, record: AlertRaised, received_at: datetime) -> Alert:
    head = AlertHead(
        rule=record.rule,
        subject=record.subject,
        gate=record.gate,
        severity=record.severity,
        since=record.since,
        raised_at=record.occurred_at,
        received_at=received_at,
        evidence=record.evidence,
    )
    return replace(alert, head=head)


def _with_reason(alert: Alert, record: AlertRaised | AlertUpdated) -> Alert:
    if alert.reason_at is not None:
        is_older = record.occurred_at < alert.reason_at
        is_opening = record.occurred_at == alert.reason_at and isinstance(record, AlertRaised)
        if is_older or is_opening:
            return alert
    return replace(alert, reason=record.reason, reason_at=record.occurred_at)


def happening_of(action: AlertAction) -> Happening:
    """Return what has happened once `action` was done."""
    return {
        AlertAction.ACKNOWLEDGE: Happening.ACKNOWLEDGED,
        AlertAction.RESOLVE: Happening.RESOLVED,
        AlertAction.FALSE: Happening.FALSE,
    }[action]


def happened_between(before: Alert | None, after: Alert) -> tuple[Happening, ...]:
    """Return what the change from `before` to `after` tells the world, in order.

    Nothing is told before the raising record has come.
    """
    if after.head is None:
        return ()
    was_told = before is not None and before.head is not None
    was_cleared = was_told and before is not None and before.condition_cleared_at is not None
    happened = [] if was_told else [Happening.RAISED]
    if after.condition_cleared_at is not None and not was_cleared:
        happened.append(Happening.CLEARED)
    return tuple(happened)

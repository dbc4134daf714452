"""Alerts: what is asked for, why they were raised, what became of them."""

from __future__ import annotations

from typing import Annotated

from pydantic import AwareDatetime, Field, StringConstraints

from hub.api.schemas.base import Answer, Identifier, Limit, Moment, Note, Request
from hub.domain.alerts import AlertAction, AlertState
from hub.domain.delivery import DeliveryState
from wire.records import RuleName, Severity, SubjectKind
from wire.values import Direction, ObjectClass

Cursor = Annotated[str, StringConstraints(max_length=128)]


class AlertQuery(Request):
    """Which alerts; `before` is the cursor that the page before gave."""

    state: AlertState | None = None
    site: Identifier | None = None
    gate: Identifier | None = None
    rule: RuleName | None = None
    start: Moment | None = Field(default=None, alias="from")
    end: Moment | None = Field(default=None, alias="to")
    before: Cursor | None = None
    limit: Limit = 50


class Subject(Answer):
    """What an alert is about."""

    kind: SubjectKind
    id: str


class Witness(Answer):
    """One fact for or against an alert; facts of the same pair explain each other."""

    fact: str
    source: str
    occurred_at: AwareDatetime
    direction: Direction | None
    object_class: ObjectClass | None = Field(alias="class")
    pair: int | None


class Reason(Answer):
    """What was measured, the limit it passed, and who saw it."""

    observed: float
    limit: float
    unit: str
    witnesses: list[Witness]


class EvidenceOfAlert(Answer):
    """A picture the alert asked for; it may still be on its way."""

    id: str
    available: bool
    captured_at: AwareDatetime | None


class DeliveryOfAlert(Answer):
    """How far one target has been told of the alert."""

    target: str
    state: DeliveryState
    attempts: int
    delivered_at: AwareDatetime | None


class AlertSummary(Answer):
    """An alert as a list shows it."""

    id: str
    site: str
    gate: str
    rule: RuleName
    subject: Subject
    severity: Severity
    state: AlertState
    since: AwareDatetime
    raised_at: AwareDatetime
    received_at: AwareDatetime
    updated_at: AwareDatetime
    condition_cleared_at: AwareDatetime | None
    reason: Reason
    evidence: list[EvidenceOfAlert]
    deliveries: list[DeliveryOfAlert]
    allowed: list[AlertAction]


class HistoryEntry(Answer):
    """One thing that happened to an alert."""

    at: AwareDatetime
    happened: str
    who: str | None
    note: str | None


class Alert(AlertSummary):
    """An alert with its history."""

    history: list[HistoryEntry]


class AlertPage(Answer):
    """Alerts, newest first; `next` is the cursor of the page after this one."""

    items: list[AlertSummary]
    next: str | None
    open_count: int


class AlertNote(Request):
    """Why somebody did it; may be left out."""

    note: Note | None = None


class EvidenceView(Answer):
    """Who looked at a picture, and when."""

    evidence_id: str
    who: str
    at: AwareDatetime

"""Alerts and their history."""

from __future__ import annotations

from typing import Any, Final

from msgspec import json
from sqlalchemy import ColumnElement, Connection, Row, and_, func, insert, or_, select

from hub.adapters.database import is_reading
from hub.adapters.stores.upsert import insert_or_replace
from hub.adapters.tables import alert_history, alerts
from hub.domain.alerts import OPEN_STATES, Alert, AlertHead, AlertState
from hub.services.ports import AlertFilter, AlertPlace, HistoryEntry
from wire.records import Reason, RuleName, Severity, Subject, SubjectKind

MAX_OPEN: Final = 1000
_IS_RAISED: Final = alerts.c.raised_at.is_not(None)
_IS_OPEN: Final = alerts.c.state.in_(sorted(OPEN_STATES))


class SqlAlerts:
    """Alerts by the hub's id."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def find(self, alert: str) -> Alert | None:
        """Return an alert by the hub's id; a writing transaction keeps others off it."""
        one = select(alerts).where(alerts.c.id == alert)
        if not is_reading(self._connection):
            one = one.with_for_update()
        row = self._connection.execute(one).first()
        return None if row is None else _alert(row)

    def save(self, alert: Alert) -> None:
        """Keep an alert, in place of what was known."""
        insert_or_replace(self._connection, alerts, [_row(alert)])

    def add_history(self, alert: str, entry: HistoryEntry) -> None:
        """Keep what happened."""
        row = {
            "alert": alert,
            "at": entry.at,
            "happened": entry.happened,
            "who": entry.who,
            "note": entry.note,
        }
        self._connection.execute(insert(alert_history), [row])

    def history(self, alert: str) -> list[HistoryEntry]:
        """Return what happened, in order of time."""
        wanted = select(alert_history).where(alert_history.c.alert == alert)
        rows = self._connection.execute(wanted.order_by(alert_history.c.at, alert_history.c.id))
        return [HistoryEntry(row.at, row.happened, row.who, row.note) for row in rows]

    def page(self, wanted: AlertFilter, before: AlertPlace | None, limit: int) -> list[Alert]:
        """Return raised alerts, newest first, that come after the place `before`."""
        page = select(alerts).where(*_conditions(wanted))
        if before is not None:
            is_older = alerts.c.raised_at < before.raised_at
            is_beside = and_(alerts.c.raised_at == before.raised_at, alerts.c.id < before.id)
            page = page.where(or_(is_older, is_beside))
        page = page.order_by(alerts.c.raised_at.desc(), alerts.c.id.desc()).limit(limit)
        return [_alert(row) for row in self._connection.execute(page)]

    def count(self, wanted: AlertFilter) -> int:
        """Return how many there are."""
        number = select(func.count()).select_from(alerts).where(*_conditions(wanted))
        return self._connection.execute(number).scalar_one()

    def open_by_gate(self) -> dict[tuple[str, str], int]:
        """Return the number of open alerts by compound and gate."""
        group = (alerts.c.compound, alerts.c.gate)
        numbers = select(*group, func.count().label("number")).where(_IS_RAISED, _IS_OPEN)
        rows = self._connection.execute(numbers.group_by(*group))
        return {(row.compound, row.gate): row.number for row in rows}

    def lasting(self) -> list[Alert]:
        """Return the newest `MAX_OPEN` open alerts whose condition still holds."""
        wanted = select(alerts).where(_IS_RAISED, _IS_OPEN, alerts.c.condition_cleared_at.is_(None))
        rows = self._connection.execute(wanted.order_by(alerts.c.raised_at.desc()).limit(MAX_OPEN))
        return [_alert(row) for row in rows]


def _conditions(wanted: AlertFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [_IS_RAISED]
    if wanted.states is not None:
        conditions.append(alerts.c.state.in_(sorted(wanted.states)))
    if wanted.site is not None:
        conditions.append(alerts.c.compound == wanted.site)
    if wanted.gate is not None:
        conditions.append(alerts.c.gate == wanted.gate)
    if wanted.rule is not None:
        conditions.append(alerts.c.rule == wanted.rule.value)
    if wanted.start is not None:
        conditions.append(alerts.c.raised_at >= wanted.start)
    if wanted.end is not None:
        conditions.append(alerts.c.raised_at < wanted.end)
    return conditions


def _row(alert: Alert) -> dict[str, Any]:
    head = alert.head
    return {
        "id": alert.id,
        "compound": alert.compound,
        "gateway": alert.gateway,
        "alert_id": alert.alert_id,
        "rule": head and head.rule.value,
        "subject_kind": head and head.subject.kind.value,
        "subject_id": head and head.subject.id,
        "gate": head and head.gate,
        "severity": head and head.severity.value,
        "since": head and head.since,
        "raised_at": head and head.raised_at,
        "received_at": head and head.received_at,
        "evidence": head and json.encode(head.evidence).decode(),
        "reason": alert.reason and json.encode(alert.reason).decode(),
        "reason_at": alert.reason_at,
        "state": alert.state.value,
        "condition_cleared_at": alert.condition_cleared_at,
        "updated_at": alert.updated_at,
    }


def _alert(row: Row[Any]) -> Alert:
    return Alert(
        compound=row.compound,
        gateway=row.gateway,
        alert_id=row.alert_id,
        updated_at=row.updated_at,
        head=None if row.raised_at is None else _head(row),
        reason=None if row.reason is None else json.decode(row.reason, type=Reason),
        reason_at=row.reason_at,
        state=AlertState(row.state),
        condition_cleared_at=row.condition_cleared_at,
    )


def _head(row: Row[Any]) -> AlertHead:
    return AlertHead(
        rule=RuleName(row.rule),
        subject=Subject(kind=SubjectKind(row.subject_kind), id=row.subject_id),
        gate=row.gate,
        severity=Severity(row.severity),
        since=row.since,
        raised_at=row.raised_at,
        received_at=row.received_at,
        evidence=json.decode(row.evidence, type=tuple[str, ...]),
    )

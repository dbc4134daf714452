"""Alerts: find them, read why, act on them, look at the pictures they asked for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from hub.domain.alerts import (
    OPEN_STATES,
    Alert,
    AlertAction,
    AlertHead,
    AlertState,
    allowed_actions,
    happening_of,
)
from hub.services.alert_news import spread
from hub.services.cursors import place_of, to_cursor
from hub.services.errors import NotFoundError
from hub.services.ports import (
    AlertFilter,
    DeliveryKept,
    HistoryEntry,
    PictureKept,
    PictureView,
    Store,
    Unit,
)
from wire.records import Reason, RuleName, Severity, Subject

MAX_NOTE_CHARS: Final = 1000


@dataclass(frozen=True)
class EvidenceOfAlert:
    """A picture the alert asked for; it may still be on its way."""

    id: str
    available: bool
    captured_at: datetime | None


@dataclass(frozen=True)
class DeliveryOfAlert:
    """How far one target has been told of the alert: its newest event that is not delivered."""

    target: str
    state: str
    attempts: int
    delivered_at: datetime | None


@dataclass(frozen=True)
class AlertSummary:
    """An alert as a list shows it."""

    id: str
    site: str
    gate: str
    rule: RuleName
    subject: Subject
    severity: Severity
    state: AlertState
    since: datetime
    raised_at: datetime
    received_at: datetime
    updated_at: datetime
    condition_cleared_at: datetime | None
    reason: Reason
    evidence: tuple[EvidenceOfAlert, ...]
    deliveries: tuple[DeliveryOfAlert, ...]
    allowed: tuple[AlertAction, ...]


@dataclass(frozen=True)
class AlertDetail(AlertSummary):
    """An alert with its history."""

    history: tuple[HistoryEntry, ...] = ()


@dataclass(frozen=True)
class AlertPage:
    """Alerts, newest first; `next` is the cursor of the page after this one."""

    items: tuple[AlertSummary, ...]
    next: str | None
    open_count: int


def list_alerts(
    store: Store, wanted: AlertFilter, *, before: str | None = None, limit: int = 50
) -> AlertPage:
    """Return one page; `open_count` heeds the filter's site, gate and rule alone.

    Raises:
        BadCursorError: `before` is not a cursor of ours.
    """
    place = None if before is None else place_of(before)
    with store.snapshot() as unit:
        found = unit.alerts.page(wanted, place, limit + 1)
        shown = found[:limit]
        still_open = replace(wanted, states=OPEN_STATES, start=None, end=None)
        return AlertPage(
            items=_summaries(unit, shown),
            next=to_cursor(shown[-1]) if len(found) > limit else None,
            open_count=unit.alerts.count(still_open),
        )


def read_alert(store: Store, alert_id: str) -> AlertDetail:
    """Return an alert with its history.

    Raises:
        NotFoundError: There is none of that id.
    """
    with store.snapshot() as unit:
        return _detail(unit, _find(unit, alert_id))


def act_on_alert(
    store: Store,
    alert_id: str,
    action: AlertAction,
    who: str,
    now: datetime,
    *,
    note: str | None = None,
) -> AlertDetail:
    """Do what somebody decided, and tell everybody who should know.

    Raises:
        NotFoundError: There is none of that id.
        IllegalTransitionError: It cannot be done in the alert's state; nothing is changed.
    """
    with store.transaction() as unit:
        after = _find(unit, alert_id).acted_on(action, now)
        unit.alerts.save(after)
        kept_note = note[:MAX_NOTE_CHARS] if note else None
        spread(unit, after, happening_of(action), now, at=now, who=who, note=kept_note)
        return _detail(unit, after)


def view_evidence(store: Store, alert_id: str, evidence_id: str, who: str, now: datetime) -> bytes:
    """Return a picture as JPEG, and keep who looked at it and when.

    Raises:
        NotFoundError: There is no such alert, or no such picture of it yet.
    """
    with store.transaction() as unit:
        alert = _find(unit, alert_id)
        jpeg = unit.pictures.jpeg(alert.id, evidence_id)
        if jpeg is None:
            raise NotFoundError("evidence", evidence_id)
        unit.pictures.add_view(alert.id, PictureView(evidence_id, who, now))
        return jpeg


def list_views(store: Store, alert_id: str) -> list[PictureView]:
    """Return who looked at the pictures of an alert, and when.

    Raises:
        NotFoundError: There is no such alert.
    """
    with store.snapshot() as unit:
        return unit.pictures.views(_find(unit, alert_id).id)


def _find(unit: Unit, alert_id: str) -> Alert:
    alert = unit.alerts.find(alert_id)
    if alert is None or alert.head is None:
        raise NotFoundError("alert", alert_id)
    return alert


def _detail(unit: Unit, alert: Alert) -> AlertDetail:
    (summary,) = _summaries(unit, [alert])
    happened = unit.alerts.history(alert.id)
    delivered = [
        HistoryEntry(each.delivered_at, "delivered", each.target, each.happened)
        for each in unit.deliveries.of([alert.id])
        if each.delivered_at is not None
    ]
    history = tuple(sorted([*happened, *delivered], key=lambda entry: entry.at))
    return AlertDetail(**vars(summary), history=history)


def _summaries(unit: Unit, alerts: Sequence[Alert]) -> tuple[AlertSummary, ...]:
    ids = [alert.id for alert in alerts]
    pictures: dict[str, list[PictureKept]] = defaultdict(list)
    deliveries: dict[str, list[DeliveryKept]] = defaultdict(list)
    if ids:
        for picture in unit.pictures.of(ids):
            pictures[picture.alert].append(picture)
        for delivery in unit.deliveries.of(ids):
            deliveries[delivery.alert].append(delivery)
    return tuple(
        _summary(alert, alert.head, alert.reason, pictures[alert.id], deliveries[alert.id])
        for alert in alerts
        if alert.head is not None and alert.reason is not None
    )


def _summary(
    alert: Alert,
    head: AlertHead,
    reason: Reason,
    pictures: Sequence[PictureKept],
    deliveries: Sequence[DeliveryKept],
) -> AlertSummary:
    return AlertSummary(
        id=alert.id,
        site=alert.compound,
        gate=head.gate,
        rule=head.rule,
        subject=head.subject,
        severity=head.severity,
        state=alert.state,
        since=head.since,
        raised_at=head.raised_at,
        received_at=head.received_at,
        updated_at=alert.updated_at,
        condition_cleared_at=alert.condition_cleared_at,
        reason=reason,
        evidence=_evidence(head.evidence, pictures),
        deliveries=_deliveries(deliveries),
        allowed=allowed_actions(alert.state),
    )


def _evidence(
    asked_for: Iterable[str], pictures: Sequence[PictureKept]
) -> tuple[EvidenceOfAlert, ...]:
    captured_at = {picture.evidence_id: picture.captured_at for picture in pictures}
    wanted = dict.fromkeys([*asked_for, *captured_at])
    return tuple(
        EvidenceOfAlert(each, each in captured_at, captured_at.get(each)) for each in wanted
    )


def _deliveries(deliveries: Sequence[DeliveryKept]) -> tuple[DeliveryOfAlert, ...]:
    """Return for each target its first event that has not arrived, or else its last."""
    shown: dict[str, DeliveryKept] = {}
    for each in deliveries:
        if each.target not in shown or shown[each.target].delivered_at is not None:
            shown[each.target] = each
    return tuple(
        DeliveryOfAlert(each.target, each.state, each.attempts, each.delivered_at)
        for each in shown.values()
    )

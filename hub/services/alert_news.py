"""Tells the world what happened to an alert: its history, those who get deliveries, the screens."""

from __future__ import annotations

from datetime import datetime

from hub.domain.alerts import Alert, Happening
from hub.domain.delivery_events import alert_event, event_id
from hub.services.ports import Feed, HistoryEntry, Unit


def spread(
    unit: Unit,
    alert: Alert,
    happened: Happening,
    now: datetime,
    *,
    at: datetime,
    who: str | None = None,
    note: str | None = None,
) -> None:
    """Write one happening to the history and the delivery outbox, and tell the screens.

    Args:
        unit: The transaction that changes the alert.
        alert: The alert after it happened.
        happened: What did.
        now: When the hub heard of it.
        at: When it happened.
        who: The person who did it, if it was one.
        note: What that person said.
    """
    unit.alerts.add_history(alert.id, HistoryEntry(at, happened, who, note))
    event = alert_event(alert, happened, at, who=who, note=note)
    unit.deliveries.add(alert.id, event_id(alert, happened), event, now)
    tell_alert(unit.feed, alert, now)


def tell_alert(feed: Feed, alert: Alert, now: datetime) -> None:
    """Tell the screens that an alert is new or has changed, once it was raised."""
    if alert.head is None:
        return
    line = {
        "id": alert.id,
        "state": alert.state,
        "site": alert.compound,
        "gate": alert.head.gate,
        "rule": alert.head.rule,
        "severity": alert.head.severity,
    }
    feed.tell("alert", alert.compound, line, now)

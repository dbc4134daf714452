"""What others are told when something happens to an alert: CloudEvents 1.0.

An event's id is made of the alert and of what happened, which happens once: so it is the same in
every attempt to deliver it, and whoever receives it can tell a repeat.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

from msgspec import to_builtins

from hub.domain.alerts import Alert, Happening

TYPE_PREFIX: Final = "org.zhian.alert"


def event_id(alert: Alert, happened: Happening) -> str:
    """Return the id of the event, the same whenever it is asked for."""
    return f"{alert.id}-{happened}"


def alert_event(
    alert: Alert,
    happened: Happening,
    at: datetime,
    *,
    who: str | None = None,
    note: str | None = None,
) -> dict[str, Any]:
    """Return the event as structured JSON values.

    `data` is the alert as it was when this happened; its pictures are named, not sent.

    Raises:
        ValueError: The raising record has not come yet.
    """
    return {
        "specversion": "1.0",
        "id": event_id(alert, happened),
        "source": f"/compounds/{alert.compound}/gateways/{alert.gateway}",
        "type": f"{TYPE_PREFIX}.{happened}",
        "subject": alert.id,
        "time": _rfc3339(at),
        "datacontenttype": "application/json",
        "data": {**_told_of(alert), "by": who, "note": note},
    }


def _told_of(alert: Alert) -> dict[str, Any]:
    if alert.head is None or alert.reason is None:
        raise ValueError(f"alert {alert.id}: found none, expected a raising record to tell of")
    head = alert.head
    return {
        "id": alert.id,
        "compound": alert.compound,
        "gateway": alert.gateway,
        "gateway_alert_id": alert.alert_id,
        "gate": head.gate,
        "rule": head.rule,
        "severity": head.severity,
        "subject": to_builtins(head.subject),
        "state": alert.state,
        "since": _rfc3339(head.since),
        "raised_at": _rfc3339(head.raised_at),
        "condition_cleared_at": alert.condition_cleared_at and _rfc3339(alert.condition_cleared_at),
        "reason": to_builtins(alert.reason),
        "evidence": list(head.evidence),
    }


def _rfc3339(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")

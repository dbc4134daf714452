"""What others are to be told: the delivery outbox and the feed of the live stream."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, insert, select, text

from hub.adapters.stores.upsert import insert_new
from hub.adapters.tables import deliveries, feed
from hub.domain.delivery import DeliveryState
from hub.services.ports import DeliveryKept

_FEED_LOCK: Final = 7_002


class SqlDeliveryOutbox:
    """Fills the outbox, a row for each target."""

    def __init__(self, connection: Connection, targets: Sequence[str]) -> None:
        self._connection = connection
        self._targets = targets

    def add(self, alert: str, event_id: str, event: Mapping[str, Any], at: datetime) -> None:
        """Queue an event for each target that wants to know, unless it was."""
        document = json.dumps(event, ensure_ascii=False, separators=(",", ":"))
        row = {
            "event_id": event_id,
            "alert": alert,
            "event": document,
            "state": DeliveryState.WAITING.value,
            "attempts": 0,
            "created_at": at,
            "next_at": at,
        }
        insert_new(
            self._connection, deliveries, [{**row, "target": each} for each in self._targets]
        )

    def of(self, alerts: Sequence[str]) -> list[DeliveryKept]:
        """Return the deliveries of these alerts, in the order they were queued."""
        wanted = select(
            deliveries.c.alert,
            deliveries.c.target,
            deliveries.c.state,
            deliveries.c.attempts,
            deliveries.c.delivered_at,
            deliveries.c.event_id,
        )
        wanted = wanted.where(deliveries.c.alert.in_(alerts)).order_by(deliveries.c.id)
        return [
            DeliveryKept(
                alert=row.alert,
                target=row.target,
                state=row.state,
                attempts=row.attempts,
                delivered_at=row.delivered_at,
                happened=row.event_id.rpartition("-")[2],
            )
            for row in self._connection.execute(wanted)
        ]


class SqlFeed:
    """Lines of the live stream, written at the end of the transaction.

    Readers follow the row numbers, so rows must become visible in that order. SQLite has one writer
    at a time; on PostgreSQL a lock held from here to the commit keeps the order.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._lines: dict[tuple[str, str, str], datetime] = {}

    def tell(self, kind: str, compound: str, data: Mapping[str, Any], at: datetime) -> None:
        """Queue a line; the same line twice in a transaction is told once."""
        self._lines[kind, compound, json.dumps(data, ensure_ascii=False)] = at

    def write(self) -> bool:
        """Write the queued lines and return whether there were any; nothing follows but commit."""
        if not self._lines:
            return False
        if self._connection.dialect.name == "postgresql":
            lock = text("SELECT pg_advisory_xact_lock(:key)")
            self._connection.execute(lock, {"key": _FEED_LOCK})
        rows = [
            {"kind": kind, "compound": compound, "data": data, "at": at}
            for (kind, compound, data), at in self._lines.items()
        ]
        self._connection.execute(insert(feed), rows)
        return True

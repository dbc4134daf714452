"""Access exceptions, unreadable messages, and what is not kept for ever."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, delete, func, insert, select

from hub.adapters.stores.upsert import insert_new
from hub.adapters.tables import (
    access_exceptions,
    alerts,
    evidence,
    feed,
    sessions,
    unreadable,
)
from hub.services.ports import GatewayKey
from wire.records import AccessException

MAX_KEPT_BYTES: Final = 64 * 1024
MAX_UNREADABLE: Final = 10_000
KEEP_FEED: Final = timedelta(hours=1)
KEEP_ORPHANS: Final = timedelta(days=1)
KEEP_PICTURES: Final = timedelta(days=30)
_MAX_ERROR_CHARS: Final = 500
_MAX_TOPIC_CHARS: Final = 256


class SqlExceptions:
    """Access exceptions by their number."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, key: GatewayKey, epoch: str, number: int, record: AccessException) -> None:
        """Keep one, unless it was."""
        row = {
            "compound": key.compound,
            "gateway": key.gateway,
            "epoch": epoch,
            "number": number,
            "point": record.point,
            "exception": record.exception.value,
            "occurred_at": record.occurred_at,
        }
        insert_new(self._connection, access_exceptions, [row])


class SqlUnreadable:
    """Messages as they came."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def keep(self, topic: str, payload: bytes, error: str, received_at: datetime) -> None:
        """Keep one; what is very long is cut."""
        row = {
            "received_at": received_at,
            "topic": topic[:_MAX_TOPIC_CHARS],
            "error": error[:_MAX_ERROR_CHARS],
            "payload_bytes": len(payload),
            "payload": payload[:MAX_KEPT_BYTES],
        }
        self._connection.execute(insert(unreadable), [row])


class SqlUpkeep:
    """Removes what is past its time."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def trim(self, now: datetime) -> None:
        """Remove old feed lines, unreadable messages, pictures and ended sessions."""
        last = select(func.max(unreadable.c.id)).scalar_subquery()
        is_orphan = evidence.c.alert.not_in(select(alerts.c.id))
        for statement in (
            delete(feed).where(feed.c.at < now - KEEP_FEED),
            delete(unreadable).where(unreadable.c.id <= last - MAX_UNREADABLE),
            delete(evidence).where(evidence.c.received_at < now - KEEP_PICTURES),
            delete(evidence).where(evidence.c.received_at < now - KEEP_ORPHANS, is_orphan),
            delete(sessions).where(sessions.c.expires_at < now),
        ):
            self._connection.execute(statement)

"""Reads the feed table, for the live stream."""

from __future__ import annotations

from sqlalchemy import func, select

from hub.adapters.database import Database
from hub.adapters.tables import feed
from hub.services.feed_lines import FeedLine


class SqlFeedLines:
    """The feed in the relational store; safe to share between threads."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def last_id(self) -> int:
        """Return the id of the newest line, 0 if there is none."""
        with self._database.snapshot() as connection:
            return connection.execute(select(func.max(feed.c.id))).scalar_one() or 0

    def after(self, line_id: int, limit: int) -> list[FeedLine]:
        """Return lines after an id, oldest first."""
        query = (
            select(feed.c.id, feed.c.kind, feed.c.data)
            .where(feed.c.id > line_id)
            .order_by(feed.c.id)
            .limit(limit)
        )
        with self._database.snapshot() as connection:
            return [FeedLine(row.id, row.kind, row.data) for row in connection.execute(query)]

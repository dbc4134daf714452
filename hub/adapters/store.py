"""Opens transactions as the services know them: one connection and the stores that work in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol

from sqlalchemy import Connection

from hub.adapters.database import Database
from hub.adapters.series_sqlite import SqlSeries
from hub.adapters.stores.alerts import SqlAlerts
from hub.adapters.stores.flows import SqlCheckpoints, SqlCorrections, SqlFlows
from hub.adapters.stores.gateways import SqlGateways
from hub.adapters.stores.keeping import SqlExceptions, SqlUnreadable, SqlUpkeep
from hub.adapters.stores.ledger import SqlLedger
from hub.adapters.stores.pictures import SqlPictures
from hub.adapters.stores.telling import SqlDeliveryOutbox, SqlFeed
from hub.services.ports import TimeSeries, Unit


class SeriesWriter(TimeSeries, Protocol):
    """A time series within one transaction."""

    def flush(self) -> None:
        """Bring to disk what was written, before the ledger says that it is there."""


MakeSeries = Callable[[Connection], SeriesWriter]


class SqlStore:
    """The hub's store; safe to share between threads.

    `targets` are who gets deliveries. `series` opens the time series for a transaction: in the
    same database unless another is given. `on_change` is called after each commit that the feed
    tells of.
    """

    def __init__(
        self,
        database: Database,
        *,
        targets: Sequence[str] = (),
        series: MakeSeries = SqlSeries,
        on_change: Callable[[], object] = lambda: None,
    ) -> None:
        self._database = database
        self._targets = tuple(targets)
        self._series = series
        self._on_change = on_change

    @contextmanager
    def transaction(self) -> Iterator[Unit]:
        """Commit at the end of the block, or leave nothing if it raises."""
        with self._database.transaction() as connection:
            series, feed = self._series(connection), SqlFeed(connection)
            yield self._unit(connection, series, feed)
            series.flush()
            has_changed = feed.write()
        if has_changed:
            self._on_change()

    @contextmanager
    def snapshot(self) -> Iterator[Unit]:
        """Read one consistent state; nothing may be written."""
        with self._database.snapshot() as connection:
            yield self._unit(connection, self._series(connection), SqlFeed(connection))

    def _unit(self, connection: Connection, series: TimeSeries, feed: SqlFeed) -> Unit:
        return Unit(
            ledger=SqlLedger(connection),
            gateways=SqlGateways(connection),
            series=series,
            flows=SqlFlows(connection),
            corrections=SqlCorrections(connection),
            checkpoints=SqlCheckpoints(connection),
            alerts=SqlAlerts(connection),
            pictures=SqlPictures(connection),
            deliveries=SqlDeliveryOutbox(connection, self._targets),
            feed=feed,
            exceptions=SqlExceptions(connection),
            unreadable=SqlUnreadable(connection),
            upkeep=SqlUpkeep(connection),
        )

"""The ledger: one row for each run of stored numbers."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Table, and_, delete, insert, select

from hub.adapters.stores.upsert import insert_new
from hub.adapters.tables import epochs, ledger
from hub.domain.ledger import StoredNumbers
from hub.services.ports import GatewayKey


class SqlLedger:
    """Runs of numbers by gateway and epoch."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def stored(self, key: GatewayKey, epoch: str, now: datetime) -> StoredNumbers:
        """Return what is stored, and keep others off this epoch until the transaction ends."""
        row = {"compound": key.compound, "gateway": key.gateway, "epoch": epoch}
        insert_new(self._connection, epochs, [{**row, "first_seen_at": now}])
        lock = select(epochs.c.epoch).where(_is(epochs, key, epoch)).with_for_update()
        self._connection.execute(lock)
        return self.peek(key, epoch)

    def peek(self, key: GatewayKey, epoch: str) -> StoredNumbers:
        """Return what is stored, to be shown."""
        runs = select(ledger.c.first, ledger.c.last).where(_is(ledger, key, epoch))
        rows = self._connection.execute(runs.order_by(ledger.c.first))
        return StoredNumbers(tuple((row.first, row.last) for row in rows))

    def save(
        self, key: GatewayKey, epoch: str, before: StoredNumbers, after: StoredNumbers
    ) -> None:
        """Keep the change: as a rule one run that has grown."""
        gone = [first for first, _ in set(before.runs) - set(after.runs)]
        row = {"compound": key.compound, "gateway": key.gateway, "epoch": epoch}
        added = [
            {**row, "first": first, "last": last}
            for first, last in set(after.runs) - set(before.runs)
        ]
        if gone:
            is_gone = _is(ledger, key, epoch) & ledger.c.first.in_(gone)
            self._connection.execute(delete(ledger).where(is_gone))
        if added:
            self._connection.execute(insert(ledger), added)


def _is(table: Table, key: GatewayKey, epoch: str) -> ColumnElement[bool]:
    return and_(
        table.c.compound == key.compound, table.c.gateway == key.gateway, table.c.epoch == epoch
    )

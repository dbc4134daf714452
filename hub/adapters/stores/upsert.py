"""INSERT ... ON CONFLICT, which both engines have and SQLAlchemy spells twice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite

_Insert = sqlite.Insert | postgresql.Insert
Rows = Sequence[Mapping[str, Any]]


def insert_into(connection: Connection, table: Table) -> _Insert:
    """Return the engine's own INSERT."""
    make = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    return make(table)


def insert_new(connection: Connection, table: Table, rows: Rows) -> None:
    """Insert the rows whose keys are not there."""
    if rows:
        insert = insert_into(connection, table).on_conflict_do_nothing()
        connection.execute(insert, list(rows))


def insert_or_replace(connection: Connection, table: Table, rows: Rows) -> None:
    """Insert rows; where a primary key is there, put the new values in place of the old."""
    if not rows:
        return
    insert = insert_into(connection, table)
    keys = [column.name for column in table.primary_key]
    values = {name: insert.excluded[name] for name in rows[0] if name not in keys}
    statement = insert.on_conflict_do_update(index_elements=keys, set_=values)
    connection.execute(statement, list(rows))

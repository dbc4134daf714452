"""Alembic's entry: runs on the connection that `hub.adapters.database.migrate` opened."""

from __future__ import annotations

from typing import Literal

from alembic import context

from hub.adapters.tables import Instant, metadata


def _render_item(kind: str, item: object, _context: object) -> str | Literal[False]:
    """Write our own column types as what the database keeps: a migration outlives our code."""
    return "sa.BigInteger()" if kind == "type" and isinstance(item, Instant) else False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,  # SQLite alters a table by copying it
    render_item=_render_item,
)

with context.begin_transaction():
    context.run_migrations()

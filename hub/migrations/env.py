"""Alembic's entry: `hub.adapters.database.migrate` hands in its connection and the tables."""

from __future__ import annotations

from typing import Literal

from alembic import context
from sqlalchemy import TypeDecorator


def _render_item(kind: str, item: object, _context: object) -> str | Literal[False]:
    """Write a column type of ours as what the database keeps: a migration outlives our code."""
    return f"sa.{item.impl!r}" if kind == "type" and isinstance(item, TypeDecorator) else False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=context.config.attributes["metadata"],
    render_as_batch=True,  # SQLite alters a table by copying it
    render_item=_render_item,
)

with context.begin_transaction():
    context.run_migrations()

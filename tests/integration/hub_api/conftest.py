"""A hub's own SQLite file, migrated, for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from hub.adapters.database import Database, migrate, open_engine, sqlite_url


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    engine = open_engine(sqlite_url(tmp_path / "hub.sqlite3"))
    migrate(engine)
    database = Database(engine)
    yield database
    database.close()

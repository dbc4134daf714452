"""The migrations make the tables that the code reads, on both engines."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import make_url, select, text

from hub.adapters.database import Database, migrate, open_engine
from hub.adapters.tables import compounds, feed, metadata

pytestmark = pytest.mark.integration


def test_migrations_make_exactly_the_tables_of_the_code(database: Database) -> None:
    with database.engine.begin() as connection:
        context = MigrationContext.configure(connection)

        differences = compare_metadata(context, metadata)

    assert differences == []


def test_migrating_twice_changes_nothing(database: Database) -> None:
    with database.transaction() as connection:
        connection.execute(
            compounds.insert().values(compound="c", name="园", name_en="C", timezone="UTC")
        )

    migrate(database.engine)

    with database.snapshot() as connection:
        assert connection.execute(select(compounds.c.name)).scalar_one() == "园"


def test_a_time_comes_back_as_it_was_to_the_microsecond(database: Database) -> None:
    at = datetime(2026, 7, 1, 23, 59, 59, 999_999, tzinfo=UTC) + timedelta(days=3)

    with database.transaction() as connection:
        connection.execute(feed.insert().values(at=at, kind="gate", compound="c", data="{}"))

    with database.snapshot() as connection:
        assert connection.execute(select(feed.c.at)).scalar_one() == at


def test_a_transaction_that_raises_leaves_nothing(database: Database) -> None:
    row = {"at": datetime(2026, 7, 1, tzinfo=UTC), "kind": "gate", "compound": "c", "data": "{}"}

    with suppress(RuntimeError), database.transaction() as connection:
        connection.execute(feed.insert().values(row))
        raise RuntimeError

    with database.snapshot() as connection:
        assert connection.execute(select(feed)).all() == []


def test_a_snapshot_does_not_wait_for_a_writer(database: Database) -> None:
    with database.transaction() as writer, database.snapshot() as reader:
        writer.execute(
            compounds.insert().values(compound="c", name="c", name_en="C", timezone="UTC")
        )

        assert reader.execute(select(compounds)).all() == []


def test_sqlite_commits_to_disk_before_it_returns(database: Database) -> None:
    if database.engine.dialect.name != "sqlite":
        return
    with database.snapshot() as connection:
        assert connection.execute(text("PRAGMA journal_mode")).scalar() == "wal"
        assert connection.execute(text("PRAGMA synchronous")).scalar() == 2  # FULL


@pytest.mark.parametrize("url", ["mysql://h/d", "sqlite://", "sqlite:///:memory:"])
def test_other_databases_are_refused(url: str) -> None:
    with pytest.raises(ValueError, match="expected an SQLite file or PostgreSQL"):
        open_engine(make_url(url))


def test_the_migrations_are_shipped_with_the_package() -> None:
    import hub.migrations  # noqa: PLC0415 - what is tested

    assert list((Path(hub.migrations.__file__).parent / "versions").glob("0001_*.py"))

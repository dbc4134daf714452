"""The relational store: SQLite in WAL mode by default, PostgreSQL for more than one hub process.

A commit is on disk before it returns (SQLite: `synchronous=FULL`), because the hub's word to a
gateway that a record is stored lets the gateway forget it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.engine import URL

import hub.migrations
from hub.adapters.tables import metadata

BUSY_TIMEOUT_S: Final = 20
_READ_ONLY: Final = "zhian_read_only"
_MIGRATION_LOCK: Final = 7_001


def sqlite_url(path: Path) -> URL:
    """Return the URL of an SQLite file."""
    return URL.create("sqlite", database=str(path))


def postgresql_url(url: str, password: str | None) -> URL:
    """Return `url` for psycopg, with `password` from outside the configuration file if given."""
    made = make_url(url).set(drivername="postgresql+psycopg")
    return made.set(password=password) if password is not None else made


def open_engine(url: URL) -> Engine:
    """Return an engine for `url`; the database's schema is `migrate`'s affair.

    Raises:
        ValueError: It is neither SQLite (a file) nor PostgreSQL.
    """
    backend = url.get_backend_name()
    if backend == "postgresql":
        return create_engine(url, pool_pre_ping=True, pool_size=8, max_overflow=8)
    if backend != "sqlite" or not url.database or url.database == ":memory:":
        raise ValueError(f"database: found {url!r}, expected an SQLite file or PostgreSQL")
    engine = create_engine(url, connect_args={"timeout": BUSY_TIMEOUT_S})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:  # noqa: ANN401 - a DB-API connection
    connection.isolation_level = None  # pysqlite's own BEGIN comes too late; see _begin_sqlite
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "temp_store=MEMORY",
        "cache_size=-65536",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    """Take the write lock at once: upgrading a read lock later fails as "busy" without waiting."""
    reads = connection.get_execution_options().get(_READ_ONLY, False)
    connection.exec_driver_sql("BEGIN DEFERRED" if reads else "BEGIN IMMEDIATE")


def is_reading(connection: Connection) -> bool:
    """Say whether a connection belongs to a `Database.snapshot`, in which nothing is locked."""
    options = connection.get_execution_options()
    return bool(options.get(_READ_ONLY) or options.get("postgresql_readonly"))


class Database:
    """Transactions on one engine; safe to share between threads."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """Commit when the block ends, roll back when it raises."""
        with self.engine.begin() as connection:
            yield connection

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """Read one consistent state; writers are not held up, and nothing is to be written."""
        options: dict[str, Any] = {_READ_ONLY: True}
        if self.engine.dialect.name == "postgresql":
            options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        with self.engine.connect().execution_options(**options) as connection:
            yield connection

    def close(self) -> None:
        """Close all pooled connections."""
        self.engine.dispose()


def migrate(engine: Engine) -> None:
    """Bring the schema up to date, in one transaction; several processes may try at once."""
    config = Config()
    config.set_main_option("script_location", str(Path(hub.migrations.__file__).parent))
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATION_LOCK})
        config.attributes |= {"connection": connection, "metadata": metadata}
        command.upgrade(config, "head")

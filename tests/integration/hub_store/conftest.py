"""The relational store, on SQLite and on a PostgreSQL server of this machine if there is one."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from hub.adapters.database import Database, migrate, open_engine, postgresql_url, sqlite_url

_INITDB_PLACES = "/usr/lib/postgresql/*/bin/initdb"


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """A server of its own behind a Unix socket; yields the URL of its database."""
    binaries = _postgresql_binaries()
    home = Path(tempfile.mkdtemp(prefix="zhian-pg-", dir="/tmp"))  # a socket path must be short
    prefix: list[str] = []
    if os.geteuid() == 0:  # PostgreSQL refuses to run as root
        shutil.chown(home, "postgres", "postgres")
        prefix = ["runuser", "-u", "postgres", "--"]
    data = home / "data"
    run = [*prefix, str(binaries / "initdb"), "-D", str(data), "-A", "trust", "-U", "zhian"]
    subprocess.run(run, check=True, capture_output=True, timeout=60, cwd="/")
    options = f"-k {home} -h '' -c fsync=off"
    control = [*prefix, str(binaries / "pg_ctl"), "-D", str(data), "-w", "-t", "30"]
    log = ["-l", str(home / "log"), "-o", options]
    subprocess.run([*control, *log, "start"], check=True, capture_output=True, timeout=60, cwd="/")
    yield f"postgresql://zhian@/postgres?host={home}"
    subprocess.run([*control, "-m", "immediate", "stop"], check=True, capture_output=True, cwd="/")
    shutil.rmtree(home, ignore_errors=True)


def _postgresql_binaries() -> Path:
    places = sorted(Path("/").glob(_INITDB_PLACES.lstrip("/")))
    if not places:
        pytest.skip("PostgreSQL: no initdb on this machine")
    return places[-1].parent


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An empty store with the schema of today."""
    if request.param == "sqlite":
        engine = open_engine(sqlite_url(tmp_path / "hub.db"))
    else:
        engine = open_engine(postgresql_url(request.getfixturevalue("postgresql"), None))
        with engine.begin() as connection:
            connection.execute(text("DROP SCHEMA public CASCADE"))
            connection.execute(text("CREATE SCHEMA public"))
    migrate(engine)
    store = Database(engine)
    yield store
    store.close()

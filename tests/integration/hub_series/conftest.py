"""The store with each of its time series."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from hub.adapters.database import Database, migrate, open_engine, sqlite_url
from hub.adapters.series_influx import InfluxBucket
from hub.adapters.store import SqlStore
from tests.integration.hub_series.influx_front import InfluxFront
from tests.integration.hub_series.servers import Server, influxd


@pytest.fixture(scope="session")
def influx_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = influxd(tmp_path_factory.mktemp("influxd"))
    yield server
    server.stop()


@pytest.fixture
def front(influx_server: Server) -> Iterator[InfluxFront]:
    """An empty InfluxDB with the addresses of 2.x."""
    for statement in ('DROP DATABASE "zhian"', 'CREATE DATABASE "zhian"'):
        httpx.post(f"{influx_server.url}/query", data={"q": statement}).raise_for_status()
    front = InfluxFront(influx_server.url)
    yield front
    front.stop()


@pytest.fixture
def bucket(front: InfluxFront) -> Iterator[InfluxBucket]:
    bucket = InfluxBucket(front.url, "zhian", "zhian", "a-token-of-the-test")
    yield bucket
    bucket.close()


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    engine = open_engine(sqlite_url(tmp_path / "hub.sqlite3"))
    migrate(engine)
    store = Database(engine)
    yield store
    store.close()


@pytest.fixture(params=["sqlite", "influxdb"])
def store(request: pytest.FixtureRequest, database: Database) -> SqlStore:
    if request.param == "sqlite":
        return SqlStore(database)
    bucket: InfluxBucket = request.getfixturevalue("bucket")
    return SqlStore(database, series=bucket.open)

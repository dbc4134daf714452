from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from hub.adapters.database import Database, migrate, open_engine, sqlite_url
from tests.integration.edge_link.brokers import RunningBroker, mosquitto, mosquitto_program, nats


@pytest.fixture(params=["nats", "mosquitto"])
def broker(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[RunningBroker]:
    if request.param == "mosquitto" and mosquitto_program() is None:
        pytest.skip("mosquitto is not installed")
    running = nats(tmp_path) if request.param == "nats" else mosquitto(tmp_path)
    running.start()
    yield running
    running.kill()


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    engine = open_engine(sqlite_url(tmp_path / "hub.sqlite3"))
    migrate(engine)
    store = Database(engine)
    yield store
    store.close()

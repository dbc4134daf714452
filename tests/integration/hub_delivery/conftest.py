"""A database with an outbox, and a command platform."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import insert, select

from hub.adapters.database import Database, migrate, open_engine, sqlite_url
from hub.adapters.tables import alerts, deliveries
from tests.integration.hub_delivery.command_platform import Platform, running_platform

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


@pytest.fixture
def platform() -> Iterator[Platform]:
    with running_platform() as platform:
        yield platform


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    engine = open_engine(sqlite_url(tmp_path / "hub.sqlite3"))
    migrate(engine)
    database = Database(engine)
    yield database
    database.close()


@pytest.fixture
def put(database: Database) -> Callable[[str, str], int]:
    """Put an event of an alert into the outbox and return the delivery's id."""

    def put_event(alert: str, event_id: str) -> int:
        event = {"specversion": "1.0", "id": event_id, "type": "org.zhian.alert.raised"}
        with database.transaction() as connection:
            if connection.execute(select(alerts).where(alerts.c.id == alert)).first() is None:
                connection.execute(
                    insert(alerts).values(
                        id=alert,
                        compound="c",
                        gateway="g",
                        alert_id=alert,
                        state="raised",
                        updated_at=NOON,
                    )
                )
            result = connection.execute(
                insert(deliveries).values(
                    target="platform",
                    event_id=event_id,
                    alert=alert,
                    event=json.dumps(event),
                    state="waiting",
                    attempts=0,
                    created_at=NOON,
                    next_at=NOON,
                )
            )
        assert result.inserted_primary_key is not None
        return int(result.inserted_primary_key[0])

    return put_event

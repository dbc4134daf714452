"""A hub's own SQLite file, migrated, for each test."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from hub.adapters.accounts import SqlAccounts
from hub.adapters.clock import monotonic_s
from hub.adapters.database import Database, migrate, open_engine, sqlite_url
from hub.adapters.deliveries import SqlDeliveries
from hub.adapters.feed_lines import SqlFeedLines
from hub.adapters.first_login import FirstLoginFile
from hub.adapters.metrics import HubMetrics
from hub.adapters.passwords import Argon2Passwords, new_token
from hub.adapters.store import SqlStore
from hub.adapters.web_server import WebAddress, WebServer
from hub.api.application import create_app
from hub.api.dependencies import Services
from hub.api.feed import FeedReader
from hub.api.operations import Operations
from hub.domain.roles import Role
from hub.services.sign_in import SignIn
from hub.services.users import UserAdministration

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
PASSWORD = "correct horse battery"  # noqa: S105 - of the tests' users
PASSWORDS = Argon2Passwords()


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    engine = open_engine(sqlite_url(tmp_path / "hub.sqlite3"))
    migrate(engine)
    database = Database(engine)
    yield database
    database.close()


class Clock:
    """Stands still until told."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now

    def pass_s(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(database: Database) -> SqlStore:
    return SqlStore(database, targets=("platform",))


@pytest.fixture
def services(database: Database, store: SqlStore, tmp_path: Path, clock: Clock) -> Services:
    accounts, note = SqlAccounts(database), FirstLoginFile(tmp_path)
    services = Services(
        store=store,
        sign_in=SignIn(accounts, PASSWORDS, note, new_token),
        users=UserAdministration(accounts, PASSWORDS, note),
        deliveries=SqlDeliveries(database),
        feed=FeedReader(SqlFeedLines(database), poll_s=0.02),
        clock=clock,
        session_check_s=0.1,
    )
    for role in Role:
        services.users.add(role.value, role.value, role, PASSWORD, NOON)
    return services


@pytest.fixture
def web_app(services: Services, tmp_path: Path) -> FastAPI:
    metrics = HubMetrics()
    running = Operations(
        checks={"database": lambda: True},
        render_metrics=metrics.render,
        meter=metrics,
        monotonic_s=monotonic_s,
        fail=lambda name, fault: pytest.fail(f"{name}: {fault}"),
    )
    return create_app(services, running, console_dir=tmp_path / "not-built")


@pytest.fixture
def web_server(web_app: FastAPI, services: Services) -> Iterator[WebServer]:
    stopping = threading.Event()
    address = WebAddress("127.0.0.1", 0, trusted_proxies=["127.0.0.1"])
    server = WebServer(web_app, address, services.feed.stop)
    thread = threading.Thread(target=server.run, args=(stopping,))
    thread.start()
    while not server.is_listening:
        thread.join(0.005)
    yield server
    stopping.set()
    thread.join(timeout=10)


@pytest.fixture
def client(web_server: WebServer) -> Iterator[httpx.Client]:
    """A browser that has not signed in."""
    with httpx.Client(
        base_url=f"http://127.0.0.1:{web_server.port}",
        headers={"X-Requested-With": "zhian"},
        trust_env=False,
    ) as client:
        yield client


@pytest.fixture
def sign_in(client: httpx.Client) -> Callable[[Role], httpx.Client]:
    """Sign in as the user of a role."""

    def sign_in_as(role: Role) -> httpx.Client:
        credentials = {"username": role.value, "password": PASSWORD}
        assert client.post("/api/v1/session", json=credentials).status_code == 200
        return client

    return sign_in_as

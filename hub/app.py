"""Puts a hub process together: the one place where its parts are made and given to each other."""

from __future__ import annotations

import random
import secrets
import threading
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from contextlib import closing, contextmanager
from enum import StrEnum
from importlib.resources import files
from pathlib import Path
from typing import Final

import structlog

from hub.adapters.accounts import SqlAccounts
from hub.adapters.clock import monotonic_s, utc_now
from hub.adapters.database import Database, migrate, open_engine, postgresql_url, sqlite_url
from hub.adapters.deliveries import SqlDeliveries
from hub.adapters.delivery_loop import DeliveryLoop
from hub.adapters.feed_lines import SqlFeedLines
from hub.adapters.first_login import FirstLoginFile
from hub.adapters.ingest_mqtt import Ingest
from hub.adapters.metrics import HubMetrics
from hub.adapters.mqtt import Broker
from hub.adapters.passwords import Argon2Passwords, new_password, new_token
from hub.adapters.series_sqlite import SqlSeries
from hub.adapters.store import MakeSeries, SqlStore
from hub.adapters.threads import Threads
from hub.adapters.web_server import WebAddress, WebServer
from hub.adapters.webhook import Webhook, WebhookAddress
from hub.api.application import create_app
from hub.api.dependencies import Services
from hub.api.feed import FeedReader
from hub.api.operations import Operations
from hub.config import Settings
from hub.config.file import WebhookTable
from hub.services.deliver import Delivery
from hub.services.sign_in import SignIn
from hub.services.users import UserAdministration, ensure_administrator

JOIN_TIMEOUT_S: Final = 10.0

_log = structlog.get_logger()


class Part(StrEnum):
    """What a hub process can do; several processes may each do some of it."""

    INGEST = "ingest"
    WEB = "web"
    DELIVER = "deliver"


def run_hub(
    settings: Settings,
    parts: Collection[Part],
    stopping: threading.Event,
    tell_first_login: Callable[[Path, str], None],
) -> int:
    """Run parts of the hub until `stopping` is set; return the process's exit code.

    Args:
        settings: The hub's file and its secrets.
        parts: What this process does.
        stopping: Ends it in order; set by signals, and by a part that has failed.
        tell_first_login: Shown the note's path and the password of the first administrator, once.
    """
    threads = Threads(stopping)
    with open_database(settings) as database:
        hub = _Hub(settings, database, threads)
        hub.greet(tell_first_login)
        for part in parts:
            {Part.INGEST: hub.ingest, Part.WEB: hub.serve, Part.DELIVER: hub.deliver}[part]()
        _log.info("hub started", parts=sorted(parts))
        threads.wait()
        hub.wake()
        threads.join(JOIN_TIMEOUT_S)
    _log.info("hub stopped", failed=threads.failed)
    return 1 if threads.failed else 0


@contextmanager
def open_database(settings: Settings) -> Iterator[Database]:
    """Open the relational store, brought up to date."""
    settings.file.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    url = sqlite_url(settings.file.data_dir / "hub.sqlite3")
    if settings.file.database.url is not None:
        password = settings.database_password
        url = postgresql_url(
            settings.file.database.url, password.get_secret_value() if password else None
        )
    engine = open_engine(url)
    database = Database(engine)
    try:
        migrate(engine)
        yield database
    finally:
        database.close()


def reset_password(settings: Settings, username: str) -> str:
    """Give a user a new password at random, to be changed, and return it.

    Raises:
        UnknownUserError: There is none of that name.
    """
    password = new_password()
    with open_database(settings) as database:
        note = FirstLoginFile(settings.file.data_dir)
        users = UserAdministration(SqlAccounts(database), Argon2Passwords(), note)
        users.change(username, utc_now(), password=password, active=True)
    return password


class _Hub:
    """The parts of one process, and who is woken when something changes."""

    def __init__(self, settings: Settings, database: Database, threads: Threads) -> None:
        self._settings = settings
        self._database = database
        self._threads = threads
        self._metrics = HubMetrics()
        self._passwords = Argon2Passwords()
        self._checks: dict[str, Callable[[], bool]] = {}
        self._wakes: list[Callable[[], None]] = []
        self._store = SqlStore(
            database,
            targets=[webhook.id for webhook in settings.file.webhook],
            series=_series(settings),
            on_change=self.wake,
        )

    def greet(self, tell_first_login: Callable[[Path, str], None]) -> None:
        """Make the first administrator where there is nobody yet."""
        note = FirstLoginFile(self._settings.file.data_dir)
        accounts = SqlAccounts(self._database)
        password = ensure_administrator(accounts, self._passwords, note, new_password, utc_now())
        if password is not None:
            _log.info("first administrator made", note=str(note.path))
            tell_first_login(note.path, password)

    def ingest(self) -> None:
        """Take what gateways send."""
        table = self._settings.file.broker
        password = self._settings.broker_password.get_secret_value()
        broker = Broker(table.host, table.port, table.username, password, table.ca_file)
        client_id = f"zhian-hub-{table.username}"
        taker = Ingest(self._store, broker, client_id, self._metrics, utc_now)
        self._checks |= {"broker": lambda: taker.is_connected}
        self._threads.start("ingest", lambda: taker.run(self._threads.stopping))

    def serve(self) -> None:
        """Serve the API and the console."""
        web, feed = self._settings.file.web, FeedReader(SqlFeedLines(self._database))
        self._wakes.append(feed.wake)
        self._checks |= {"database": lambda: feed.is_current}
        self._watch(feed)
        running = Operations(
            checks=self._checks,
            render_metrics=self._metrics.render,
            meter=self._metrics,
            monotonic_s=monotonic_s,
            fail=self._threads.fail,
        )
        app = create_app(self._services(feed), running, web.console_dir or _built_console())
        address = WebAddress(web.host, web.port, web.trusted_proxies)
        server = WebServer(app, address, before_end=feed.stop)
        self._threads.start("web", lambda: server.run(self._threads.stopping))

    def deliver(self) -> None:
        """Deliver events to every webhook, each in a thread of its own."""
        for webhook in self._settings.file.webhook:
            target = self._target(webhook)
            delivery = Delivery(
                SqlDeliveries(self._database),
                target,
                clock=utc_now,
                chance=random.random,
                new_lease=lambda: secrets.token_hex(16),
            )
            loop = DeliveryLoop(webhook.id, delivery, self._metrics)
            self._wakes.append(loop.wake)
            run = _delivering(loop, target, self._threads.stopping)
            self._threads.start(f"deliver-{webhook.id}", run)

    def _services(self, feed: FeedReader) -> Services:
        accounts, note = SqlAccounts(self._database), FirstLoginFile(self._settings.file.data_dir)
        return Services(
            store=self._store,
            sign_in=SignIn(accounts, self._passwords, note, new_token),
            users=UserAdministration(accounts, self._passwords, note),
            deliveries=SqlDeliveries(self._database),
            feed=feed,
            clock=utc_now,
        )

    def _watch(self, feed: FeedReader) -> None:
        """Show figures that are looked up when somebody asks for them."""
        watch, watch_each = self._metrics.watch, self._metrics.watch_each
        watch("listeners", "Consoles that listen live.", lambda: feed.listener_count)
        about = "Deliveries that have not arrived, by state."
        outbox = SqlDeliveries(self._database)
        watch_each("outbox_deliveries", about, "state", outbox.count_by_state)
        about = "Alerts that nobody has ended, by site."
        watch_each("open_alerts", about, "site", self._open_alerts)

    def _open_alerts(self) -> dict[str, float]:
        with self._store.snapshot() as unit:
            by_gate = unit.alerts.open_by_gate()
        by_site: Counter[str] = Counter()
        for (site, _), count in by_gate.items():
            by_site[site] += count
        return {site: float(count) for site, count in by_site.items()}

    def wake(self) -> None:
        """Let everything that waits look up."""
        for wake in self._wakes:
            wake()

    def _target(self, webhook: WebhookTable) -> Webhook:
        secret = self._settings.webhook_secrets[webhook.id].get_secret_value()
        address = WebhookAddress(webhook.id, webhook.url, secret, webhook.allow_private)
        return Webhook(address, monotonic_s)


def _series(settings: Settings) -> MakeSeries:
    """Return where windows are kept: in the relational store, or in an InfluxDB."""
    table, token = settings.file.series, settings.influx_token
    if table.kind == "sqlite" or token is None:
        return SqlSeries
    # Half a second and 27 MB that a hub without an InfluxDB need not spend.
    from hub.adapters.series_influx import InfluxBucket  # noqa: PLC0415

    return InfluxBucket(table.url, table.org, table.bucket, token.get_secret_value()).open


def _delivering(
    loop: DeliveryLoop, target: Webhook, stopping: threading.Event
) -> Callable[[], None]:
    def run() -> None:
        with closing(target):
            loop.run(stopping)

    return run


def _built_console() -> Path | None:
    """Return the console that was built into the package, if it was."""
    built = Path(str(files("hub"))) / "console" / "dist"
    return built if built.is_dir() else None

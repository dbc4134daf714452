"""Several hub processes on one store, and what is not kept for ever."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Table, func, select, update

from hub.adapters.database import Database
from hub.adapters.store import SqlStore
from hub.adapters.stores.keeping import (
    KEEP_FEED,
    KEEP_ORPHANS,
    KEEP_PICTURES,
    MAX_UNREADABLE,
)
from hub.adapters.tables import evidence, feed, unreadable
from hub.domain.alerts import AlertAction, IllegalTransitionError, hub_alert_id
from hub.services import ingest
from hub.services.alerts import act_on_alert, read_alert
from hub.services.ports import GatewayKey
from hub.services.upkeep import notice_silence, tidy
from tests.integration.hub_store import samples
from tests.integration.hub_store.test_queries import picture

pytestmark = pytest.mark.integration

NOON = samples.NOON
SECOND = timedelta(seconds=1)


def test_hubs_that_store_the_same_reports_at_once_count_them_once(database: Database) -> None:
    store = SqlStore(database, targets=["platform"])
    reports = [
        samples.report(n + 1, samples.count(n, into=1), samples.raised(f"a{n}"), gateway=gateway)
        for gateway in ("gw", "second")
        for n in range(0, 20, 2)
    ]

    def store_all(_: int) -> None:
        for report in reports:
            with store.transaction() as unit:
                ingest.store_report(unit, "court", report, NOON)

    with ThreadPoolExecutor(4) as hubs:
        list(hubs.map(store_all, range(4)))

    with store.snapshot() as unit:
        assert [flow.count_in for flow in unit.flows.totals("court", NOON)] == [10, 10]
        assert unit.ledger.peek(GatewayKey("court", "gw"), "e1").runs == ((1, 20),)
        alert = hub_alert_id("court", "gw", "a0")
        assert [entry.happened for entry in unit.alerts.history(alert)] == ["raised"]


def test_of_two_people_who_act_at_once_one_is_refused(database: Database) -> None:
    store = SqlStore(database)
    with store.transaction() as unit:
        ingest.store_report(unit, "court", samples.report(1, samples.raised()), NOON)
    alert = hub_alert_id("court", "gw", "a1")
    together = threading.Barrier(2)

    def resolve(who: str) -> bool:
        together.wait(10)
        try:
            act_on_alert(store, alert, AlertAction.RESOLVE, who, NOON)
        except IllegalTransitionError:
            return False
        return True

    with ThreadPoolExecutor(2) as people:
        done = list(people.map(resolve, ["li", "wang"]))

    assert sorted(done) == [False, True]
    assert len(read_alert(store, alert).history) == 2


def test_the_feed_becomes_visible_in_the_order_of_its_numbers(database: Database) -> None:
    store = SqlStore(database)
    seen: list[int] = []
    is_over = threading.Event()

    def follow() -> None:
        while True:
            was_over = is_over.is_set()
            with database.snapshot() as connection:
                newer = feed.c.id > (seen[-1] if seen else 0)
                seen.extend(
                    connection.execute(select(feed.c.id).where(newer).order_by("id")).scalars()
                )
            if was_over:
                return

    def tell(teller: int) -> None:
        for n in range(25):
            with store.transaction() as unit:
                unit.feed.tell("gate", f"c{teller}", {"n": n}, NOON)

    with ThreadPoolExecutor(4) as hubs:
        follower = hubs.submit(follow)
        list(hubs.map(tell, range(3)))
        is_over.set()
        follower.result(30)

    with database.snapshot() as connection:
        assert seen == list(connection.execute(select(feed.c.id).order_by(feed.c.id)).scalars())
        assert len(seen) == 75


def number_in(database: Database, table: Table) -> int:
    with database.snapshot() as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()


def test_old_lines_of_the_feed_go(database: Database) -> None:
    store = SqlStore(database)
    for at in (NOON, NOON + KEEP_FEED):
        with store.transaction() as unit:
            unit.feed.tell("gate", "court", {"at": at.isoformat()}, at)

    tidy(store, NOON + KEEP_FEED + SECOND)

    assert number_in(database, feed) == 1


def test_pictures_go_after_their_time_and_those_of_no_alert_before(database: Database) -> None:
    store = SqlStore(database)
    with store.transaction() as unit:
        ingest.store_report(unit, "court", samples.report(1, samples.raised()), NOON)
        ingest.store_evidence(unit, "court", picture("a1-1"), NOON)
        ingest.store_evidence(unit, "park", picture("a1-1"), NOON)

    def kept_at(at: datetime) -> int:
        tidy(store, at)
        return number_in(database, evidence)

    assert kept_at(NOON + KEEP_ORPHANS) == 2
    assert kept_at(NOON + KEEP_ORPHANS + SECOND) == 1
    assert kept_at(NOON + KEEP_PICTURES + SECOND) == 0


def test_of_unreadable_messages_the_newest_stay(database: Database) -> None:
    store = SqlStore(database)
    with store.transaction() as unit:
        for _ in range(3):
            unit.unreadable.keep("a/b", b"?", "found ?", NOON)
    with database.transaction() as connection:
        newest = select(func.max(unreadable.c.id)).scalar_subquery()
        moved = update(unreadable).where(unreadable.c.id == newest)
        connection.execute(moved.values(id=MAX_UNREADABLE + 2))

    tidy(store, NOON)

    assert number_in(database, unreadable) == 1


def test_silence_is_noticed_without_writing_when_nobody_is_silent(database: Database) -> None:
    told: list[int] = []
    store = SqlStore(database, on_change=lambda: told.append(1))
    with store.transaction() as unit:
        ingest.register_birth(unit, "court", samples.birth(), NOON, retained=False)
    before = len(told)

    notice_silence(store, NOON + 10 * SECOND)
    notice_silence(store, NOON + 100 * SECOND)
    notice_silence(store, NOON + 101 * SECOND)

    assert len(told) == before + 1

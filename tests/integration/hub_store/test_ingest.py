"""What gateways send, kept once only, on both engines."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select

from hub.adapters.database import Database, migrate, open_engine, sqlite_url
from hub.adapters.store import SqlStore
from hub.adapters.tables import metadata
from hub.domain.alerts import hub_alert_id
from hub.domain.liveness import Liveness
from hub.services import ingest
from hub.services.ports import GatewayKey
from tests.integration.hub_store import samples
from wire.messages import Ack, Birth, Death, Report
from wire.records import AnyRecord, CameraCondition
from wire.values import Direction

pytestmark = pytest.mark.integration

NOON, MINUTE = samples.NOON, samples.MINUTE
# What depends on the order of arrival, and says nothing of what happened.
_BY_ARRIVAL = {"id", "next_at", "created_at", "received_at", "updated_at", "last_seen", "event"}


def send(store: SqlStore, report: Report, at: datetime = NOON) -> Ack:
    with store.transaction() as unit:
        return ingest.store_report(unit, "court", report, at).ack


def send_all(store: SqlStore, reports: list[Report]) -> None:
    with store.transaction() as unit:
        for report in reports:
            ingest.store_report(unit, "court", report, NOON)


def state_of(database: Database) -> dict[str, list[Any]]:
    """Return all rows of all tables but the feed, without what depends on arrival."""
    state = {}
    with database.snapshot() as connection:
        for table in metadata.sorted_tables:
            columns = [column for column in table.c if column.name not in _BY_ARRIVAL]
            if table.name != "feed" and columns:
                rows = connection.execute(select(*columns))
                state[table.name] = sorted(tuple(map(str, row)) for row in rows)
    return state


def test_a_report_is_acknowledged_up_to_its_last_number(database: Database) -> None:
    store = SqlStore(database)

    ack = send(store, samples.report(1, samples.count(0, into=3), samples.count(1)))

    assert ack == Ack(gateway="gw", epoch="e1", up_to=2)


def test_a_gap_is_told_and_closes_when_it_is_filled(database: Database) -> None:
    store = SqlStore(database)
    send(store, samples.report(1, samples.count(0)))

    gap = send(store, samples.report(4, samples.count(3)))
    filled = send(store, samples.report(2, samples.count(1), samples.count(2)))

    assert (gap.up_to, gap.beyond) == (1, ((4, 4),))
    assert (filled.up_to, filled.beyond) == (4, ())


def test_a_repeat_is_acknowledged_again_and_changes_nothing(database: Database) -> None:
    store = SqlStore(database, targets=["platform"])
    report = samples.report(1, samples.count(0, into=3), samples.raised(), samples.late(-1))
    first = send(store, report)
    before = state_of(database)

    again = send(store, report)

    assert again == first
    assert state_of(database) == before


def test_a_report_that_overlaps_adds_only_what_is_new(database: Database) -> None:
    store = SqlStore(database)
    send(store, samples.report(1, samples.count(0, into=1), samples.count(1, into=10)))

    with store.transaction() as unit:
        overlap = samples.report(2, samples.count(1, into=10), samples.count(2, into=100))
        stored = ingest.store_report(unit, "court", overlap, NOON)

    assert (stored.new, stored.repeated) == (1, 1)
    with store.snapshot() as unit:
        (total,) = unit.flows.totals("court", NOON)
        assert total.count_in == 111


def test_a_new_epoch_has_numbers_of_its_own(database: Database) -> None:
    store = SqlStore(database)
    send(store, samples.report(1, samples.count(0, into=1)))

    ack = send(store, samples.report(1, samples.count(1, into=1), epoch="e2"))

    assert (ack.epoch, ack.up_to) == ("e2", 1)
    with store.snapshot() as unit:
        assert unit.flows.totals("court", NOON)[0].count_in == 2


def test_two_compounds_with_the_same_ids_do_not_meet(database: Database) -> None:
    store = SqlStore(database)
    report = samples.report(1, samples.raised(), samples.count(0, into=1))

    with store.transaction() as unit:
        ingest.store_report(unit, "court", report, NOON)
        ingest.store_report(unit, "park", report, NOON)

    with store.snapshot() as unit:
        assert unit.flows.totals("court", NOON)[0].count_in == 1
        assert unit.alerts.find(hub_alert_id("court", "gw", "a1")) is not None
        assert unit.alerts.find(hub_alert_id("park", "gw", "a1")) is not None


def test_nothing_is_kept_of_a_report_whose_transaction_fails(database: Database) -> None:
    store = SqlStore(database)
    before = state_of(database)

    with pytest.raises(RuntimeError):  # noqa: PT012, SIM117 - it is raised after the work
        with store.transaction() as unit:
            ingest.store_report(unit, "court", samples.report(1, samples.raised()), NOON)
            raise RuntimeError

    assert state_of(database) == before


def test_an_alert_is_delivered_once_to_each_target(database: Database) -> None:
    store = SqlStore(database, targets=["platform", "second"])

    send(store, samples.report(1, samples.raised(), samples.updated(), samples.cleared()))

    with store.snapshot() as unit:
        alert = hub_alert_id("court", "gw", "a1")
        told = [(each.target, each.happened) for each in unit.deliveries.of([alert])]
        assert told == [
            ("platform", "raised"),
            ("second", "raised"),
            ("platform", "cleared"),
            ("second", "cleared"),
        ]
        assert [entry.happened for entry in unit.alerts.history(alert)] == ["raised", "cleared"]


def test_a_clearing_that_overtook_its_raising_is_told_after_it(database: Database) -> None:
    store = SqlStore(database, targets=["platform"])
    alert = hub_alert_id("court", "gw", "a1")

    send(store, samples.report(2, samples.cleared(minute=2)))
    with store.snapshot() as unit:
        assert unit.deliveries.of([alert]) == []
    send(store, samples.report(1, samples.raised()))

    with store.snapshot() as unit:
        assert [each.happened for each in unit.deliveries.of([alert])] == ["raised", "cleared"]


def test_a_camera_keeps_its_latest_state_in_any_order(database: Database) -> None:
    store = SqlStore(database)

    send(store, samples.report(2, samples.camera(5, CameraCondition.SILENT)))
    send(store, samples.report(1, samples.camera(0, CameraCondition.ONLINE)))

    with store.snapshot() as unit:
        (camera,) = unit.gateways.cameras()
        assert (camera.state, camera.since) == (CameraCondition.SILENT, NOON + 5 * MINUTE)


_RECORDS: list[AnyRecord] = [
    samples.count(0, into=3, out=1),
    samples.count(1, into=2, coverage=0.5),
    samples.accesses(0, granted=2, denied=1),
    samples.zone(0),
    samples.late(0.5),
    samples.late(0.5, Direction.OUT),
    samples.late_grant(0.2),
    samples.raised("a1", evidence=("a1-1",)),
    samples.updated("a1", 1, 5),
    samples.updated("a1", 2, 7),
    samples.cleared("a1", 3),
    samples.raised("a2", 2),
    samples.camera(0, CameraCondition.ONLINE),
    samples.camera(2, CameraCondition.SILENT),
    samples.held_open(2),
    samples.health(1, outbox_records=7),
    samples.health(2, outbox_records=9),
]
_PLACES = range(1, len(_RECORDS) + 1)
_SPANS = st.lists(
    st.tuples(st.sampled_from(_PLACES), st.integers(1, 6)), max_size=14
)  # of any order, overlapping and repeating


@pytest.fixture(scope="module")
def sqlite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    engine = open_engine(sqlite_url(Path(tmp_path_factory.mktemp("order")) / "hub.db"))
    migrate(engine)
    database = Database(engine)
    yield database
    database.close()


def _empty(database: Database) -> None:
    with database.transaction() as connection:
        for table in reversed(metadata.sorted_tables):
            connection.execute(delete(table))


def _slice(first: int, length: int) -> Report:
    return samples.report(first, *_RECORDS[first - 1 : first - 1 + length])


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(spans=_SPANS)
def test_any_order_and_any_repeats_make_the_same_state(
    sqlite: Database, spans: list[tuple[int, int]]
) -> None:
    store = SqlStore(sqlite, targets=["platform"])
    _empty(sqlite)
    send_all(store, [_slice(place, 1) for place in _PLACES])
    in_order = state_of(sqlite)

    _empty(sqlite)
    send_all(store, [_slice(first, length) for first, length in spans])
    send_all(store, [_slice(place, 1) for place in reversed(_PLACES)])

    assert state_of(sqlite) == in_order


def register(store: SqlStore, birth: Birth, at: datetime = NOON, *, retained: bool = False) -> None:
    with store.transaction() as unit:
        ingest.register_birth(unit, "court", birth, at, retained=retained)


def liveness(store: SqlStore, now: datetime = NOON) -> Liveness:
    with store.snapshot() as unit:
        (gateway,) = unit.gateways.gateways("court")
        return gateway.session.liveness(now, gateway.heartbeat_s)


def feed_lines(database: Database) -> list[tuple[str, str]]:
    with database.snapshot() as connection:
        feed = metadata.tables["feed"]
        rows = connection.execute(select(feed).order_by(feed.c.id))
        return [(row.kind, row.data) for row in rows]


def test_a_birth_tells_the_compound_and_what_is_there(database: Database) -> None:
    store = SqlStore(database)

    register(store, samples.birth())

    with store.snapshot() as unit:
        (compound,) = unit.gateways.compounds()
        (gateway,) = unit.gateways.gateways()
        assert (compound.id, compound.name, compound.timezone) == ("court", "翠园", "Asia/Shanghai")
        assert [line.id for line in gateway.inventory.lines] == ["main"]
        assert gateway.session.number == 1


def test_the_last_will_takes_a_gateway_offline_until_its_next_birth(database: Database) -> None:
    store = SqlStore(database)
    register(store, samples.birth(session=1))

    with store.transaction() as unit:
        ingest.note_death(unit, "court", Death(gateway="gw", session=1), NOON)
    assert liveness(store) is Liveness.OFFLINE
    register(store, samples.birth(session=2, minute=1))

    assert liveness(store) is Liveness.ONLINE


def test_a_gateway_that_falls_silent_is_told_once(database: Database) -> None:
    store = SqlStore(database)
    register(store, samples.birth())
    quiet = NOON + timedelta(seconds=100)

    for _ in range(2):
        with store.transaction() as unit:
            ingest.watch_gateways(unit, quiet)

    told = [data for kind, data in feed_lines(database) if kind == "gateway"]
    assert [("online" in data, "stale" in data) for data in told] == [(True, False), (False, True)]


def test_reports_before_a_birth_are_kept(database: Database) -> None:
    store = SqlStore(database)

    send(store, samples.report(1, samples.count(0, into=1)))
    register(store, samples.birth())

    with store.snapshot() as unit:
        (gateway,) = unit.gateways.gateways()
        key = GatewayKey("court", "gw")
        assert unit.ledger.peek(key, gateway.session.epoch or "").up_to == 1


def test_the_feed_tells_a_change_once_a_transaction(database: Database) -> None:
    store = SqlStore(database)
    register(store, samples.birth())

    with store.transaction() as unit:
        for number in (1, 2, 3):
            report = samples.report(number, samples.count(number))
            ingest.store_report(unit, "court", report, NOON)

    assert [kind for kind, _ in feed_lines(database)] == ["gate", "gateway", "gate"]


def test_on_change_is_called_after_the_commit_only(database: Database) -> None:
    seen: list[int] = []
    store = SqlStore(database, on_change=lambda: seen.append(len(feed_lines(database))))

    register(store, samples.birth())

    assert seen == [2]

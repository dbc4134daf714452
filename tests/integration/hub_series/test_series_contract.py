"""What every time series has to do, whatever keeps it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from hub.adapters.store import SqlStore
from hub.services.ports import AccessBin, CountBin, GatewayKey, ZoneBin
from tests.integration.hub_store import samples
from tests.integration.hub_store.samples import MINUTE, NOON
from wire.records import AnyRecord
from wire.values import Direction, ObjectClass

pytestmark = pytest.mark.integration

KEY = GatewayKey("court", "gw")
HOUR = timedelta(hours=1)
PERSON = ObjectClass.PERSON


def write(store: SqlStore, *records: AnyRecord, key: GatewayKey = KEY) -> None:
    with store.transaction() as unit:
        unit.series.write(key, "e1", list(enumerate(records, start=1)))


def counts(store: SqlStore, every_s: int = 60) -> list[CountBin]:
    with store.snapshot() as unit:
        return unit.series.counts("court", NOON, NOON + HOUR, every_s)


def test_windows_come_back_by_bin(store: SqlStore) -> None:
    write(store, samples.count(0, into=3, out=1), samples.count(1, into=2, coverage=0.5))

    assert counts(store) == [
        CountBin("gw", "main", PERSON, NOON, 3, 1, 60.0),
        CountBin("gw", "main", PERSON, NOON + MINUTE, 2, 0, 30.0),
    ]


def test_bins_are_sums_and_aligned_to_utc(store: SqlStore) -> None:
    write(store, *(samples.count(n, into=1) for n in range(10, 40)))

    bins = counts(store, every_s=900)

    starts = [(each.start - NOON) / MINUTE for each in bins]
    assert starts == [0, 15, 30]
    assert [(each.count_in, each.observed_s) for each in bins] == [(5, 300), (15, 900), (10, 600)]


def test_writing_the_same_again_changes_nothing(store: SqlStore) -> None:
    records: list[AnyRecord] = [samples.count(0, into=3), samples.late(0.5), samples.late(0.5)]
    write(store, *records)
    once = counts(store)

    write(store, *records)

    assert counts(store) == once
    assert once[0].count_in == 5


def test_late_crossings_add_to_the_bin_of_their_time(store: SqlStore) -> None:
    write(store, samples.count(0, into=3), samples.late(0.5), samples.late(2.5, Direction.OUT))

    assert counts(store) == [
        CountBin("gw", "main", PERSON, NOON, 4, 0, 60.0),
        CountBin("gw", "main", PERSON, NOON + 2 * MINUTE, 0, 1, 0.0),
    ]


def test_what_starts_outside_the_span_is_not_in_it(store: SqlStore) -> None:
    write(store, samples.count(-1, into=7), samples.count(60, into=7), samples.count(59, into=1))

    (only,) = counts(store)

    assert (only.start, only.count_in) == (NOON + 59 * MINUTE, 1)


def test_lines_and_classes_can_be_chosen(store: SqlStore) -> None:
    write(store, samples.count(0, into=1))

    with store.snapshot() as unit:
        end = NOON + HOUR
        assert unit.series.counts("court", NOON, end, 60, line="other") == []
        assert unit.series.counts("court", NOON, end, 60, object_class=ObjectClass.VEHICLE) == []
        assert len(unit.series.counts("court", NOON, end, 60, line="main")) == 1


def test_compounds_and_gateways_do_not_meet(store: SqlStore) -> None:
    write(store, samples.count(0, into=1))
    write(store, samples.count(0, into=2), key=GatewayKey("court", "second"))
    write(store, samples.count(0, into=4), key=GatewayKey("park", "gw"))

    assert [(each.gateway, each.count_in) for each in counts(store)] == [("gw", 1), ("second", 2)]


def test_access_windows_come_back_with_late_events(store: SqlStore) -> None:
    write(store, samples.accesses(0, granted=2, denied=1), samples.late_grant(0.5))

    with store.snapshot() as unit:
        bins = unit.series.accesses("court", NOON, NOON + HOUR, 60)

    assert bins == [AccessBin("gw", "door", NOON, granted=3, denied=1, forced=0, held=0)]


def test_zones_are_averaged_by_the_time_they_were_seen(store: SqlStore) -> None:
    write(store, samples.zone(0, mean=4, largest=6), samples.zone(1, 1, 2, coverage=0.5))

    with store.snapshot() as unit:
        bins = unit.series.zones("court", NOON, NOON + HOUR, 900)

    assert bins == [ZoneBin("gw", "yard", PERSON, NOON, 3.0, 6, 9.0, 90.0)]


def test_what_is_no_window_is_passed_over(store: SqlStore) -> None:
    write(store, samples.raised(), samples.health(0))

    assert counts(store) == []

"""What is particular about a time series that is a server of its own."""

from __future__ import annotations

import threading
from pathlib import Path

import httpx
import pytest

from hub.adapters.database import Database
from hub.adapters.series_errors import SeriesError
from hub.adapters.series_influx import InfluxBucket
from hub.adapters.store import SqlStore
from hub.services import ingest
from hub.services.ports import GatewayKey
from tests.integration.hub_series.influx_front import InfluxFront
from tests.integration.hub_series.servers import victoria_metrics
from tests.integration.hub_store import samples
from tests.integration.hub_store.samples import NOON
from wire.errors import TopicError

pytestmark = pytest.mark.integration


def test_the_ledger_says_nothing_that_the_series_does_not_have(
    front: InfluxFront, bucket: InfluxBucket, database: Database
) -> None:
    store = SqlStore(database, series=bucket.open)
    front.is_broken = True

    with pytest.raises(SeriesError, match="writing: found"), store.transaction() as unit:
        ingest.store_report(unit, "court", samples.report(1, samples.count(0)), NOON)

    with store.snapshot() as unit:
        assert unit.ledger.peek(GatewayKey("court", "gw"), "e1").up_to == 0


def test_a_report_that_failed_is_stored_when_it_comes_again(
    front: InfluxFront, bucket: InfluxBucket, database: Database
) -> None:
    store = SqlStore(database, series=bucket.open)
    report = samples.report(1, samples.count(0, into=3))
    front.is_broken = True
    with pytest.raises(SeriesError), store.transaction() as unit:
        ingest.store_report(unit, "court", report, NOON)

    front.is_broken = False
    with store.transaction() as unit:
        ack = ingest.store_report(unit, "court", report, NOON).ack

    assert ack.up_to == 1
    with store.snapshot() as unit:
        (only,) = unit.series.counts("court", NOON, NOON + samples.MINUTE, 60)
        assert only.count_in == 3


def test_the_token_is_sent_and_never_told(front: InfluxFront, bucket: InfluxBucket) -> None:
    with pytest.raises(SeriesError) as refusal:
        bucket.ask("SELECT nonsense")

    assert front.tokens == {"Token a-token-of-the-test"}
    assert "a-token-of-the-test" not in str(refusal.value)


def test_a_server_that_is_not_there_is_told_as_such(database: Database) -> None:
    nowhere = InfluxBucket("http://127.0.0.1:9", "zhian", "zhian", "token")
    store = SqlStore(database, series=nowhere.open)

    with pytest.raises(SeriesError, match="reading: found ConnectError"), store.snapshot() as unit:
        unit.series.counts("court", NOON, NOON + samples.MINUTE, 60)

    nowhere.close()


@pytest.mark.parametrize("evil", ["court' OR '1'='1", "court\\", "", "Court"])
def test_nothing_but_an_id_can_stand_in_a_statement(bucket: InfluxBucket, evil: str) -> None:
    with pytest.raises(TopicError, match="expected 1 to 64 of a-z"):
        bucket.open(None).counts(evil, NOON, NOON + samples.MINUTE, 60)


def test_points_arrive_at_another_maker_of_the_same_address(
    tmp_path: Path, database: Database
) -> None:
    server = victoria_metrics(tmp_path)
    bucket = InfluxBucket(server.url, "zhian", "zhian", "token")
    store = SqlStore(database, series=bucket.open)

    with store.transaction() as unit:
        unit.series.write(GatewayKey("court", "gw"), "e1", [(1, samples.count(0, into=3))])
    found = _exported(server.url, 'count_window_in{compound="court",line="main"}')

    bucket.close()
    server.stop()
    assert found["values"] == [3]
    assert found["timestamps"] == [int(NOON.timestamp() * 1000)]


def _exported(url: str, selector: str) -> dict[str, list[int]]:
    """Return a series once it can be searched, which is a moment after it was written."""
    pace = threading.Event()
    for _ in range(100):
        httpx.get(f"{url}/internal/force_flush", timeout=5)
        answer = httpx.get(f"{url}/api/v1/export", params={"match[]": selector}, timeout=5)
        if answer.text.strip():
            return answer.json()  # type: ignore[no-any-return]
        pace.wait(0.1)
    raise AssertionError(f"{selector} did not arrive")

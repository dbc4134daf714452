"""Deliveries over real HTTP, out of a real SQLite outbox."""

from __future__ import annotations

import base64
import contextlib
import itertools
import json
import os
import signal
import subprocess
import sys
import textwrap
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Protocol

import pytest
from sqlalchemy import update
from standardwebhooks import Webhook as Verifier
from standardwebhooks import WebhookVerificationError

from hub.adapters.clock import monotonic_s, utc_now
from hub.adapters.database import Database
from hub.adapters.deliveries import SqlDeliveries
from hub.adapters.tables import deliveries as table
from hub.adapters.webhook import Webhook, WebhookAddress
from hub.domain.delivery import MAX_ATTEMPTS, DeliveryInput, DeliveryState, IllegalDeliveryError
from hub.services.deliver import LEASE, Delivery, UnknownDeliveryError
from tests.integration.hub_delivery.command_platform import Platform, Received

pytestmark = pytest.mark.integration

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
SECRET = base64.b64encode(b"a secret of thirty-two bytes....").decode()
Put = Callable[[str, str], int]


class Clock:
    """Stands still until told."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def pass_s(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def clock() -> Clock:
    return Clock(NOON)


@pytest.fixture
def deliveries(database: Database) -> SqlDeliveries:
    return SqlDeliveries(database)


class OpenDelivery(Protocol):
    """Makes a worker that is closed when the test ends."""

    def __call__(
        self, url: str, clock: Callable[[], datetime], *, allow_private: bool = True
    ) -> Delivery: ...


@pytest.fixture
def open_delivery(deliveries: SqlDeliveries) -> Iterator[OpenDelivery]:
    leases = itertools.count()
    with contextlib.ExitStack() as stack:

        def open_one(
            url: str, clock: Callable[[], datetime], *, allow_private: bool = True
        ) -> Delivery:
            address = WebhookAddress("platform", url, SECRET, allow_private)
            webhook = Webhook(address, monotonic_s, step_timeout_s=0.3)
            stack.callback(webhook.close)
            return Delivery(deliveries, webhook, clock, lambda: 0.0, lambda: f"{next(leases)}")

        yield open_one


@pytest.fixture
def delivery(open_delivery: OpenDelivery, platform: Platform, clock: Clock) -> Delivery:
    return open_delivery(platform.url, clock)


def test_an_event_arrives_as_a_signed_cloud_event(
    open_delivery: OpenDelivery, platform: Platform, put: Put
) -> None:
    put("alert-1", "event-1")

    outcome = open_delivery(platform.url, utc_now).deliver_next()

    assert outcome is DeliveryInput.ACCEPTED
    [event] = platform.received
    assert event.headers["content-type"].startswith("application/cloudevents+json")
    assert event.headers["webhook-id"] == "event-1" == json.loads(event.body)["id"]
    Verifier(SECRET).verify(event.body, event.headers)
    with pytest.raises(WebhookVerificationError):
        Verifier(SECRET).verify(event.body + b" ", event.headers)


def test_an_event_that_arrived_is_never_sent_again(
    delivery: Delivery, platform: Platform, put: Put, clock: Clock
) -> None:
    put("alert-1", "event-1")
    delivery.deliver_next()

    clock.pass_s(86_400)

    assert delivery.deliver_next() is None
    assert platform.ids == ["event-1"]


def test_a_target_that_fails_gets_the_same_id_again_after_growing_waits(
    delivery: Delivery, deliveries: SqlDeliveries, platform: Platform, put: Put, clock: Clock
) -> None:
    answers = iter([500, 503, 404, 200])
    platform.answer = lambda _event: next(answers)
    put("alert-1", "event-1")

    waits_s = []
    while delivery.deliver_next() is DeliveryInput.FAILED:
        [row] = deliveries.list_newest(None, None, None, 10)
        waits_s.append((row.next_at - clock.now).total_seconds())
        assert delivery.deliver_next() is None
        clock.now = row.next_at

    assert waits_s == [0.5, 1.0, 2.0]
    assert platform.ids == ["event-1"] * 4


def test_a_target_that_asks_for_patience_gets_it(
    delivery: Delivery, deliveries: SqlDeliveries, platform: Platform, put: Put
) -> None:
    platform.answer = lambda _event: 429
    platform.answer_headers = {"Retry-After": "120"}
    put("alert-1", "event-1")

    delivery.deliver_next()

    [row] = deliveries.list_newest(DeliveryState.WAITING, "platform", None, 10)
    assert row.next_at == NOON + timedelta(seconds=120)
    assert row.last_error == "answered 429"


def test_nobody_listening_is_a_failure_to_be_tried_again(
    deliveries: SqlDeliveries, open_delivery: OpenDelivery, put: Put, clock: Clock
) -> None:
    put("alert-1", "event-1")

    outcome = open_delivery("http://127.0.0.1:9/events", clock).deliver_next()

    assert outcome is DeliveryInput.FAILED
    [row] = deliveries.list_newest(None, None, None, 10)
    assert row.last_error is not None
    assert "ConnectError" in row.last_error


def test_silence_is_a_failure_that_ends_by_itself(
    delivery: Delivery, deliveries: SqlDeliveries, platform: Platform, put: Put
) -> None:
    may_answer = threading.Event()
    platform.answer = lambda _event: 200 if may_answer.wait(10) else 500
    put("alert-1", "event-1")

    outcome = delivery.deliver_next()

    may_answer.set()
    assert outcome is DeliveryInput.FAILED
    [row] = deliveries.list_newest(None, None, None, 10)
    assert row.last_error is not None
    assert "ReadTimeout" in row.last_error


def test_a_private_address_is_refused_where_it_is_not_allowed(
    open_delivery: OpenDelivery, platform: Platform, put: Put, clock: Clock
) -> None:
    put("alert-1", "event-1")

    outcome = open_delivery(platform.url, clock, allow_private=False).deliver_next()

    assert outcome is DeliveryInput.FAILED
    assert platform.received == []


def test_a_redirect_is_not_followed(
    delivery: Delivery, deliveries: SqlDeliveries, platform: Platform, put: Put
) -> None:
    platform.answer = lambda _event: 307
    platform.answer_headers = {"Location": platform.url}
    put("alert-1", "event-1")

    assert delivery.deliver_next() is DeliveryInput.FAILED

    assert platform.ids == ["event-1"]
    assert deliveries.list_newest(None, None, None, 10)[0].last_error == "answered 307"


def test_an_endless_answer_is_cut_off(delivery: Delivery, platform: Platform, put: Put) -> None:
    platform.answer = lambda _event: 200
    platform.answer_body = b"x" * 5_000_000
    put("alert-1", "event-1")
    put("alert-2", "event-2")

    assert delivery.deliver_next() is DeliveryInput.ACCEPTED
    platform.answer_body = b""
    assert delivery.deliver_next() is DeliveryInput.ACCEPTED


def test_the_events_of_one_alert_arrive_in_order_while_others_overtake(
    delivery: Delivery, platform: Platform, put: Put, clock: Clock
) -> None:
    put("alert-1", "alert-1-raised")
    put("alert-1", "alert-1-acknowledged")
    put("alert-2", "alert-2-raised")
    is_broken = {"alert-1-raised"}
    platform.answer = lambda event: 500 if event.headers["webhook-id"] in is_broken else 200

    drain(delivery)
    before_repair = platform.ids
    is_broken.clear()
    clock.pass_s(60)
    drain(delivery)

    assert before_repair == ["alert-1-raised", "alert-2-raised"]
    assert platform.ids[2:] == ["alert-1-raised", "alert-1-acknowledged"]


def test_what_was_given_up_lets_the_next_event_of_the_alert_pass(
    delivery: Delivery, platform: Platform, put: Put
) -> None:
    put("alert-1", "alert-1-raised")
    put("alert-1", "alert-1-resolved")
    platform.answer = lambda event: 422 if event.headers["webhook-id"].endswith("raised") else 200

    assert drain(delivery) == [DeliveryInput.REFUSED, DeliveryInput.ACCEPTED]


def test_attempts_run_out_and_an_administrator_can_begin_anew(
    database: Database, delivery: Delivery, platform: Platform, put: Put, clock: Clock
) -> None:
    deliveries = SqlDeliveries(database)
    platform.answer = lambda _event: 500
    delivery_id = put("alert-1", "event-1")
    with database.transaction() as connection:  # it has long been tried
        connection.execute(update(table).values(attempts=MAX_ATTEMPTS - 1))

    assert drain(delivery) == [DeliveryInput.EXHAUSTED]

    [dead] = deliveries.list_newest(DeliveryState.DEAD, None, None, 10)
    assert dead.id == delivery_id
    clock.pass_s(86_400)
    assert drain(delivery) == []

    platform.answer = lambda _event: 200
    again = deliveries.retry(delivery_id, clock.now)

    assert (again.state, again.attempts) == (DeliveryState.WAITING, 0)
    assert drain(delivery) == [DeliveryInput.ACCEPTED]


def test_only_what_was_given_up_can_be_sent_again(
    delivery: Delivery, deliveries: SqlDeliveries, put: Put
) -> None:
    delivery_id = put("alert-1", "event-1")
    drain(delivery)
    before = deliveries.list_newest(None, None, None, 10)

    with pytest.raises(IllegalDeliveryError):
        deliveries.retry(delivery_id, NOON)
    with pytest.raises(UnknownDeliveryError):
        deliveries.retry(delivery_id + 1, NOON)

    assert deliveries.list_newest(None, None, None, 10) == before


def test_two_workers_never_hold_the_same_event(
    deliveries: SqlDeliveries, put: Put, clock: Clock
) -> None:
    put("alert-1", "event-1")

    first = deliveries.lease("platform", clock.now, clock.now + LEASE, "first")
    second = deliveries.lease("platform", clock.now, clock.now + LEASE, "second")

    assert first is not None
    assert second is None


def test_workers_side_by_side_send_every_event_once(
    open_delivery: OpenDelivery, platform: Platform, put: Put
) -> None:
    for number in range(20):
        put(f"alert-{number}", f"event-{number}")
    workers = [open_delivery(platform.url, lambda: NOON) for _ in range(3)]
    threads = [threading.Thread(target=drain, args=(worker,)) for worker in workers]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)

    assert sorted(platform.ids) == sorted(f"event-{number}" for number in range(20))


_WORKER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from hub.adapters.clock import monotonic_s
from hub.adapters.database import Database, open_engine, sqlite_url
from hub.adapters.deliveries import SqlDeliveries
from hub.adapters.webhook import Webhook, WebhookAddress
from hub.services.deliver import Delivery

path, url, secret = sys.argv[1:]
database = Database(open_engine(sqlite_url(Path(path))))
target = Webhook(WebhookAddress("platform", url, secret, allow_private=True), monotonic_s)
noon = datetime(2026, 6, 1, 12, tzinfo=UTC)
worker = Delivery(SqlDeliveries(database), target, lambda: noon, lambda: 0.0, lambda: "killed")
worker.deliver_next()
"""


def test_a_worker_killed_between_sending_and_settling_sends_again_under_the_same_id(
    deliveries: SqlDeliveries,
    delivery: Delivery,
    platform: Platform,
    put: Put,
    clock: Clock,
) -> None:
    put("alert-1", "event-1")
    database_path = str(deliveries._database.engine.url.database)
    worker = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(_WORKER), database_path, platform.url, SECRET]
    )

    def kill_the_sender(_event: Received) -> int:
        os.kill(worker.pid, signal.SIGKILL)
        worker.wait(timeout=10)
        return 200

    platform.answer = kill_the_sender
    assert worker.wait(timeout=30) == -signal.SIGKILL
    [leased] = deliveries.list_newest(DeliveryState.LEASED, None, None, 10)
    platform.answer = lambda _event: 200

    assert delivery.deliver_next() is None
    clock.pass_s(LEASE.total_seconds())
    assert delivery.deliver_next() is DeliveryInput.ACCEPTED

    assert leased.attempts == 1
    assert platform.ids == ["event-1", "event-1"]


def test_a_worker_that_comes_back_after_its_lease_changes_nothing(
    deliveries: SqlDeliveries,
    open_delivery: OpenDelivery,
    platform: Platform,
    put: Put,
    clock: Clock,
) -> None:
    put("alert-1", "event-1")
    late, other = open_delivery(platform.url, clock), open_delivery(platform.url, clock)

    def overtake(_event: Received) -> int:
        platform.answer = lambda _event: 200
        clock.pass_s(LEASE.total_seconds())
        other.deliver_next()
        return 500

    platform.answer = overtake
    late.deliver_next()

    [row] = deliveries.list_newest(None, None, None, 10)
    assert (row.state, row.attempts) == (DeliveryState.DELIVERED, 2)


def drain(delivery: Delivery) -> list[DeliveryInput]:
    """Send until nothing is due."""
    return list(iter(delivery.deliver_next, None))

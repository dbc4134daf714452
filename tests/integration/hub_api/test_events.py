"""The live stream over real HTTP: every console hears of every change, and misses none."""

from __future__ import annotations

import json
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import httpx
import pytest

from hub.adapters.store import SqlStore
from hub.api.dependencies import Services
from hub.api.feed import MAX_WAITING_LINES, FeedReader, Listener
from hub.domain.roles import Role
from hub.services.feed_lines import FeedLine

pytestmark = pytest.mark.integration

SignInAs = Callable[[Role], httpx.Client]


@dataclass
class Event:
    id: int
    kind: str
    data: dict[str, object]


def tell(store: SqlStore, services: Services, number: int) -> None:
    with store.transaction() as unit:
        unit.feed.tell("gate", "garden", {"site": f"garden-{number}"}, services.clock())


@contextmanager
def listening(client: httpx.Client, last_id: int | None = None) -> Iterator[Iterator[Event]]:
    headers = {} if last_id is None else {"Last-Event-ID": str(last_id)}
    with client.stream("GET", "/api/v1/events", headers=headers, timeout=10) as answer:
        assert answer.status_code == 200
        assert answer.headers["Content-Type"].startswith("text/event-stream")
        lines = answer.iter_lines()
        assert next(lines).startswith(":")
        yield parsed(lines)


def parsed(lines: Iterator[str]) -> Iterator[Event]:
    fields: dict[str, str] = {}
    for line in lines:
        if line and not line.startswith(":"):
            name, _, value = line.partition(": ")
            fields[name] = value
        elif not line and "data" in fields:
            yield Event(int(fields["id"]), fields["event"], json.loads(fields["data"]))
            fields = {}


def test_a_change_is_told_within_the_time_a_person_does_not_notice(
    sign_in: SignInAs, store: SqlStore, services: Services
) -> None:
    waits_s = []
    with listening(sign_in(Role.GUARD)) as told:
        for number in range(5):
            began_s = time.monotonic()
            tell(store, services, number)
            event = next(told)
            waits_s.append(time.monotonic() - began_s)

            assert (event.kind, event.data) == ("gate", {"site": f"garden-{number}"})
    assert statistics.median(waits_s) < 0.3, waits_s


def test_who_comes_back_hears_what_was_missed_once_and_in_order(
    sign_in: SignInAs, store: SqlStore, services: Services
) -> None:
    client = sign_in(Role.GUARD)
    with listening(client) as told:
        tell(store, services, 1)
        last_id = next(told).id
    for number in (2, 3):
        tell(store, services, number)

    with listening(client, last_id) as told:
        tell(store, services, 4)
        heard = [next(told).data["site"] for _ in range(3)]

    assert heard == ["garden-2", "garden-3", "garden-4"]


def test_who_comes_for_the_first_time_hears_nothing_old(
    sign_in: SignInAs, store: SqlStore, services: Services
) -> None:
    client = sign_in(Role.GUARD)
    tell(store, services, 1)
    time.sleep(0.2)  # the reader has seen it

    with listening(client) as told:
        tell(store, services, 2)

        assert next(told).data == {"site": "garden-2"}


def test_an_id_of_another_hub_misses_nothing(
    sign_in: SignInAs, store: SqlStore, services: Services
) -> None:
    with listening(sign_in(Role.GUARD), last_id=10**17) as told:
        tell(store, services, 1)

        assert next(told).data == {"site": "garden-1"}


@pytest.mark.parametrize("last_id", ["-1", "1e3", "abc", "9" * 40])
def test_an_id_that_is_none_is_refused(sign_in: SignInAs, last_id: str) -> None:
    answer = sign_in(Role.GUARD).get("/api/v1/events", headers={"Last-Event-ID": last_id})

    assert answer.status_code == 422


def test_every_listener_hears_everything(
    sign_in: SignInAs, store: SqlStore, services: Services
) -> None:
    client = sign_in(Role.GUARD)
    with listening(client) as first, listening(client) as second:
        tell(store, services, 1)

        assert next(first) == next(second)
        assert services.feed.listener_count == 2


def test_a_stream_ends_with_its_session(sign_in: SignInAs, services: Services) -> None:
    client = sign_in(Role.GUARD)
    token = client.cookies["zhian-session"]

    with listening(client) as told:
        services.sign_in.sign_out(token)

        assert list(told) == []


def test_stopping_the_hub_ends_every_stream(sign_in: SignInAs, services: Services) -> None:
    with listening(sign_in(Role.GUARD)) as told:
        services.feed.stop()

        assert list(told) == []


async def test_who_does_not_keep_up_is_cut_off_and_holds_up_nobody() -> None:
    lines = _ManyLines(MAX_WAITING_LINES + 1)
    reader = FeedReader(lines, poll_s=0.01)
    with reader.listening() as slow:
        thread = threading.Timer(0.5, reader.stop)
        thread.start()

        await reader.run()

        assert await slow.next_line(1) is None
        assert reader.listener_count == 0
        thread.join()


async def test_a_listener_that_was_ended_hears_no_more() -> None:
    listener = Listener()
    listener.tell(FeedLine(1, "gate", "{}"))

    listener.end()

    assert await listener.next_line(1) is None


class _ManyLines:
    """A feed in which very much happens at once."""

    def __init__(self, count: int) -> None:
        self._count = count

    def last_id(self) -> int:
        return 0

    def after(self, line_id: int, limit: int) -> list[FeedLine]:
        last = min(line_id + limit, self._count)
        return [FeedLine(number, "gate", "{}") for number in range(line_id + 1, last + 1)]

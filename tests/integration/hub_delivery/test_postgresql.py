"""Users and deliveries where several hub processes share a PostgreSQL."""

from __future__ import annotations

import itertools
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from hub.adapters.accounts import SqlAccounts
from hub.adapters.database import Database, migrate, open_engine, postgresql_url
from hub.adapters.deliveries import SqlDeliveries
from hub.domain.delivery import DeliveryInput
from hub.domain.roles import Role
from hub.services.deliver import Answered, Delivery
from hub.services.sign_in import Account
from hub.services.users import Change, LastAdministratorError
from tests.integration.hub_store.conftest import postgresql  # noqa: F401 - a fixture

pytestmark = pytest.mark.integration

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


@pytest.fixture
def database(postgresql: str) -> Iterator[Database]:  # noqa: F811 - the fixture it takes
    engine = open_engine(postgresql_url(postgresql, None))
    with engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    migrate(engine)
    database = Database(engine)
    yield database
    database.close()


class Notebook:
    """A target that writes down what it is sent."""

    id = "platform"

    def __init__(self) -> None:
        self.sent: list[str] = []

    def send(self, event_id: str, event: str, now: datetime) -> Answered:  # noqa: ARG002 - a target's
        self.sent.append(event_id)
        return Answered(204)


def administrator(name: str) -> Account:
    return Account(name, name, Role.ADMINISTRATOR, "hash", False, True, NOON)


def together(*actions: Callable[[], object]) -> None:
    """Do all of it at the same moment."""
    barrier = threading.Barrier(len(actions))

    def act(action: Callable[[], object]) -> None:
        barrier.wait(10)
        action()

    threads = [threading.Thread(target=act, args=(action,)) for action in actions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)


def test_workers_side_by_side_send_every_event_once_and_in_order_per_alert(
    database: Database, put: Callable[[str, str], int]
) -> None:
    for number in range(30):
        put(f"alert-{number % 10}", f"event-{number:02}")
    notebook, leases = Notebook(), itertools.count()
    workers = [
        Delivery(
            SqlDeliveries(database), notebook, lambda: NOON, lambda: 0.0, lambda: f"{next(leases)}"
        )
        for _ in range(4)
    ]

    def work(worker: Delivery) -> Callable[[], object]:
        def drain() -> None:
            for _ in range(100):  # another may hold what is due: look again
                worker.deliver_next()

        return drain

    together(*(work(worker) for worker in workers))

    assert Counter(notebook.sent) == Counter(f"event-{number:02}" for number in range(30))
    for alert in range(10):
        of_alert = [each for each in notebook.sent if int(each[-2:]) % 10 == alert]
        assert of_alert == sorted(of_alert)


def test_an_event_that_failed_is_tried_again(
    database: Database, put: Callable[[str, str], int]
) -> None:
    put("alert-1", "event-1")
    notebook = Notebook()
    deliveries = SqlDeliveries(database)
    worker = Delivery(deliveries, notebook, lambda: NOON, lambda: 0.0, lambda: "lease")

    assert worker.deliver_next() is DeliveryInput.ACCEPTED
    assert worker.deliver_next() is None
    assert deliveries.list_newest(None, None, None, 10)[0].delivered_at == NOON


def test_two_administrators_cannot_remove_each_other(database: Database) -> None:
    accounts = SqlAccounts(database)
    for name in ("li", "wang"):
        accounts.add(administrator(name))
    refused: list[str] = []

    def demote(name: str) -> Callable[[], object]:
        def change() -> None:
            try:
                accounts.change(name, Change(role=Role.GUARD), NOON)
            except LastAdministratorError as error:
                refused.append(error.username)

        return change

    together(demote("li"), demote("wang"))

    roles = [account.role for account in accounts.list_all()]
    assert len(refused) == 1
    assert roles.count(Role.ADMINISTRATOR) == 1


def test_of_several_first_starts_one_makes_the_administrator(database: Database) -> None:
    accounts = SqlAccounts(database)
    made: list[bool] = []

    together(*[lambda: made.append(accounts.add_first(administrator("admin")))] * 4)

    assert sorted(made) == [False, False, False, True]
    assert accounts.count() == 1

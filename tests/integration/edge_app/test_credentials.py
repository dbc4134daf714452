"""A credential becomes a pseudonym where a rule asks for it, and is nowhere to be found."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import pytest

from edge.access.pseudonyms import Pseudonyms
from edge.adapters.mqtt import Connection
from edge.adapters.outbox import Outbox
from edge.app.gateway import OUTBOX_FILE
from edge.app.plan import plan_of
from edge.config.site import load_site
from edge.facts import Crossing
from edge.gateway import Gateway, decode_state
from models.install import install
from tests.integration.edge_app.conftest import GatewayRun
from tests.integration.edge_app.test_counting import DETECTOR, TABLES
from tests.integration.edge_link.brokers import wait_until
from wire.codec import encode
from wire.messages import AccessEvent
from wire.records import AccessOutcome, AlertRaised
from wire.topics import AccessTopic
from wire.values import Direction, ObjectClass

pytestmark = pytest.mark.integration

CARD: Final = "4242-0000-7171"
KEY: Final = b"only for this test " * 2
BY_CARD: Final = TABLES + "one_grant_per_card = true\n"
DOOR_TOPIC: Final = str(AccessTopic("garden", "door"))


@pytest.fixture
def by_card(gateway: GatewayRun, shared_data: Path, monkeypatch: pytest.MonkeyPatch) -> GatewayRun:
    """A gateway that is to know one card from another; not started yet."""
    install(DETECTOR, shared_data / "models", gateway.folder / "models")
    gateway.write_site(BY_CARD.format(clip="none.avi"))
    monkeypatch.setenv("ZHIAN_PSEUDONYM_KEY", KEY.decode())
    return gateway


def shown(number: int, at: datetime) -> bytes:
    return encode(
        AccessEvent(
            event_id=f"show-{number}",
            occurred_at=at,
            outcome=AccessOutcome.GRANTED,
            credential=CARD,
        )
    )


def entering(track: int, at: datetime) -> Crossing:
    return Crossing(
        occurred_at=at,
        camera="south",
        line="middle",
        track_id=track,
        object_class=ObjectClass.PERSON,
        direction=Direction.IN,
    )


def restarted(run: GatewayRun) -> Gateway:
    """The gateway's core as it goes on from what a stopped run has left."""
    outbox = Outbox(run.folder / "data" / OUTBOX_FILE, "epoch")
    checkpoint = outbox.checkpoint()
    outbox.close()
    assert checkpoint is not None
    return Gateway(plan_of(load_site(run.folder / "site.toml")), decode_state(checkpoint))


def bytes_left_by(run: GatewayRun) -> bytes:
    files = [file for file in (run.folder / "data").rglob("*") if file.is_file()]
    return b"".join(file.read_bytes() for file in files) + run.log.encode()


def show_twice(run: GatewayRun, device: Connection, at: datetime) -> None:
    for number in range(2):
        device.publish(DOOR_TOPIC, shown(number, at), qos=1)
    quoted = f'"{CARD}"'.encode()
    device.publish(DOOR_TOPIC, shown(2, at).replace(quoted, b"[" + quoted + b"]"), qos=1)
    device.publish(DOOR_TOPIC, shown(3, at) + quoted, qos=1)
    wait_until(lambda: run.figure("access_total") == 2, 10, "the shows")
    wait_until(lambda: run.figure("refused_total") == 2, 10, "the refusals")


def test_two_shows_of_one_card_let_in_one_and_the_card_is_left_nowhere(
    by_card: GatewayRun, device: Connection
) -> None:
    at = datetime.now(UTC)
    by_card.start()

    show_twice(by_card, device, at)
    left_running = bytes_left_by(by_card)
    by_card.stop()
    left = left_running + bytes_left_by(by_card)
    crossings = [entering(track, at + timedelta(seconds=track)) for track in (1, 2)]
    outcome = restarted(by_card).observe(crossings, at + timedelta(seconds=4))

    (raised,) = [record for record in outcome.records if isinstance(record, AlertRaised)]
    assert (raised.reason.observed, raised.reason.limit) == (2, 1)
    assert CARD.encode() not in left
    assert Pseudonyms(KEY).of(CARD, at).encode() in left
    assert KEY not in left


def test_where_no_rule_asks_not_even_a_pseudonym_is_left(
    by_card: GatewayRun, device: Connection
) -> None:
    at = datetime.now(UTC)
    by_card.write_site(TABLES.format(clip="none.avi"))
    by_card.start()

    show_twice(by_card, device, at)
    by_card.stop()

    left = bytes_left_by(by_card)
    assert CARD.encode() not in left
    assert Pseudonyms(KEY).of(CARD, at).encode() not in left


@pytest.mark.parametrize("key", ["", "short"])
def test_without_a_key_the_gateway_says_so_and_does_not_start(
    by_card: GatewayRun, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    monkeypatch.setenv("ZHIAN_PSEUDONYM_KEY", key)

    code = by_card.program("run", "--site", str(by_card.folder / "site.toml")).wait(30)

    assert code == 1
    assert "ZHIAN_PSEUDONYM_KEY: found" in by_card.log
    assert not (by_card.folder / "data").exists()

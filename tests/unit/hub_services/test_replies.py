from __future__ import annotations

from datetime import UTC, datetime

import pytest

from hub.domain.alerts import Alert
from hub.services.cursors import place_of, to_cursor
from hub.services.errors import BadCursorError
from hub.services.receive import Received
from hub.services.replies import replies
from wire.messages import Ack
from wire.topics import Channel, GatewayTopic

AT = datetime(2026, 7, 1, 4, 0, tzinfo=UTC)


def received(up_to: int, gateway: str = "gw", evidence: tuple[str, ...] = ()) -> Received:
    ack = Ack(gateway=gateway, epoch="e1", up_to=up_to, evidence=evidence)
    return Received(GatewayTopic("court", gateway, Channel.REPORT), ack)


def test_each_gateway_is_told_the_last_of_what_was_stored() -> None:
    told = replies([received(1), received(5, "second"), received(3)])

    assert [(str(topic), ack.up_to) for topic, ack in told] == [
        ("zhian/v1/court/gw/ack", 3),
        ("zhian/v1/court/second/ack", 5),
    ]


def test_pictures_of_all_messages_are_told() -> None:
    ((_, ack),) = replies([received(1, evidence=("p1",)), received(1, evidence=("p2",))])

    assert ack.evidence == ("p1", "p2")


def test_more_pictures_than_an_ack_may_name_are_told_in_two() -> None:
    many = [received(1, evidence=(f"p{n}",)) for n in range(40)]

    told = replies(many)

    assert [len(ack.evidence) for _, ack in told] == [32, 8]


def test_what_asks_for_no_answer_gets_none() -> None:
    assert replies([Received(GatewayTopic("court", "gw", Channel.BIRTH))]) == []


@pytest.mark.parametrize("cursor", ["", "1", "1.x", "-1.00000000-0000-0000-0000-000000000000"])
def test_a_cursor_that_is_not_ours_is_refused(cursor: str) -> None:
    with pytest.raises(BadCursorError):
        place_of(cursor)


def test_an_alert_that_was_not_raised_has_no_cursor() -> None:
    with pytest.raises(ValueError, match="expected one"):
        to_cursor(Alert("court", "gw", "a1", updated_at=AT))

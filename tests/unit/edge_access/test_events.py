from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from edge.access.events import Horizon, parse_access, to_fact
from edge.access.pseudonyms import Pseudonyms
from edge.facts import Access
from wire.codec import encode
from wire.errors import PayloadError
from wire.messages import AccessEvent
from wire.records import AccessOutcome
from wire.values import Direction

NOW = datetime(2026, 3, 9, 0, 15, tzinfo=UTC)


def event_at(occurred_at: datetime, *, credential: str | None = None) -> AccessEvent:
    return AccessEvent(
        event_id="7",
        occurred_at=occurred_at,
        outcome=AccessOutcome.GRANTED,
        direction=Direction.IN,
        credential=credential,
    )


def test_our_own_event_becomes_a_fact_without_its_credential() -> None:
    payload = encode(event_at(NOW, credential="card 42"))

    fact = to_fact("north-door", parse_access(payload, NOW))

    assert fact == Access(
        occurred_at=NOW,
        point="north-door",
        event_id="7",
        outcome=AccessOutcome.GRANTED,
        direction=Direction.IN,
    )


def test_a_credential_is_kept_as_a_pseudonym_where_a_rule_needs_it() -> None:
    pseudonyms = Pseudonyms(b"k" * 32)

    fact = to_fact("north-door", event_at(NOW, credential="card 42"), pseudonyms)

    assert fact.credential == pseudonyms.of("card 42", NOW)


def test_an_event_without_a_credential_gets_no_pseudonym() -> None:
    assert to_fact("north-door", event_at(NOW), Pseudonyms(b"k" * 32)).credential is None


def test_an_event_kept_by_an_offline_reader_is_taken_late() -> None:
    payload = encode(event_at(NOW - timedelta(days=6)))

    assert parse_access(payload, NOW).occurred_at == NOW - timedelta(days=6)


@pytest.mark.parametrize("off_by", [timedelta(minutes=6), timedelta(days=-8)])
def test_a_time_that_cannot_be_is_refused_by_name(off_by: timedelta) -> None:
    payload = encode(event_at(NOW + off_by))

    with pytest.raises(PayloadError) as caught:
        parse_access(payload, NOW)

    assert caught.value.field == "$.occurred_at"
    assert caught.value.found == (NOW + off_by).isoformat()


def test_both_ends_of_the_horizon_are_believed() -> None:
    horizon = Horizon(ahead=timedelta(minutes=1), behind=timedelta(hours=1))

    for believed in (NOW + timedelta(minutes=1), NOW - timedelta(hours=1)):
        assert horizon.check("at", believed, NOW) == believed


def test_an_outcome_that_we_do_not_have_names_field_found_and_expected() -> None:
    payload = encode(event_at(NOW)).replace(b'"granted"', b'"perhaps"')

    with pytest.raises(PayloadError) as caught:
        parse_access(payload, NOW)

    assert caught.value.field == "$.outcome"
    assert "perhaps" in str(caught.value)


@pytest.mark.parametrize("credential", [b"4242", b'"' + b"42" * 200 + b'"', b'["4242"]'])
def test_a_credential_that_cannot_be_read_is_not_shown(credential: bytes) -> None:
    payload = encode(event_at(NOW, credential="card")).replace(b'"card"', credential)

    with pytest.raises(PayloadError) as caught:
        parse_access(payload, NOW)

    assert caught.value.field == "$.credential"
    assert "42" not in str(caught.value)


def test_a_message_of_another_shape_is_refused_without_being_shown() -> None:
    with pytest.raises(PayloadError) as caught:
        parse_access(b"[" + encode(event_at(NOW, credential="card 42")) + b"]", NOW)

    assert "42" not in str(caught.value)

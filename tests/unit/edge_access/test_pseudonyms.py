from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from edge.access.errors import AccessConfigurationError
from edge.access.pseudonyms import Pseudonyms

KEY = bytes(range(32))
NOON = datetime(2026, 3, 9, 12, tzinfo=UTC)


def test_a_credential_keeps_its_name_within_a_period() -> None:
    pseudonyms = Pseudonyms(KEY)

    assert pseudonyms.of("card 42", NOON) == pseudonyms.of("card 42", NOON + timedelta(hours=11))


def test_a_name_expires_with_its_period() -> None:
    pseudonyms = Pseudonyms(KEY)

    assert pseudonyms.of("card 42", NOON) != pseudonyms.of("card 42", NOON + timedelta(hours=12))


def test_names_depend_on_credential_and_key() -> None:
    names = {
        Pseudonyms(KEY).of("card 42", NOON),
        Pseudonyms(KEY).of("card 43", NOON),
        Pseudonyms(KEY[::-1]).of("card 42", NOON),
    }

    assert len(names) == 3


def test_a_name_is_32_hexadecimal_digits_and_does_not_hold_the_credential() -> None:
    name = Pseudonyms(KEY).of("42", NOON)

    assert len(bytes.fromhex(name)) == 16


def test_a_short_key_is_refused_and_not_shown() -> None:
    with pytest.raises(AccessConfigurationError) as caught:
        Pseudonyms(b"secret")

    assert "secret" not in str(caught.value)
    assert caught.value.found == "6 bytes"


def test_the_key_is_not_in_the_representation() -> None:
    assert repr(KEY) not in repr(Pseudonyms(KEY))


def test_a_period_must_be_positive() -> None:
    with pytest.raises(AccessConfigurationError):
        Pseudonyms(KEY, timedelta(0))

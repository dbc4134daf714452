"""Pseudonyms: tell one credential from another without knowing either."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

from edge.access.errors import AccessConfigurationError

MIN_KEY_BYTES: Final = 32
_DOMAIN: Final = b"zhian credential pseudonym 1"
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_PSEUDONYM_BYTES: Final = 16


@dataclass(frozen=True)
class Pseudonyms:
    """Keyed, expiring names for credentials (HMAC-SHA-256, the first 128 bits).

    The period is part of what is hashed, so a credential has a new name in each period and the
    names of two periods cannot be tied together without the key. The key stays on the gateway.
    """

    key: bytes = field(repr=False)
    period: timedelta = timedelta(days=1)

    def __post_init__(self) -> None:
        """Refuse a key that can be guessed and a period that is none.

        Raises:
            AccessConfigurationError: The key is short or the period not positive.
        """
        if len(self.key) < MIN_KEY_BYTES:
            found, expected = f"{len(self.key)} bytes", f"at least {MIN_KEY_BYTES} random bytes"
            raise AccessConfigurationError("pseudonym key", found, expected)
        if self.period <= timedelta(0):
            raise AccessConfigurationError("pseudonym period", str(self.period), "more than 0")

    def of(self, credential: str, at: datetime) -> str:
        """Return the name of `credential` in the period that `at` is in: 32 hexadecimal digits."""
        period = (at - _EPOCH) // self.period
        message = b"\0".join((_DOMAIN, str(period).encode(), credential.encode()))
        return hmac.new(self.key, message, hashlib.sha256).digest()[:_PSEUDONYM_BYTES].hex()

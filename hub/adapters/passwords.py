"""Passwords: Argon2id hashes, tokens and first passwords from the system's randomness."""

from __future__ import annotations

import secrets
import string
import threading
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

# OWASP Password Storage Cheat Sheet: Argon2id, 19 MiB, 2 passes, 1 lane.
_MEMORY_KIB: Final = 19 * 1024
_PASSES: Final = 2
_AT_ONCE: Final = 2  # hashes side by side, so that a flood of tries cannot take all memory
_FIRST_PASSWORD_CHARS: Final = 16
_READABLE: Final = "".join(sorted(set(string.ascii_letters + string.digits) - set("0O1lI")))


class Argon2Passwords:
    """Makes and checks Argon2id hashes, a few at a time."""

    def __init__(self) -> None:
        self._hasher = PasswordHasher(time_cost=_PASSES, memory_cost=_MEMORY_KIB, parallelism=1)
        self._at_once = threading.BoundedSemaphore(_AT_ONCE)
        self._nobodys_hash = self._hasher.hash(secrets.token_urlsafe())

    def hash(self, password: str) -> str:
        """Return a salted hash that names its own parameters."""
        with self._at_once:
            return self._hasher.hash(password)

    def matches(self, password: str, password_hash: str | None) -> bool:
        """Check a password; with no hash it takes as long and is False."""
        with self._at_once:
            try:
                self._hasher.verify(password_hash or self._nobodys_hash, password)
            except (VerificationError, InvalidHashError):
                return False
        return password_hash is not None

    def is_outdated(self, password_hash: str) -> bool:
        """Say whether the hash was made with other parameters than today's."""
        return self._hasher.check_needs_rehash(password_hash)


def new_token() -> str:
    """Return a session token of 256 random bits."""
    return secrets.token_urlsafe(32)


def new_password() -> str:
    """Return a password of about 93 random bits, without letters that look alike."""
    return "".join(secrets.choice(_READABLE) for _ in range(_FIRST_PASSWORD_CHARS))

"""Signing in: passwords become sessions, sessions become people.

A session is a random token that only the browser holds; the hub keeps its SHA-256. It ends when it
is not used for `IDLE`, and in any case after `LONGEST`.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Protocol

from hub.domain.roles import Role
from hub.domain.throttle import Allowance, Throttle

IDLE: Final = timedelta(hours=12)  # a guard's shift
LONGEST: Final = timedelta(days=7)
TOUCH_EVERY: Final = timedelta(minutes=1)


@dataclass(frozen=True)
class Account:
    """A user as the store keeps one; `password_hash` says how it was made."""

    username: str
    display_name: str
    role: Role
    password_hash: str
    must_change_password: bool
    active: bool
    created_at: datetime
    last_sign_in_at: datetime | None = None


@dataclass(frozen=True)
class Session:
    """A session as the store keeps one."""

    token_hash: str
    username: str
    created_at: datetime
    used_at: datetime

    def ends_at(self) -> datetime:
        """Return when it ends unless it is used again."""
        return min(self.used_at + IDLE, self.created_at + LONGEST)


@dataclass(frozen=True)
class SignedIn:
    """Who makes a request, and in which session."""

    username: str
    display_name: str
    role: Role
    must_change_password: bool
    session: Session


class Accounts(Protocol):
    """Where users and sessions are kept; each call is one transaction."""

    def find(self, username: str) -> Account | None:
        """Return the user of that name."""

    def find_session(self, token_hash: str) -> tuple[Session, Account] | None:
        """Return a session and whose it is."""

    def open_session(self, session: Session, keep_per_user: int) -> None:
        """Keep a session and when its user signed in; of a user's sessions the newest stay."""

    def touch_session(self, session: Session) -> None:
        """Note when a session was last used."""

    def end_session(self, token_hash: str) -> None:
        """Forget a session."""

    def end_expired_sessions(self, now: datetime) -> None:
        """Forget the sessions that are over."""

    def set_password(
        self, username: str, password_hash: str, now: datetime, *, keep_session: str
    ) -> None:
        """Keep a password hash that its user chose, and end the user's other sessions."""

    def rehash_password(self, username: str, before: str, after: str) -> None:
        """Keep the same password's hash made anew, unless it has changed meanwhile."""


class Passwords(Protocol):
    """Makes password hashes and checks passwords against them, in constant time."""

    def hash(self, password: str) -> str:
        """Return a salted hash."""

    def matches(self, password: str, password_hash: str | None) -> bool:
        """Check a password; with no hash it takes as long and is False."""

    def is_outdated(self, password_hash: str) -> bool:
        """Say whether the hash was made with weaker parameters than today's."""


class FirstLogin(Protocol):
    """The note with the first administrator's password."""

    def forget(self, username: str) -> None:
        """Remove the note if it is about this user."""


class SignInError(Exception):
    """Base of why somebody is not signed in."""


class WrongCredentialsError(SignInError):
    """No such user, not this password, or not active: never said which."""


class WrongPasswordError(SignInError):
    """Somebody who is signed in gave another password than their present one."""


class SamePasswordError(SignInError):
    """A new password that is the present one."""


class ThrottledError(SignInError):
    """Too many wrong tries.

    Attributes:
        retry_after_s: When the next try is looked at.
    """

    def __init__(self, retry_after_s: float) -> None:
        super().__init__(f"too many tries, the next one in {retry_after_s:.0f} s")
        self.retry_after_s = retry_after_s


class SignInThrottle:
    """Slows down guessing: of one user from one address, from one address, and of one user.

    The last is wide, so that a stranger cannot lock somebody out from elsewhere at once.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._throttles = {
            "user at address": Throttle(Allowance(burst=5, refill_s=60)),
            "address": Throttle(Allowance(burst=30, refill_s=10)),
            "user": Throttle(Allowance(burst=100, refill_s=5)),
        }

    def enter(self, username: str, address: str, now: datetime) -> None:
        """Count a try before it is looked at, so that tries side by side count too.

        Raises:
            ThrottledError: There were too many; this one does not count.
        """
        keys = self._keys(username, address)
        with self._lock:
            wait_s = max(self._throttles[name].wait_s(key, now) for name, key in keys.items())
            if wait_s > 0:
                raise ThrottledError(wait_s)
            for name, key in keys.items():
                self._throttles[name].take(key, now)

    def succeed(self, username: str, address: str, now: datetime) -> None:
        """Take back a try that was right."""
        with self._lock:
            for name, key in self._keys(username, address).items():
                self._throttles[name].give_back(key, now)

    @staticmethod
    def _keys(username: str, address: str) -> dict[str, Hashable]:
        return {"user at address": (username, address), "address": address, "user": username}


class SignIn:
    """Opens, recognises and ends sessions."""

    _SESSIONS_PER_USER: Final = 20

    def __init__(
        self,
        accounts: Accounts,
        passwords: Passwords,
        first_login: FirstLogin,
        new_token: Callable[[], str],
    ) -> None:
        self._accounts = accounts
        self._passwords = passwords
        self._first_login = first_login
        self._new_token = new_token
        self._throttle = SignInThrottle()

    def sign_in(
        self, username: str, password: str, address: str, now: datetime
    ) -> tuple[str, SignedIn]:
        """Return the token of a new session, and who signed in.

        Raises:
            WrongCredentialsError: Unknown, inactive, or another password.
            ThrottledError: Too many wrong tries.
        """
        account = self._check(username, password, address, now)
        token = self._new_token()
        session = Session(hash_token(token), username, created_at=now, used_at=now)
        self._accounts.end_expired_sessions(now)
        self._accounts.open_session(session, self._SESSIONS_PER_USER)
        return token, _signed_in(account, session)

    def identify(self, token: str, now: datetime) -> SignedIn | None:
        """Return whose session it is, None if it is over or never was; keeps it alive."""
        found = self._accounts.find_session(hash_token(token))
        if found is None:
            return None
        session, account = found
        if now >= session.ends_at() or not account.active:
            self._accounts.end_session(session.token_hash)
            return None
        if now - session.used_at >= TOUCH_EVERY:
            session = replace(session, used_at=now)
            self._accounts.touch_session(session)
        return _signed_in(account, session)

    def is_valid(self, session: Session, now: datetime) -> bool:
        """Say whether a session is still open, without keeping it alive."""
        found = self._accounts.find_session(session.token_hash)
        return found is not None and now < found[0].ends_at() and found[1].active

    def sign_out(self, token: str) -> None:
        """End a session."""
        self._accounts.end_session(hash_token(token))

    def change_password(
        self, who: SignedIn, current: str, new: str, address: str, now: datetime
    ) -> None:
        """Take a new password and end all other sessions of this user.

        Raises:
            WrongPasswordError: `current` is not the present password.
            SamePasswordError: `new` is; somebody else may know it.
            ThrottledError: Too many wrong tries.
        """
        try:
            self._check(who.username, current, address, now)
        except WrongCredentialsError:
            raise WrongPasswordError from None
        if new == current:
            raise SamePasswordError
        self._accounts.set_password(
            who.username,
            self._passwords.hash(new),
            now,
            keep_session=who.session.token_hash,
        )
        self._first_login.forget(who.username)

    def _check(self, username: str, password: str, address: str, now: datetime) -> Account:
        self._throttle.enter(username, address, now)
        account = self._accounts.find(username)
        known_hash = account.password_hash if account is not None and account.active else None
        if not self._passwords.matches(password, known_hash) or account is None:
            raise WrongCredentialsError
        self._throttle.succeed(username, address, now)
        if self._passwords.is_outdated(account.password_hash):
            renewed = self._passwords.hash(password)
            self._accounts.rehash_password(username, account.password_hash, renewed)
        return account


def hash_token(token: str) -> str:
    """Return what is kept of a token; it has 256 random bits, so it needs no salt."""
    return hashlib.sha256(token.encode()).hexdigest()


def _signed_in(account: Account, session: Session) -> SignedIn:
    return SignedIn(
        account.username,
        account.display_name,
        account.role,
        account.must_change_password,
        session,
    )

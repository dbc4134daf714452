"""Users: the first administrator, and what an administrator does with the others."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from hub.domain.roles import Role
from hub.services.sign_in import Account, FirstLogin, Passwords

FIRST_USERNAME: Final = "admin"


@dataclass(frozen=True)
class Change:
    """What changes of a user; None stays. A password is here already as its hash."""

    display_name: str | None = None
    role: Role | None = None
    active: bool | None = None
    password_hash: str | None = None

    @property
    def ends_sessions(self) -> bool:
        """Whether whoever is signed in as this user must sign in again."""
        return self.role is not None or self.active is False or self.password_hash is not None


class Users(Protocol):
    """Where users are kept; each call is one transaction."""

    def list_all(self) -> list[Account]:
        """Return all users by name."""

    def add(self, account: Account) -> None:
        """Keep a new user; raises UserExistsError."""

    def add_first(self, account: Account) -> bool:
        """Keep a user if there is none at all; say whether it was kept."""

    def change(self, username: str, change: Change, now: datetime) -> Account:
        """Change a user; raises UnknownUserError or LastAdministratorError and changes nothing."""

    def count(self) -> int:
        """Return how many users there are."""


class FirstLoginNote(FirstLogin, Protocol):
    """The note with the first administrator's password, written once."""

    def prepare(self, username: str, password: str) -> None:
        """Write the note aside, readable by its owner only."""

    def publish(self) -> None:
        """Put the note in its place."""

    def discard(self) -> None:
        """Remove a note that was prepared but is not right."""


class UserError(Exception):
    """Base of why a user cannot be added or changed.

    Attributes:
        username: Who it is about.
    """

    def __init__(self, username: str, said: str) -> None:
        super().__init__(f"{username}: {said}")
        self.username = username


class UserExistsError(UserError):
    """There is a user of that name."""

    def __init__(self, username: str) -> None:
        super().__init__(username, "there is a user of that name already")


class UnknownUserError(UserError):
    """There is no user of that name."""

    def __init__(self, username: str) -> None:
        super().__init__(username, "there is no user of that name")


class LastAdministratorError(UserError):
    """The change would leave nobody who can administer."""

    def __init__(self, username: str) -> None:
        super().__init__(username, "is the last active administrator and must stay one")


def ensure_administrator(
    users: Users,
    passwords: Passwords,
    note: FirstLoginNote,
    new_password: Callable[[], str],
    now: datetime,
) -> str | None:
    """Make the first administrator if there is no user at all; return the password, once.

    The note is written aside first and put in place by whoever's user was kept, so that of several
    processes starting at once only one leaves a note, and none leaves a user without one.
    """
    if users.count() > 0:
        return None
    password = new_password()
    note.prepare(FIRST_USERNAME, password)
    first = Account(
        username=FIRST_USERNAME,
        display_name="系统管理员 Administrator",
        role=Role.ADMINISTRATOR,
        password_hash=passwords.hash(password),
        must_change_password=True,
        active=True,
        created_at=now,
    )
    if not users.add_first(first):
        note.discard()
        return None
    note.publish()
    return password


class UserAdministration:
    """What an administrator does with users."""

    def __init__(self, users: Users, passwords: Passwords, first_login: FirstLogin) -> None:
        self._users = users
        self._passwords = passwords
        self._first_login = first_login

    def list_all(self) -> list[Account]:
        """Return all users by name."""
        return self._users.list_all()

    def add(
        self, username: str, display_name: str, role: Role, password: str, now: datetime
    ) -> Account:
        """Add a user, who must change this password.

        Raises:
            UserExistsError: There is one of that name.
        """
        account = Account(
            username=username,
            display_name=display_name,
            role=role,
            password_hash=self._passwords.hash(password),
            must_change_password=True,
            active=True,
            created_at=now,
        )
        self._users.add(account)
        return account

    def change(
        self,
        username: str,
        now: datetime,
        *,
        display_name: str | None = None,
        role: Role | None = None,
        active: bool | None = None,
        password: str | None = None,
    ) -> Account:
        """Change a user; a password given here must be changed by its user.

        Raises:
            UnknownUserError: There is none of that name.
            LastAdministratorError: Nobody could administer any more.
        """
        password_hash = None if password is None else self._passwords.hash(password)
        change = Change(display_name, role, active, password_hash)
        account = self._users.change(username, change, now)
        if password is not None:
            self._first_login.forget(username)
        return account

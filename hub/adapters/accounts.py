"""Users and their sessions, in the relational store; each call is one transaction."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, text, update
from sqlalchemy.exc import IntegrityError

from hub.adapters.database import Database
from hub.adapters.tables import sessions, users
from hub.domain.roles import Role
from hub.services.sign_in import Account, Session
from hub.services.users import Change, LastAdministratorError, UnknownUserError, UserExistsError


class SqlAccounts:
    """The store of `hub.services.sign_in` and `hub.services.users`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def count(self) -> int:
        """Return how many users there are."""
        with self._database.snapshot() as connection:
            return _count(connection)

    def list_all(self) -> list[Account]:
        """Return all users by name."""
        with self._database.snapshot() as connection:
            return [_account(row) for row in connection.execute(select(users).order_by("username"))]

    def find(self, username: str) -> Account | None:
        """Return the user of that name."""
        with self._database.snapshot() as connection:
            row = connection.execute(select(users).where(users.c.username == username)).first()
            return None if row is None else _account(row)

    def add(self, account: Account) -> None:
        """Keep a new user.

        Raises:
            UserExistsError: There is one of that name.
        """
        try:
            with self._database.transaction() as connection:
                _insert(connection, account)
        except IntegrityError:
            raise UserExistsError(account.username) from None

    def add_first(self, account: Account) -> bool:
        """Keep a user if there is none at all; say whether it was kept."""
        try:
            with self._database.transaction() as connection:
                if _count(connection) > 0:
                    return False
                _insert(connection, account)
        except IntegrityError:  # another process was first, on PostgreSQL
            return False
        return True

    def change(self, username: str, change: Change, now: datetime) -> Account:
        """Change a user, and end their sessions where the change asks for it.

        Raises:
            UnknownUserError: There is none of that name.
            LastAdministratorError: Nobody could administer any more.
        """
        with self._database.transaction() as connection:
            _lock_users(connection)
            values = _values(change, now)
            if values:
                matching = update(users).where(users.c.username == username)
                connection.execute(matching.values(values))
            row = connection.execute(select(users).where(users.c.username == username)).first()
            if row is None:
                raise UnknownUserError(username)
            if not _has_administrator(connection):
                raise LastAdministratorError(username)
            if change.ends_sessions:
                connection.execute(delete(sessions).where(sessions.c.username == username))
            return _account(row)

    def set_password(
        self, username: str, password_hash: str, now: datetime, *, keep_session: str
    ) -> None:
        """Keep a password hash that its user chose, and end the user's other sessions."""
        others = (sessions.c.username == username) & (sessions.c.token_hash != keep_session)
        with self._database.transaction() as connection:
            connection.execute(
                update(users)
                .where(users.c.username == username)
                .values(
                    password_hash=password_hash, must_change_password=False, password_changed_at=now
                )
            )
            connection.execute(delete(sessions).where(others))

    def rehash_password(self, username: str, before: str, after: str) -> None:
        """Keep the same password's hash made anew, unless it has changed meanwhile."""
        unchanged = (users.c.username == username) & (users.c.password_hash == before)
        with self._database.transaction() as connection:
            connection.execute(update(users).where(unchanged).values(password_hash=after))

    def find_session(self, token_hash: str) -> tuple[Session, Account] | None:
        """Return a session and whose it is."""
        query = (
            select(sessions.c.token_hash, sessions.c.created_at.label("opened_at"))
            .add_columns(sessions.c.last_used_at, users)
            .join(users, users.c.username == sessions.c.username)
            .where(sessions.c.token_hash == token_hash)
        )
        with self._database.snapshot() as connection:
            row = connection.execute(query).first()
        if row is None:
            return None
        return Session(token_hash, row.username, row.opened_at, row.last_used_at), _account(row)

    def open_session(self, session: Session, keep_per_user: int) -> None:
        """Keep a session and when its user signed in; of a user's sessions the newest stay."""
        of_user = sessions.c.username == session.username
        newest = (
            select(sessions.c.token_hash)
            .where(of_user)
            .order_by(sessions.c.created_at.desc(), sessions.c.token_hash)
            .limit(keep_per_user)
        )
        with self._database.transaction() as connection:
            connection.execute(
                insert(sessions).values(
                    token_hash=session.token_hash,
                    username=session.username,
                    created_at=session.created_at,
                    last_used_at=session.used_at,
                    expires_at=session.ends_at(),
                )
            )
            connection.execute(
                delete(sessions).where(of_user, sessions.c.token_hash.not_in(newest))
            )
            connection.execute(
                update(users)
                .where(users.c.username == session.username)
                .values(last_sign_in_at=session.created_at)
            )

    def touch_session(self, session: Session) -> None:
        """Note when a session was last used."""
        with self._database.transaction() as connection:
            connection.execute(
                update(sessions)
                .where(sessions.c.token_hash == session.token_hash)
                .values(last_used_at=session.used_at, expires_at=session.ends_at())
            )

    def end_session(self, token_hash: str) -> None:
        """Forget a session."""
        with self._database.transaction() as connection:
            connection.execute(delete(sessions).where(sessions.c.token_hash == token_hash))

    def end_expired_sessions(self, now: datetime) -> None:
        """Forget the sessions that are over."""
        with self._database.transaction() as connection:
            connection.execute(delete(sessions).where(sessions.c.expires_at <= now))


def _count(connection: Connection) -> int:
    return connection.execute(select(func.count()).select_from(users)).scalar_one()


def _lock_users(connection: Connection) -> None:
    """Let one change at a time pass, so that two cannot each remove the other administrator."""
    if connection.dialect.name == "postgresql":  # SQLite has one writer anyway
        connection.execute(text("LOCK TABLE users IN SHARE ROW EXCLUSIVE MODE"))


def _has_administrator(connection: Connection) -> bool:
    query = select(users.c.username).where(
        users.c.role == Role.ADMINISTRATOR.value, users.c.active.is_(True)
    )
    return connection.execute(query.limit(1)).first() is not None


def _insert(connection: Connection, account: Account) -> None:
    connection.execute(
        insert(users).values(
            username=account.username,
            display_name=account.display_name,
            role=account.role.value,
            password_hash=account.password_hash,
            must_change_password=account.must_change_password,
            active=account.active,
            created_at=account.created_at,
            password_changed_at=account.created_at,
        )
    )


def _values(change: Change, now: datetime) -> dict[str, Any]:
    given = {
        "display_name": change.display_name,
        "role": None if change.role is None else change.role.value,
        "active": change.active,
        "password_hash": change.password_hash,
    }
    values: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
    if change.password_hash is not None:
        values |= {"must_change_password": True, "password_changed_at": now}
    return values


def _account(row: Row[Any]) -> Account:
    return Account(
        username=row.username,
        display_name=row.display_name,
        role=Role(row.role),
        password_hash=row.password_hash,
        must_change_password=row.must_change_password,
        active=row.active,
        created_at=row.created_at,
        last_sign_in_at=row.last_sign_in_at,
    )

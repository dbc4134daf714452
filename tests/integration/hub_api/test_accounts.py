"""Users, sessions and passwords against a real SQLite file and real Argon2."""

from __future__ import annotations

import itertools
import stat
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from hub.adapters.accounts import SqlAccounts
from hub.adapters.database import Database
from hub.adapters.first_login import FirstLoginFile
from hub.adapters.passwords import Argon2Passwords, new_password, new_token
from hub.domain.roles import Role
from hub.services.sign_in import (
    IDLE,
    LONGEST,
    SignedIn,
    SignIn,
    WrongCredentialsError,
    WrongPasswordError,
    hash_token,
)
from hub.services.users import (
    LastAdministratorError,
    UnknownUserError,
    UserAdministration,
    UserExistsError,
    ensure_administrator,
)

pytestmark = pytest.mark.integration

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
HERE = "192.0.2.1"
PASSWORD = "correct horse battery"  # noqa: S105 - of a test's user


@pytest.fixture(scope="module")
def passwords() -> Argon2Passwords:
    return Argon2Passwords()


@pytest.fixture
def accounts(database: Database) -> SqlAccounts:
    return SqlAccounts(database)


@pytest.fixture
def note(tmp_path: Path) -> FirstLoginFile:
    return FirstLoginFile(tmp_path)


@pytest.fixture
def sign_in(accounts: SqlAccounts, passwords: Argon2Passwords, note: FirstLoginFile) -> SignIn:
    return SignIn(accounts, passwords, note, new_token)


@pytest.fixture
def administration(
    accounts: SqlAccounts, passwords: Argon2Passwords, note: FirstLoginFile
) -> UserAdministration:
    administration = UserAdministration(accounts, passwords, note)
    administration.add("wang", "王芳", Role.GUARD, PASSWORD, NOON)
    administration.add("li", "李雷", Role.ADMINISTRATOR, PASSWORD, NOON)
    return administration


def test_a_first_start_makes_one_administrator_whose_password_stands_in_a_private_note(
    accounts: SqlAccounts, passwords: Argon2Passwords, note: FirstLoginFile, sign_in: SignIn
) -> None:
    password = ensure_administrator(accounts, passwords, note, new_password, NOON)
    again = ensure_administrator(accounts, passwords, note, new_password, NOON)

    assert password is not None
    assert again is None
    assert note.path.read_text() == f"admin\n{password}\n"
    assert stat.S_IMODE(note.path.stat().st_mode) == 0o600
    _, who = sign_in.sign_in("admin", password, HERE, NOON)
    assert who.role is Role.ADMINISTRATOR
    assert who.must_change_password


def test_changing_the_first_password_removes_the_note_and_ends_the_other_sessions(
    accounts: SqlAccounts, passwords: Argon2Passwords, note: FirstLoginFile, sign_in: SignIn
) -> None:
    password = ensure_administrator(accounts, passwords, note, new_password, NOON) or ""
    other_token, _ = sign_in.sign_in("admin", password, HERE, NOON)
    token, who = sign_in.sign_in("admin", password, HERE, NOON)

    sign_in.change_password(who, password, PASSWORD, HERE, NOON)

    assert not note.path.exists()
    assert sign_in.identify(other_token, NOON) is None
    kept = sign_in.identify(token, NOON)
    assert kept is not None
    assert not kept.must_change_password
    with pytest.raises(WrongCredentialsError):
        sign_in.sign_in("admin", password, HERE, NOON)


@pytest.mark.usefixtures("administration")
def test_a_wrong_present_password_changes_nothing(sign_in: SignIn) -> None:
    token, who = sign_in.sign_in("wang", PASSWORD, HERE, NOON)
    other_token, _ = sign_in.sign_in("wang", PASSWORD, HERE, NOON)

    with pytest.raises(WrongPasswordError):
        sign_in.change_password(who, "not the present one", "another password", HERE, NOON)

    assert sign_in.identify(token, NOON) is not None
    assert sign_in.identify(other_token, NOON) is not None
    sign_in.sign_in("wang", PASSWORD, HERE, NOON)


@pytest.mark.usefixtures("administration")
@pytest.mark.parametrize(("username", "password"), [("wang", "wrong"), ("nobody", PASSWORD)])
def test_an_unknown_name_and_a_wrong_password_are_refused_alike(
    sign_in: SignIn, username: str, password: str
) -> None:
    with pytest.raises(WrongCredentialsError):
        sign_in.sign_in(username, password, HERE, NOON)


@pytest.mark.usefixtures("administration")
def test_the_store_never_holds_a_token(sign_in: SignIn, database: Database, tmp_path: Path) -> None:
    token, _ = sign_in.sign_in("wang", PASSWORD, HERE, NOON)

    database.close()
    files = b"".join(path.read_bytes() for path in tmp_path.glob("hub.sqlite3*"))

    assert hash_token(token).encode() in files
    assert token.encode() not in files
    assert PASSWORD.encode() not in files


@pytest.mark.usefixtures("administration")
def test_a_session_slides_while_it_is_used_and_ends_when_it_is_not(sign_in: SignIn) -> None:
    token, _ = sign_in.sign_in("wang", PASSWORD, HERE, NOON)

    almost = NOON + IDLE - timedelta(seconds=1)
    assert sign_in.identify(token, almost) is not None
    assert sign_in.identify(token, almost + IDLE - timedelta(seconds=1)) is not None
    assert sign_in.identify(token, almost + 2 * IDLE) is None


@pytest.mark.usefixtures("administration")
def test_a_session_in_use_ends_after_its_longest_time(sign_in: SignIn) -> None:
    token, _ = sign_in.sign_in("wang", PASSWORD, HERE, NOON)
    hours = (NOON + timedelta(hours=hour) for hour in itertools.count(1))

    used: list[SignedIn] = []
    for hour in itertools.takewhile(lambda hour: hour < NOON + LONGEST, hours):
        who = sign_in.identify(token, hour)
        assert who is not None
        used.append(who)

    assert sign_in.identify(token, NOON + LONGEST) is None
    assert used[-1].session.ends_at() == NOON + LONGEST


@pytest.mark.usefixtures("administration")
def test_of_one_users_sessions_only_the_newest_stay(sign_in: SignIn) -> None:
    tokens = [
        sign_in.sign_in("wang", PASSWORD, HERE, NOON + timedelta(seconds=second))[0]
        for second in range(21)
    ]

    alive = [sign_in.identify(token, NOON + timedelta(seconds=30)) for token in tokens]

    assert alive[0] is None
    assert all(who is not None for who in alive[1:])


def test_an_inactive_user_is_out_at_once_and_cannot_come_back(
    sign_in: SignIn, administration: UserAdministration
) -> None:
    token, who = sign_in.sign_in("wang", PASSWORD, HERE, NOON)

    administration.change("wang", NOON, active=False)

    assert sign_in.identify(token, NOON) is None
    assert not sign_in.is_valid(who.session, NOON)
    with pytest.raises(WrongCredentialsError):
        sign_in.sign_in("wang", PASSWORD, HERE, NOON)


def test_a_name_is_not_given_twice(
    administration: UserAdministration, accounts: SqlAccounts
) -> None:
    before = accounts.find("wang")

    with pytest.raises(UserExistsError):
        administration.add("wang", "Another", Role.ADMINISTRATOR, "another password", NOON)

    assert accounts.find("wang") == before


@pytest.mark.parametrize(("role", "active"), [(Role.MANAGER, None), (None, False)])
def test_the_last_administrator_stays_one(
    administration: UserAdministration,
    accounts: SqlAccounts,
    role: Role | None,
    active: bool | None,
) -> None:
    before = accounts.find("li")

    with pytest.raises(LastAdministratorError):
        administration.change("li", NOON, role=role, active=active)

    assert accounts.find("li") == before


def test_a_second_administrator_may_step_down(
    administration: UserAdministration, accounts: SqlAccounts
) -> None:
    administration.change("wang", NOON, role=Role.ADMINISTRATOR)

    administration.change("li", NOON, role=Role.GUARD)

    assert [account.role for account in accounts.list_all()] == [Role.GUARD, Role.ADMINISTRATOR]


def test_changing_an_unknown_user_is_refused(administration: UserAdministration) -> None:
    with pytest.raises(UnknownUserError):
        administration.change("nobody", NOON, display_name="Nobody")


def test_a_hash_of_weaker_parameters_is_made_anew_when_its_user_signs_in(
    accounts: SqlAccounts, sign_in: SignIn, administration: UserAdministration
) -> None:
    weak = (
        "$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHRzb21lc2FsdA$"
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
    )
    assert Argon2Passwords().is_outdated(weak)
    before = accounts.find("wang")
    assert before is not None

    accounts.rehash_password("wang", "not the present hash", weak)

    assert accounts.find("wang") == before
    assert [account.username for account in administration.list_all()] == ["li", "wang"]
    sign_in.sign_in("wang", PASSWORD, HERE, NOON)
    assert accounts.find("wang") == replace(before, last_sign_in_at=NOON)

"""People: signing in, and users as an administrator sees them."""

from __future__ import annotations

from typing import Annotated

from pydantic import AwareDatetime, StringConstraints

from hub.api.schemas.base import Answer, OneLine, Request
from hub.domain.roles import Role

Username = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$")]
DisplayName = Annotated[str, OneLine, StringConstraints(max_length=128)]
GivenUsername = Annotated[str, OneLine, StringConstraints(max_length=64)]
NewPassword = Annotated[str, StringConstraints(min_length=10, max_length=256)]
GivenPassword = Annotated[str, StringConstraints(min_length=1, max_length=256)]


class SignIn(Request):
    """A name and a password."""

    username: GivenUsername
    password: GivenPassword


class PasswordChange(Request):
    """Somebody's own new password, and the present one as proof."""

    current: GivenPassword
    new: NewPassword


class NewUser(Request):
    """Somebody who may sign in from now on; the password is theirs to change."""

    username: Username
    display_name: DisplayName
    role: Role
    password: NewPassword


class UserChange(Request):
    """What changes of a user; what is left out stays."""

    display_name: DisplayName | None = None
    role: Role | None = None
    active: bool | None = None
    password: NewPassword | None = None


class User(Answer):
    """Who is signed in."""

    username: str
    display_name: str
    role: Role
    must_change_password: bool


class Account(User):
    """A user as an administrator sees one."""

    active: bool
    created_at: AwareDatetime
    last_sign_in_at: AwareDatetime | None

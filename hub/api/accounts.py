"""Signing in and out, one's own password, and the users as an administrator sees them."""

from __future__ import annotations

from fastapi import APIRouter, status

from hub.api import schemas

router = APIRouter(tags=["accounts"])


@router.post("/session")
def sign_in(credentials: schemas.SignIn) -> schemas.User:
    """Sign in; the session is a cookie that no script can read."""
    raise NotImplementedError


@router.get("/session")
def read_session() -> schemas.User:
    """Return who is signed in."""
    raise NotImplementedError


@router.delete("/session", status_code=status.HTTP_204_NO_CONTENT)
def sign_out() -> None:
    """End this session."""
    raise NotImplementedError


@router.post("/session/password", status_code=status.HTTP_204_NO_CONTENT)
def change_password(change: schemas.PasswordChange) -> None:
    """Change one's own password; all one's other sessions end."""
    raise NotImplementedError


@router.get("/users")
def list_users() -> list[schemas.Account]:
    """List the users."""
    raise NotImplementedError


@router.post("/users", status_code=status.HTTP_201_CREATED)
def add_user(user: schemas.NewUser) -> schemas.Account:
    """Add a user, who must change the password given here."""
    raise NotImplementedError


@router.patch("/users/{username}")
def change_user(username: schemas.Username, change: schemas.UserChange) -> schemas.Account:
    """Change a user; a new password or role, or being made inactive, ends their sessions."""
    raise NotImplementedError

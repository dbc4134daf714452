"""Signing in and out, one's own password, and the users as an administrator sees them."""

from __future__ import annotations

from fastapi import APIRouter, Depends, Request, Response, status

from hub.api.dependencies import (
    Address,
    Guard,
    Now,
    Token,
    Wired,
    get_administrator,
    session_cookie,
)
from hub.api.schemas import accounts as schemas
from hub.services.sign_in import LONGEST, Account, SignedIn

router = APIRouter(tags=["accounts"])
administration = APIRouter(tags=["accounts"], dependencies=[Depends(get_administrator)])


@router.post("/session", response_model=schemas.User)
def sign_in(
    credentials: schemas.SignIn,
    request: Request,
    response: Response,
    services: Wired,
    address: Address,
) -> SignedIn:
    """Sign in; the session is a cookie that no script can read."""
    token, who = services.sign_in.sign_in(
        credentials.username, credentials.password, address, services.clock()
    )
    response.set_cookie(
        session_cookie(request),
        token,
        max_age=int(LONGEST.total_seconds()),
        path="/",
        secure=request.url.scheme == "https",
        httponly=True,
        samesite="strict",
    )
    return who


@router.get("/session", response_model=schemas.User)
def read_session(who: Guard) -> SignedIn:
    """Return who is signed in."""
    return who


@router.delete("/session", status_code=status.HTTP_204_NO_CONTENT)
def sign_out(request: Request, response: Response, services: Wired, token: Token) -> None:
    """End this session, if there is one."""
    if token:
        services.sign_in.sign_out(token)
    response.delete_cookie(
        session_cookie(request),
        path="/",
        secure=request.url.scheme == "https",
        httponly=True,
        samesite="strict",
    )


@router.post("/session/password", status_code=status.HTTP_204_NO_CONTENT)
def change_password(
    change: schemas.PasswordChange, who: Guard, services: Wired, address: Address, now: Now
) -> None:
    """Change one's own password; all one's other sessions end."""
    services.sign_in.change_password(who, change.current, change.new, address, now)


@administration.get("/users", response_model=list[schemas.Account])
def list_users(services: Wired) -> list[Account]:
    """List the users."""
    return services.users.list_all()


@administration.post("/users", status_code=status.HTTP_201_CREATED, response_model=schemas.Account)
def add_user(user: schemas.NewUser, services: Wired, now: Now) -> Account:
    """Add a user, who must change the password given here."""
    return services.users.add(user.username, user.display_name, user.role, user.password, now)


@administration.patch("/users/{username}", response_model=schemas.Account)
def change_user(
    username: schemas.Username, change: schemas.UserChange, services: Wired, now: Now
) -> Account:
    """Change a user; a new password or role, or being made inactive, ends their sessions."""
    return services.users.change(
        username,
        now,
        display_name=change.display_name,
        role=change.role,
        active=change.active,
        password=change.password,
    )

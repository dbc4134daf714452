"""What handlers ask for: the services, the time, and who is asking."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Final

from fastapi import Depends, Request

from hub.api.feed import FeedReader
from hub.api.refusals import RefusalError
from hub.domain.roles import Role
from hub.services.deliver import DeliveryAdministration
from hub.services.ports import Store
from hub.services.sign_in import SignedIn, SignIn
from hub.services.users import UserAdministration

SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
REQUESTED_WITH: Final = "zhian"
COOKIE: Final = "zhian-session"
SECURE_COOKIE: Final = "__Host-zhian-session"
_ROLE_WORDS: Final = {
    Role.GUARD: "保安",
    Role.MANAGER: "管理人员",
    Role.ADMINISTRATOR: "系统管理员",
}


@dataclass(frozen=True)
class Services:
    """All that the API calls; put together by `hub.app`.

    A live stream looks every `session_check_s` whether its session is still open.
    """

    store: Store
    sign_in: SignIn
    users: UserAdministration
    deliveries: DeliveryAdministration
    feed: FeedReader
    clock: Callable[[], datetime]
    session_check_s: float = 15.0


def get_services(request: Request) -> Services:
    """Return what `create_app` was given."""
    services = request.app.state.services
    if not isinstance(services, Services):
        raise TypeError(f"found {type(services).__name__}, expected Services")
    return services


Wired = Annotated[Services, Depends(get_services)]


def get_now(services: Wired) -> datetime:
    """Return when the request is looked at."""
    return services.clock()


Now = Annotated[datetime, Depends(get_now)]


def session_cookie(request: Request) -> str:
    """Return the cookie's name: over https one that no subdomain and no http page can set."""
    return SECURE_COOKIE if request.url.scheme == "https" else COOKIE


def address_of(request: Request) -> str:
    """Return the address of whoever asks, as far as the server can know it."""
    return request.client.host if request.client else "unknown"


Address = Annotated[str, Depends(address_of)]


def check_requested_by_us(request: Request) -> None:
    """Refuse what another site's form or link could send (CSRF), beside the SameSite cookie."""
    given = request.headers.get("X-Requested-With")
    if request.method not in SAFE_METHODS and given != REQUESTED_WITH:
        raise RefusalError(
            HTTPStatus.FORBIDDEN,
            "缺少请求头 X-Requested-With: zhian",
            "the header X-Requested-With: zhian is missing",
            field="X-Requested-With",
            found=given or "nothing",
            expected=REQUESTED_WITH,
        )


def get_token(request: Request) -> str | None:
    """Return the session's token, if there is one."""
    return request.cookies.get(session_cookie(request))


Token = Annotated[str | None, Depends(get_token)]


def get_signed_in(services: Wired, token: Token, now: Now) -> SignedIn:
    """Return who asks."""
    who = services.sign_in.identify(token, now) if token else None
    if who is None:
        raise RefusalError(
            HTTPStatus.UNAUTHORIZED, "未登录或登录已过期", "not signed in, or no longer"
        )
    return who


Guard = Annotated[SignedIn, Depends(get_signed_in)]


def _require(who: SignedIn, needed: Role) -> SignedIn:
    if not who.role.may_act_as(needed):
        raise RefusalError(
            HTTPStatus.FORBIDDEN,
            f"此操作需要{_ROLE_WORDS[needed]}权限",
            f"this needs the role {needed}",
            field="role",
            found=who.role,
            expected=needed,
        )
    return who


def get_manager(who: Guard) -> SignedIn:
    """Return who asks, if a manager or more."""
    return _require(who, Role.MANAGER)


def get_administrator(who: Guard) -> SignedIn:
    """Return who asks, if an administrator."""
    return _require(who, Role.ADMINISTRATOR)


Manager = Annotated[SignedIn, Depends(get_manager)]
Administrator = Annotated[SignedIn, Depends(get_administrator)]

"""Refusals: a request that is not done, and why, in both languages."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, Final

from starlette.exceptions import HTTPException

from hub.api.schemas.base import Problem
from hub.domain.alerts import AlertState, IllegalTransitionError
from hub.domain.delivery import IllegalDeliveryError
from hub.domain.steps import TooManyStepsError
from hub.services.deliver import UnknownDeliveryError
from hub.services.errors import BadCursorError, FutureCorrectionError, NotFoundError
from hub.services.sign_in import (
    SamePasswordError,
    ThrottledError,
    WrongCredentialsError,
    WrongPasswordError,
)
from hub.services.users import LastAdministratorError, UnknownUserError, UserExistsError

_SHOWN_CHARS: Final = 80


class RefusalError(HTTPException):
    """A request that is not done, and why, in both languages."""

    def __init__(
        self,
        status: HTTPStatus,
        zh: str,
        en: str,
        *,
        field: str | None = None,
        found: str | None = None,
        expected: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        problem = Problem(zh=zh, en=en, field=field, found=found, expected=expected)
        super().__init__(status, detail=None, headers=headers)
        self.problem = problem


def unknown(what_zh: str, what_en: str, found: str) -> RefusalError:
    """Return the refusal of an id that names nothing."""
    return RefusalError(
        HTTPStatus.NOT_FOUND, f"没有这个{what_zh}", f"there is no such {what_en}", found=found
    )


def _wrong_credentials(_error: WrongCredentialsError) -> RefusalError:
    return RefusalError(
        HTTPStatus.UNAUTHORIZED, "用户名或密码不正确", "wrong user name or password"
    )


def _wrong_password(_error: WrongPasswordError) -> RefusalError:
    """Refuse with 403: 401 would tell the console that the session is over."""
    return RefusalError(
        HTTPStatus.FORBIDDEN,
        "当前密码不正确",
        "the current password is wrong",
        field="current",
        expected="your present password",
    )


def _same_password(_error: SamePasswordError) -> RefusalError:
    return RefusalError(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "新密码不能与当前密码相同",
        "the new password is the current one",
        field="new",
        found="(hidden)",
        expected="another password",
    )


def _throttled(error: ThrottledError) -> RefusalError:
    wait_s = math.ceil(error.retry_after_s)
    return RefusalError(
        HTTPStatus.TOO_MANY_REQUESTS,
        f"尝试次数过多，请 {wait_s} 秒后再试",
        f"too many tries, try again in {wait_s} s",
        headers={"Retry-After": str(wait_s)},
    )


def _user_exists(error: UserExistsError) -> RefusalError:
    return RefusalError(
        HTTPStatus.CONFLICT,
        "用户名已存在",
        "there is a user of that name already",
        field="username",
        found=error.username,
    )


def _last_administrator(error: LastAdministratorError) -> RefusalError:
    return RefusalError(
        HTTPStatus.CONFLICT,
        "至少要保留一名启用的系统管理员",
        "at least one active administrator must stay",
        field="username",
        found=error.username,
    )


def _illegal_delivery(error: IllegalDeliveryError) -> RefusalError:
    return RefusalError(
        HTTPStatus.CONFLICT,
        "只有已放弃的推送才能重发",
        "only a delivery that was given up can be sent again",
        field="state",
        found=error.state,
        expected="dead",
    )


_STATES_ZH: Final = {
    AlertState.RAISED: "待确认",
    AlertState.ACKNOWLEDGED: "已确认",
    AlertState.RESOLVED: "已处置",
    AlertState.FALSE: "已标为误报",
}
_KINDS_ZH: Final = {"site": "小区", "alert": "告警", "evidence": "取证图片"}


def _not_found(error: NotFoundError) -> RefusalError:
    return unknown(_KINDS_ZH.get(error.kind, "对象"), error.kind, error.id)


def _illegal_transition(error: IllegalTransitionError) -> RefusalError:
    return RefusalError(
        HTTPStatus.CONFLICT,
        f"该告警{_STATES_ZH[error.state]}，不能再执行此操作",
        f"the alert is {error.state} already; this cannot be done with it",
        field="state",
        found=error.state,
        expected=", ".join(error.allowed) or "nothing",
    )


def _bad_cursor(error: BadCursorError) -> RefusalError:
    return RefusalError(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "翻页标记不正确",
        "not a cursor of ours",
        field="before",
        found=error.cursor[:_SHOWN_CHARS],
        expected="`next` of the page before",
    )


def _too_many_steps(error: TooManyStepsError) -> RefusalError:
    return RefusalError(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "时间范围过长，请缩短范围或加大步长",
        "the span is too long for this step",
        field="step",
        expected=f"at most {error.limit} steps",
    )


def _future_correction(_error: FutureCorrectionError) -> RefusalError:
    return RefusalError(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "不能更正未来时刻的在场人数",
        "a moment that has not come yet cannot be corrected",
        field="at",
        expected="now or before",
    )


OF_SERVICES: Final[dict[type[Exception], Callable[[Any], RefusalError]]] = {
    WrongCredentialsError: _wrong_credentials,
    WrongPasswordError: _wrong_password,
    SamePasswordError: _same_password,
    ThrottledError: _throttled,
    UserExistsError: _user_exists,
    UnknownUserError: lambda error: unknown("用户", "user", error.username),
    LastAdministratorError: _last_administrator,
    UnknownDeliveryError: lambda error: unknown("推送", "delivery", str(error.delivery_id)),
    IllegalDeliveryError: _illegal_delivery,
    NotFoundError: _not_found,
    IllegalTransitionError: _illegal_transition,
    BadCursorError: _bad_cursor,
    TooManyStepsError: _too_many_steps,
    FutureCorrectionError: _future_correction,
}

"""Lets every error answer in one form: `{"detail": {zh, en, field?, found?, expected?}}`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from hub.api.refusals import OF_SERVICES, RefusalError

_SHOWN_CHARS: Final = 80
_SECRET_FIELDS: Final = frozenset({"password", "current", "new"})
_WORDS: Final = {
    HTTPStatus.BAD_REQUEST: "请求格式不正确",
    HTTPStatus.NOT_FOUND: "没有这个地址",
    HTTPStatus.METHOD_NOT_ALLOWED: "此地址不支持该操作",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "请求内容过大",
}

_log = structlog.get_logger()


def install(app: FastAPI) -> None:
    """Let every error of the services, the framework and of our own answer in our form."""
    app.exception_handler(HTTPException)(_answer_http)
    app.exception_handler(RequestValidationError)(_answer_invalid)
    app.exception_handler(Exception)(_answer_fault)
    for kind in OF_SERVICES:
        app.exception_handler(kind)(_answer_service)


async def _answer_service(_request: Request, error: Exception) -> JSONResponse:
    return _response(OF_SERVICES[type(error)](error))


async def _answer_http(_request: Request, error: HTTPException) -> JSONResponse:
    if isinstance(error, RefusalError):
        return _response(error)
    status = HTTPStatus(error.status_code)
    zh = _WORDS.get(status, "无法完成此请求")
    return _response(RefusalError(status, zh, status.phrase.lower(), headers=error.headers))


async def _answer_invalid(_request: Request, error: RequestValidationError) -> JSONResponse:
    return _response(_invalid(error.errors()[0]))


async def _answer_fault(request: Request, error: Exception) -> JSONResponse:
    _log.error("request failed", path=request.url.path, error=type(error).__name__, exc_info=error)
    return _response(
        RefusalError(
            HTTPStatus.INTERNAL_SERVER_ERROR,
            "系统内部错误，已记录",
            "a fault on our side; it was logged",
        )
    )


def _response(refusal: RefusalError) -> JSONResponse:
    content = {"detail": refusal.problem.model_dump(exclude_none=True)}
    return JSONResponse(content, refusal.status_code, refusal.headers)


def _invalid(error: Mapping[str, Any]) -> RefusalError:
    field = _field(error["loc"])
    secret = _SECRET_FIELDS.intersection(str(part) for part in error["loc"])
    found = "nothing" if error["type"] == "missing" else _shorten(error.get("input"))
    return RefusalError(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        f"{field} 的值不正确",
        f"{field} cannot be taken",
        field=field,
        found="(hidden)" if secret and error["type"] != "missing" else found,
        expected=_shorten(error["msg"]),
    )


def _field(location: Sequence[str | int]) -> str:
    """Return where it is, without "body" or "query" in front."""
    return ".".join(str(part) for part in location[1:]) or str(location[0])


def _shorten(value: object) -> str:
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) <= _SHOWN_CHARS else f"{text[: _SHOWN_CHARS - 1]}…"

"""How long requests take, by route and not by address: ids would make endless series."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Protocol

from starlette.types import ASGIApp, Message, Receive, Scope, Send

_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"})


class RequestMeter(Protocol):
    """Where durations are counted."""

    def observe(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one request."""


class RequestTimer:
    """ASGI middleware; a stream counts until its answer begins, as long as it may then last."""

    def __init__(self, app: ASGIApp, meter: RequestMeter, monotonic_s: Callable[[], float]) -> None:
        self._app = app
        self._meter = meter
        self._monotonic_s = monotonic_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Time an HTTP request until its answer begins."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began_s = self._monotonic_s()

        async def send_timed(message: Message) -> None:
            if message["type"] == "http.response.start":
                seconds = self._monotonic_s() - began_s
                self._meter.observe(_method(scope), _route(scope), message["status"], seconds)
            await send(message)

        await self._app(scope, receive, send_timed)


def _method(scope: Scope) -> str:
    """Return the method; a made-up one would make a series of its own."""
    method: str = scope["method"]
    return method if method in _METHODS else "other"


def _route(scope: Scope) -> str:
    """Return the name of the route, which the OpenAPI document has as its operation id."""
    name = getattr(scope.get("route"), "name", None)
    return name if isinstance(name, str) else "other"

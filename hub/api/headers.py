"""What every answer carries: browsers keep to our own pages, and keep only what may be kept."""

from __future__ import annotations

from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# Element Plus sets styles on elements; scripts come from our own files only.
CONTENT_SECURITY_POLICY: Final = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
_ALWAYS: Final = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_FOR_EVER: Final = "public, max-age=31536000, immutable"
_STRICT_TRANSPORT: Final = "max-age=31536000"


class AnswerHeaders:
    """ASGI middleware; what the API says is not to be kept by anybody."""

    def __init__(self, app: ASGIApp, api_prefix: str) -> None:
        self._app = app
        self._api_prefix = api_prefix

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Add the headers to the answer of an HTTP request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._add(scope, MutableHeaders(scope=message))
            await send(message)

        await self._app(scope, receive, send_with_headers)

    def _add(self, scope: Scope, headers: MutableHeaders) -> None:
        headers.update(_ALWAYS)
        if scope["scheme"] == "https":
            headers["Strict-Transport-Security"] = _STRICT_TRANSPORT
        headers["Cache-Control"] = self._cache_control(scope["path"])

    def _cache_control(self, path: str) -> str:
        if path.startswith(self._api_prefix):
            return "no-store"
        # The names of built files hold a hash of their content; the page that names them does not.
        return _FOR_EVER if path.startswith("/assets/") else "no-cache"

"""`/healthz` and `/metrics`, for whoever watches the gateway from beside it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final

from prometheus_client import CONTENT_TYPE_LATEST

REQUEST_TIMEOUT_S: Final = 5.0
_JSON: Final = "application/json"

Health = Callable[[], tuple[bool, Mapping[str, object]]]
"""Says whether all is well, and with what figures."""


class StatusServer:
    """Serves until `stop`; owned by the thread that calls `run`."""

    def __init__(self, host: str, port: int, health: Health, metrics: Callable[[], bytes]) -> None:
        """Take the port.

        Raises:
            OSError: It is taken already.
        """
        self._server = ThreadingHTTPServer((host, port), _handler(health, metrics))
        self._server.daemon_threads = True

    @property
    def port(self) -> int:
        """The port that is served."""
        return self._server.server_port

    def run(self) -> None:
        """Answer requests until `stop`."""
        with self._server:
            self._server.serve_forever(poll_interval=0.2)

    def stop(self) -> None:
        """Let `run` return."""
        self._server.shutdown()


def _handler(health: Health, metrics: Callable[[], bytes]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        timeout = REQUEST_TIMEOUT_S

        def do_GET(self) -> None:
            if self.path == "/metrics":
                self._answer(HTTPStatus.OK, CONTENT_TYPE_LATEST, metrics())
            elif self.path == "/healthz":
                is_well, figures = health()
                status = HTTPStatus.OK if is_well else HTTPStatus.SERVICE_UNAVAILABLE
                self._answer(status, _JSON, json.dumps({"ok": is_well, **figures}).encode())
            else:
                self._answer(HTTPStatus.NOT_FOUND, _JSON, b'{"ok": false}')

        def log_message(self, *_: object) -> None:
            """Say nothing: whoever scrapes does so every few seconds."""

        def _answer(self, status: HTTPStatus, kind: str, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Cache-Control", "no-store")
            self.end_headers()
            self.wfile.write(body)

    return Handler

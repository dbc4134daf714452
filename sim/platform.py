"""A stand-in for the command platform: takes signed CloudEvents and keeps each once.

It refuses what is not signed (Standard Webhooks), and now and then answers 503, as real ones do.
"""

from __future__ import annotations

import json
import threading
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final

from standardwebhooks.webhooks import Webhook, WebhookVerificationError

MAX_EVENT_BYTES: Final = 256 * 1024
FAILS_EVERY: Final = 5
"""One delivery in so many is refused, so that the hub has to repeat it."""


class CommandPlatform:
    """Listens on loopback; `events` holds what was received, by webhook id."""

    def __init__(self, port: int, secret: str) -> None:
        self.events: dict[str, dict[str, Any]] = {}
        self.refused = 0
        self.repeated = 0
        self._deliveries = 0
        self._webhook = Webhook(secret)
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", port), self._handler())
        self._thread = threading.Thread(
            target=self._server.serve_forever, name="command-platform", daemon=True
        )

    def start(self) -> None:
        """Begin to listen."""
        self._thread.start()

    def stop(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()

    def alerts(self, kind: str) -> list[str]:
        """Return the gateway's ids of the alerts of which an event of `kind` was received.

        An id stands there as often as distinct events tell of it: once, unless the hub is wrong.
        """
        with self._lock:
            found = [event for event in self.events.values() if event["type"] == kind]
        return [event["data"]["gateway_alert_id"] for event in found]

    def receive(self, body: bytes, headers: dict[str, str]) -> HTTPStatus:
        """Take one delivery and return the answer to it."""
        try:
            self._webhook.verify(body, headers)
        except WebhookVerificationError:
            self.refused += 1
            return HTTPStatus.UNAUTHORIZED
        with self._lock:
            self._deliveries += 1
            if self._deliveries % FAILS_EVERY == 0:
                return HTTPStatus.SERVICE_UNAVAILABLE
            webhook_id = headers["webhook-id"]
            self.repeated += webhook_id in self.events
            self.events[webhook_id] = json.loads(body)
        return HTTPStatus.NO_CONTENT

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        platform = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers.get("content-length", 0))
                if not 0 < length <= MAX_EVENT_BYTES:
                    self.send_error(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
                    return
                headers = {name.lower(): value for name, value in self.headers.items()}
                self.send_response(platform.receive(self.rfile.read(length), headers))
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Stay silent: the demo prints what matters."""

        return Handler

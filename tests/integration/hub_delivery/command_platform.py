"""An HTTP server that takes events and answers as a test wants."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Received:
    headers: dict[str, str]
    body: bytes


@dataclass
class Platform:
    """`answer` is called for every event before it is answered, and gives the status."""

    url: str
    received: list[Received] = field(default_factory=list)
    answer: Callable[[Received], int] = lambda _event: 204
    answer_headers: dict[str, str] = field(default_factory=dict)
    answer_body: bytes = b""

    @property
    def ids(self) -> list[str]:
        return [event.headers["webhook-id"] for event in self.received]


@contextmanager
def running_platform() -> Iterator[Platform]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            event = Received({name.lower(): value for name, value in self.headers.items()}, body)
            platform.received.append(event)
            status = platform.answer(event)
            try:
                self._answer(status)
            except ConnectionError:
                self.close_connection = True  # whoever asked has gone

        def _answer(self, status: int) -> None:
            self.send_response(status)
            for name, value in platform.answer_headers.items():
                self.send_header(name, value)
            if status != 204:
                self.send_header("Content-Length", str(len(platform.answer_body)))
            self.end_headers()
            if status != 204:
                self.wfile.write(platform.answer_body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
            """Stay quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    platform = Platform(f"http://127.0.0.1:{server.server_address[1]}/events")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield platform
    finally:
        server.shutdown()
        thread.join(timeout=5)
        server.server_close()

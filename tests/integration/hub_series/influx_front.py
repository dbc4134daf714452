"""Stands in front of InfluxDB 1.6 and gives it the one address of 2.x that it lacks.

`POST /api/v2/write` becomes `POST /write`; `GET /query` goes through as it is. For tests only: no
InfluxDB 2 server is to be had from the registries that CI may use.
"""

from __future__ import annotations

import gzip
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx

_PRECISIONS = {"ns": "n", "us": "u", "ms": "ms", "s": "s"}


class InfluxFront:
    """Listens on a free loopback port; `is_broken` makes every write fail."""

    def __init__(self, backend: str) -> None:
        self.is_broken = False
        self.tokens: set[str] = set()
        self._backend = httpx.Client(base_url=backend, timeout=10)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, name="influx-front")
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def stop(self) -> None:
        self._server.shutdown()
        self._thread.join(10)
        self._server.server_close()
        self._backend.close()

    def write(self, query: str, body: bytes) -> tuple[int, bytes]:
        if self.is_broken:
            return 503, b'{"code":"unavailable","message":"out of order"}'
        asked = {name: values[0] for name, values in parse_qs(query).items()}
        there = {"db": asked["bucket"], "precision": _PRECISIONS[asked["precision"]]}
        answer = self._backend.post(f"/write?{urlencode(there)}", content=body)
        return answer.status_code, answer.content

    def query(self, query: str) -> tuple[int, bytes]:
        answer = self._backend.get(f"/query?{query}")
        return answer.status_code, answer.content

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        front = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                front.tokens.add(self.headers.get("Authorization", ""))
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if self.headers.get("Content-Encoding") == "gzip":
                    body = gzip.decompress(body)
                assert urlsplit(self.path).path == "/api/v2/write"
                self._answer(*front.write(urlsplit(self.path).query, body))

            def do_GET(self) -> None:
                front.tokens.add(self.headers.get("Authorization", ""))
                assert urlsplit(self.path).path == "/query"
                self._answer(*front.query(urlsplit(self.path).query))

            def log_message(self, *_: object) -> None:
                pass

            def _answer(self, status: int, content: bytes) -> None:
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

        return Handler

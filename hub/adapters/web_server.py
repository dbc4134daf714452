"""Serves the web application in a thread, and ends it in order."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import uvicorn
from starlette.types import ASGIApp

KEEP_ALIVE_S: Final = 20
GRACE_S: Final = 5
MAX_CONNECTIONS: Final = 2000


@dataclass(frozen=True)
class WebAddress:
    """Where to listen, and whose X-Forwarded-For and -Proto to believe."""

    host: str
    port: int
    trusted_proxies: Sequence[str] = ()


class WebServer:
    """One application at one address."""

    def __init__(self, app: ASGIApp, address: WebAddress, before_end: Callable[[], None]) -> None:
        self._before_end = before_end
        self._server = uvicorn.Server(
            uvicorn.Config(
                app,
                host=address.host,
                port=address.port,
                log_config=None,
                access_log=False,
                server_header=False,
                proxy_headers=bool(address.trusted_proxies),
                forwarded_allow_ips=list(address.trusted_proxies),
                timeout_keep_alive=KEEP_ALIVE_S,
                timeout_graceful_shutdown=GRACE_S,
                limit_concurrency=MAX_CONNECTIONS,
            )
        )

    @property
    def is_listening(self) -> bool:
        """Whether requests are taken."""
        return self._server.started

    @property
    def port(self) -> int:
        """Where it listens, once it does: the system's choice if the address says 0."""
        address = self._server.servers[0].sockets[0].getsockname()
        return int(address[1])

    def run(self, stopping: threading.Event) -> None:
        """Serve until `stopping` is set; `before_end` lets streams end first."""

        def end() -> None:
            stopping.wait()
            self._before_end()
            self._server.should_exit = True

        watcher = threading.Thread(target=end, name="web-end", daemon=True)
        watcher.start()
        self._server.run()

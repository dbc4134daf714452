"""The named threads of a hub process: the end of one is the end of all.

Whoever watches the process (systemd, compose) starts it again: that is simpler to get right than
mending half of it, and nothing is lost by it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Final

import structlog

LOOK_S: Final = 0.5

_log = structlog.get_logger()


class Threads:
    """Runs parts in threads named after them, until `stopping` is set or one of them ends."""

    def __init__(self, stopping: threading.Event) -> None:
        self.stopping = stopping
        self.failed: str | None = None
        self._lock = threading.Lock()
        self._threads: list[threading.Thread] = []

    def start(self, name: str, run: Callable[[], object]) -> None:
        """Run a part; it has to end soon after `stopping` is set."""
        thread = threading.Thread(target=self._run, args=(name, run), name=name, daemon=True)
        self._threads.append(thread)
        thread.start()

    def fail(self, name: str, fault: BaseException | None) -> None:
        """End everything because a part has failed; the first one is remembered."""
        with self._lock:
            self.failed = self.failed or name
        _log.error("part failed", part=name, exc_info=fault)
        self.stopping.set()

    def wait(self) -> None:
        """Return when it is time to stop; looks up often, so that signals are seen."""
        while not self.stopping.wait(LOOK_S):
            pass

    def join(self, timeout_s: float) -> None:
        """Wait for the parts to end, each at most `timeout_s`; name those that do not."""
        for thread in self._threads:
            thread.join(timeout_s)
            if thread.is_alive():
                _log.warning("part does not end", part=thread.name, timeout_s=timeout_s)

    def _run(self, name: str, run: Callable[[], object]) -> None:
        try:
            run()
        except BaseException as fault:  # noqa: BLE001 - the boundary: whatever it is ends all
            self.fail(name, fault)
        else:
            if not self.stopping.is_set():
                self.fail(name, None)

"""Named threads with one owner: when one ends, all end."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import structlog

LOOK_S: Final = 0.5
log = structlog.get_logger()


@dataclass(frozen=True)
class Crash:
    """A thread that ended although nobody had asked it to.

    Attributes:
        thread: Its name.
        error: What it ended with; None if it just returned.
    """

    thread: str
    error: BaseException | None


class Crew:
    """The threads of a program; `stopping` tells all of them to end."""

    def __init__(self, stopping: threading.Event) -> None:
        self.stopping = stopping
        self._threads: dict[str, threading.Thread] = {}
        self._crash: Crash | None = None
        self._crashing = threading.Lock()

    @property
    def crash(self) -> Crash | None:
        """The first thread that ended by itself, if one did."""
        return self._crash

    def start(self, name: str, run: Callable[[], object]) -> None:
        """Run something in a thread of this name, until it is asked to end."""
        thread = threading.Thread(target=self._guard, args=(name, run), name=name, daemon=True)
        self._threads[name] = thread
        thread.start()

    def wait(self) -> None:
        """Wait until the program is to end; short waits, so that signals are seen."""
        while not self.stopping.wait(LOOK_S):
            pass

    def join(self, name: str, timeout_s: float) -> None:
        """Wait for one thread to end, if it was started; say so if it hangs."""
        thread = self._threads.get(name)
        if thread is not None:
            thread.join(timeout_s)
            if thread.is_alive():
                log.warning("thread_hangs", thread=name, waited_s=timeout_s)

    def _guard(self, name: str, run: Callable[[], object]) -> None:
        error: BaseException | None = None
        try:
            run()
        except BaseException as raised:  # noqa: BLE001 - the boundary: any crash ends the program
            error = raised
        if error is None and self.stopping.is_set():
            return
        with self._crashing:
            self._crash = self._crash or Crash(name, error)
        log.error("thread_ended", thread=name, exc_info=error)
        self.stopping.set()

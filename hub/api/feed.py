"""One reader of the feed for all who listen: it looks, they wait.

The feed is a table, so it does not matter which process wrote a line. Nobody is waited for: who
does not keep up is cut off, and comes back with the id of the last line seen.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Final

from starlette.concurrency import run_in_threadpool

from hub.services.feed_lines import FeedLine, FeedLines

POLL_S: Final = 0.1  # for what another process wrote; our own wakes the reader
STALE_AFTER_S: Final = 5.0
MAX_WAITING_LINES: Final = 1000
MAX_RESUMED_LINES: Final = 500
_BATCH: Final = 500


class Listener:
    """One console's place in the feed."""

    def __init__(self) -> None:
        self._lines: asyncio.Queue[FeedLine | None] = asyncio.Queue(MAX_WAITING_LINES)

    def tell(self, line: FeedLine) -> bool:
        """Hand over a line; False if too many wait already."""
        try:
            self._lines.put_nowait(line)
        except asyncio.QueueFull:
            return False
        return True

    def end(self) -> None:
        """Let `next_line` return None, before whatever waits."""
        while not self._lines.empty():
            self._lines.get_nowait()
        self._lines.put_nowait(None)

    async def next_line(self, timeout_s: float) -> FeedLine | None:
        """Return the next line, None when it is over; TimeoutError when there is none so long."""
        async with asyncio.timeout(timeout_s):
            return await self._lines.get()


class FeedReader:
    """Follows the feed and tells all listeners; belongs to one event loop."""

    def __init__(self, lines: FeedLines, poll_s: float = POLL_S) -> None:
        self._lines = lines
        self._poll_s = poll_s
        self._listeners: set[Listener] = set()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping = False
        self._changed = asyncio.Event()
        self._read_at_s = 0.0

    @property
    def listener_count(self) -> int:
        """How many consoles listen."""
        return len(self._listeners)

    @property
    def is_current(self) -> bool:
        """Whether the feed was read within the last seconds; from any thread."""
        loop = self._loop
        return loop is not None and loop.time() - self._read_at_s < STALE_AFTER_S

    async def run(self) -> None:
        """Read until `stop` is called; a fault of the store ends it, and every listener with it."""
        self._loop = asyncio.get_running_loop()
        try:
            last_id = await run_in_threadpool(self._lines.last_id)
            while not self._stopping:
                self._changed.clear()
                last_id = await self._tell_after(last_id)
                self._read_at_s = self._loop.time()
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._changed.wait(), self._poll_s)
        finally:
            for listener in list(self._listeners):
                listener.end()

    def wake(self) -> None:
        """Let the reader look at once; from any thread."""
        if self._loop is not None:
            with suppress(RuntimeError):  # the loop is closed: nobody listens any more
                self._loop.call_soon_threadsafe(self._changed.set)

    def stop(self) -> None:
        """End the reading and all listening; from any thread."""
        self._stopping = True
        self.wake()

    @contextmanager
    def listening(self) -> Iterator[Listener]:
        """Take part in what is told from now on."""
        listener = Listener()
        if self._stopping:
            listener.end()
        self._listeners.add(listener)
        try:
            yield listener
        finally:
            self._listeners.discard(listener)

    async def missed(self, last_seen_id: int) -> list[FeedLine]:
        """Return what was told after a line, at most the newest `MAX_RESUMED_LINES`.

        An id that was never given (another hub's) means that nothing was missed.
        """
        last_id = await run_in_threadpool(self._lines.last_id)
        start = max(last_seen_id, last_id - MAX_RESUMED_LINES)
        return await run_in_threadpool(self._lines.after, start, MAX_RESUMED_LINES)

    async def _tell_after(self, last_id: int) -> int:
        for line in await run_in_threadpool(self._lines.after, last_id, _BATCH):
            last_id = line.id
            for listener in list(self._listeners):
                if not listener.tell(line):
                    listener.end()
                    self._listeners.discard(listener)
        return last_id

"""The order of sending: what goes to the hub next, and when it goes again.

A record waits in the outbox until the hub says that it is committed. Sent are the numbers of a
bounded window ahead of the lowest waiting one; what gets no answer is sent again after a silence
that grows. With more waiting than one report holds, alerts go first.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from wire.codec import MAX_JSON_BYTES
from wire.messages import MAX_RECORDS
from wire.records import AccessException, AlertCleared, AlertRaised, AlertUpdated, AnyRecord

ENVELOPE_BYTES: Final = 512
FIRST_SILENCE_S: Final = 5.0
LONGEST_SILENCE_S: Final = 30.0

KeyT = TypeVar("KeyT", int, str)


def is_urgent(record: AnyRecord) -> bool:
    """Say whether a record overtakes the others when there is a backlog."""
    return isinstance(record, AlertRaised | AlertUpdated | AlertCleared | AccessException)


@dataclass(frozen=True)
class Waiting:
    """A record in the outbox, without its content; `size_bytes` is that of its JSON."""

    number: int
    is_urgent: bool
    size_bytes: int


@dataclass(frozen=True)
class Run:
    """The numbers of one report, both ends included."""

    first: int
    last: int

    def __contains__(self, number: int) -> bool:
        return self.first <= number <= self.last


@dataclass(frozen=True)
class _Sending:
    repeats: int
    due_at_s: float


class Unanswered(Generic[KeyT]):
    """Remembers what was sent, and when it may be sent again.

    Times are seconds of any clock that only goes forward.
    """

    def __init__(self) -> None:
        self._sendings: dict[KeyT, _Sending] = {}
        self._quiet_until_s = float("-inf")

    def restart(self) -> None:
        """Forget what was sent: the connection is new, and nobody knows what arrived."""
        self._sendings.clear()

    def due(self, waiting: Iterable[KeyT], now_s: float) -> list[KeyT]:
        """Return what of `waiting` was not sent yet, or so long ago that it must be again.

        What waits no more is forgotten.
        """
        keys = list(waiting)
        self._sendings = {key: self._sendings[key] for key in keys if key in self._sendings}
        is_silent = self._quiet_until_s <= now_s
        return [
            key
            for key in keys
            if key not in self._sendings or (is_silent and self._sendings[key].due_at_s <= now_s)
        ]

    def sent(self, keys: Iterable[KeyT], now_s: float, chance: float) -> None:
        """Note that `keys` go out; `chance` in 0..1 spreads the repeats of many gateways."""
        for key in keys:
            before = self._sendings.get(key)
            repeats = 0 if before is None else before.repeats + 1
            silence_s = min(FIRST_SILENCE_S * 2**repeats, LONGEST_SILENCE_S)
            self._sendings[key] = _Sending(repeats, now_s + silence_s * (0.75 + chance / 2))

    def progressed(self, now_s: float) -> None:
        """Note that the receiver got further: it is there, so let nothing wait long."""
        self._quiet_until_s = now_s + FIRST_SILENCE_S
        self._sendings = {
            key: _Sending(0, min(sending.due_at_s, self._quiet_until_s))
            for key, sending in self._sendings.items()
        }


class Backlog:
    """Chooses the next report out of what waits.

    Alerts may go ahead of the window, `ahead` of them, since the hub's ack names only so many
    separate ranges.
    """

    def __init__(self, window: int = 1024, ahead: int = 32) -> None:
        self.window = window
        self.ahead = ahead
        self._unanswered: Unanswered[int] = Unanswered()
        self._lowest = 0

    def restart(self) -> None:
        """Begin again on a new connection."""
        self._unanswered.restart()

    def next_run(self, waiting: Sequence[Waiting], now_s: float) -> Run | None:
        """Return the numbers of the next report, or None when all are on their way.

        Args:
            waiting: By number: the records of the window, and urgent ones beyond it.
            now_s: The time, in seconds of a clock that only goes forward.
        """
        if not waiting:
            return None
        self._note_progress(waiting[0].number, now_s)
        due = set(self._unanswered.due((each.number for each in self._sendable(waiting)), now_s))
        ready = [each for each in waiting if each.number in due]
        if len(ready) > MAX_RECORDS:
            ready = [each for each in ready if each.is_urgent] or ready
        return _first_run(ready)

    def sent(self, run: Run, now_s: float, chance: float) -> None:
        """Note that `run` has gone out; `chance` in 0..1 spreads the repeats."""
        self._unanswered.sent(range(run.first, run.last + 1), now_s, chance)

    def _note_progress(self, lowest: int, now_s: float) -> None:
        """See by the lowest waiting number whether the hub has got further.

        Ranges beyond a gap are no progress: the gap must be filled after a silence, however much
        arrives behind it.
        """
        if lowest != self._lowest:
            self._lowest = lowest
            self._unanswered.progressed(now_s)

    def _sendable(self, waiting: Sequence[Waiting]) -> list[Waiting]:
        end = waiting[0].number + self.window
        within = [each for each in waiting if each.number < end]
        beyond = [each for each in waiting if each.number >= end and each.is_urgent]
        return within + beyond[: self.ahead]


def _first_run(ready: Sequence[Waiting]) -> Run | None:
    """Return the longest run at the head of `ready` that one report can hold."""
    if not ready:
        return None
    run = Run(ready[0].number, ready[0].number)
    size_bytes = ENVELOPE_BYTES + ready[0].size_bytes
    for each in ready[1:MAX_RECORDS]:
        size_bytes += each.size_bytes + 1
        if each.number != run.last + 1 or size_bytes > MAX_JSON_BYTES:
            break
        run = Run(run.first, each.number)
    return run

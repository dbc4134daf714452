"""One access point's windows."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct, field

from edge.facts import Access
from edge.reporting.grid import Grid
from edge.reporting.tallies import PointTally, is_counted
from wire.records import AccessWindow, LateAccess


class PointBook(Struct):
    """An access point's open windows; all before `opens_s` are closed."""

    opens_s: int
    latest_s: float = 0.0
    tallies: dict[int, PointTally] = field(default_factory=dict)


class PointWindows:
    """Counts the events of one point into its book, in any order."""

    def __init__(self, point: str, grid: Grid, book: PointBook) -> None:
        self.book = book
        self._point = point
        self._grid = grid

    def begin(self, opens_s: int) -> None:
        """Forget everything and open the window that starts at `opens_s`."""
        self.book = PointBook(opens_s)

    def take(self, fact: Access) -> list[LateAccess]:
        """Count one event, or return it as late."""
        at_s = fact.occurred_at.timestamp()
        self.book.latest_s = max(self.book.latest_s, at_s)
        if at_s >= self.book.opens_s:
            start = self._grid.start_of(at_s)
            self.book.tallies.setdefault(start, PointTally()).add(fact.outcome)
            return []
        if not is_counted(fact.outcome):
            return []
        return [
            LateAccess(point=fact.point, outcome=fact.outcome, occurred_at=fact.occurred_at),
        ]

    def close(self, start: int) -> Iterator[AccessWindow]:
        """Yield the record of the window that starts at `start`, and forget the window."""
        tally = self.book.tallies.pop(start, PointTally())
        begin, end = self._grid.span(start)
        yield AccessWindow(
            start=begin,
            end=end,
            point=self._point,
            granted=tally.granted,
            denied=tally.denied,
            forced=tally.forced,
            held=tally.held,
        )

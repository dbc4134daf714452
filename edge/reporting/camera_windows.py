"""One camera's windows: crossings, zone counts, and how much of each the camera could see."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from msgspec import Struct, field

from edge.facts import Crossing, Observed, ZoneCount
from edge.reporting.grid import Grid
from edge.reporting.tallies import CameraTally, Passages, Presence
from wire.records import CountWindow, LateCrossing, ZoneWindow
from wire.values import ObjectClass

Pair = tuple[str, ObjectClass]


@dataclass(frozen=True, kw_only=True)
class CameraPlan:
    """What is counted at one camera, by id and class.

    `max_frame_gap_s` is how long a frame vouches for what comes after it.
    """

    lines: tuple[Pair, ...] = ()
    zones: tuple[Pair, ...] = ()
    max_frame_gap_s: float = 2.0


class Level(Struct, frozen=True):
    """So many are in a zone since then."""

    since_s: float
    count: int


class CameraBook(Struct):
    """A camera's open windows; all before `opens_s` are closed.

    `frame_s` is the time of the last frame, `fit_s` the same if it could be counted on.
    """

    opens_s: int
    latest_s: float = 0.0
    frame_s: float = 0.0
    fit_s: float | None = None
    levels: dict[str, dict[ObjectClass, Level]] = field(default_factory=dict)
    tallies: dict[int, CameraTally] = field(default_factory=dict)


class CameraWindows:
    """Counts the facts of one camera into its book.

    Frames come in the order of their times, and a zone count or `Observed` that does not is left
    out; crossings may come in any order.
    """

    def __init__(self, plan: CameraPlan, grid: Grid, book: CameraBook) -> None:
        self.book = book
        self._plan = plan
        self._grid = grid

    def begin(self, opens_s: int) -> None:
        """Forget everything and open the window that starts at `opens_s`."""
        self.book = CameraBook(opens_s)

    def take(self, fact: Crossing | ZoneCount | Observed) -> list[LateCrossing]:
        """Count one fact, or return it as late."""
        match fact:
            case Crossing():
                return self._count_crossing(fact)
            case ZoneCount():
                self._count_zone(fact)
            case Observed():
                self._cover(fact)
        return []

    def close(self, start: int) -> Iterator[CountWindow | ZoneWindow]:
        """Yield the records of the window that starts at `start`, and forget the window."""
        self._add_open_end(start)
        tally = self.book.tallies.pop(start, CameraTally())
        coverage = min(1.0, tally.covered_s / self._grid.window_s)
        begin, end = self._grid.span(start)
        for line, object_class in _pairs(self._plan.lines, tally.lines):
            passages = tally.lines.get(line, {}).get(object_class, Passages())
            yield CountWindow(
                start=begin,
                end=end,
                line=line,
                object_class=object_class,
                count_in=passages.count_in,
                count_out=passages.count_out,
                coverage=coverage,
            )
        for zone, object_class in _pairs(self._plan.zones, tally.zones):
            presence = tally.zones.get(zone, {}).get(object_class, Presence())
            yield ZoneWindow(
                start=begin,
                end=end,
                zone=zone,
                object_class=object_class,
                mean=presence.mean_count,
                max=presence.max_count,
                dwell_mean_s=presence.mean_stay_s,
                dwell_max_s=presence.longest_stay_s,
                coverage=coverage,
            )

    def _count_crossing(self, fact: Crossing) -> list[LateCrossing]:
        at_s = fact.occurred_at.timestamp()
        self.book.latest_s = max(self.book.latest_s, at_s)
        if at_s >= self.book.opens_s:
            self._tally(at_s).passages(fact.line, fact.object_class).add(fact.direction)
            return []
        return [
            LateCrossing(
                line=fact.line,
                object_class=fact.object_class,
                direction=fact.direction,
                occurred_at=fact.occurred_at,
            )
        ]

    def _count_zone(self, fact: ZoneCount) -> None:
        at_s = fact.occurred_at.timestamp()
        if at_s <= self.book.frame_s:
            return
        levels = self.book.levels.setdefault(fact.zone, {})
        if fact.object_class in levels:
            self._settle(fact.zone, fact.object_class, until_s=at_s)
        levels[fact.object_class] = Level(at_s, fact.count)
        if fact.dwells_s and at_s >= self.book.opens_s:
            presence = self._tally(at_s).presence(fact.zone, fact.object_class)
            for stay_s in fact.dwells_s:
                presence.leave(stay_s)

    def _cover(self, fact: Observed) -> None:
        """Count the time since the last frame as seen; an unfit frame ends what was known."""
        book, at_s = self.book, fact.occurred_at.timestamp()
        if at_s <= book.frame_s:
            return
        if book.fit_s is not None:
            for start, seconds in self._vouched(book.fit_s, at_s):
                self._tally(start).covered_s += seconds
        if not fact.fit:
            for zone, levels in book.levels.items():
                for object_class in levels:
                    self._settle(zone, object_class, until_s=at_s)
            book.levels.clear()
        book.frame_s = at_s
        book.latest_s = max(book.latest_s, at_s)
        book.fit_s = at_s if fact.fit else None

    def _settle(self, zone: str, object_class: ObjectClass, *, until_s: float) -> None:
        """Count the time for which a zone's last level is known."""
        level = self.book.levels[zone][object_class]
        for start, seconds in self._vouched(level.since_s, until_s):
            self._tally(start).presence(zone, object_class).hold(level.count, seconds)

    def _add_open_end(self, start: int) -> None:
        """Add to a closing window what the last frame vouches for and no later one has settled."""
        end_s = start + self._grid.window_s
        if self.book.fit_s is not None:
            seen = dict(self._vouched(self.book.fit_s, end_s))
            self._tally(start).covered_s += seen.get(start, 0.0)
        for zone, levels in self.book.levels.items():
            for object_class, level in levels.items():
                held_s = dict(self._vouched(level.since_s, end_s)).get(start)
                if held_s is not None:
                    self._tally(start).presence(zone, object_class).hold(level.count, held_s)

    def _vouched(self, frame_s: float, until_s: float) -> Iterator[tuple[int, float]]:
        """Yield how much time a frame vouches for, by open window."""
        vouched_until_s = min(until_s, frame_s + self._plan.max_frame_gap_s)
        for start, seconds in self._grid.shares(frame_s, vouched_until_s):
            if start >= self.book.opens_s:
                yield start, seconds

    def _tally(self, at_s: float) -> CameraTally:
        return self.book.tallies.setdefault(self._grid.start_of(at_s), CameraTally())


def _pairs(
    planned: Iterable[Pair],
    counted: Mapping[str, dict[ObjectClass, Passages]] | Mapping[str, dict[ObjectClass, Presence]],
) -> list[Pair]:
    """Return what is planned, then what was counted before the plan changed."""
    found = [
        (name, object_class) for name, by_class in counted.items() for object_class in by_class
    ]
    return list(dict.fromkeys([*planned, *found]))

"""Windows: facts in, one record per line and class, zone and class, and point every window.

By event time, aligned to the epoch. A window is closed by its source's watermark and final; what
comes later is a record of its own. A source is a camera or an access point.

                          watermark = latest event (never after the clock) - lateness
                              v
    ---[ closed ][ closed ][ open      ][ open  x   --------->  event time
                                                ^ latest event

A silent source's windows are closed by the clock, `idle_s` later. Sparkplug asks for report by
exception; these are periodic on purpose, so that "nobody" and "not observed" can be told apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from msgspec import Struct, field

from edge.facts import Access, AnyFact, CameraChange
from edge.reporting.camera_windows import CameraBook, CameraPlan, CameraWindows, Pair
from edge.reporting.grid import Grid
from edge.reporting.point_windows import PointBook, PointWindows
from wire.records import AnyRecord
from wire.values import ObjectClass

MAX_EMPTY_WINDOWS: Final = 1440
MAX_AHEAD_S: Final = 86_400.0

Source = CameraWindows | PointWindows


@dataclass(frozen=True, kw_only=True)
class Counted:
    """A line or a zone of a camera, and the classes that are counted there."""

    id: str
    camera: str
    classes: tuple[ObjectClass, ...]


@dataclass(frozen=True, kw_only=True)
class WindowPlan:
    """What gets windows, and when they close.

    `max_frame_gap_s` is how long a frame vouches for what comes after it.
    """

    window_s: int = 60
    lateness_s: float = 5.0
    idle_s: float = 5.0
    max_frame_gap_s: float = 2.0
    cameras: tuple[str, ...] = ()
    lines: tuple[Counted, ...] = ()
    zones: tuple[Counted, ...] = ()
    points: tuple[str, ...] = ()

    def of_camera(self, camera: str) -> CameraPlan:
        """Return what is counted at one camera."""
        return CameraPlan(
            lines=_pairs_at(camera, self.lines),
            zones=_pairs_at(camera, self.zones),
            max_frame_gap_s=self.max_frame_gap_s,
        )


class WindowsState(Struct):
    """What has to survive a restart; `owed` are records that were made but not returned yet."""

    window_s: int
    cameras: dict[str, CameraBook] = field(default_factory=dict)
    points: dict[str, PointBook] = field(default_factory=dict)
    owed: list[AnyRecord] = field(default_factory=list)


class Windows:
    """Counts facts into windows and closes each once, across restarts."""

    def __init__(self, plan: WindowPlan, state: WindowsState | None = None) -> None:
        self._plan = plan
        self._grid = Grid(plan.window_s)
        self._owed: list[AnyRecord] = []
        self._cameras: dict[str, CameraWindows] = {}
        self._points: dict[str, PointWindows] = {}
        if state is not None:
            self._continue(deepcopy(state))

    @property
    def state(self) -> WindowsState:
        """What has to survive a restart."""
        return WindowsState(
            window_s=self._plan.window_s,
            cameras={camera: deepcopy(each.book) for camera, each in self._cameras.items()},
            points={point: deepcopy(each.book) for point, each in self._points.items()},
            owed=list(self._owed),
        )

    def observe(self, facts: Iterable[AnyFact], now: datetime) -> list[AnyRecord]:
        """Count `facts`, and return the late ones and the windows that are over."""
        now_s = now.timestamp()
        records, self._owed = self._owed, []
        for source in self._sources():
            if source.book.opens_s > now_s + MAX_AHEAD_S:
                records += self._rewind(source, now_s)
        for camera in self._plan.cameras:
            self._camera(camera, now_s)
        for point in self._plan.points:
            self._point(point, now_s)
        for fact in facts:
            records += self._take(fact, now_s)
        for source in self._sources():
            for start in self._over(source, now_s):
                records += source.close(start)
        return records

    def tick(self, now: datetime) -> list[AnyRecord]:
        """Return the windows that are over by the clock."""
        return self.observe((), now)

    def _take(self, fact: AnyFact, now_s: float) -> Iterable[AnyRecord]:
        match fact:
            case Access():
                return self._point(fact.point, now_s).take(fact)
            case CameraChange():
                return ()
            case _:
                return self._camera(fact.camera, now_s).take(fact)

    def _camera(self, camera: str, now_s: float) -> CameraWindows:
        if camera not in self._cameras:
            self._add_camera(camera, CameraBook(self._first_open_s(now_s)))
        return self._cameras[camera]

    def _point(self, point: str, now_s: float) -> PointWindows:
        if point not in self._points:
            self._add_point(point, PointBook(self._first_open_s(now_s)))
        return self._points[point]

    def _sources(self) -> list[Source]:
        return [*self._cameras.values(), *self._points.values()]

    def _add_camera(self, camera: str, book: CameraBook) -> None:
        self._cameras[camera] = CameraWindows(self._plan.of_camera(camera), self._grid, book)

    def _add_point(self, point: str, book: PointBook) -> None:
        self._points[point] = PointWindows(point, self._grid, book)

    def _first_open_s(self, now_s: float) -> int:
        return self._grid.start_of(now_s - self._plan.lateness_s)

    def _over(self, source: Source, now_s: float) -> Iterator[int]:
        """Yield each window that is over, lowest first, and count it as closed.

        After a very long pause the first empty ones are left out: no window is as good a gap as one
        without coverage.
        """
        book, window_s = source.book, self._plan.window_s
        watermark_s = self._watermark_s(source, now_s)
        skip_until = self._grid.start_of(watermark_s) - MAX_EMPTY_WINDOWS * window_s
        while book.opens_s + window_s <= watermark_s:
            if book.opens_s < skip_until and book.opens_s not in book.tallies:
                book.opens_s = min([skip_until, *book.tallies])
                continue
            yield book.opens_s
            book.opens_s += window_s

    def _watermark_s(self, source: Source, now_s: float) -> float:
        by_events_s = min(source.book.latest_s, now_s) - self._plan.lateness_s
        by_clock_s = now_s - self._plan.lateness_s - self._plan.idle_s
        return max(by_events_s, by_clock_s)

    def _end(self) -> list[AnyRecord]:
        """Close what was counted in, for good."""
        records: list[AnyRecord] = []
        for source in self._sources():
            ends = [start + self._plan.window_s for start in source.book.tallies]
            records += _close_all(source)
            source.book.opens_s = max([source.book.opens_s, *ends])
        return records

    def _rewind(self, source: Source, now_s: float) -> list[AnyRecord]:
        """Begin again at `now_s`: windows were closed by a clock that was far ahead.

        What was counted under that clock is told as it stands.
        """
        records = _close_all(source)
        source.begin(self._first_open_s(now_s))
        return records

    def _continue(self, state: WindowsState) -> None:
        """Go on where `state` ends, also if windows have another length now."""
        if state.window_s != self._plan.window_s:
            before = Windows(replace(self._plan, window_s=state.window_s), state)
            state.owed = before._owed + before._end()
            state.cameras, state.points = before.state.cameras, before.state.points
        for camera, book in state.cameras.items():
            book.opens_s = self._grid.start_from(book.opens_s)
            self._add_camera(camera, book)
        for point, point_book in state.points.items():
            point_book.opens_s = self._grid.start_from(point_book.opens_s)
            self._add_point(point, point_book)
        self._owed = state.owed + self._let_go()

    def _let_go(self) -> list[AnyRecord]:
        """Forget what has left the plan; what was counted there is told as it stands."""
        cameras = [camera for camera in self._cameras if camera not in self._plan.cameras]
        points = [point for point in self._points if point not in self._plan.points]
        gone: list[Source] = [self._cameras.pop(camera) for camera in cameras]
        gone += [self._points.pop(point) for point in points]
        return [record for source in gone for record in _close_all(source)]


def _close_all(source: Source) -> list[AnyRecord]:
    """Return the records of all windows that something was counted in."""
    records: list[AnyRecord] = []
    for start in sorted(source.book.tallies):
        records += source.close(start)
    return records


def _pairs_at(camera: str, counted: Iterable[Counted]) -> tuple[Pair, ...]:
    return tuple(
        (each.id, object_class)
        for each in counted
        if each.camera == camera
        for object_class in each.classes
    )

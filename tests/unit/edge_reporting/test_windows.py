from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from edge.facts import Access, AnyFact, Crossing, Observed, ZoneCount
from edge.reporting.windows import (
    MAX_EMPTY_WINDOWS,
    Counted,
    WindowPlan,
    Windows,
    WindowsState,
)
from wire.records import (
    AccessOutcome,
    AccessWindow,
    AnyRecord,
    CountWindow,
    LateAccess,
    LateCrossing,
    ZoneWindow,
)
from wire.values import Direction, ObjectClass

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
PERSON = ObjectClass.PERSON
LINE_PLAN = WindowPlan(
    window_s=10,
    lateness_s=2.0,
    idle_s=3.0,
    max_frame_gap_s=2.0,
    cameras=("north",),
    lines=(Counted(id="gate", camera="north", classes=(PERSON,)),),
)
ZONE_PLAN = WindowPlan(
    window_s=10,
    lateness_s=2.0,
    idle_s=3.0,
    max_frame_gap_s=2.0,
    cameras=("north",),
    zones=(Counted(id="lane", camera="north", classes=(PERSON,)),),
)
POINT_PLAN = WindowPlan(window_s=10, lateness_s=2.0, idle_s=3.0, points=("door",))


def at(second: float) -> datetime:
    return NOON + timedelta(seconds=second)


def crossing(second: float, direction: Direction = Direction.IN) -> AnyFact:
    return Crossing(
        occurred_at=at(second),
        camera="north",
        line="gate",
        track_id=1,
        object_class=PERSON,
        direction=direction,
    )


def frame(second: float, *, fit: bool = True) -> Observed:
    return Observed(occurred_at=at(second), camera="north", fit=fit)


def in_zone(second: float, count: int, *dwells_s: float) -> ZoneCount:
    return ZoneCount(
        occurred_at=at(second),
        camera="north",
        zone="lane",
        object_class=PERSON,
        count=count,
        dwells_s=dwells_s,
    )


def access(second: float, outcome: AccessOutcome = AccessOutcome.GRANTED) -> Access:
    return Access(occurred_at=at(second), point="door", event_id=str(second), outcome=outcome)


def start_second(window: CountWindow | ZoneWindow | AccessWindow) -> float:
    return (window.start - NOON).total_seconds()


def feed(windows: Windows, facts: Iterable[AnyFact]) -> list[AnyRecord]:
    """Observe each fact at the moment it happened."""
    return [record for fact in facts for record in windows.observe([fact], fact.occurred_at)]


def count_windows(records: Iterable[AnyRecord]) -> list[CountWindow]:
    return [record for record in records if isinstance(record, CountWindow)]


def zone_windows(records: Iterable[AnyRecord]) -> list[ZoneWindow]:
    return [record for record in records if isinstance(record, ZoneWindow)]


def access_windows(records: Iterable[AnyRecord]) -> list[AccessWindow]:
    return [record for record in records if isinstance(record, AccessWindow)]


def begun(plan: WindowPlan) -> Windows:
    """Windows whose first is the one at noon."""
    windows = Windows(plan)
    windows.tick(at(plan.lateness_s))
    return windows


def test_a_window_sums_up_what_crossed_within_it() -> None:
    windows = begun(LINE_PLAN)
    facts = [crossing(0), crossing(9.9), crossing(5, Direction.OUT), crossing(10), frame(12.0)]

    records = [record for fact in facts for record in windows.observe([fact], at(12))]

    assert records == [
        CountWindow(
            start=at(0),
            end=at(10),
            line="gate",
            object_class=PERSON,
            count_in=2,
            count_out=1,
            coverage=0.0,
        )
    ]


def test_a_window_closes_when_the_latest_event_is_late_enough() -> None:
    windows = begun(LINE_PLAN)

    assert windows.observe([frame(11.9)], at(11.9)) == []
    assert len(windows.observe([frame(12.0)], at(12.0))) == 1


def test_a_silent_source_is_closed_by_the_clock() -> None:
    windows = begun(LINE_PLAN)
    windows.observe([crossing(3)], at(3))

    assert windows.tick(at(14.9)) == []
    [window] = count_windows(windows.tick(at(15)))
    assert window.count_in == 1


def test_an_event_from_the_future_closes_nothing_before_its_time() -> None:
    windows = begun(LINE_PLAN)

    assert windows.observe([crossing(500)], at(4)) == []
    assert windows.observe([crossing(5)], at(5)) == []


def test_a_window_in_which_nothing_was_seen_says_so() -> None:
    windows = begun(LINE_PLAN)

    found = count_windows(windows.tick(at(35)))

    assert [start_second(window) for window in found] == [0, 10, 20]
    assert {window.coverage for window in found} == {0.0}


def test_a_late_crossing_is_a_record_of_its_own() -> None:
    windows = begun(LINE_PLAN)
    windows.tick(at(15))

    records = windows.observe([crossing(9)], at(16))

    assert records == [
        LateCrossing(line="gate", object_class=PERSON, direction=Direction.IN, occurred_at=at(9))
    ]


def test_coverage_is_the_time_that_frames_vouch_for() -> None:
    windows = begun(LINE_PLAN)
    seen = [frame(second) for second in (0, 1, 2, 3)]  # vouched for until 5, then nothing
    records = feed(windows, seen) + feed(windows, [frame(9), frame(12)])

    assert [window.coverage for window in count_windows(records)] == [0.6]


def test_a_frame_vouches_into_the_next_window() -> None:
    windows = begun(LINE_PLAN)
    records = feed(windows, [frame(9), frame(30)]) + windows.tick(at(40))

    assert [window.coverage for window in count_windows(records)][:3] == [0.1, 0.1, 0.0]


def test_an_unfit_frame_vouches_for_nothing() -> None:
    windows = begun(LINE_PLAN)
    seen = [frame(0), frame(1, fit=False), frame(2, fit=False), frame(3), frame(4), frame(12)]

    records = feed(windows, seen)

    assert [window.coverage for window in count_windows(records)] == [0.4]


def test_the_last_frame_before_a_silence_counts_until_its_gap_is_over() -> None:
    windows = begun(LINE_PLAN)
    records = feed(windows, [frame(0), frame(1)]) + windows.tick(at(15))

    assert [window.coverage for window in count_windows(records)] == [0.3]


def test_a_frame_that_goes_back_in_time_changes_nothing() -> None:
    windows = begun(LINE_PLAN)
    records = feed(windows, [frame(4), frame(5)])
    records += windows.observe([frame(2), frame(4)], at(5)) + feed(windows, [frame(6), frame(12)])

    assert [window.coverage for window in count_windows(records)] == [0.4]


def test_a_zone_window_weighs_counts_by_time() -> None:
    windows = begun(ZONE_PLAN)
    facts: list[AnyFact] = []
    for second, count in ((0, 0), (2, 3), (3, 1), (5, 1), (6, 0)):
        facts += [in_zone(second, count), frame(second)]

    records = feed(windows, facts) + windows.tick(at(15))

    [window] = zone_windows(records)
    assert window.max == 3
    assert window.mean == (0 * 2 + 3 * 1 + 1 * 2 + 1 * 1 + 0 * 2) / 8
    assert window.coverage == 0.8


def test_a_zone_window_tells_the_stays_that_ended_in_it() -> None:
    windows = begun(ZONE_PLAN)

    records = feed(windows, [in_zone(1, 1, 4.0, 8.0), frame(1), in_zone(2, 0, 6.0), frame(2)])
    records += windows.tick(at(15))

    [window] = zone_windows(records)
    assert (window.dwell_mean_s, window.dwell_max_s) == (6.0, 8.0)


def test_somebody_who_stays_is_in_both_windows() -> None:
    windows = begun(ZONE_PLAN)
    facts: list[AnyFact] = []
    for second in range(8, 23):
        facts += [in_zone(second, 1), frame(second)]

    found = zone_windows(feed(windows, facts))

    assert [(window.max, window.mean) for window in found] == [(1, 1.0), (1, 1.0)]
    assert [window.coverage for window in found] == [0.2, 1.0]


def test_an_unfit_frame_ends_what_was_known_of_a_zone() -> None:
    windows = begun(ZONE_PLAN)
    facts: list[AnyFact] = [in_zone(0, 4), frame(0), frame(1, fit=False), in_zone(6, 0), frame(6)]

    [window] = zone_windows(feed(windows, facts) + windows.tick(at(15)))

    assert window.mean == 4 * 1 / (1 + 2)
    assert window.max == 4


def test_an_access_window_counts_by_outcome() -> None:
    windows = begun(POINT_PLAN)
    outcomes = [
        AccessOutcome.GRANTED,
        AccessOutcome.DURESS,
        AccessOutcome.DENIED,
        AccessOutcome.FORCED,
        AccessOutcome.HELD_OPEN,
        AccessOutcome.CLOSED,
        AccessOutcome.EXIT_BUTTON,
    ]

    feed(windows, [access(second, outcome) for second, outcome in enumerate(outcomes)])

    assert windows.tick(at(15)) == [
        AccessWindow(start=at(0), end=at(10), point="door", granted=2, denied=1, forced=1, held=1)
    ]


def test_a_late_event_that_no_window_counts_is_not_told() -> None:
    windows = begun(POINT_PLAN)
    windows.tick(at(15))

    assert windows.observe([access(1, AccessOutcome.CLOSED)], at(16)) == []
    assert windows.observe([access(2)], at(16)) == [
        LateAccess(point="door", outcome=AccessOutcome.GRANTED, occurred_at=at(2))
    ]


def test_a_day_without_the_gateway_does_not_fill_the_outbox() -> None:
    windows = begun(LINE_PLAN)
    windows.observe([crossing(3)], at(3))

    records = count_windows(windows.tick(at(10 * 86_400)))

    assert len(records) == MAX_EMPTY_WINDOWS + 1
    assert records[0].count_in == 1


def test_a_clock_that_was_far_ahead_does_not_stop_the_windows() -> None:
    days_s = 3 * 86_400
    windows = Windows(LINE_PLAN)
    windows.tick(at(days_s))
    windows.observe([crossing(days_s), frame(days_s)], at(days_s + 1))

    told = count_windows(windows.observe([crossing(1), frame(1)], at(2)))
    after = count_windows(windows.tick(at(15)))

    assert [(start_second(window), window.count_in) for window in told] == [(days_s, 1)]
    assert [(start_second(window), window.count_in) for window in after] == [(0, 1)]
    assert after[0].coverage == 0.2


def resumed(windows: Windows, plan: WindowPlan) -> Windows:
    """Stop and start again from the checkpoint as it stands on disk."""
    stored = msgspec.json.encode(windows.state)
    return Windows(plan, msgspec.json.decode(stored, type=WindowsState))


def test_what_left_the_plan_is_told_once_more_and_then_not_again() -> None:
    windows = begun(replace(LINE_PLAN, points=("door",)))
    windows.observe([crossing(1), access(2)], at(3))

    windows = resumed(windows, replace(LINE_PLAN, cameras=(), lines=(), window_s=5))
    told = windows.tick(at(4))
    after = windows.tick(at(60))

    assert [window.count_in for window in count_windows(told)] == [1]
    assert [window.granted for window in access_windows(told)] == [1]
    assert after == []


BOTH_PLAN = WindowPlan(
    window_s=4,
    lateness_s=3.0,
    idle_s=2.0,
    cameras=("north",),
    lines=LINE_PLAN.lines,
    points=("door",),
)
events = st.lists(
    st.tuples(st.integers(0, 40), st.sampled_from(["in", "out", "granted", "denied", "frame"])),
    max_size=30,
)


def as_fact(second: int, what: str) -> AnyFact:
    match what:
        case "in" | "out":
            return crossing(second, Direction(what))
        case "frame":
            return frame(second)
        case _:
            return access(second, AccessOutcome(what))


def totals(records: Sequence[AnyRecord]) -> dict[str, int]:
    sums = {"in": 0, "out": 0, "granted": 0, "denied": 0}
    for record in records:
        match record:
            case CountWindow():
                sums["in"] += record.count_in
                sums["out"] += record.count_out
            case AccessWindow():
                sums["granted"] += record.granted
                sums["denied"] += record.denied
            case LateCrossing():
                sums[record.direction] += 1
            case LateAccess():
                sums[record.outcome] += 1
            case _:
                raise AssertionError(record)
    return sums


def totals_of(events: Sequence[tuple[int, str]]) -> dict[str, int]:
    happened = [what for _, what in events]
    return {what: happened.count(what) for what in ("in", "out", "granted", "denied")}


@given(events=events, delays=st.lists(st.integers(0, 9), min_size=30, max_size=30))
def test_each_fact_is_counted_exactly_once_whenever_it_arrives(
    events: list[tuple[int, str]], delays: list[int]
) -> None:
    windows = begun(BOTH_PLAN)
    arrivals = sorted(
        (second + delay, second, what)
        for (second, what), delay in zip(events, delays, strict=False)
    )

    records: list[AnyRecord] = []
    for arrived, second, what in arrivals:
        records += windows.observe([as_fact(second, what)], at(arrived))
    records += windows.tick(at(100))

    assert totals(records) == totals_of(events)


@given(
    events=st.lists(
        st.tuples(st.integers(0, 40), st.sampled_from(["in", "out", "granted", "denied"])),
        max_size=30,
    ),
    delays=st.lists(st.sampled_from([0, 1, 2, 3]), min_size=30, max_size=30),
)
def test_the_order_of_arrival_within_the_lateness_does_not_matter(
    events: list[tuple[int, str]], delays: list[int]
) -> None:
    on_time, shuffled = begun(BOTH_PLAN), begun(BOTH_PLAN)
    arrivals = sorted(
        (second + delay, second, what)
        for (second, what), delay in zip(events, delays, strict=False)
    )

    expected: list[AnyRecord] = []
    for second, what in sorted(events):
        expected += on_time.observe([as_fact(second, what)], at(second))
    found: list[AnyRecord] = []
    for arrived, second, what in arrivals:
        found += shuffled.observe([as_fact(second, what)], at(arrived))

    key = msgspec.json.encode
    expected += on_time.tick(at(100))
    found += shuffled.tick(at(100))
    assert sorted(map(key, found)) == sorted(map(key, expected))


@given(events=events, cuts=st.frozensets(st.integers(0, 30), max_size=4))
def test_a_restart_anywhere_changes_no_record(
    events: list[tuple[int, str]], cuts: frozenset[int]
) -> None:
    whole, cut = begun(BOTH_PLAN), begun(BOTH_PLAN)
    facts = [as_fact(second, what) for second, what in sorted(events)]

    expected = feed(whole, facts) + whole.tick(at(60))
    found: list[AnyRecord] = []
    for place, fact in enumerate(facts):
        if place in cuts:
            cut = resumed(cut, BOTH_PLAN)
        found += feed(cut, [fact])
    found += resumed(cut, BOTH_PLAN).tick(at(60))

    assert found == expected


@given(events=events, ticks=st.lists(st.integers(0, 80), max_size=10))
def test_no_window_comes_twice_and_none_is_left_out(
    events: list[tuple[int, str]], ticks: list[int]
) -> None:
    windows = begun(BOTH_PLAN)
    steps = sorted([(second, what) for second, what in events] + [(tick, "") for tick in ticks])

    records: list[AnyRecord] = []
    for second, what in steps:
        facts = [as_fact(second, what)] if what else []
        records += windows.observe(facts, at(second))
    records += windows.tick(at(100))

    expected = list(range(0, 92, 4))  # the watermark stands at 95
    assert sorted(start_second(window) for window in count_windows(records)) == expected
    assert sorted(start_second(window) for window in access_windows(records)) == expected


@given(events=events, cut=st.integers(0, 30), window_s=st.integers(1, 13))
def test_windows_of_another_length_overlap_none_and_lose_nothing(
    events: list[tuple[int, str]], cut: int, window_s: int
) -> None:
    windows = begun(BOTH_PLAN)
    facts = [as_fact(second, what) for second, what in sorted(events)]

    records = feed(windows, facts[:cut])
    windows = resumed(windows, replace(BOTH_PLAN, window_s=window_s))
    records += feed(windows, facts[cut:]) + windows.tick(at(100))

    spans = sorted((window.start, window.end) for window in access_windows(records))
    assert all(before[1] <= after[0] for before, after in pairwise(spans))
    assert totals(records) == totals_of(events)

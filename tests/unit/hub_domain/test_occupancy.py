from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.domain.occupancy import UNKNOWN_RATE, Balance, Flow, Interval, coverage
from hub.domain.occupancy_fold import (
    Corrected,
    Counted,
    Reading,
    flows_between,
    fold,
    quarters_to_divide,
)
from hub.domain.steps import QUARTER, floor

START = datetime(2026, 7, 1, 4, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
SEEN_S = QUARTER.total_seconds()


def seen(into: int, out: int, share: float = 1.0) -> Flow:
    return Flow(into, out, SEEN_S * share)


def read_after(*quarters: dict[str, Flow], corrections: tuple[Corrected, ...] = ()) -> Interval:
    sums = {START + n * QUARTER: flows for n, flows in enumerate(quarters)}
    end = START + len(quarters) * QUARTER
    (reading,) = fold(Balance(), START, sums=sums, fine={}, corrections=corrections, reads=[end])
    assert reading.interval is not None
    return reading.interval


def test_expected_is_in_minus_out() -> None:
    assert read_after({"a": seen(9, 2), "b": seen(1, 3)}).expected == 5


def test_before_anything_was_heard_nothing_is_known() -> None:
    (reading,) = fold(Balance(), START, sums={}, fine={}, corrections=[], reads=[START + QUARTER])

    assert (reading.interval, reading.lines, reading.corrected_at) == (None, (), None)


def test_people_who_leave_had_been_inside() -> None:
    morning = {"a": seen(0, 50)}
    evening = {"a": seen(50, 0)}

    assert read_after(morning).expected == 0
    assert read_after(morning, evening).expected == 50


def test_where_all_is_seen_only_the_miscount_is_between_the_bounds() -> None:
    interval = read_after({"a": seen(60, 30)})  # 2 * sqrt(0.1 * 90) = 6

    assert interval == Interval(low=24, expected=30, high=36)


def test_time_that_was_not_seen_widens_the_interval_by_what_use_to_pass() -> None:
    usual = {"a": seen(100, 100)}

    narrow = read_after(usual, usual)
    wide = read_after(usual, {})

    assert wide.high - wide.expected >= 100
    assert narrow.high - narrow.expected < 100


def test_a_line_that_was_never_seen_is_held_to_be_passed_once_a_minute() -> None:
    sums = {START: {"a": Flow()}}

    (reading,) = fold(
        Balance(), START, sums=sums, fine={}, corrections=[], reads=[START + 2 * QUARTER]
    )

    assert reading.interval is not None
    assert reading.interval.high == 15
    assert UNKNOWN_RATE * SEEN_S == 15


def test_a_line_has_missed_nothing_before_it_spoke_first() -> None:
    busy = {"a": seen(90, 90, share=0.5)}

    assert read_after(busy).high < 90


def test_a_correction_is_what_is_believed_at_its_moment() -> None:
    at = START + QUARTER
    corrected = Corrected(at, 200)
    sums = {START: {"a": seen(5, 0)}, at: {"a": seen(1, 0)}}

    before, after, later = fold(
        Balance(),
        START,
        sums=sums,
        fine={},
        corrections=[corrected],
        reads=[at, at, at + QUARTER],
    )

    assert before.interval == after.interval == Interval(200, 200, 200)
    assert later.interval is not None
    assert later.interval.expected == 201
    assert later.corrected_at == at


def test_of_a_quarter_with_a_correction_only_what_came_after_it_counts() -> None:
    at = START + 5 * MINUTE
    parts = [Counted("a", START + n * MINUTE, Flow(1, 0, 60.0)) for n in range(15)]

    (reading,) = fold(
        Balance(),
        START,
        sums={START: {"a": seen(15, 0)}},
        fine={START: parts},
        corrections=[Corrected(at, 100)],
        reads=[START + QUARTER],
    )

    assert reading.interval is not None
    assert reading.interval.expected == 110


def test_a_checkpoint_can_be_carried_on() -> None:
    quarters = [{"a": seen(n % 5, n % 3)} for n in range(20)]
    sums = {START + n * QUARTER: flows for n, flows in enumerate(quarters)}
    half, end = START + 10 * QUARTER, START + 20 * QUARTER
    at_once = fold(Balance(), START, sums=sums, fine={}, corrections=[], reads=[end])

    balance = Balance()
    fold(balance, START, sums=sums, fine={}, corrections=[], reads=[half - QUARTER])
    carried_on = fold(balance, half, sums=sums, fine={}, corrections=[], reads=[end])

    assert carried_on == at_once


flows = st.builds(
    Flow, st.integers(0, 5), st.integers(0, 5), st.sampled_from([0.0, SEEN_S / 2, SEEN_S])
)
histories = st.lists(st.dictionaries(st.sampled_from("ab"), flows), min_size=1, max_size=12)


@given(histories)
def test_the_bounds_lie_around_what_is_expected_and_never_below_nobody(
    history: list[dict[str, Flow]],
) -> None:
    balance = Balance()
    for number, quarter in enumerate(history):
        balance.advance(START + number * QUARTER, SEEN_S, quarter)

        interval = balance.interval()
        assert 0 <= interval.low <= interval.expected <= interval.high


@given(histories)
def test_occupancy_does_not_depend_on_the_order_in_which_it_was_heard(
    history: list[dict[str, Flow]],
) -> None:
    times = [START + number * QUARTER for number in range(len(history))]
    in_order = dict(zip(times, history, strict=True))
    backwards = dict(reversed(in_order.items()))

    def read(sums: dict[datetime, dict[str, Flow]]) -> list[Reading]:
        return fold(Balance(), START, sums=sums, fine={}, corrections=[], reads=times)

    assert read(in_order) == read(backwards)


@given(histories, st.sets(st.integers(0, 12 * 15)))
def test_what_is_read_does_not_depend_on_what_else_is_read(
    history: list[dict[str, Flow]], minutes: set[int]
) -> None:
    sums, parts = {}, {}
    for number, quarter in enumerate(history):
        start = START + number * QUARTER
        sums[start] = quarter
        parts[start] = [
            Counted(line, start + n * 5 * MINUTE, Flow(flow.count_in * (n == 0), 0, 0.0))
            for line, flow in quarter.items()
            for n in range(3)
        ]
    end = START + len(history) * QUARTER
    others = sorted({START + minute * MINUTE for minute in minutes} | {end})

    alone = fold(Balance(), START, sums=sums, fine=parts, corrections=[], reads=[end])
    among = fold(Balance(), START, sums=sums, fine=parts, corrections=[], reads=others)

    assert alone[0] == next(reading for reading in among if reading.at == end)


def test_only_quarters_that_are_cut_have_to_be_divided() -> None:
    whole, cut = START + QUARTER, START + QUARTER + MINUTE

    assert quarters_to_divide([START, whole], []) == []
    assert quarters_to_divide([START], [Corrected(cut, 1)]) == [floor(cut, QUARTER)]


def test_flows_between_takes_whole_quarters_from_their_sums() -> None:
    sums = {START: {"a": seen(10, 0)}, START + QUARTER: {"a": seen(20, 0)}}
    parts = {START + QUARTER: [Counted("a", START + QUARTER, Flow(3, 0, 60.0))]}

    between = flows_between(sums, parts, START, START + QUARTER + MINUTE)

    assert between["a"] == Flow(13, 0, SEEN_S + 60)


@pytest.mark.parametrize(("share", "expected"), [(1.0, 0.5), (0.5, 0.25), (0.0, 0.0)])
def test_coverage_is_shared_by_all_lines(share: float, expected: float) -> None:
    assert coverage(SEEN_S, ["a", "b"], {"a": seen(1, 1, share)}) == expected


def test_where_there_is_no_line_nothing_is_covered() -> None:
    assert coverage(SEEN_S, [], {}) == 0.0

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from hub.domain.ledger import StoredNumbers

spans = st.tuples(st.integers(1, 30), st.integers(0, 8)).map(lambda s: (s[0], s[0] + s[1]))


def stored(*runs: tuple[int, int]) -> StoredNumbers:
    numbers = StoredNumbers()
    for first, last in runs:
        numbers = numbers.add(first, last)
    return numbers


def test_nothing_stored_is_complete_up_to_nothing() -> None:
    numbers = StoredNumbers()

    assert (numbers.up_to, numbers.beyond, numbers.highest, numbers.missing) == (0, (), 0, 0)
    assert numbers.completeness == 1.0


def test_a_gap_shows_until_it_is_filled() -> None:
    numbers = stored((1, 4), (7, 9))

    assert (numbers.up_to, numbers.beyond, numbers.missing) == (4, ((7, 9),), 2)
    assert stored((1, 4), (7, 9), (5, 6)).runs == ((1, 9),)


def test_runs_that_stand_beside_each_other_become_one() -> None:
    assert stored((1, 2), (3, 4)).runs == ((1, 4),)
    assert stored((3, 4), (1, 2)).runs == ((1, 4),)


def test_what_begins_above_one_leaves_nothing_acknowledged() -> None:
    assert stored((2, 9)).up_to == 0
    assert stored((2, 9)).beyond == ((2, 9),)


def test_a_report_that_overlaps_is_new_only_where_it_is() -> None:
    assert stored((1, 3), (6, 7)).new_in(2, 9) == ((4, 5), (8, 9))
    assert stored((1, 3)).new_in(1, 3) == ()
    assert stored((1, 3)).new_in(4, 5) == ((4, 5),)


@given(st.lists(spans, max_size=12))
def test_runs_hold_exactly_the_numbers_added(added: list[tuple[int, int]]) -> None:
    numbers = stored(*added)

    expected = {number for first, last in added for number in range(first, last + 1)}
    assert {n for first, last in numbers.runs for n in range(first, last + 1)} == expected
    assert numbers.count == len(expected)


@given(st.lists(spans, max_size=12))
def test_runs_are_in_order_and_never_touch(added: list[tuple[int, int]]) -> None:
    runs = stored(*added).runs

    assert all(first <= last for first, last in runs)
    assert all(before[1] + 1 < after[0] for before, after in pairwise(runs))


@given(st.lists(spans, max_size=8))
def test_the_order_of_arrival_does_not_matter(added: list[tuple[int, int]]) -> None:
    shuffled = added[::-1]

    assert stored(*added) == stored(*shuffled) == stored(*added, *added)


@given(st.lists(spans, max_size=8), spans)
def test_what_is_new_is_what_was_not_there(
    added: list[tuple[int, int]], span: tuple[int, int]
) -> None:
    numbers = stored(*added)

    new = {n for first, last in numbers.new_in(*span) for n in range(first, last + 1)}

    before = {n for first, last in numbers.runs for n in range(first, last + 1)}
    assert new == set(range(span[0], span[1] + 1)) - before
    assert numbers.add(*span).count == numbers.count + len(new)


@given(st.lists(spans, max_size=8))
def test_all_numbers_up_to_the_acknowledged_one_are_stored(added: list[tuple[int, int]]) -> None:
    numbers = stored(*added)

    there = {n for first, last in numbers.runs for n in range(first, last + 1)}
    assert set(range(1, numbers.up_to + 1)) <= there
    assert numbers.up_to + 1 not in there

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from edge.facts import Access, Crossing
from edge.rules.pairing import pair
from tests.unit.edge_rules.stories import access, crossing

SKEW, PASSAGE = timedelta(seconds=1), timedelta(seconds=5)

seconds = st.lists(st.integers(0, 16), max_size=7)


def paired(crossings: Sequence[Crossing], grants: Sequence[Access]) -> list[Access | None]:
    in_order = sorted(grants, key=lambda grant: (grant.occurred_at, grant.event_id))
    return pair(crossings, in_order, skew=SKEW, passage=PASSAGE)


def crossings_at(times: Sequence[float]) -> list[Crossing]:
    return [crossing(second, track=index) for index, second in enumerate(sorted(times))]


def grants_at(times: Sequence[float]) -> list[Access]:
    return [access(second, event_id=str(index)) for index, second in enumerate(times)]


def serves(grant: Access, passing: Crossing) -> bool:
    return grant.occurred_at - SKEW <= passing.occurred_at <= grant.occurred_at + PASSAGE


def most_pairs(crossings: Sequence[Crossing], grants: Sequence[Access]) -> int:
    """The size of a maximum matching, found the long way by augmenting paths."""
    taker: dict[int, int] = {}

    def find(index: int, tried: set[int]) -> bool:
        for number, grant in enumerate(grants):
            if number in tried or not serves(grant, crossings[index]):
                continue
            tried.add(number)
            if number not in taker or find(taker[number], tried):
                taker[number] = index
                return True
        return False

    return sum(find(index, set()) for index in range(len(crossings)))


@given(seconds, seconds)
def test_as_many_as_can_be_are_paired(crossed: list[int], granted: list[int]) -> None:
    crossings, grants = crossings_at(crossed), grants_at(granted)

    result = paired(crossings, grants)

    assert sum(grant is not None for grant in result) == most_pairs(crossings, grants)


@given(seconds, seconds)
def test_a_grant_serves_one_crossing_within_its_time(
    crossed: list[int], granted: list[int]
) -> None:
    crossings = crossings_at(crossed)

    result = paired(crossings, grants_at(granted))

    used = [grant.event_id for grant in result if grant is not None]
    assert len(used) == len(set(used))
    for passing, grant in zip(crossings, result, strict=True):
        assert grant is None or serves(grant, passing)


@given(seconds, seconds, st.integers(0, 16))
def test_a_grant_that_comes_late_leaves_nobody_without(
    crossed: list[int], granted: list[int], late: int
) -> None:
    crossings = crossings_at(crossed)

    before = paired(crossings, grants_at(granted))
    after = paired(crossings, grants_at([*granted, late]))

    assert all(now is not None for was, now in zip(before, after, strict=True) if was is not None)


@given(seconds, seconds)
def test_a_later_crossing_takes_no_grant_away(crossed: list[int], granted: list[int]) -> None:
    crossings, grants = crossings_at(crossed), grants_at(granted)

    whole = paired(crossings, grants)

    for known in range(len(crossings)):
        assert paired(crossings[:known], grants) == whole[:known]


def test_both_ends_of_a_grants_time_serve() -> None:
    grants = [access(1), access(10)]

    result = paired([crossing(6), crossing(9)], grants)

    assert result == grants

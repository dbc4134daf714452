from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from edge.facts import Access, Crossing
from edge.rules.pairing import Grant, grants_by_card, grants_each, pair
from tests.unit.edge_rules.stories import access, crossing

SKEW, PASSAGE = timedelta(seconds=1), timedelta(seconds=5)

seconds = st.lists(st.integers(0, 16), max_size=7)


def paired(crossings: Sequence[Crossing], shows: Sequence[Access]) -> list[Grant | None]:
    return pair(crossings, grants_each(in_order(shows)), skew=SKEW, passage=PASSAGE)


def in_order(shows: Sequence[Access]) -> list[Access]:
    return sorted(shows, key=lambda show: (show.occurred_at, show.event_id))


def crossings_at(times: Sequence[float]) -> list[Crossing]:
    return [crossing(second, track=index) for index, second in enumerate(sorted(times))]


def grants_at(times: Sequence[float]) -> list[Access]:
    return [access(second, event_id=str(index)) for index, second in enumerate(times)]


def serves(grant: Grant, passing: Crossing) -> bool:
    return grant.since - SKEW <= passing.occurred_at <= grant.until + PASSAGE


def most_pairs(crossings: Sequence[Crossing], grants: Sequence[Grant]) -> int:
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

    most = most_pairs(crossings, grants_each(grants))
    assert sum(grant is not None for grant in result) == most


@given(seconds, seconds)
def test_a_grant_serves_one_crossing_within_its_time(
    crossed: list[int], granted: list[int]
) -> None:
    crossings = crossings_at(crossed)

    result = paired(crossings, grants_at(granted))

    used = [show.event_id for grant in result if grant is not None for show in grant.shows]
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

    assert result == grants_each(grants)


def test_a_card_shown_again_within_a_passage_is_one_grant() -> None:
    shows = [access(second, credential="card") for second in (0, 3, 5, 6)]

    grants = grants_by_card(shows, PASSAGE)

    assert grants == [Grant(tuple(shows[:3])), Grant(tuple(shows[3:]))]


def test_another_card_and_no_card_are_grants_of_their_own() -> None:
    shows = [access(0, credential="a"), access(1, credential="b"), access(2), access(3)]

    assert grants_by_card(shows, PASSAGE) == grants_each(shows)


def test_a_card_shown_again_opens_the_way_for_longer() -> None:
    shows = [access(second, credential="card") for second in (0, 4)]

    result = pair([crossing(9)], grants_by_card(shows, PASSAGE), skew=SKEW, passage=PASSAGE)

    assert result == [Grant(tuple(shows))]


def test_the_grant_that_ends_first_is_used_first() -> None:
    twice = [access(0, credential="a"), access(4, credential="a")]
    once = access(1, credential="b")
    grants = grants_by_card([twice[0], once, twice[1]], PASSAGE)

    result = pair([crossing(5), crossing(9)], grants, skew=SKEW, passage=PASSAGE)

    assert result == [Grant((once,)), Grant(tuple(twice))]


shown = st.lists(st.tuples(st.integers(0, 16), st.sampled_from([None, "a", "b"])), max_size=7).map(
    lambda shows: [
        access(second, event_id=str(n), credential=card) for n, (second, card) in enumerate(shows)
    ]
)


@given(seconds, shown)
def test_as_many_as_can_be_are_paired_with_the_grants_of_cards(
    crossed: list[int], shows: list[Access]
) -> None:
    crossings = crossings_at(crossed)
    grants = grants_by_card(in_order(shows), PASSAGE)

    result = pair(crossings, grants, skew=SKEW, passage=PASSAGE)

    used = [id(grant) for grant in result if grant is not None]
    assert len(used) == len(set(used)) == most_pairs(crossings, grants)
    for passing, grant in zip(crossings, result, strict=True):
        assert grant is None or serves(grant, passing)


@given(shown)
def test_every_show_is_in_one_grant_of_one_card_and_passage(shows: list[Access]) -> None:
    grants = grants_by_card(in_order(shows), PASSAGE)

    assert in_order([show for grant in grants for show in grant.shows]) == in_order(shows)
    assert all(grant.until - grant.since <= PASSAGE for grant in grants)
    assert all(len({show.credential for show in grant.shows}) == 1 for grant in grants)
    assert all(len(grant.shows) == 1 for grant in grants if grant.shows[0].credential is None)


@given(st.lists(st.integers(0, 16), min_size=1, max_size=7))
def test_one_card_never_lets_in_two_within_a_passage(shown_at: list[int]) -> None:
    shows = in_order(
        [access(second, event_id=str(n), credential="card") for n, second in enumerate(shown_at)]
    )

    grants = grants_by_card(shows, PASSAGE)

    starts = [grant.since for grant in grants]
    assert all(later - earlier > PASSAGE for earlier, later in pairwise(starts))

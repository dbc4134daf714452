from itertools import permutations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from edge.counting.assignment import assign
from edge.counting.detection import FloatArray

LIMIT = 0.7
tenths = st.integers(0, 10).map(lambda tenth: tenth / 10)
matrices = arrays(
    np.float64,
    array_shapes(min_dims=2, max_dims=2, max_side=5),
    elements=tenths,
    fill=st.nothing(),  # every element drawn: by default most are the same
)


def cost_of(costs: FloatArray, pairs: list[tuple[int, int]]) -> float:
    """What a pairing costs when every row without a pair costs the limit."""
    return float(sum(costs[pair] for pair in pairs)) + LIMIT * (len(costs) - len(pairs))


def least_cost(costs: FloatArray) -> float:
    """The cheapest of all pairings, each tried; a column too many stands for "no pair"."""
    rows, columns = costs.shape
    unpaired = np.full((rows, rows), LIMIT)
    choices = np.concatenate([costs, unpaired], axis=1)
    return min(
        float(sum(choices[row, column] for row, column in enumerate(chosen)))
        for chosen in permutations(range(columns + rows), rows)
    )


@given(matrices)
def test_no_other_pairing_is_cheaper(costs: FloatArray) -> None:
    costs = costs[:4]

    pairs = assign(costs, LIMIT)

    assert abs(cost_of(costs, pairs) - least_cost(costs)) < 1e-9


@given(matrices)
def test_every_row_and_column_is_in_one_pair_at_most(costs: FloatArray) -> None:
    pairs = assign(costs, LIMIT)

    assert len({row for row, _ in pairs}) == len(pairs) == len({column for _, column in pairs})
    assert pairs == sorted(pairs)


@given(matrices)
def test_a_pair_never_costs_the_limit(costs: FloatArray) -> None:
    assert all(costs[pair] < LIMIT for pair in assign(costs, LIMIT))


@given(matrices)
def test_turning_the_table_on_its_side_costs_the_same(costs: FloatArray) -> None:
    pairs, turned = assign(costs, LIMIT), assign(costs.T, LIMIT)

    cost, turned_cost = (
        sum(costs[row, column] - LIMIT for row, column in pairs),
        sum(costs[row, column] - LIMIT for column, row in turned),
    )

    assert abs(cost - turned_cost) < 1e-9


def test_two_good_pairs_beat_one_perfect_and_one_refused() -> None:
    costs = np.array([[0.0, 0.2], [0.3, 0.9]])

    assert assign(costs, LIMIT) == [(0, 1), (1, 0)]


def test_one_perfect_pair_beats_two_poor_ones() -> None:
    costs = np.array([[0.5, 0.1], [1.0, 0.5]])

    assert assign(costs, LIMIT) == [(0, 1)]


def test_nothing_pairs_with_nothing() -> None:
    assert assign(np.empty((0, 3)), LIMIT) == []
    assert assign(np.empty((3, 0)), LIMIT) == []

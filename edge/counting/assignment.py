"""The cheapest pairing of rows with columns.

The linear assignment problem, solved by shortest augmenting paths (R. Jonker and A. Volgenant,
Computing 38, 1987) with dual prices. Time grows with the cube of the shorter side; a frame has
tens of tracks.
"""

import numpy as np

from edge.counting.detection import FloatArray, IntArray

_FREE = -1


def assign(costs: FloatArray, limit: float) -> list[tuple[int, int]]:
    """Pair rows with columns of `costs` (N, M) so that the sum of the pairs' costs is least.

    A pair that costs `limit` or more is not made, and a row without a pair costs `limit`.
    Pairs come in the order of rows.
    """
    rows, columns = costs.shape
    if rows > columns:
        return sorted((row, column) for column, row in assign(costs.T, limit))
    row_by_column = _solve(np.minimum(costs, limit))
    pairs = [(int(row), column) for column, row in enumerate(row_by_column) if row != _FREE]
    return sorted(pair for pair in pairs if costs[pair] < limit)


def _solve(costs: FloatArray) -> IntArray:
    """Return the row of each column, `_FREE` where none; there are no more rows than columns."""
    rows, columns = costs.shape
    row_prices, column_prices = np.zeros(rows), np.zeros(columns)
    row_by_column = np.full(columns, _FREE)
    for row in range(rows):
        _augment(costs, row, row_by_column, row_prices, column_prices)
    return row_by_column


def _augment(
    costs: FloatArray,
    start: int,
    row_by_column: IntArray,
    row_prices: FloatArray,
    column_prices: FloatArray,
) -> None:
    """Give the row `start` a column along the shortest path of swaps; updates its arguments."""
    columns = costs.shape[1]
    shortest = np.full(columns, np.inf)
    came_from = np.full(columns, start)
    is_open = np.ones(columns, np.bool_)
    row, length = start, 0.0
    while True:
        lengths = length + costs[row] - row_prices[row] - column_prices
        is_shorter = is_open & (lengths < shortest)
        shortest[is_shorter] = lengths[is_shorter]
        came_from[is_shorter] = row
        column = int(np.where(is_open, shortest, np.inf).argmin())
        length = float(shortest[column])
        is_open[column] = False
        if row_by_column[column] == _FREE:
            break
        row = int(row_by_column[column])

    visited = np.flatnonzero(~is_open)
    swapped = visited[visited != column]
    row_prices[start] += length
    row_prices[row_by_column[swapped]] += length - shortest[swapped]
    column_prices[visited] -= length - shortest[visited]
    _swap(column, start, came_from, row_by_column)


def _swap(column: int, start: int, came_from: IntArray, row_by_column: IntArray) -> None:
    """Move every row of the path that ends in `column` one column on."""
    while True:
        row = int(came_from[column])
        taken = np.flatnonzero(row_by_column == row)
        row_by_column[column] = row
        if row == start:
            return
        column = int(taken[0])

"""Which pictures can be counted on."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from edge.counting.fitness import shows_something

SHAPE = (576, 768, 3)


def grey(level: int) -> NDArray[np.uint8]:
    return np.full(SHAPE, level, np.uint8)


@pytest.mark.parametrize("level", [0, 20, 128, 255])
def test_a_picture_of_one_shade_shows_nothing(level: int) -> None:
    assert not shows_something(grey(level))


def test_the_noise_of_a_covered_lens_shows_nothing() -> None:
    noise = np.random.default_rng(7).normal(8, 2, SHAPE)

    assert not shows_something(np.clip(noise, 0, 255).astype(np.uint8))


def test_a_lamp_in_the_night_shows_something() -> None:
    night = grey(5)
    night[200:300, 300:400] = 200

    assert shows_something(night)


@pytest.mark.parametrize("shape", [(1, 1, 3), (3, 500, 3), (65, 63, 3)])
def test_any_size_can_be_judged(shape: tuple[int, int, int]) -> None:
    assert not shows_something(np.zeros(shape, np.uint8))

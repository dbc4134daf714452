"""How pictures lie in a network's input."""

import msgspec
import numpy as np
import pytest
from numpy.typing import NDArray

from models.decoding.boxes import Placement
from models.manifest import Input
from models.picture import InputLayout

pytestmark = pytest.mark.integration

STRETCHED = Input(width=64, height=32, channels="BGR", fit="stretch")
LETTERBOXED = msgspec.structs.replace(STRETCHED, fit="letterbox", fill=114)


def one_colour(width: int, height: int, bgr: tuple[int, int, int]) -> NDArray[np.uint8]:
    return np.full((height, width, 3), bgr, np.uint8)


def test_stretching_fills_the_input_and_remembers_both_scales() -> None:
    tensor, placement = InputLayout(STRETCHED).place(one_colour(128, 128, (1, 2, 3)))

    assert tensor.shape == (1, 3, 32, 64)
    assert tensor.dtype == np.float32
    assert tensor[0, :, 31, 63].tolist() == [1, 2, 3]
    assert placement == Placement(0.5, 0.25, 128, 128)


def test_a_letterboxed_picture_keeps_its_shape_and_is_padded_to_the_right() -> None:
    tensor, placement = InputLayout(LETTERBOXED).place(one_colour(128, 128, (1, 2, 3)))

    assert (tensor[0, 0, :, :32] == 1).all()
    assert (tensor[0, :, :, 32:] == 114).all()
    assert placement == Placement(0.25, 0.25, 128, 128)


def test_a_wide_letterboxed_picture_is_padded_below() -> None:
    tensor, _ = InputLayout(LETTERBOXED).place(one_colour(128, 32, (1, 2, 3)))

    assert (tensor[0, 2, :16] == 3).all()
    assert (tensor[0, :, 16:] == 114).all()


def test_an_extremely_thin_picture_still_has_a_pixel() -> None:
    tensor, _ = InputLayout(LETTERBOXED).place(one_colour(1, 4000, (1, 2, 3)))

    assert (tensor[0, 1, :, 0] == 2).all()


def test_channels_are_put_in_the_networks_order_and_normalised() -> None:
    spec = msgspec.structs.replace(
        STRETCHED, channels="RGB", mean=(10.0, 20.0, 30.0), std=(1.0, 2.0, 4.0)
    )

    tensor, _ = InputLayout(spec).place(one_colour(64, 32, (50, 40, 30)))

    assert tensor[0, :, 0, 0].tolist() == [20, 10, 5]


def test_the_next_picture_leaves_nothing_of_the_last() -> None:
    layout = InputLayout(LETTERBOXED)
    layout.place(one_colour(64, 32, (9, 9, 9)))

    tensor, _ = layout.place(one_colour(32, 32, (1, 1, 1)))

    assert (tensor[0, :, :, 32:] == 114).all()

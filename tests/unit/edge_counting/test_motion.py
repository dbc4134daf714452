import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.counting.motion import Motion

BOX = np.array([[0.2, 0.3, 0.3, 0.6]])
STEP = np.array([[0.02, 0.01, 0.02, 0.01]])


def walk(steps_s: list[float]) -> Motion:
    """A box that moves by `STEP` a second, seen after each step."""
    motion, elapsed_s = Motion.starting(BOX), 0.0
    for step_s in steps_s:
        elapsed_s += step_s
        motion = motion.after(step_s).seeing(BOX + elapsed_s * STEP)
    return motion


def test_a_new_box_is_believed_to_stay() -> None:
    later = Motion.starting(BOX).after(1)

    assert later.boxes == pytest.approx(BOX)


def test_a_box_seen_to_move_is_believed_to_move_on() -> None:
    later = walk([0.2] * 20).after(1)

    assert later.boxes == pytest.approx(BOX + 5 * STEP, abs=0.005)


def test_dropped_frames_do_not_change_the_velocity() -> None:
    every_frame, every_third = walk([0.1] * 30), walk([0.3] * 10)

    assert every_third.velocity == pytest.approx(every_frame.velocity, abs=0.002)


@given(st.integers(1, 20), st.integers(1, 20))
def test_waiting_in_two_steps_is_waiting_in_one(first: int, second: int) -> None:
    motion = walk([0.2] * 3)
    first_s, second_s = first / 10, second / 10

    in_one, in_two = motion.after(first_s + second_s), motion.after(first_s).after(second_s)

    assert in_two.boxes == pytest.approx(in_one.boxes)
    assert in_two.deviations == pytest.approx(in_one.deviations)


def test_the_longer_unseen_the_less_sure() -> None:
    motion = walk([0.2] * 5)

    sure, less_sure = motion.after(0.5).deviations, motion.after(2).deviations

    assert (sure < less_sure).all()


def test_a_box_never_shrinks_to_nothing() -> None:
    shrinking = Motion.starting(BOX)
    for width in (0.08, 0.05, 0.02):
        shrinking = shrinking.after(0.2).seeing(np.array([[0.2, 0.3, 0.2 + width, 0.6]]))

    assert (shrinking.after(60).place[:, 2:] > 0).all()


def test_boxes_do_not_disturb_each_other() -> None:
    both = Motion.starting(np.concatenate([BOX, BOX + 0.3]))

    both = both.after(0.2).with_rows(np.array([1]), both.after(0.2).take([1]).seeing(BOX + 0.35))

    assert both.take([0]).boxes == pytest.approx(BOX)
    assert both.boxes[1] == pytest.approx((BOX + 0.35)[0], abs=0.05)

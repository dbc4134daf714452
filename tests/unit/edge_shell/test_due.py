"""Which pictures of a fast camera are sent."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from edge.adapters.broadcast import Due


def test_without_a_rate_every_picture_is_sent() -> None:
    due = Due(None)

    assert all(due.is_wanted(at_s) for at_s in (0.0, 0.0, 0.01, 5.0))


def test_a_camera_at_25_a_second_is_thinned_to_about_7() -> None:
    due = Due(7.0)

    sent = sum(due.is_wanted(index / 25) for index in range(250))

    assert 69 <= sent <= 71


def test_a_pause_is_not_made_up_for_afterwards() -> None:
    due = Due(1.0)
    due.is_wanted(0.0)

    after_pause = [due.is_wanted(at_s) for at_s in (100.0, 100.1, 100.5, 101.0)]

    assert after_pause == [True, False, False, True]


@given(
    st.lists(st.integers(1, 40), max_size=60).map(lambda steps: [step / 20 for step in steps]),
    st.sampled_from([1.0, 4.0, 10.0]),
)
def test_never_more_than_the_rate_and_one(steps_s: list[float], fps: float) -> None:
    due = Due(fps)
    moments = [sum(steps_s[:count]) for count in range(len(steps_s))]

    sent = sum(due.is_wanted(at_s) for at_s in moments)

    assert sent <= sum(steps_s) * fps + 1

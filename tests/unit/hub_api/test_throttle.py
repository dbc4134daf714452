from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.domain.throttle import Allowance, Throttle
from hub.services.sign_in import SignInThrottle, ThrottledError

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


def test_a_burst_passes_and_the_next_try_waits_for_one_refill() -> None:
    throttle = Throttle(Allowance(burst=3, refill_s=60))

    for _ in range(3):
        assert throttle.wait_s("guard", NOON) == 0
        throttle.take("guard", NOON)

    assert throttle.wait_s("guard", NOON) == 60
    assert throttle.wait_s("guard", NOON + timedelta(seconds=60)) == 0
    assert throttle.wait_s("manager", NOON) == 0


def test_a_try_given_back_does_not_count() -> None:
    throttle = Throttle(Allowance(burst=1, refill_s=60))

    throttle.take("guard", NOON)
    throttle.give_back("guard", NOON)

    assert throttle.wait_s("guard", NOON) == 0
    assert len(throttle) == 0


def test_memory_is_bounded_and_the_longest_untried_key_goes_first() -> None:
    throttle = Throttle(Allowance(burst=1, refill_s=60), capacity=2)

    for key in ("first", "second", "first", "third"):
        throttle.take(key, NOON)

    assert len(throttle) == 2
    assert throttle.wait_s("second", NOON) == 0
    assert throttle.wait_s("first", NOON) > 0


@given(tries_s=st.lists(st.integers(0, 600), max_size=60).map(sorted))
def test_no_span_lets_through_more_than_the_burst_and_its_refills(tries_s: list[int]) -> None:
    throttle = Throttle(Allowance(burst=3, refill_s=60))
    passed: list[int] = []

    for second in tries_s:
        now = NOON + timedelta(seconds=second)
        if throttle.wait_s("guard", now) == 0:
            throttle.take("guard", now)
            passed.append(second)

    for first in range(len(passed)):
        for last in range(first, len(passed)):
            assert last - first + 1 <= 3 + (passed[last] - passed[first]) / 60 + 1e-9


def test_a_clock_that_steps_back_never_refills() -> None:
    throttle = Throttle(Allowance(burst=1, refill_s=60))

    throttle.take("guard", NOON)

    assert throttle.wait_s("guard", NOON - timedelta(hours=1)) == 60


def test_guessing_one_user_from_one_address_does_not_lock_them_out_elsewhere() -> None:
    throttle = SignInThrottle()
    for _ in range(5):
        throttle.enter("admin", "198.51.100.7", NOON)

    with pytest.raises(ThrottledError):
        throttle.enter("admin", "198.51.100.7", NOON)

    throttle.enter("admin", "192.0.2.1", NOON)


def test_guessing_many_users_from_one_address_is_slowed_down_too() -> None:
    throttle = SignInThrottle()
    for number in range(30):
        throttle.enter(f"user-{number}", "198.51.100.7", NOON)

    with pytest.raises(ThrottledError) as refusal:
        throttle.enter("user-30", "198.51.100.7", NOON)

    assert 0 < refusal.value.retry_after_s <= 10


def test_who_signs_in_rightly_is_never_slowed_down() -> None:
    throttle = SignInThrottle()

    for _ in range(500):
        throttle.enter("guard", "192.0.2.1", NOON)
        throttle.succeed("guard", "192.0.2.1", NOON)

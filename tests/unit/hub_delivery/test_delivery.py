from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.domain.delivery import (
    FIRST_WAIT_S,
    LONGEST_WAIT_S,
    MAX_ATTEMPTS,
    DeliveryInput,
    DeliveryState,
    IllegalDeliveryError,
    judge,
    next_state,
    retry_wait_s,
)

CHANCES = st.integers(0, 9).map(lambda tenth: tenth / 10)


@given(happened=st.sampled_from(DeliveryInput))
def test_a_delivered_event_is_never_sent_again(happened: DeliveryInput) -> None:
    with pytest.raises(IllegalDeliveryError, match="delivered"):
        next_state(DeliveryState.DELIVERED, happened)


@given(happened=st.sampled_from(DeliveryInput))
def test_what_was_given_up_comes_back_only_when_a_person_says_so(happened: DeliveryInput) -> None:
    if happened is DeliveryInput.RETRIED:
        assert next_state(DeliveryState.DEAD, happened) is DeliveryState.WAITING
    else:
        with pytest.raises(IllegalDeliveryError):
            next_state(DeliveryState.DEAD, happened)


def test_a_lease_that_ran_out_is_taken_again() -> None:
    assert next_state(DeliveryState.LEASED, DeliveryInput.LEASE_EXPIRED) is DeliveryState.WAITING


@pytest.mark.parametrize("status", [200, 202, 204, 299])
def test_any_success_is_delivered(status: int) -> None:
    assert judge(status, attempts=1) is DeliveryInput.ACCEPTED


@pytest.mark.parametrize("status", [400, 410, 413, 415, 422])
def test_what_will_never_be_taken_is_given_up_at_once(status: int) -> None:
    assert judge(status, attempts=1) is DeliveryInput.REFUSED


@pytest.mark.parametrize("status", [None, 301, 308, 401, 403, 404, 408, 409, 425, 429, 500, 503])
def test_what_the_other_side_can_mend_is_tried_again_until_attempts_run_out(
    status: int | None,
) -> None:
    assert judge(status, attempts=1) is DeliveryInput.FAILED
    assert judge(status, attempts=MAX_ATTEMPTS - 1) is DeliveryInput.FAILED
    assert judge(status, attempts=MAX_ATTEMPTS) is DeliveryInput.EXHAUSTED


@given(attempts=st.integers(1, 10_000), chance=CHANCES)
def test_a_wait_stays_within_its_bounds(attempts: int, chance: float) -> None:
    wait = retry_wait_s(attempts, chance)

    assert FIRST_WAIT_S / 2 <= wait <= LONGEST_WAIT_S


@given(attempts=st.integers(1, 100), low=CHANCES, high=CHANCES)
def test_a_later_attempt_never_waits_less_than_the_middle_of_the_one_before(
    attempts: int, low: float, high: float
) -> None:
    before, after = retry_wait_s(attempts, high), retry_wait_s(attempts + 1, low)

    assert after >= before / 2


@given(attempts=st.integers(1, 100), chance=CHANCES, asked_s=st.integers(0, 100_000))
def test_a_target_may_ask_for_a_longer_wait_but_not_for_ever(
    attempts: int, chance: float, asked_s: int
) -> None:
    wait = retry_wait_s(attempts, chance, float(asked_s))

    assert min(float(asked_s), LONGEST_WAIT_S) <= wait <= LONGEST_WAIT_S


def test_attempts_go_on_for_about_three_days() -> None:
    total_s = sum(retry_wait_s(attempts, 0.5) for attempts in range(1, MAX_ATTEMPTS))

    assert 2 * 86_400 < total_s < 4 * 86_400

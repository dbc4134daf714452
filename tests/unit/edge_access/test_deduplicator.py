from __future__ import annotations

from datetime import UTC, datetime

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from edge.access.deduplicator import Deduplicator, DeduplicatorState
from edge.facts import Access
from wire.records import AccessOutcome


def access(event_id: str, point: str = "door") -> Access:
    return Access(
        occurred_at=datetime(2026, 3, 9, tzinfo=UTC),
        point=point,
        event_id=event_id,
        outcome=AccessOutcome.GRANTED,
    )


def restarted(deduplicator: Deduplicator, *, per_point: int) -> Deduplicator:
    kept = msgspec.json.encode(deduplicator.state)
    return Deduplicator(msgspec.json.decode(kept, type=DeduplicatorState), per_point=per_point)


def test_a_repeat_is_known_and_another_points_event_of_the_same_id_is_not() -> None:
    deduplicator = Deduplicator()

    assert deduplicator.is_first(access("1"))
    assert not deduplicator.is_first(access("1"))
    assert deduplicator.is_first(access("1", point="barrier"))


def test_only_the_last_events_of_a_point_are_remembered() -> None:
    deduplicator = Deduplicator(per_point=2)
    for event_id in ("1", "2", "3"):
        deduplicator.is_first(access(event_id))

    assert not deduplicator.is_first(access("2"))
    assert deduplicator.is_first(access("1"))
    assert len(deduplicator.state.digests_by_point["door"]) == 2


def test_a_busy_point_does_not_make_another_forget() -> None:
    deduplicator = Deduplicator(per_point=2)
    deduplicator.is_first(access("1", point="quiet"))
    for number in range(10):
        deduplicator.is_first(access(str(number), point="busy"))

    assert not deduplicator.is_first(access("1", point="quiet"))


@given(st.lists(st.sampled_from("abcdef"), max_size=12), st.integers(0, 12))
def test_a_restart_anywhere_changes_nothing(event_ids: list[str], at: int) -> None:
    straight, resumed = Deduplicator(per_point=3), Deduplicator(per_point=3)
    expected = [straight.is_first(access(event_id)) for event_id in event_ids]

    answers = [resumed.is_first(access(event_id)) for event_id in event_ids[:at]]
    resumed = restarted(resumed, per_point=3)
    answers += [resumed.is_first(access(event_id)) for event_id in event_ids[at:]]

    assert answers == expected

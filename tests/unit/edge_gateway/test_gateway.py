from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.facts import Access, AnyFact, CameraChange, Crossing, Observed
from edge.gateway import (
    CheckpointError,
    Gateway,
    GatewayState,
    Outcome,
    Plan,
    decode_state,
    encode_state,
)
from edge.reporting.windows import Counted, WindowPlan
from edge.rules.camera_silent import CameraSilent
from edge.rules.tailgating import Tailgating
from wire.records import (
    AccessException,
    AccessOutcome,
    AccessWindow,
    AlertRaised,
    AnyRecord,
    CameraCondition,
    CameraState,
    CountWindow,
    RuleName,
)
from wire.values import Direction, ObjectClass

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
PERSON = ObjectClass.PERSON
PLAN = Plan(
    gateway="gate-1",
    windows=WindowPlan(
        window_s=10,
        lateness_s=2.0,
        idle_s=3.0,
        cameras=("north",),
        lines=(Counted(id="way", camera="north", classes=(PERSON,)),),
        points=("door",),
    ),
    rules=(
        Tailgating(gate="north", point="door", line="way", hold_s=1.0),
        CameraSilent(gate="north", camera="north"),
    ),
)


def at(second: float) -> datetime:
    return NOON + timedelta(seconds=second)


def crossing(second: float) -> Crossing:
    return Crossing(
        occurred_at=at(second),
        camera="north",
        line="way",
        track_id=int(second * 10),
        object_class=PERSON,
        direction=Direction.IN,
    )


def access(second: float, outcome: AccessOutcome = AccessOutcome.GRANTED) -> Access:
    return Access(occurred_at=at(second), point="door", event_id=f"e{second}", outcome=outcome)


def begun() -> Gateway:
    gateway = Gateway(PLAN)
    gateway.tick(at(2))
    return gateway


def resumed(gateway: Gateway) -> Gateway:
    return Gateway(PLAN, decode_state(encode_state(gateway.state)))


def run(gateway: Gateway, facts: Sequence[AnyFact], until_s: int) -> list[AnyRecord]:
    """Feed each fact at the second in which it happened, with a tick every second."""
    records: list[AnyRecord] = []
    for second in range(2, until_s):
        due = [fact for fact in facts if at(second) <= fact.occurred_at < at(second + 1)]
        records += gateway.observe(due, at(second + 1)).records
    return records


def test_two_through_the_door_on_one_grant_is_an_alert_and_three_windows() -> None:
    facts: list[AnyFact] = [
        access(4),
        crossing(5),
        crossing(6),
        Observed(occurred_at=at(6), camera="north"),
    ]

    records = run(begun(), facts, 30)

    alerts = [record for record in records if isinstance(record, AlertRaised)]
    assert [alert.rule for alert in alerts] == [RuleName.TAILGATING]
    counted = [record for record in records if isinstance(record, CountWindow)]
    assert [window.count_in for window in counted] == [2, 0]
    granted = [record for record in records if isinstance(record, AccessWindow)]
    assert [window.granted for window in granted] == [1, 0]


def test_an_alert_says_which_picture_it_wants() -> None:
    gateway = begun()
    gateway.observe([access(4), crossing(5), crossing(6)], at(6))

    wanted = gateway.tick(at(8)).evidence

    assert [(each.camera, each.at) for each in wanted] == [("north", at(6))]


def test_a_repeated_access_event_counts_once() -> None:
    gateway = begun()
    first = gateway.observe([access(4)], at(4))
    second = gateway.observe([access(4), access(4.5)], at(5))

    granted = [
        record for record in gateway.tick(at(15)).records if isinstance(record, AccessWindow)
    ]

    assert (first.repeats, second.repeats) == (0, 1)
    assert [window.granted for window in granted] == [2]


def test_a_repeat_is_known_after_a_restart() -> None:
    gateway = begun()
    gateway.observe([access(4)], at(4))

    assert resumed(gateway).observe([access(4)], at(5)).repeats == 1


def test_a_change_of_a_camera_is_told_at_once_with_its_alert() -> None:
    change = CameraChange(occurred_at=at(4), camera="north", state=CameraCondition.SILENT)

    records = begun().observe([change], at(4)).records

    assert records[0] == CameraState(
        camera="north", state=CameraCondition.SILENT, occurred_at=at(4)
    )
    assert isinstance(records[1], AlertRaised)


def test_a_forced_door_is_told_at_once() -> None:
    records = begun().observe([access(4, AccessOutcome.FORCED)], at(4)).records

    assert [record for record in records if isinstance(record, AccessException)]


def test_a_frame_on_which_nothing_happened_does_not_matter() -> None:
    outcome = begun().observe([Observed(occurred_at=at(3), camera="north")], at(3))

    assert outcome == Outcome()
    assert not outcome.matters


def test_a_checkpoint_that_cannot_be_read_is_refused() -> None:
    newer = encode_state(GatewayState(version=2))

    with pytest.raises(CheckpointError, match="version 2"):
        decode_state(newer)
    with pytest.raises(CheckpointError):
        decode_state(b"\xc1damaged")


happenings = st.lists(
    st.tuples(st.integers(2, 25), st.sampled_from(["crossing", "granted", "denied", "forced"])),
    max_size=20,
    unique=True,
)


def as_fact(second: int, what: str) -> AnyFact:
    return crossing(second) if what == "crossing" else access(second, AccessOutcome(what))


@given(happenings=happenings, cut_s=st.integers(2, 40))
def test_a_restart_anywhere_changes_no_record(
    happenings: list[tuple[int, str]], cut_s: int
) -> None:
    facts = [as_fact(second, what) for second, what in sorted(happenings)]
    whole, before = begun(), begun()

    expected: list[AnyRecord] = []
    found: list[AnyRecord] = []
    for second in range(2, 45):
        due = [fact for fact in facts if fact.occurred_at == at(second)]
        if second == cut_s:
            before = resumed(before)
        expected += whole.observe(due, at(second)).records
        found += before.observe(due, at(second)).records

    assert found == expected


@given(happenings=happenings, kills=st.frozensets(st.integers(2, 44), max_size=5))
def test_killed_between_commits_nothing_is_lost_and_nothing_doubled(
    happenings: list[tuple[int, str]], kills: frozenset[int]
) -> None:
    """A step whose commit never happened is done again from the last checkpoint."""
    facts = [as_fact(second, what) for second, what in sorted(happenings)]
    whole, gateway = begun(), begun()
    checkpoint = encode_state(gateway.state)

    expected: list[AnyRecord] = []
    committed: list[AnyRecord] = []
    for second in range(2, 45):
        due = [fact for fact in facts if fact.occurred_at == at(second)]
        expected += whole.observe(due, at(second)).records
        if second in kills:
            gateway.observe(due, at(second))
            gateway = Gateway(PLAN, decode_state(checkpoint))
        committed += gateway.observe(due, at(second)).records
        checkpoint = encode_state(gateway.state)

    assert committed == expected

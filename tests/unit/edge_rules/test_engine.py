from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.facts import AnyFact, Observed
from edge.rules.after_hours import AfterHours
from edge.rules.alerts import AlertRecord, EvidenceWanted
from edge.rules.camera_silent import CameraSilent
from edge.rules.catalogue import RULES, AnyRule
from edge.rules.crowding import Crowding
from edge.rules.door import DoorForced, DoorHeld
from edge.rules.engine import RuleEngine, RulesState
from edge.rules.errors import RuleError
from edge.rules.hours import Hours
from edge.rules.stationary import StationaryVehicle
from edge.rules.tail_through import TailThrough
from edge.rules.tailgating import Tailgating
from tests.unit.edge_rules.stories import access, at, camera_change, crossing, story, zone_count
from wire.records import AccessOutcome, AlertCleared, AlertRaised, CameraCondition, RuleName
from wire.values import ID_PATTERN, ObjectClass

NIGHT = Hours(time(20), time(6), ZoneInfo("Asia/Shanghai"))  # the stories begin at 20:00 there
EVERY_RULE: list[AnyRule] = [
    Tailgating(gate="gate", point="point", line="line", hold_s=1, clear_s=6),
    TailThrough(gate="gate", point="point", line="line", clear_s=6),
    Crowding(gate="gate", zone="zone", limit=3, hold_s=2, clear_s=2),
    StationaryVehicle(gate="gate", zone="zone", hold_s=3, clear_s=2, flicker_s=1),
    DoorForced(gate="gate", point="point", camera="camera", timeout_s=5),
    DoorHeld(gate="gate", point="point", hold_s=2, timeout_s=20),
    CameraSilent(gate="gate", camera="camera", hold_s=1, clear_s=2),
    AfterHours(gate="gate", zone="zone", hours=NIGHT, hold_s=1, clear_s=2),
    AfterHours(gate="gate", line="line", hours=NIGHT, clear_s=4),
]

Step = tuple[datetime, list[AnyFact]]
Told = list[AlertRecord | EvidenceWanted]


def told(engine: RuleEngine, steps: Sequence[Step]) -> Told:
    everything: Told = []
    for now, facts in steps:
        output = engine.observe(facts, now)
        everything += [*output.records, *output.evidence]
    return everything


def restarted(engine: RuleEngine, rules: Sequence[AnyRule] = EVERY_RULE) -> RuleEngine:
    kept = msgspec.json.encode(engine.state)
    return RuleEngine(rules, "gateway", msgspec.json.decode(kept, type=RulesState))


def raised_ids(everything: Told) -> list[str]:
    return [record.alert_id for record in everything if isinstance(record, AlertRaised)]


def cleared_ids(everything: Told) -> list[str]:
    return [record.alert_id for record in everything if isinstance(record, AlertCleared)]


def fact_of(second: int, kind: int) -> AnyFact:
    vehicle = ObjectClass.VEHICLE
    makers: list[AnyFact] = [
        crossing(second),
        crossing(second, object_class=vehicle),
        access(second),
        access(second, AccessOutcome.EXIT_BUTTON),
        access(second, AccessOutcome.FORCED),
        access(second, AccessOutcome.HELD_OPEN),
        access(second, AccessOutcome.CLOSED),
        zone_count(second, 4),
        zone_count(second, 0),
        zone_count(second, 1, stationary=1, object_class=vehicle),
        zone_count(second, 0, object_class=vehicle),
        camera_change(second, CameraCondition.SILENT),
        camera_change(second, CameraCondition.ONLINE),
        Observed(occurred_at=at(second), camera="camera"),
    ]
    return makers[kind]


happenings = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 13)), max_size=40)


def steps_of(happened: Sequence[tuple[int, int]]) -> list[Step]:
    """Each fact some seconds after the one before it, known half a second later."""
    steps: list[Step] = []
    second = 0
    for gap, kind in happened:
        second += gap
        steps.append((at(second + 0.5), [fact_of(second, kind)]))
    quiet = [(at(second + later), story()) for later in range(1, 60, 3)]
    return steps + quiet


@settings(deadline=None)  # long stories, and the machine may be busy
@given(happenings, st.integers(0, 45))
def test_a_restart_anywhere_changes_nothing(happened: list[tuple[int, int]], split: int) -> None:
    steps = steps_of(happened)
    expected = told(RuleEngine(EVERY_RULE, "gateway"), steps)

    engine = RuleEngine(EVERY_RULE, "gateway")
    everything = told(engine, steps[:split])
    everything += told(restarted(engine), steps[split:])

    assert everything == expected


@settings(deadline=None)  # long stories, and the machine may be busy
@given(happenings)
def test_every_alert_is_raised_once_and_then_cleared_once(happened: list[tuple[int, int]]) -> None:
    still_silent = (at(500), story(camera_change(499, CameraCondition.ONLINE)))
    still_there = (at(500), story(zone_count(490, 0), zone_count(499, 0)))
    vehicles: list[AnyFact] = [
        zone_count(second, 0, object_class=ObjectClass.VEHICLE) for second in (490, 495, 499)
    ]
    ends: list[Step] = [still_silent, still_there, (at(500), vehicles), (at(900), [])]

    everything = told(RuleEngine(EVERY_RULE, "gateway"), [*steps_of(happened), *ends])

    raised = raised_ids(everything)
    assert len(raised) == len(set(raised))
    assert sorted(cleared_ids(everything)) == sorted(raised)


@settings(deadline=None)  # long stories, and the machine may be busy
@given(happenings)
def test_memory_is_bounded_by_what_is_going_on(happened: list[tuple[int, int]]) -> None:
    engine = RuleEngine(EVERY_RULE, "gateway")
    told(engine, steps_of(happened))

    engine.observe([crossing(5000)], at(5000))
    kept = msgspec.json.encode(engine.state.memories["tailgating/point/point"])

    assert len(kept) < 600


def test_replaying_the_same_facts_gives_the_same_alert() -> None:
    facts = story(access(0), crossing(1), crossing(2))
    steps: list[Step] = [(at(3.5), facts)]

    first = told(RuleEngine(EVERY_RULE, "gateway"), steps)
    again = told(RuleEngine(EVERY_RULE, "gateway"), steps)
    elsewhere = told(RuleEngine(EVERY_RULE, "gateway-2"), steps)

    assert raised_ids(first) == raised_ids(again) != raised_ids(elsewhere)


def test_alert_and_evidence_ids_are_ids_of_the_wire() -> None:
    everything = told(RuleEngine(EVERY_RULE[:1], "gateway"), [(at(3), [crossing(1)])])

    (raised,) = [record for record in everything if isinstance(record, AlertRaised)]
    for text in (raised.alert_id, *raised.evidence):
        assert re.match(ID_PATTERN, text)


def test_facts_that_no_rule_cares_for_cost_no_look() -> None:
    engine = RuleEngine(EVERY_RULE, "gateway")
    engine.tick(at(0))

    assert engine.next_due is None
    assert engine.observe([Observed(occurred_at=at(1), camera="camera")], at(1)).records == ()
    assert engine.observe([crossing(1, line="another")], at(5)).records == ()


def test_the_engine_says_when_it_wants_to_be_asked_again() -> None:
    engine = RuleEngine(EVERY_RULE[:1], "gateway")

    engine.observe([crossing(1)], at(1.2))

    assert engine.next_due == at(2)
    assert len(engine.tick(at(2)).records) == 1


def test_an_alert_whose_rule_is_taken_away_is_cleared() -> None:
    engine = RuleEngine(EVERY_RULE, "gateway")
    (forced,) = raised_ids(told(engine, [(at(1), [access(1, AccessOutcome.FORCED)])]))

    without_doors = restarted(engine, EVERY_RULE[:4])
    records = without_doors.tick(at(2)).records

    assert records == (AlertCleared(alert_id=forced, occurred_at=at(2)),)
    assert without_doors.state.lives == {}


def test_a_memory_of_another_kind_of_rule_is_not_used() -> None:
    engine = RuleEngine(EVERY_RULE, "gateway")
    engine.observe([crossing(1)], at(1))
    memories = engine.state.memories
    swapped = RulesState(
        memories={"crowding/zone/zone": memories["tailgating/point/point"]}, lives={}
    )

    resumed = RuleEngine(EVERY_RULE, "gateway", swapped)

    assert resumed.observe([zone_count(2, 1)], at(2)).records == ()


def test_two_rules_of_one_kind_for_one_subject_are_refused() -> None:
    rule = Crowding(gate="gate", zone="zone", limit=9)

    with pytest.raises(RuleError) as caught:
        RuleEngine([*EVERY_RULE, rule], "gateway")

    assert caught.value.rule == "crowding"


def test_a_quiet_gateway_says_nothing() -> None:
    engine = RuleEngine(EVERY_RULE, "gateway")

    outputs = [engine.tick(at(0) + timedelta(hours=hour)) for hour in range(48)]

    assert not any(output.records or output.evidence for output in outputs)


def test_every_rule_name_has_its_rule() -> None:
    assert set(RULES) == set(RuleName)
    assert all(rule.name is name for name, rule in RULES.items())


def test_after_hours_can_watch_many_places() -> None:
    rules = [AfterHours(gate="gate", line=line, hours=NIGHT) for line in ("line", "line-2")]
    engine = RuleEngine(rules, "gateway")

    output = engine.observe([crossing(1), crossing(1, line="line-2")], at(1))

    assert len(raised_ids(list(output.records))) == 2


DAY_S = 86_400


def ahead_of(story: Sequence[Step], by_s: int) -> list[Step]:
    """The same story, told by a clock that is far ahead."""
    by = timedelta(seconds=by_s)
    return [
        (
            now + by,
            [msgspec.structs.replace(fact, occurred_at=fact.occurred_at + by) for fact in facts],
        )
        for now, facts in story
    ]


@pytest.mark.parametrize(
    ("rule", "story"),
    [
        (EVERY_RULE[0], [(at(0), [crossing(0)]), (at(2), [crossing(2)])]),
        (EVERY_RULE[2], [(at(second), [zone_count(second, 4)]) for second in range(4)]),
        (EVERY_RULE[4], [(at(0), [access(0, AccessOutcome.FORCED)])]),
        (
            EVERY_RULE[6],
            [(at(second), [camera_change(0, CameraCondition.SILENT)]) for second in (0, 2)],
        ),
    ],
)
def test_a_clock_that_was_far_ahead_blinds_no_rule_and_leaves_no_alert_open(
    rule: AnyRule, story: list[Step]
) -> None:
    engine = RuleEngine([rule], "gateway")

    before = told(engine, ahead_of(story, DAY_S))
    after = told(restarted(engine, [rule]), story)

    assert len(raised_ids(before)) == len(raised_ids(after)) == 1
    assert set(raised_ids(before)) <= set(cleared_ids(before)) | set(cleared_ids(after))

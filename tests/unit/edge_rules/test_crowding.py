from __future__ import annotations

import pytest

from edge.rules.crowding import Crowding
from edge.rules.engine import RuleEngine
from edge.rules.errors import RuleError
from tests.unit.edge_rules.stories import at, zone_count
from wire.records import AlertCleared, AlertRaised, AlertUpdated, RuleName, SubjectKind
from wire.values import ObjectClass

RULE = Crowding(gate="gate", zone="zone", limit=5, hysteresis=2, hold_s=3, clear_s=2)


def test_the_limit_held_for_long_enough_is_crowding() -> None:
    facts = [zone_count(second, 5) for second in range(4)]

    (condition,) = RULE.conditions(facts, at(3))

    assert condition.rule is RuleName.CROWDING
    assert (condition.subject.kind, condition.subject.id) == (SubjectKind.ZONE, "zone")
    assert (condition.since, condition.held_at) == (at(0), at(3))
    assert (condition.reason.observed, condition.reason.limit) == (5, 5)
    assert condition.reason.unit == "people"
    assert condition.camera == "camera"


def test_one_fewer_than_the_limit_is_not() -> None:
    assert RULE.conditions([zone_count(second, 4) for second in range(9)], at(9)) == []


def test_the_clock_alone_does_not_make_a_crowd() -> None:
    assert RULE.conditions([zone_count(0, 5), zone_count(1, 5)], at(60)) == []


def test_another_class_is_not_counted() -> None:
    vehicle = ObjectClass.VEHICLE
    facts = [zone_count(second, 9, object_class=vehicle) for second in range(9)]

    assert RULE.conditions(facts, at(9)) == []


def test_it_is_cleared_below_the_limit_less_the_hysteresis_only() -> None:
    crowd = [zone_count(second, 5) for second in range(4)]
    fewer = [zone_count(second, 3) for second in range(4, 9)]
    gone = [zone_count(second, 2) for second in range(9, 12)]

    assert [found.until for found in RULE.conditions(crowd + fewer, at(9))] == [None]
    assert [found.until for found in RULE.conditions(crowd + fewer + gone, at(12))] == [at(9)]


def test_an_alert_is_raised_updated_as_it_grows_and_cleared() -> None:
    engine = RuleEngine([RULE], "gateway")
    counts = [5, 5, 5, 5, 7, 6, 1, 1, 1, 1]

    outputs = [
        engine.observe([zone_count(second, count)], at(second))
        for second, count in enumerate(counts)
    ]

    records = [record for output in outputs for record in output.records]
    kinds = [type(record) for record in records]
    assert kinds == [AlertRaised, AlertUpdated, AlertCleared]
    assert isinstance(records[1], AlertUpdated)
    assert records[1].reason.observed == 7
    assert records[2].occurred_at == at(6)


@pytest.mark.parametrize(
    ("limit", "hysteresis", "field"), [(0, 0, "limit"), (3, 3, "hysteresis"), (3, -1, "hysteresis")]
)
def test_limits_that_cannot_be_are_refused_by_name(limit: int, hysteresis: int, field: str) -> None:
    with pytest.raises(RuleError) as caught:
        Crowding(gate="gate", zone="zone", limit=limit, hysteresis=hysteresis)

    assert caught.value.field == field


@pytest.mark.parametrize("hold_s", [-1.0, float("inf"), float("nan")])
def test_durations_that_cannot_be_are_refused_by_name(hold_s: float) -> None:
    with pytest.raises(RuleError) as caught:
        Crowding(gate="gate", zone="zone", limit=3, hold_s=hold_s)

    assert (caught.value.rule, caught.value.field) == ("crowding", "hold_s")

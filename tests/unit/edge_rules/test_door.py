from __future__ import annotations

from edge.rules.door import DoorForced, DoorHeld
from edge.rules.engine import RuleEngine
from tests.unit.edge_rules.stories import access, at, story
from wire.records import AccessOutcome, AlertCleared, AlertRaised, RuleName, Severity

FORCED, HELD, CLOSED = AccessOutcome.FORCED, AccessOutcome.HELD_OPEN, AccessOutcome.CLOSED


def test_a_forced_door_is_found_at_once_and_is_critical() -> None:
    rule = DoorForced(gate="gate", point="point", camera="camera")

    (condition,) = rule.conditions([access(1, FORCED)], at(1))

    assert condition.rule is RuleName.DOOR_FORCED
    assert condition.severity is Severity.CRITICAL
    assert (condition.since, condition.held_at, condition.until) == (at(1), at(1), None)
    assert (condition.camera, condition.seen_at) == ("camera", at(1))
    assert [witness.fact for witness in condition.reason.witnesses] == ["forced"]


def test_a_forced_door_is_over_when_it_is_closed() -> None:
    rule = DoorForced(gate="gate", point="point")

    (condition,) = rule.conditions([access(1, FORCED), access(9, CLOSED)], at(10))

    assert condition.until == at(9)


def test_a_forced_door_that_cannot_tell_is_over_after_a_while() -> None:
    rule = DoorForced(gate="gate", point="point", timeout_s=60)

    (condition,) = rule.conditions([access(1, FORCED)], at(61))

    assert condition.until == at(61)


def test_a_door_forced_again_and_again_is_one_alert() -> None:
    rule = DoorForced(gate="gate", point="point", timeout_s=60)
    facts = [access(second, FORCED) for second in (1, 30, 80)]

    (condition,) = rule.conditions(facts, at(90))

    assert (condition.since, condition.reason.observed) == (at(1), 3)


def test_a_forced_door_told_late_is_not_lost() -> None:
    rule = DoorForced(gate="gate", point="point")
    engine = RuleEngine([rule], "gateway")
    engine.observe([access(20, CLOSED)], at(20))

    (raised,) = engine.observe([access(15, FORCED)], at(21)).records

    assert isinstance(raised, AlertRaised)
    assert raised.since == at(15)


def test_a_held_door_waits_for_its_hold_and_the_clock_completes_it() -> None:
    rule = DoorHeld(gate="gate", point="point", hold_s=20)
    engine = RuleEngine([rule], "gateway")

    assert engine.observe([access(0, HELD)], at(0)).records == ()
    assert engine.next_due == at(20)
    (raised,) = engine.tick(at(20)).records

    assert isinstance(raised, AlertRaised)
    assert (raised.rule, raised.since, raised.occurred_at) == (RuleName.DOOR_HELD, at(0), at(20))


def test_a_held_door_closed_before_its_hold_is_nothing() -> None:
    rule = DoorHeld(gate="gate", point="point", hold_s=20)
    engine = RuleEngine([rule], "gateway")
    engine.observe([access(0, HELD)], at(0))
    engine.observe([access(15, CLOSED)], at(15))

    records = [engine.tick(at(second)).records for second in range(16, 60)]

    assert not any(records)
    assert engine.next_due is None


def test_a_held_door_is_cleared_when_it_is_closed() -> None:
    rule = DoorHeld(gate="gate", point="point")
    engine = RuleEngine([rule], "gateway")
    (raised,) = engine.observe([access(0, HELD)], at(0)).records

    (cleared,) = engine.observe([access(95, CLOSED)], at(95)).records

    assert isinstance(raised, AlertRaised)
    assert cleared == AlertCleared(alert_id=raised.alert_id, occurred_at=at(95))


def test_a_held_door_that_cannot_tell_is_cleared_after_its_timeout() -> None:
    rule = DoorHeld(gate="gate", point="point", timeout_s=600)

    (condition,) = rule.conditions([access(0, HELD)], at(600))

    assert condition.until == at(600)


def test_ordinary_passages_say_nothing_about_either() -> None:
    facts = story(access(0), access(1, AccessOutcome.DENIED), access(2, CLOSED))

    assert DoorForced(gate="gate", point="point").conditions(facts, at(3)) == []
    assert DoorHeld(gate="gate", point="point").conditions(facts, at(3)) == []

from __future__ import annotations

from edge.facts import ZoneCount
from edge.rules.stationary import StationaryVehicle
from tests.unit.edge_rules.stories import at, zone_count
from wire.values import ObjectClass

RULE = StationaryVehicle(gate="gate", zone="zone", hold_s=30, clear_s=5, flicker_s=3)


def standing(second: float, count: int = 1, *, longest_s: float = 0.0) -> ZoneCount:
    return zone_count(
        second,
        count,
        stationary=count,
        longest_s=longest_s,
        object_class=ObjectClass.VEHICLE,
    )


def test_a_vehicle_that_stands_for_long_enough_is_found() -> None:
    (condition,) = RULE.conditions([standing(second) for second in range(31)], at(30))

    assert (condition.since, condition.held_at) == (at(0), at(30))
    assert (condition.reason.observed, condition.reason.unit) == (1, "vehicles")


def test_the_time_it_stood_before_it_was_reported_counts() -> None:
    facts = [standing(second, longest_s=second + 10) for second in range(21)]

    (condition,) = RULE.conditions(facts, at(20))

    assert condition.since == at(-10)


def test_a_vehicle_that_drives_through_is_not_found() -> None:
    facts = [zone_count(second, 1, object_class=ObjectClass.VEHICLE) for second in range(60)]

    assert RULE.conditions(facts, at(60)) == []


def test_a_track_lost_and_found_again_is_the_same_vehicle() -> None:
    seen = [standing(second) for second in range(31) if second not in {15, 16}]
    lost = [zone_count(second, 0, object_class=ObjectClass.VEHICLE) for second in (15, 16)]

    assert len(RULE.conditions([*seen, *lost], at(30))) == 1


def test_it_is_over_when_the_vehicle_has_gone_for_a_while() -> None:
    facts = [standing(second) for second in range(31)]
    facts += [zone_count(second, 0, object_class=ObjectClass.VEHICLE) for second in range(31, 37)]

    (condition,) = RULE.conditions(facts, at(36))

    assert condition.until == at(31)

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.facts import Access, AnyFact, Crossing
from edge.rules.alerts import AlertRecord
from edge.rules.engine import RuleEngine
from edge.rules.rule import Condition
from edge.rules.tail_through import TailThrough
from edge.rules.tailgating import Tailgating
from tests.unit.edge_rules.stories import access, at, crossing, story
from wire.records import AccessOutcome, AlertCleared, AlertRaised, AlertUpdated, RuleName, Witness
from wire.values import Direction, ObjectClass

RULE = Tailgating(
    gate="gate",
    point="point",
    line="line",
    hold_s=1,
    skew_s=1,
    passage_s=8,
    together_s=3,
    clear_s=10,
)


BY_CARD = replace(RULE, one_grant_per_card=True)


def held(facts: Sequence[AnyFact], now_s: float, rule: Tailgating = RULE) -> list[Condition]:
    """The conditions that are worth an alert."""
    found = rule.conditions(facts, at(now_s))
    return [condition for condition in found if condition.held_at is not None]


def unpaired(condition: Condition) -> float:
    return condition.reason.observed - condition.reason.limit


def test_one_person_on_one_grant_is_fine() -> None:
    assert held([access(0), crossing(2)], 20) == []


def test_a_second_person_on_one_grant_is_tailgating() -> None:
    facts = story(access(0), crossing(2), crossing(3))

    (condition,) = held(facts, 4)

    assert condition.rule is RuleName.TAILGATING
    assert (condition.reason.observed, condition.reason.limit) == (2, 1)
    assert condition.since == at(3)
    assert condition.held_at == at(4)
    assert condition.until is None
    assert (condition.camera, condition.seen_at) == ("camera", at(3))


def test_the_alert_shows_who_goes_with_which_grant() -> None:
    facts = story(access(0), crossing(2), crossing(3))

    (condition,) = held(facts, 4)

    person = ObjectClass.PERSON
    inward = Direction.IN
    assert condition.reason.witnesses == (
        Witness(fact="granted", source="point", occurred_at=at(0), pair=1),
        Witness(
            fact="crossing",
            source="line",
            occurred_at=at(2),
            direction=inward,
            object_class=person,
            pair=1,
        ),
        Witness(
            fact="crossing",
            source="line",
            occurred_at=at(3),
            direction=inward,
            object_class=person,
        ),
    )


def test_nobody_is_judged_before_the_hold_is_over() -> None:
    assert held([crossing(3)], 3.9) == []


def test_a_crossing_without_any_grant_is_tailgating() -> None:
    (condition,) = held([crossing(3)], 4)

    assert (condition.reason.observed, condition.reason.limit) == (1, 0)


def test_a_crossing_seen_shortly_before_its_grant_is_fine() -> None:
    assert held([crossing(3), access(4)], 20) == []


@pytest.mark.parametrize("granted_at", [-5.5, 4.5])
def test_a_grant_too_early_or_too_late_serves_nobody(granted_at: float) -> None:
    assert len(held([access(granted_at), crossing(3)], 5)) == 1


def test_several_unpaired_in_one_passage_are_one_alert() -> None:
    facts = story(access(0), crossing(1), crossing(2), crossing(4), crossing(6))

    (condition,) = held(facts, 8)

    assert (condition.reason.observed, condition.reason.limit) == (4, 1)


def test_two_passages_are_two_alerts() -> None:
    facts = story(access(0), crossing(1), crossing(2), access(10), crossing(11), crossing(12))

    assert len(held(facts, 13)) == 2


def test_a_stream_of_people_is_cut_into_passages() -> None:
    facts = [crossing(second) for second in range(0, 24, 2)]

    conditions = held(facts, 30)

    assert len(conditions) == 3
    assert sum(unpaired(condition) for condition in conditions) == 12


def test_who_walks_out_needs_no_grant() -> None:
    facts = story(access(0), crossing(1), crossing(2, direction=Direction.OUT))

    assert held(facts, 20) == []


def test_a_grant_to_walk_out_lets_nobody_in() -> None:
    facts = story(access(0, direction=Direction.OUT), crossing(1))

    assert len(held(facts, 3)) == 1


def test_another_class_is_not_looked_at() -> None:
    assert held([crossing(1, object_class=ObjectClass.VEHICLE)], 3) == []


@pytest.mark.parametrize("outcome", [AccessOutcome.DENIED, AccessOutcome.FORCED])
def test_what_does_not_open_the_way_is_no_grant(outcome: AccessOutcome) -> None:
    assert len(held([access(0, outcome), crossing(1)], 3)) == 1


def test_a_grant_under_duress_opens_the_way() -> None:
    assert held([access(0, AccessOutcome.DURESS), crossing(1)], 20) == []


def test_an_exit_button_excuses_who_comes_in_meanwhile() -> None:
    facts = story(access(0, AccessOutcome.EXIT_BUTTON), crossing(1), crossing(2))

    assert held(facts, 20) == []


def test_an_exit_button_that_only_lets_out_excuses_nobody_who_comes_in() -> None:
    facts = story(access(0, AccessOutcome.EXIT_BUTTON, direction=Direction.OUT), crossing(1))

    assert len(held(facts, 3)) == 1


def test_who_is_excused_uses_up_no_grant() -> None:
    facts = story(access(0, AccessOutcome.EXIT_BUTTON), access(5), crossing(7), crossing(9))

    assert held(facts, 20) == []


def test_a_door_held_open_excuses_until_it_is_closed() -> None:
    facts = story(
        access(0, AccessOutcome.HELD_OPEN),
        crossing(10),
        access(20, AccessOutcome.CLOSED),
        crossing(25),
    )

    (condition,) = held(facts, 30)

    assert condition.since == at(25)


def test_a_door_held_open_long_ago_still_excuses() -> None:
    engine = RuleEngine([RULE], "gateway")
    engine.observe([access(0, AccessOutcome.HELD_OPEN)], at(0))
    for second in range(100, 1000, 100):
        engine.observe([access(second)], at(second))

    output = engine.observe([crossing(1050)], at(1052))

    assert output.records == ()


def test_a_door_that_never_tells_it_is_closed_excuses_no_longer_than_it_may() -> None:
    facts = story(access(0, AccessOutcome.HELD_OPEN), crossing(3601))

    assert len(held(facts, 3603)) == 1


def test_vehicles_at_a_barrier_are_judged_likewise() -> None:
    rule = TailThrough(gate="gate", point="point", line="line")
    vehicle = ObjectClass.VEHICLE
    facts = story(
        access(0),
        crossing(5, object_class=vehicle),
        crossing(8, object_class=vehicle),
        crossing(9),
    )

    (condition,) = rule.conditions(facts, at(10))

    assert condition.rule is RuleName.TAIL_THROUGH
    assert (condition.reason.observed, condition.reason.limit) == (2, 1)
    assert condition.reason.unit == "vehicles"


def test_the_alert_asks_for_a_picture_of_the_crossing() -> None:
    engine = RuleEngine([RULE], "gateway")

    output = engine.observe([access(0), crossing(2), crossing(3)], at(4))

    (raised,) = output.records
    (wanted,) = output.evidence
    assert isinstance(raised, AlertRaised)
    assert raised.evidence == (wanted.evidence_id,) == (f"{raised.alert_id}-1",)
    assert (wanted.alert_id, wanted.camera, wanted.at) == (raised.alert_id, "camera", at(3))


@pytest.mark.parametrize("first", ["grant", "crossing"])
def test_it_does_not_matter_which_is_heard_of_first(first: str) -> None:
    engine = RuleEngine([RULE], "gateway")
    facts = story(access(1.5), crossing(2)) if first == "grant" else story(crossing(2), access(1.5))

    records = [engine.observe([fact], at(2 + n / 2)).records for n, fact in enumerate(facts)]
    records += [engine.tick(at(second)).records for second in range(3, 90)]

    assert not any(records)


def test_another_tailgater_in_the_same_passage_updates_the_alert() -> None:
    engine = RuleEngine([RULE], "gateway")
    engine.observe([access(0), crossing(2), crossing(3)], at(4))

    output = engine.observe([crossing(4)], at(5))

    (updated,) = output.records
    assert isinstance(updated, AlertUpdated)
    assert (updated.reason.observed, updated.reason.limit) == (3, 1)


def test_a_late_grant_is_shown_in_the_alert_and_clears_it() -> None:
    engine = RuleEngine([RULE], "gateway")
    (raised,) = engine.observe([access(0), crossing(2), crossing(3)], at(4)).records

    (updated,) = engine.observe([access(3.5)], at(6)).records
    (cleared,) = engine.tick(at(7)).records

    assert isinstance(raised, AlertRaised)
    assert isinstance(updated, AlertUpdated)
    assert (updated.reason.observed, updated.reason.limit) == (2, 2)
    assert [witness.pair for witness in updated.reason.witnesses] == [1, 1, 2, 2]
    assert cleared == AlertCleared(alert_id=raised.alert_id, occurred_at=at(7))


def test_a_late_grant_for_the_first_of_two_leaves_one_alert() -> None:
    engine = RuleEngine([RULE], "gateway")
    (raised,) = engine.observe([crossing(2), crossing(3)], at(4)).records

    (updated,) = engine.observe([access(1)], at(5)).records

    assert isinstance(raised, AlertRaised)
    assert isinstance(updated, AlertUpdated)
    assert updated.alert_id == raised.alert_id
    assert (updated.reason.observed, updated.reason.limit) == (2, 1)


def test_who_follows_after_a_late_grant_is_still_found() -> None:
    engine = RuleEngine([RULE], "gateway")
    engine.observe([crossing(2)], at(3))
    engine.observe([access(2.5)], at(4))

    output = engine.observe([crossing(4)], at(5))

    (updated,) = output.records
    assert isinstance(updated, AlertUpdated)
    assert (updated.reason.observed, updated.reason.limit) == (2, 1)


def test_the_alert_is_cleared_when_nobody_followed_for_a_while_and_not_raised_again() -> None:
    engine = RuleEngine([RULE], "gateway")
    (raised,) = engine.observe([crossing(2)], at(3)).records
    assert isinstance(raised, AlertRaised)

    told = [engine.tick(at(second)).records for second in range(4, 200)]

    (cleared,) = [record for records in told for record in records]
    assert cleared == AlertCleared(alert_id=raised.alert_id, occurred_at=at(13))
    assert engine.next_due is None


def test_a_crossing_that_comes_too_late_for_anybody_is_left_alone() -> None:
    engine = RuleEngine([RULE], "gateway")

    assert engine.observe([crossing(0)], at(600)).records == ()


def test_a_quiet_rule_forgets_everything() -> None:
    engine = RuleEngine([RULE], "gateway")
    engine.observe([access(0), crossing(1), crossing(2)], at(3))

    engine.tick(at(20))
    engine.observe([access(900)], at(900))

    (memory,) = engine.state.memories.values()
    assert engine.state.lives == {}
    assert [fact.occurred_at for fact in getattr(memory, "facts", ())] == [at(900)]


def twice_shown() -> list[AnyFact]:
    """One resident shows the card twice, and two people come in."""
    shows = story(access(0, credential="card"), access(1, credential="card"))
    return [*shows, crossing(2), crossing(3)]


def test_a_card_shown_twice_lets_in_two_unless_the_rule_asks() -> None:
    assert held(twice_shown(), 4) == []
    assert not RULE.needs_credentials


def test_a_card_shown_twice_lets_in_one_where_the_rule_asks() -> None:
    (condition,) = held(twice_shown(), 4, BY_CARD)

    assert BY_CARD.needs_credentials
    assert (condition.reason.observed, condition.reason.limit) == (2, 1)
    assert condition.since == at(3)


def test_the_alert_shows_every_show_of_the_card() -> None:
    (condition,) = held(twice_shown(), 4, BY_CARD)

    told = [(witness.fact, witness.pair) for witness in condition.reason.witnesses]
    assert told == [("granted", 1), ("granted", 1), ("crossing", 1), ("crossing", None)]


def test_grants_without_a_credential_count_each_where_the_rule_asks() -> None:
    facts = story(access(0), access(1), crossing(2), crossing(3))

    assert held(facts, 20, BY_CARD) == []


def test_two_cards_let_in_two_where_the_rule_asks() -> None:
    facts = story(access(0, credential="a"), access(1, credential="b"), crossing(2), crossing(3))

    assert held(facts, 20, BY_CARD) == []


@pytest.mark.parametrize("rule", [RULE, BY_CARD])
def test_pseudonyms_are_remembered_only_where_the_rule_asks(rule: Tailgating) -> None:
    button = access(1, AccessOutcome.EXIT_BUTTON, credential="card")

    memory = rule.learn(rule.forgotten(), [access(0, credential="card"), button], at(1))

    found = [fact.credential for fact in memory.facts if isinstance(fact, Access)]
    assert found == ["card" if rule.one_grant_per_card else None, None]


@pytest.mark.parametrize(
    "facts", [[access(0, credential="card")], twice_shown()], ids=["unused", "used"]
)
def test_pseudonyms_are_forgotten_though_nothing_more_happens(facts: list[AnyFact]) -> None:
    engine = RuleEngine([BY_CARD], "gateway")
    engine.observe(facts, at(3))

    ticks = 0
    while engine.next_due is not None and ticks < 20:
        engine.tick(engine.next_due)
        ticks += 1

    (memory,) = engine.state.memories.values()
    assert engine.next_due is None
    assert getattr(memory, "facts", None) == ()


moments = st.integers(0, 30).map(lambda tenth: tenth / 2)
outcomes = st.sampled_from(
    [
        AccessOutcome.GRANTED,
        AccessOutcome.GRANTED,
        AccessOutcome.GRANTED,
        AccessOutcome.EXIT_BUTTON,
        AccessOutcome.HELD_OPEN,
        AccessOutcome.CLOSED,
        AccessOutcome.DENIED,
    ]
)
crossed = st.lists(moments, max_size=6).map(
    lambda times: [crossing(second, track=n) for n, second in enumerate(sorted(times))]
)
cards = st.sampled_from([None, "a", "b"])
told = st.lists(st.tuples(moments, outcomes, cards), max_size=6).map(
    lambda events: [
        access(second, outcome, event_id=str(n), credential=card)
        for n, (second, outcome, card) in enumerate(events)
    ]
)
rules = st.sampled_from([RULE, BY_CARD])


@given(rules, crossed, told, st.randoms(use_true_random=False))
def test_the_order_of_arrival_changes_nothing_at_the_end(
    rule: Tailgating, crossings: list[Crossing], events: list[Access], random: Random
) -> None:
    facts: list[AnyFact] = [*crossings, *events]
    shuffled = list(facts)
    random.shuffle(shuffled)

    assert rule.conditions(shuffled, at(18)) == rule.conditions(facts, at(18))


@given(crossed, told, st.randoms(use_true_random=False))
def test_the_order_of_arrival_changes_nothing_that_is_remembered_of_cards(
    crossings: list[Crossing], events: list[Access], random: Random
) -> None:
    facts: list[AnyFact] = [*crossings, *events]
    at_once = BY_CARD.learn(BY_CARD.forgotten(), facts, at(18))
    memory = BY_CARD.forgotten()

    random.shuffle(facts)
    for fact in facts:
        memory = BY_CARD.learn(memory, [fact], at(18))

    assert memory == at_once


@given(crossed, told)
def test_one_grant_per_card_never_lets_in_more(
    crossings: list[Crossing], events: list[Access]
) -> None:
    facts: list[AnyFact] = [*crossings, *events]

    let_in = [
        [condition.reason.limit for condition in rule.conditions(facts, at(18))]
        for rule in (RULE, BY_CARD)
    ]

    assert sum(let_in[1]) <= sum(let_in[0])


@given(crossed, told)
def test_alerts_never_outnumber_the_unpaired(
    crossings: list[Crossing], events: list[Access]
) -> None:
    conditions = held([*crossings, *events], 18)

    assert len(conditions) <= sum(unpaired(condition) for condition in conditions)
    assert sum(unpaired(condition) for condition in conditions) <= len(crossings)


@given(crossed, told, st.lists(st.integers(0, 6), min_size=12, max_size=12))
def test_grants_that_come_late_never_make_more_alerts(
    crossings: list[Crossing], events: list[Access], delays_s: list[int]
) -> None:
    """Whatever the delay of each event, no alert is raised that is not raised without it."""
    grants = [event for event in events if event.outcome is AccessOutcome.GRANTED]
    arrivals: list[tuple[datetime, AnyFact]] = [(fact.occurred_at, fact) for fact in crossings]
    arrivals += [
        (event.occurred_at + timedelta(seconds=delay), event)
        for event, delay in zip(grants, delays_s, strict=False)
    ]
    engine = RuleEngine([RULE], "gateway")

    records: list[AlertRecord] = []
    for now, fact in sorted(arrivals, key=lambda arrival: arrival[0]):
        records += engine.observe([fact], now).records
    records += engine.tick(at(60)).records

    raised = [record.alert_id for record in records if isinstance(record, AlertRaised)]
    cleared = [record.alert_id for record in records if isinstance(record, AlertCleared)]
    assert len(raised) == len(set(raised)) <= len(crossings)
    assert sorted(raised) == sorted(cleared)


@given(crossed)
def test_every_crossing_is_in_one_passage(crossings: list[Crossing]) -> None:
    conditions = RULE.conditions(crossings, at(18))

    assert sum(condition.reason.observed for condition in conditions) == len(crossings)
    assert len({condition.key for condition in conditions}) == len(conditions)

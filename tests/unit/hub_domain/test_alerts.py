from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.domain.alerts import (
    Alert,
    AlertAction,
    AlertState,
    Happening,
    IllegalTransitionError,
    allowed_actions,
    happened_between,
    hub_alert_id,
    next_state,
)
from hub.domain.delivery_events import alert_event, event_id
from wire.records import (
    AlertCleared,
    AlertRaised,
    AlertUpdated,
    Reason,
    RuleName,
    Severity,
    Subject,
    SubjectKind,
)

AT = datetime(2026, 7, 1, 4, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
BLANK = Alert("court", "gw", "a1", updated_at=AT)
Piece = AlertRaised | AlertUpdated | AlertCleared


def reason(observed: float) -> Reason:
    return Reason(observed=observed, limit=1.0, unit="people")


def raised() -> AlertRaised:
    return AlertRaised(
        alert_id="a1",
        rule=RuleName.TAILGATING,
        subject=Subject(kind=SubjectKind.POINT, id="door"),
        gate="east",
        severity=Severity.WARNING,
        since=AT,
        occurred_at=AT + SECOND,
        reason=reason(2),
        evidence=("a1-1",),
    )


def updated(seconds: int, observed: float) -> AlertUpdated:
    return AlertUpdated(alert_id="a1", occurred_at=AT + seconds * SECOND, reason=reason(observed))


def cleared(seconds: int = 9) -> AlertCleared:
    return AlertCleared(alert_id="a1", occurred_at=AT + seconds * SECOND)


def made_of(*records: Piece) -> Alert:
    alert = BLANK
    for record in records:
        alert = alert.with_record(record, AT)
    return alert


@pytest.mark.parametrize("state", [AlertState.RESOLVED, AlertState.FALSE])
@pytest.mark.parametrize("action", AlertAction)
def test_resolved_and_false_are_final(state: AlertState, action: AlertAction) -> None:
    with pytest.raises(IllegalTransitionError) as refusal:
        next_state(state, action)

    assert (refusal.value.state, refusal.value.action, refusal.value.allowed) == (state, action, ())


def test_an_alert_is_acknowledged_once() -> None:
    state = next_state(AlertState.RAISED, AlertAction.ACKNOWLEDGE)

    assert state is AlertState.ACKNOWLEDGED
    assert allowed_actions(state) == (AlertAction.RESOLVE, AlertAction.FALSE)


@given(st.lists(st.sampled_from(AlertAction), max_size=5))
def test_whatever_people_do_what_is_allowed_is_what_works(actions: list[AlertAction]) -> None:
    state = AlertState.RAISED
    for action in actions:
        is_allowed = action in allowed_actions(state)
        try:
            state = next_state(state, action)
        except IllegalTransitionError:
            assert not is_allowed
        else:
            assert is_allowed


def test_records_make_the_same_alert_in_any_order() -> None:
    records: list[Piece] = [raised(), updated(3, 3), updated(5, 5), cleared()]

    made = {made_of(*order) for order in permutations(records)}

    (alert,) = made
    assert alert.reason == reason(5)
    assert alert.condition_cleared_at == AT + 9 * SECOND


def test_a_clearing_says_nothing_of_what_people_did() -> None:
    acknowledged = made_of(raised()).acted_on(AlertAction.ACKNOWLEDGE, AT)

    assert acknowledged.with_record(cleared(), AT).state is AlertState.ACKNOWLEDGED


def test_nothing_is_told_before_the_raising_record() -> None:
    early = made_of(updated(3, 3), cleared())

    assert happened_between(None, early) == ()
    assert happened_between(early, early.with_record(raised(), AT)) == (
        Happening.RAISED,
        Happening.CLEARED,
    )


def test_each_happening_is_told_once() -> None:
    first = made_of(raised())
    over = first.with_record(cleared(), AT)

    assert happened_between(None, first) == (Happening.RAISED,)
    assert happened_between(first, first.with_record(updated(3, 3), AT)) == ()
    assert happened_between(first, over) == (Happening.CLEARED,)
    assert happened_between(over, over.with_record(updated(3, 3), AT)) == ()


def test_gateways_that_chose_the_same_id_have_two_alerts() -> None:
    ids = {hub_alert_id("court", "gw", "a1"), hub_alert_id("park", "gw", "a1")}

    assert len(ids) == 2
    assert BLANK.id in ids


def test_an_event_has_one_id_however_often_it_is_made() -> None:
    alert = made_of(raised())

    assert event_id(alert, Happening.RAISED) == event_id(made_of(raised()), Happening.RAISED)
    assert event_id(alert, Happening.RAISED) != event_id(alert, Happening.CLEARED)


def test_an_event_is_a_cloud_event_about_the_alert() -> None:
    alert = made_of(raised()).acted_on(AlertAction.RESOLVE, AT)

    event = alert_event(alert, Happening.RESOLVED, AT + SECOND, who="li", note="保洁")

    assert event["specversion"] == "1.0"
    assert event["type"] == "org.zhian.alert.resolved"
    assert event["source"] == "/compounds/court/gateways/gw"
    assert event["subject"] == alert.id
    assert event["time"] == "2026-07-01T04:00:01Z"
    assert event["data"]["state"] == "resolved"
    assert (event["data"]["by"], event["data"]["note"]) == ("li", "保洁")
    assert event["data"]["reason"]["observed"] == 2


def test_an_alert_that_was_not_raised_has_no_event() -> None:
    with pytest.raises(ValueError, match="expected a raising record"):
        alert_event(made_of(cleared()), Happening.CLEARED, AT)

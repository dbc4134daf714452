"""What the screens ask, on both engines."""

from __future__ import annotations

from datetime import timedelta

import pytest

from hub.adapters.database import Database
from hub.adapters.store import SqlStore
from hub.domain.alerts import AlertAction, AlertState, IllegalTransitionError, hub_alert_id
from hub.domain.liveness import Liveness
from hub.domain.steps import Step
from hub.services import ingest
from hub.services.alerts import act_on_alert, list_alerts, list_views, read_alert, view_evidence
from hub.services.counts import read_counts
from hub.services.errors import BadCursorError, FutureCorrectionError, NotFoundError
from hub.services.gates import list_gates
from hub.services.occupancy import (
    correct_occupancy,
    keep_checkpoints,
    read_occupancy,
    read_occupancy_now,
)
from hub.services.ports import AlertFilter
from hub.services.receive import Received, receive
from hub.services.sites import list_gateways, list_sites
from tests.integration.hub_store import samples
from wire.codec import encode
from wire.messages import Ack, Birth, Death, Evidence
from wire.records import AnyRecord, CameraCondition, CountWindow
from wire.values import ObjectClass

pytestmark = pytest.mark.integration

NOON, MINUTE = samples.NOON, samples.MINUTE
HOUR = timedelta(hours=1)
HOURS = {Step.HOUR: 1, Step.DAY: 24, Step.WEEK: 168}
JPEG = bytes.fromhex(  # 1 x 1 pixel, written by Pillow
    "ffd8ffe000104a46494600010100000100010000ffdb004300080606070605080707070909080a0c140d0c0b0b0c19"
    "12130f141d1a1f1e1d1a1c1c20242e2720222c231c1c2837292c30313434341f27393d38323c2e333432ffc0000b08"
    "000100010101110000ffc40014000100000000000000000000000000000000ffda0008010100003f0000ffd9"
)


@pytest.fixture
def store(database: Database) -> SqlStore:
    store = SqlStore(database, targets=["platform"])
    with store.transaction() as unit:
        ingest.register_birth(unit, "court", samples.birth(), NOON, retained=False)
    return store


def send(store: SqlStore, first: int, *records: AnyRecord) -> None:
    with store.transaction() as unit:
        ingest.store_report(unit, "court", samples.report(first, *records), NOON)


def alert(name: str = "a1") -> str:
    return hub_alert_id("court", "gw", name)


def test_sites_show_what_the_gateways_look_after(store: SqlStore) -> None:
    (site,) = list_sites(store)

    assert (site.id, site.timezone, site.gateways) == ("court", "Asia/Shanghai", ("gw",))
    assert [point.id for point in site.points] == ["door"]


def test_gateways_show_completeness_and_health(store: SqlStore) -> None:
    send(store, 1, samples.count(0), samples.health(0, outbox_records=5))
    send(store, 4, samples.count(1))

    (gateway,) = list_gateways(store, NOON)

    assert (gateway.stored_up_to, gateway.highest_number, gateway.missing) == (2, 4, 1)
    assert gateway.completeness == 0.75
    assert (gateway.liveness, gateway.outbox_records) == (Liveness.ONLINE, 5)


def test_alerts_come_newest_first_in_pages(store: SqlStore) -> None:
    send(store, 1, *(samples.raised(f"a{n}", minute=n) for n in range(5)))

    first = list_alerts(store, AlertFilter(site="court"), limit=2)
    second = list_alerts(store, AlertFilter(site="court"), before=first.next, limit=2)
    last = list_alerts(store, AlertFilter(site="court"), before=second.next, limit=2)

    shown = [item.id for page in (first, second, last) for item in page.items]
    assert shown == [alert(f"a{n}") for n in (4, 3, 2, 1, 0)]
    assert (first.open_count, last.next) == (5, None)


def test_alerts_are_filtered_by_state_and_time(store: SqlStore) -> None:
    send(store, 1, samples.raised("a1", 0), samples.raised("a2", 10))
    act_on_alert(store, alert("a1"), AlertAction.RESOLVE, "guard", NOON)

    resolved = list_alerts(store, AlertFilter(states=[AlertState.RESOLVED]))
    late = list_alerts(store, AlertFilter(start=NOON + 5 * MINUTE))

    assert [item.id for item in resolved.items] == [alert("a1")]
    assert [item.id for item in late.items] == [alert("a2")]
    assert resolved.open_count == 1


def test_a_cursor_of_somebody_else_is_refused(store: SqlStore) -> None:
    with pytest.raises(BadCursorError, match="expected one that a page gave"):
        list_alerts(store, AlertFilter(), before="1; DROP TABLE alerts")


def test_what_a_guard_does_is_kept_and_told(store: SqlStore) -> None:
    send(store, 1, samples.raised())

    done = act_on_alert(store, alert(), AlertAction.ACKNOWLEDGE, "li", NOON + MINUTE, note="去看")

    assert (done.state, done.allowed) == (
        AlertState.ACKNOWLEDGED,
        (AlertAction.RESOLVE, AlertAction.FALSE),
    )
    entry = read_alert(store, alert()).history[-1]
    assert (entry.happened, entry.who, entry.note) == ("acknowledged", "li", "去看")
    with store.snapshot() as unit:
        told = [each.happened for each in unit.deliveries.of([alert()])]
    assert told == ["raised", "acknowledged"]


def test_an_illegal_transition_changes_nothing(store: SqlStore) -> None:
    send(store, 1, samples.raised())
    act_on_alert(store, alert(), AlertAction.RESOLVE, "li", NOON)
    before = read_alert(store, alert())

    with pytest.raises(
        IllegalTransitionError, match="resolved: found acknowledge, expected nothing"
    ):
        act_on_alert(store, alert(), AlertAction.ACKNOWLEDGE, "wang", NOON)

    assert read_alert(store, alert()) == before


def test_an_alert_that_was_not_raised_yet_is_not_there(store: SqlStore) -> None:
    send(store, 1, samples.cleared())

    with pytest.raises(NotFoundError, match="alert: found none"):
        read_alert(store, alert())
    assert list_alerts(store, AlertFilter()).items == ()


def picture(evidence_id: str = "a1-1", jpeg: bytes = JPEG, alert_id: str = "a1") -> Evidence:
    return Evidence(
        gateway="gw",
        evidence_id=evidence_id,
        alert_id=alert_id,
        camera="cam",
        captured_at=NOON,
        picture=jpeg,
    )


def test_a_picture_may_come_before_its_alert(store: SqlStore) -> None:
    with store.transaction() as unit:
        ingest.store_evidence(unit, "court", picture(), NOON)
    send(store, 1, samples.raised(evidence=("a1-1", "a1-2")))

    shown = read_alert(store, alert()).evidence

    assert [(each.id, each.available) for each in shown] == [("a1-1", True), ("a1-2", False)]


def test_every_look_at_a_picture_is_kept(store: SqlStore) -> None:
    send(store, 1, samples.raised())
    with store.transaction() as unit:
        ingest.store_evidence(unit, "court", picture(), NOON)

    jpeg = view_evidence(store, alert(), "a1-1", "li", NOON + MINUTE)

    assert jpeg == JPEG
    (view,) = list_views(store, alert())
    assert (view.who, view.evidence_id, view.at) == ("li", "a1-1", NOON + MINUTE)


def test_a_look_at_a_picture_that_is_not_there_is_not_kept(store: SqlStore) -> None:
    send(store, 1, samples.raised())

    with pytest.raises(NotFoundError, match="evidence: found none"):
        view_evidence(store, alert(), "a1-9", "li", NOON)

    assert list_views(store, alert()) == []


def receive_picture(store: SqlStore, evidence: Evidence) -> Received:
    with store.transaction() as unit:
        topic = "zhian/v1/court/gw/evidence"
        return receive(unit, topic, encode(evidence), NOON, retained=False)


def test_a_picture_is_acknowledged_with_the_numbers_that_are_stored(store: SqlStore) -> None:
    send(store, 1, samples.raised())

    received = receive_picture(store, picture())

    assert received.ack == Ack(gateway="gw", epoch="e1", up_to=1, evidence=("a1-1",))
    assert received.refused is None


def receive_birth(store: SqlStore, birth: Birth) -> Received:
    with store.transaction() as unit:
        topic = "zhian/v1/court/gw/birth"
        return receive(unit, topic, encode(birth), NOON, retained=False)


def test_a_birth_is_answered_with_the_numbers_of_its_epoch(store: SqlStore) -> None:
    send(store, 1, samples.count(0), samples.count(1))

    same = receive_birth(store, samples.birth(session=2))
    new = receive_birth(store, samples.birth(session=3, epoch="e2", minute=1))

    assert same.ack == Ack(gateway="gw", epoch="e1", up_to=2)
    assert new.ack == Ack(gateway="gw", epoch="e2", up_to=0)


def test_a_gateway_whose_disk_was_put_back_is_told_and_is_there(store: SqlStore) -> None:
    receive_birth(store, samples.birth(session=7))
    send(store, 1, *(samples.count(n) for n in range(5)))
    with store.transaction() as unit:
        ingest.note_death(unit, "court", Death(gateway="gw", session=7), NOON)

    received = receive_birth(store, samples.birth(session=3, minute=10))

    assert received.ack == Ack(gateway="gw", epoch="e1", up_to=5)
    assert list_gateways(store, NOON)[0].liveness is Liveness.ONLINE


def test_what_is_not_a_picture_is_not_kept_and_need_not_come_again(store: SqlStore) -> None:
    send(store, 1, samples.raised(evidence=("a1-1",)))

    received = receive_picture(store, picture(jpeg=b"<html>"))

    assert "expected a JPEG" in (received.refused or "")
    assert received.ack is not None
    assert received.ack.evidence == ("a1-1",)
    assert not read_alert(store, alert()).evidence[0].available


def test_an_alert_has_only_so_many_pictures(store: SqlStore) -> None:
    send(store, 1, samples.raised())
    refusals = [
        receive_picture(store, picture(f"p{n}")).refused for n in range(ingest.MAX_PICTURES + 1)
    ]

    assert refusals[:-1] == [None] * ingest.MAX_PICTURES
    assert "expected at most 16" in (refusals[-1] or "")
    assert receive_picture(store, picture("p0")).refused is None  # a repeat is no more of them


def test_only_so_many_pictures_may_come_before_their_alerts(store: SqlStore) -> None:
    early = [picture(f"p{n}", alert_id=f"a{n}") for n in range(ingest.MAX_EARLY_PICTURES + 1)]

    refusals = [receive_picture(store, each).refused for each in early]

    assert refusals[:-1] == [None] * ingest.MAX_EARLY_PICTURES
    assert "found no such alert" in (refusals[-1] or "")


def test_gates_show_today_the_last_hour_and_what_stands_there(store: SqlStore) -> None:
    now = NOON + 61 * MINUTE
    send(store, 1, samples.count(0, into=5, out=1), samples.count(60, into=2, coverage=0.5))
    send(store, 3, samples.accesses(60, granted=3, denied=1), samples.raised(minute=60))
    send(store, 5, samples.camera(0, CameraCondition.ONLINE))
    with store.transaction() as unit:
        heartbeat = samples.report(6, samples.health(61))
        ingest.store_report(unit, "court", heartbeat, now)

    (gate,) = list_gates(store, now)

    (person,) = gate.by_class
    assert (person.in_today, person.out_today, person.in_last_hour) == (7, 1, 2)
    assert (gate.coverage, gate.last_window_end, gate.open_alerts) == (0.5, now, 1)
    assert gate.cameras[0].state is CameraCondition.ONLINE
    assert (gate.points[0].state, gate.points[0].granted_today) == ("ok", 3)


def test_a_gate_that_two_gateways_look_after_is_one_gate(store: SqlStore) -> None:
    with store.transaction() as unit:
        second = samples.birth(gateway="second")
        ingest.register_birth(unit, "court", second, NOON, retained=False)
        for gateway in ("gw", "second"):
            report = samples.report(1, samples.count(0, into=2), gateway=gateway)
            ingest.store_report(unit, "court", report, NOON)

    (gate,) = list_gates(store, NOON + MINUTE)

    assert [flow.in_today for flow in gate.by_class] == [4]
    assert (gate.coverage, len(gate.cameras)) == (1.0, 2)


def test_gates_are_those_of_the_site_that_is_asked_for(store: SqlStore) -> None:
    with store.transaction() as unit:
        ingest.register_birth(unit, "other", samples.birth(), NOON, retained=False)

    assert [gate.site for gate in list_gates(store, NOON)] == ["court", "other"]
    assert [gate.site for gate in list_gates(store, NOON, "other")] == ["other"]
    with pytest.raises(NotFoundError):
        list_gates(store, NOON, "nowhere")


def test_a_gate_of_a_gateway_that_is_gone_says_unknown(store: SqlStore) -> None:
    send(store, 1, samples.camera(0, CameraCondition.ONLINE), samples.accesses(0, granted=1))

    (gate,) = list_gates(store, NOON + HOUR)

    assert (gate.cameras[0].state, gate.points[0].state) == ("unknown", "unknown")
    assert gate.coverage is None


def test_counts_show_a_gap_as_a_gap(store: SqlStore) -> None:
    send(store, 1, samples.count(0, into=3), samples.count(2, into=4, coverage=0.5))

    counts = read_counts(
        store, "court", start=NOON, end=NOON + 3 * MINUTE, step=Step.MINUTE, now=NOON + HOUR
    )

    (series,) = counts.series
    shown = [(point.count_in, point.coverage) for point in series.points]
    assert (series.line, series.gate) == ("main", "east")
    assert shown == [(3, 1.0), (None, 0.0), (4, 0.5)]


def test_days_add_up_to_what_their_hours_are(store: SqlStore) -> None:
    send(store, 1, *(samples.count(n * 20, into=n % 4, out=n % 3) for n in range(200)))
    send(store, 201, samples.late(5.5), samples.late(5.5))

    def total(step: Step) -> tuple[int, int, float]:
        later = NOON + 400 * HOUR
        counts = read_counts(store, "court", start=NOON, end=NOON + 72 * HOUR, step=step, now=later)
        points = counts.series[0].points
        return (
            sum(point.count_in or 0 for point in points),
            sum(point.count_out or 0 for point in points),
            round(sum(point.coverage * HOURS[step] for point in points), 6),
        )

    assert total(Step.DAY) == total(Step.WEEK) == total(Step.HOUR)


def test_late_crossings_add_to_their_window(store: SqlStore) -> None:
    send(store, 1, samples.count(0, into=3), samples.late(0.5))

    counts = read_counts(
        store, "court", start=NOON, end=NOON + MINUTE, step=Step.MINUTE, now=NOON + HOUR
    )

    assert counts.series[0].points[0].count_in == 4


def test_the_step_that_is_not_over_is_measured_by_what_can_be_known(store: SqlStore) -> None:
    send(store, 1, *(samples.count(n, into=1) for n in range(20)))

    counts = read_counts(
        store, "court", start=NOON, end=NOON + HOUR, step=Step.HOUR, now=NOON + 21 * MINUTE
    )

    (point,) = counts.series[0].points
    assert (point.count_in, point.coverage) == (20, 1.0)


def test_occupancy_follows_the_counts_with_gaps_as_gaps(store: SqlStore) -> None:
    send(store, 1, *(samples.count(n, into=2, out=1) for n in range(60)))
    send(store, 61, *(samples.count(n, into=0, out=1) for n in range(120, 180)))

    curve = read_occupancy(
        store, "court", start=NOON, end=NOON + 3 * HOUR, step=Step.HOUR, now=NOON + 10 * HOUR
    )

    assert [point.expected for point in curve.points] == [60, None, 0]
    assert [point.coverage for point in curve.points] == [1.0, 0.0, 1.0]


def test_what_is_read_in_minutes_agrees_with_what_is_read_in_hours(store: SqlStore) -> None:
    send(store, 1, *(samples.count(n, into=n % 3, out=n % 2) for n in range(120)))

    def read(step: Step) -> dict[object, object]:
        end = NOON + 2 * HOUR
        curve = read_occupancy(store, "court", start=NOON, end=end, step=step, now=NOON + 10 * HOUR)
        return {point.at: (point.low, point.expected, point.high) for point in curve.points}

    assert read(Step.HOUR).items() <= read(Step.MINUTE).items()


def test_a_correction_narrows_the_interval_and_starts_anew(store: SqlStore) -> None:
    now = NOON + 30 * MINUTE
    send(store, 1, *(samples.count(n, into=9, out=2) for n in range(30)))
    before = read_occupancy_now(store, now)[0]

    correct_occupancy(store, "court", people=40, who="zhang", now=now)

    (after,) = read_occupancy_now(store, now)
    assert before.expected == 210
    assert (after.low, after.expected, after.high) == (40, 40, 40)
    assert after.corrected_at == now


def test_a_correction_shows_before_the_next_window_closes(store: SqlStore) -> None:
    now = NOON + 30.5 * MINUTE
    send(store, 1, *(samples.count(n, into=9, out=2) for n in range(30)))

    correct_occupancy(store, "court", people=40, who="zhang", now=now)

    (after,) = read_occupancy_now(store, now + MINUTE / 6)
    assert (after.low, after.expected, after.high) == (40, 40, 40)
    assert (after.as_of, after.corrected_at, after.coverage) == (now, now, 1.0)


@pytest.mark.parametrize("began", [0, 10])
def test_coverage_now_does_not_ask_for_what_was_before_the_first_window(
    store: SqlStore, began: int
) -> None:
    now = NOON + (began + 5) * MINUTE
    send(store, 1, *(samples.count(began + n) for n in range(5)))

    (occupancy,), (gate,) = read_occupancy_now(store, now), list_gates(store, now)

    assert (occupancy.coverage, gate.coverage) == (1.0, 1.0)


def test_coverage_now_begins_with_a_first_window_in_the_middle_of_a_minute(store: SqlStore) -> None:
    now = NOON + MINUTE
    seen = CountWindow(
        start=NOON + MINUTE / 2,
        end=now,
        line="main",
        object_class=ObjectClass.PERSON,
        count_in=0,
        count_out=0,
        coverage=1,
    )
    send(store, 1, seen)

    (occupancy,), (gate,) = read_occupancy_now(store, now), list_gates(store, now)

    assert (occupancy.coverage, gate.coverage) == (1.0, 1.0)


def test_coverage_now_asks_for_the_time_that_a_gateway_was_away(store: SqlStore) -> None:
    now = NOON + 40 * MINUTE
    send(store, 1, *(samples.count(n) for n in (*range(10), *range(37, 40))))

    (occupancy,), (gate,) = read_occupancy_now(store, now), list_gates(store, now)

    assert (occupancy.coverage, gate.coverage) == (0.2, 0.2)


def test_what_was_before_the_first_window_does_not_widen_the_interval(store: SqlStore) -> None:
    send(store, 1, samples.count(7))

    (occupancy,) = read_occupancy_now(store, NOON + 8 * MINUTE)

    assert (occupancy.low, occupancy.expected, occupancy.high) == (0, 0, 0)


def test_a_correction_of_the_future_is_refused(store: SqlStore) -> None:
    with pytest.raises(FutureCorrectionError):
        correct_occupancy(store, "court", people=1, who="li", now=NOON, at=NOON + MINUTE)

    with store.snapshot() as unit:
        assert unit.corrections.of("court", NOON + HOUR) == []


def test_a_checkpoint_changes_nothing_that_is_read(store: SqlStore) -> None:
    now = NOON + timedelta(days=5)
    send(store, 1, *(samples.count(n * 60, into=n % 4, out=n % 3) for n in range(100)))
    before = read_occupancy_now(store, now)

    keep_checkpoints(store, now)
    with store.snapshot() as unit:
        assert unit.checkpoints.latest("court", now) is not None

    assert read_occupancy_now(store, now) == before


def test_a_late_report_undoes_the_checkpoints_after_it(store: SqlStore) -> None:
    now = NOON + timedelta(days=5)
    send(store, 1, *(samples.count(n * 60, into=3) for n in range(100)))
    keep_checkpoints(store, now)

    send(store, 101, samples.count(30, into=1000))

    with store.snapshot() as unit:
        assert unit.checkpoints.latest("court", now) is None
    assert (read_occupancy_now(store, now)[0].expected or 0) >= 1000


def test_an_unknown_site_is_not_found(store: SqlStore) -> None:
    with pytest.raises(NotFoundError, match="site: found none called 'nowhere'"):
        read_counts(store, "nowhere", start=NOON, end=NOON + HOUR, step=Step.HOUR, now=NOON)

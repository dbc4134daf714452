"""What a gateway reported, as the screens ask for it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from sqlalchemy import func, select

from hub.adapters.database import Database
from hub.adapters.store import SqlStore
from hub.adapters.tables import deliveries
from hub.domain.roles import Role
from hub.services.ingest import register_birth, store_evidence, store_report
from wire.messages import Birth, Camera, Evidence, Gate, Inventory, Line, Point, Report
from wire.records import (
    AccessWindow,
    AlertRaised,
    AnyRecord,
    CameraCondition,
    CameraState,
    CountWindow,
    Reason,
    RuleName,
    Severity,
    Subject,
    SubjectKind,
    Witness,
)
from wire.values import Direction, ObjectClass

pytestmark = pytest.mark.integration

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
SPAN = {"site": "garden", "from": "2026-06-01T11:50:00Z", "to": "2026-06-01T12:00:00Z"}
# The smallest JPEG that has a whole header: 1 x 1 px, grey.
JPEG = bytes.fromhex(
    "ffd8ffe000104a46494600010100000100010000ffdb004300"
    + "10" * 64
    + "ffc0000b080001000101011100ffc40014000100000000000000000000000000000009"
    + "ffc40014100100000000000000000000000000000000ffda0008010100003f0054ffd9"
)
SignInAs = Callable[[Role], httpx.Client]


def birth() -> Birth:
    named = {"name": "东门", "name_en": "East"}
    return Birth(
        gateway="gw",
        session=1,
        epoch="e1",
        sent_at=NOON,
        software="zhian 0.1.0",
        name="花园",
        name_en="Garden",
        timezone="Asia/Shanghai",
        heartbeat_s=30,
        window_s=60,
        inventory=Inventory(
            gates=(Gate(id="east", **named),),
            cameras=(Camera(id="cam", gate="east", **named),),
            lines=(
                Line(
                    id="line",
                    gate="east",
                    camera="cam",
                    name="线",
                    name_en="Line",
                    a=(0, 0),
                    b=(1, 1),
                ),
            ),
            points=(Point(id="door", gate="east", kind="door", **named),),
        ),
    )


def records() -> tuple[AnyRecord, ...]:
    start, end = NOON - timedelta(minutes=2), NOON - timedelta(minutes=1)
    crossing = Witness(
        fact="crossing",
        source="line",
        occurred_at=end,
        direction=Direction.IN,
        object_class=ObjectClass.PERSON,
    )
    return (
        CountWindow(
            line="line",
            object_class=ObjectClass.PERSON,
            count_in=5,
            count_out=2,
            coverage=1.0,
            start=start,
            end=end,
        ),
        AccessWindow(point="door", granted=4, denied=1, forced=0, held=0, start=start, end=end),
        CameraState(camera="cam", state=CameraCondition.ONLINE, occurred_at=start),
        AlertRaised(
            alert_id="a-1",
            rule=RuleName.TAILGATING,
            subject=Subject(kind=SubjectKind.POINT, id="door"),
            gate="east",
            severity=Severity.WARNING,
            since=end,
            occurred_at=end,
            reason=Reason(observed=2, limit=1, unit="people", witnesses=(crossing,)),
            evidence=("a-1-1",),
        ),
    )


@pytest.fixture(autouse=True)
def reported(store: SqlStore) -> None:
    report = Report(gateway="gw", epoch="e1", first=1, sent_at=NOON, records=records())
    with store.transaction() as unit:
        register_birth(unit, "garden", birth(), NOON, retained=False)
        store_report(unit, "garden", report, NOON)


@pytest.fixture
def guard(sign_in: SignInAs) -> httpx.Client:
    client = sign_in(Role.GUARD)
    client.base_url = client.base_url.join("/api/v1/")
    return client


def alert_id(guard: httpx.Client) -> str:
    return str(guard.get("alerts").json()["items"][0]["id"])


def test_a_site_shows_what_its_gateway_looks_after(guard: httpx.Client) -> None:
    [site] = guard.get("sites").json()

    assert (site["id"], site["name"], site["timezone"]) == ("garden", "花园", "Asia/Shanghai")
    assert site["lines"][0]["counts_occupancy"] is True
    assert site["points"][0]["kind"] == "door"


def test_a_gateway_shows_that_all_its_records_are_here(guard: httpx.Client) -> None:
    [gateway] = guard.get("gateways").json()

    assert gateway["liveness"] == "online"
    assert (gateway["stored_up_to"], gateway["missing"], gateway["completeness"]) == (4, 0, 1.0)


def test_a_gate_shows_who_passed_and_what_stands_there(guard: httpx.Client) -> None:
    [gate] = guard.get("gates").json()

    [flow] = gate["by_class"]
    assert (flow["class"], flow["in_today"], flow["out_today"]) == ("person", 5, 2)
    assert gate["cameras"][0]["state"] == "online"
    assert gate["points"][0]["granted_today"] == 4
    assert gate["open_alerts"] == 1


def test_counts_are_null_and_not_zero_where_nobody_could_see(guard: httpx.Client) -> None:
    counts = guard.get("counts", params={**SPAN, "step": "1m", "class": "person"}).json()

    [series] = counts["series"]
    by_start = {point["start"]: point for point in series["points"]}
    assert (counts["from"], series["line"], series["class"]) == (SPAN["from"], "line", "person")
    seen, unseen = by_start["2026-06-01T11:58:00Z"], by_start["2026-06-01T11:50:00Z"]
    assert (seen["in"], seen["out"], seen["coverage"]) == (5, 2, 1.0)
    assert (unseen["in"], unseen["out"], unseen["coverage"]) == (None, None, 0.0)


def test_times_are_answered_in_utc_whatever_offset_they_were_asked_with(
    guard: httpx.Client,
) -> None:
    span = {**SPAN, "from": "2026-06-01T19:00:00+08:00", "to": "2026-06-01T20:00:00+08:00"}

    counts = guard.get("counts", params={**span, "step": "hour"}).json()

    assert (counts["from"], counts["to"]) == ("2026-06-01T11:00:00Z", "2026-06-01T12:00:00Z")


def test_access_is_null_and_not_zero_where_nothing_was_heard(guard: httpx.Client) -> None:
    access = guard.get("access", params={**SPAN, "step": "1m"}).json()

    [series] = access["series"]
    granted = [point["granted"] for point in series["points"]]
    assert (series["point"], series["gate"]) == ("door", "east")
    assert granted == [None] * 8 + [4, None]


def test_occupancy_is_an_interval_until_somebody_counts(sign_in: SignInAs) -> None:
    client = sign_in(Role.MANAGER)

    [before] = client.get("/api/v1/occupancy/now").json()
    counted_at = "2026-06-01T11:58:30Z"
    correction = {"site": "garden", "people": 40, "at": counted_at, "note": "点名"}
    made = client.post("/api/v1/occupancy/corrections", json=correction)
    curve = client.get("/api/v1/occupancy", params={**SPAN, "step": "5m"}).json()

    assert before["low"] <= before["expected"] <= before["high"]
    assert made.status_code == 201
    assert (made.json()["people"], made.json()["who"]) == (40, "manager")
    assert curve["now"]["corrected_at"] == counted_at


def test_a_guard_does_not_correct_occupancy(guard: httpx.Client) -> None:
    answer = guard.post("occupancy/corrections", json={"site": "garden", "people": 40})

    assert answer.status_code == 403
    assert guard.get("occupancy/now").json()[0]["corrected_at"] is None


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"from": "2026-06-01"}, "from"),
        ({"from": "0001-01-01T00:00:00Z"}, "from"),
        ({"from": "2026-06-01T11:50:00"}, "from"),
        ({"to": "2026-05-01T00:00:00Z"}, "query"),
        ({"to": "2028-06-01T00:00:00Z"}, "query"),
        ({"step": "year"}, "step"),
        ({"step": "1m", "from": "2026-01-01T00:00:00Z"}, "step"),
        ({"site": "../x"}, "site"),
        ({"colour": "red"}, "colour"),
    ],
)
@pytest.mark.parametrize("what", ["counts", "occupancy", "access"])
def test_a_span_that_makes_no_sense_is_refused_with_the_field(
    guard: httpx.Client, what: str, change: dict[str, str], field: str
) -> None:
    answer = guard.get(what, params={**SPAN, "step": "hour", **change})

    assert answer.status_code == 422
    assert answer.json()["detail"]["field"] == field


@pytest.mark.parametrize("what", ["counts", "occupancy", "access"])
def test_an_unknown_site_is_not_there(guard: httpx.Client, what: str) -> None:
    answer = guard.get(what, params={**SPAN, "step": "hour", "site": "nowhere"})

    assert answer.status_code == 404
    assert answer.json()["detail"]["found"] == "nowhere"


def test_an_alert_says_why_it_was_raised_and_what_can_be_done(guard: httpx.Client) -> None:
    page = guard.get("alerts").json()

    [alert] = page["items"]
    assert (page["open_count"], page["next"]) == (1, None)
    assert alert["reason"]["witnesses"][0]["class"] == "person"
    assert alert["evidence"] == [{"id": "a-1-1", "available": False, "captured_at": None}]
    assert alert["deliveries"][0]["state"] == "waiting"
    assert alert["allowed"] == ["acknowledge", "resolve", "false"]


def test_acting_tells_who_and_why_and_queues_a_delivery(
    guard: httpx.Client, database: Database
) -> None:
    found = alert_id(guard)

    answer = guard.post(f"alerts/{found}/acknowledge", json={"note": " 已派人 "})

    alert = answer.json()
    assert (alert["state"], alert["allowed"]) == ("acknowledged", ["resolve", "false"])
    last = alert["history"][-1]
    assert (last["happened"], last["who"], last["note"]) == ("acknowledged", "guard", "已派人")
    with database.snapshot() as connection:
        assert connection.execute(select(func.count()).select_from(deliveries)).scalar_one() == 2


def test_a_note_that_a_database_could_not_keep_is_refused_and_nothing_changes(
    guard: httpx.Client,
) -> None:
    found = alert_id(guard)

    answer = guard.post(f"alerts/{found}/resolve", json={"note": "a\x00b"})

    assert (answer.status_code, answer.json()["detail"]["field"]) == (422, "note")
    assert guard.get(f"alerts/{found}").json()["state"] == "raised"


@pytest.mark.parametrize("action", ["acknowledge", "resolve", "false"])
def test_what_is_over_stays_over_and_nothing_changes(guard: httpx.Client, action: str) -> None:
    found = alert_id(guard)
    guard.post(f"alerts/{found}/resolve")
    before = guard.get(f"alerts/{found}").json()

    answer = guard.post(f"alerts/{found}/{action}")

    assert answer.status_code == 409
    assert answer.json()["detail"]["found"] == "resolved"
    assert guard.get(f"alerts/{found}").json() == before


def test_alerts_are_found_by_what_they_are(guard: httpx.Client) -> None:
    def found(**wanted: str) -> int:
        return len(guard.get("alerts", params=wanted).json()["items"])

    assert found(state="raised", site="garden", gate="east", rule="tailgating") == 1
    assert found(state="resolved") == 0
    assert found(gate="west") == 0
    assert found(**{"from": "2026-06-01T12:00:00Z"}) == 0
    assert guard.get("alerts", params={"before": "nonsense"}).status_code == 422
    assert guard.get("alerts", params={"limit": 201}).status_code == 422


def test_a_picture_is_shown_and_who_looked_is_kept(sign_in: SignInAs, store: SqlStore) -> None:
    client = sign_in(Role.MANAGER)
    client.base_url = client.base_url.join("/api/v1/")
    found = alert_id(client)
    missing = client.get(f"alerts/{found}/evidence/a-1-1")
    picture = Evidence(
        gateway="gw",
        evidence_id="a-1-1",
        alert_id="a-1",
        camera="cam",
        captured_at=NOON,
        picture=JPEG,
    )
    with store.transaction() as unit:
        store_evidence(unit, "garden", picture, NOON)

    shown = client.get(f"alerts/{found}/evidence/a-1-1")

    assert missing.status_code == 404
    assert (shown.headers["Content-Type"], shown.content) == ("image/jpeg", JPEG)
    assert shown.headers["Cache-Control"] == "no-store"
    assert client.get(f"alerts/{found}/views").json() == [
        {"evidence_id": "a-1-1", "who": "manager", "at": "2026-06-01T12:00:00Z"}
    ]


def test_a_guard_does_not_see_who_looked(guard: httpx.Client) -> None:
    assert guard.get(f"alerts/{alert_id(guard)}/views").status_code == 403


def test_an_unknown_alert_is_not_there(guard: httpx.Client) -> None:
    for answer in (guard.get("alerts/nothing"), guard.post("alerts/nothing/resolve")):
        assert answer.status_code == 404
        assert answer.json()["detail"]["zh"] == "没有这个告警"


def test_a_delivery_that_was_given_up_is_shown_and_sent_again(
    sign_in: SignInAs, database: Database
) -> None:
    client = sign_in(Role.ADMINISTRATOR)
    client.base_url = client.base_url.join("/api/v1/")
    [waiting] = client.get("deliveries").json()["items"]
    early = client.post(f"deliveries/{waiting['id']}/retry")
    with database.transaction() as connection:
        connection.execute(deliveries.update().values(state="dead", attempts=1000))

    again = client.post(f"deliveries/{waiting['id']}/retry")

    assert waiting["event_type"] == "org.zhian.alert.raised"
    assert early.status_code == 409
    assert (again.json()["state"], again.json()["attempts"]) == ("waiting", 0)
    assert client.get("deliveries", params={"state": "dead"}).json()["items"] == []
    assert client.post("deliveries/999/retry").status_code == 404

from __future__ import annotations

import contextlib
import json
import tomllib
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.access.errors import AccessConfigurationError
from edge.access.mapping import Lookup, TimeField, VendorMapping
from wire.errors import OversizedError, PayloadError
from wire.records import AccessOutcome
from wire.values import Direction

VENDORS = Path(__file__).parents[2] / "data" / "access"
NOW = datetime(2026, 3, 9, 0, 20, tzinfo=UTC)
HIK_TOPIC = "hikvision/terminal-north/event"


def lookup(table: dict[str, Any]) -> Lookup:
    return Lookup(tuple(table["places"]), table["table"], table.get("otherwise"))


def mapping_of(vendor: str) -> VendorMapping:
    """The mapping that the vendor's TOML file states."""
    stated = tomllib.loads((VENDORS / vendor / "mapping.toml").read_text(encoding="utf-8"))
    zone = stated["occurred_at"].pop("zone", None)
    point = stated["point"]
    return VendorMapping(
        name=stated["name"],
        topic=stated["topic"],
        point=point if isinstance(point, str) else lookup(point),
        outcome=lookup(stated["outcome"]),
        occurred_at=TimeField(**stated["occurred_at"], zone=ZoneInfo(zone) if zone else None),
        event_id=tuple(stated["event_id"]),
        direction=lookup(stated["direction"]),
        credential=stated["credential"],
    )


HIKVISION = mapping_of("hikvision")
DAHUA = mapping_of("dahua")


def sample(vendor: str, name: str) -> bytes:
    return (VENDORS / vendor / f"{name}.json").read_bytes()


def changed(payload: bytes, field: str, value: object) -> bytes:
    """The Hikvision sample with one field of AccessControllerEvent set anew, None removes it."""
    document = json.loads(payload)
    document["AccessControllerEvent"][field] = value
    return json.dumps(document).encode()


@pytest.mark.parametrize(
    ("name", "outcome", "direction", "credential", "second"),
    [
        ("face-pass", AccessOutcome.GRANTED, Direction.IN, None, "00:14:02"),
        ("card-pass-exit-reader", AccessOutcome.GRANTED, Direction.OUT, "0000000042", "00:14:40"),
        ("card-unknown", AccessOutcome.DENIED, Direction.IN, "0000000077", "00:15:10"),
        ("exit-button", AccessOutcome.EXIT_BUTTON, Direction.IN, None, "00:15:31"),
        ("door-forced", AccessOutcome.FORCED, Direction.IN, None, "00:16:00"),
        ("door-open-timeout", AccessOutcome.HELD_OPEN, Direction.IN, None, "00:16:30"),
        ("door-closed", AccessOutcome.CLOSED, Direction.IN, None, "00:16:55"),
        ("duress", AccessOutcome.DURESS, Direction.IN, "0000000042", "00:17:20"),
    ],
)
def test_hikvision_events_are_read(
    name: str,
    outcome: AccessOutcome,
    direction: Direction,
    credential: str | None,
    second: str,
) -> None:
    reading = HIKVISION.read(HIK_TOPIC, sample("hikvision", name), NOW)

    assert reading is not None
    assert reading.point == "north-door"
    assert reading.event.outcome is outcome
    assert reading.event.direction is direction
    assert reading.event.credential == credential
    assert reading.event.occurred_at.isoformat() == f"2026-03-09T{second}+00:00"


@pytest.mark.parametrize("name", ["heartbeat", "lock-open"])
def test_hikvision_messages_that_say_nothing_of_passing_are_ignored(name: str) -> None:
    assert HIKVISION.read(HIK_TOPIC, sample("hikvision", name), NOW) is None


@pytest.mark.parametrize(
    ("name", "outcome", "direction", "second"),
    [
        ("AccessControl-card", AccessOutcome.GRANTED, Direction.IN, "00:14:02"),
        ("AccessControl-remote-exit", AccessOutcome.GRANTED, Direction.OUT, "00:14:22"),
        ("AccessControl-button", AccessOutcome.EXIT_BUTTON, Direction.OUT, "00:14:42"),
        ("AccessControl-refused", AccessOutcome.DENIED, Direction.IN, "00:15:02"),
        ("BreakIn-start", AccessOutcome.FORCED, None, "00:16:02"),
        ("DoorNotClosed-start", AccessOutcome.HELD_OPEN, None, "00:16:32"),
        ("DoorNotClosed-stop", AccessOutcome.CLOSED, None, "00:17:02"),
        ("Duress-pulse", AccessOutcome.DURESS, None, "00:17:32"),
        ("DoorStatus-close", AccessOutcome.CLOSED, None, "00:17:40"),
    ],
)
def test_dahua_events_are_read(
    name: str, outcome: AccessOutcome, direction: Direction | None, second: str
) -> None:
    topic = f"DahuaVTO/{name.partition('-')[0]}/Event"

    reading = DAHUA.read(topic, sample("dahua", name), NOW)

    assert reading is not None
    assert reading.point == "south-door"
    assert reading.event.outcome is outcome
    assert reading.event.direction is direction
    assert reading.event.occurred_at.isoformat() == f"2026-03-09T{second}+00:00"


@pytest.mark.parametrize("name", ["DoorStatus-open", "VideoMotion-start"])
def test_dahua_events_of_other_kinds_are_ignored(name: str) -> None:
    topic = f"DahuaVTO/{name.partition('-')[0]}/Event"

    assert DAHUA.read(topic, sample("dahua", name), NOW) is None


def test_a_mapping_knows_its_topics() -> None:
    assert DAHUA.fits("DahuaVTO/BreakIn/Event")
    assert not DAHUA.fits("DahuaVTO/Command/Open/Now")


def test_the_event_id_is_the_devices_own_and_the_same_in_every_repeat() -> None:
    payload = sample("hikvision", "face-pass")
    repeat = payload.replace(b'"activePostCount": 1', b'"activePostCount": 2')

    first = HIKVISION.read(HIK_TOPIC, payload, NOW)
    second = HIKVISION.read(HIK_TOPIC, repeat, NOW)

    assert first is not None
    assert second is not None
    assert first.event.event_id == second.event.event_id == "4101:2026-03-09T08:14:02+08:00"


def test_without_an_id_of_the_device_the_whole_message_tells_events_apart() -> None:
    topic, payload = "DahuaVTO/BreakIn/Event", sample("dahua", "BreakIn-start")
    later = payload.replace(b"08:16:02", b"08:16:03")

    readings = [DAHUA.read(topic, text, NOW) for text in (payload, payload, later)]

    ids = [reading.event.event_id for reading in readings if reading is not None]
    assert ids[0] == ids[1] != ids[2]


def test_a_door_that_no_point_is_known_for_is_refused_by_name() -> None:
    payload = changed(sample("hikvision", "face-pass"), "doorNo", 9)

    with pytest.raises(PayloadError) as caught:
        HIKVISION.read(HIK_TOPIC, payload, NOW)

    assert caught.value.field == "$topic[1], $.AccessControllerEvent.doorNo"
    assert caught.value.found == "'terminal-north:9'"
    assert caught.value.expected == "one of terminal-north:1"


def test_a_wall_clock_of_another_format_is_refused_by_name() -> None:
    payload = sample("dahua", "AccessControl-card").replace(b"2026-03-09 08:14:02", b"9 March")

    with pytest.raises(PayloadError) as caught:
        DAHUA.read("DahuaVTO/AccessControl/Event", payload, NOW)

    assert caught.value.field == "$.Data.LocaleTime"
    assert caught.value.found == "'9 March'"


def test_a_missing_time_is_refused_by_name() -> None:
    payload = sample("dahua", "AccessControl-card").replace(b"LocaleTime", b"LocalTime")

    with pytest.raises(PayloadError) as caught:
        DAHUA.read("DahuaVTO/AccessControl/Event", payload, NOW)

    assert (caught.value.field, caught.value.found) == ("$.Data.LocaleTime", "nothing")


def test_a_time_that_cannot_be_is_refused() -> None:
    with pytest.raises(PayloadError):
        HIKVISION.read(HIK_TOPIC, sample("hikvision", "face-pass"), NOW - timedelta(days=1))


@pytest.mark.parametrize(
    "payload", [b"", b"{", b"\xff\xfe", b"[" * 5000, b'{"dateTime": 1e999}', b"\x00"]
)
def test_what_is_not_json_is_refused(payload: bytes) -> None:
    with pytest.raises(PayloadError):
        HIKVISION.read(HIK_TOPIC, payload, NOW)


def test_a_message_larger_than_the_wire_allows_is_not_parsed() -> None:
    with pytest.raises(OversizedError):
        HIKVISION.read(HIK_TOPIC, b" " * 70_000, NOW)


def test_an_object_where_text_belongs_is_refused_without_being_shown() -> None:
    payload = changed(sample("hikvision", "face-pass"), "doorNo", {"secret": 1})

    with pytest.raises(PayloadError) as caught:
        HIKVISION.read(HIK_TOPIC, payload, NOW)

    assert caught.value.found == "an object"


ZONED = [
    ("iso", "2026-03-09T08:14:02+08:00", None),
    ("iso", "2026-03-09T00:14:02Z", None),
    ("iso", "2026-03-09T08:14:02", timezone(timedelta(hours=8))),
    ("epoch-s", 1773015242, None),
    ("epoch-s", "1773015242.0", None),
    ("epoch-ms", 1773015242000, None),
    ("%d.%m.%Y %H:%M:%S", "09.03.2026 08:14:02", ZoneInfo("Asia/Shanghai")),
    ("%Y%m%d%H%M%S%z", "20260309081402+0800", None),
]


@pytest.mark.parametrize(("form", "value", "zone"), ZONED)
def test_times_are_read_in_many_formats(form: str, value: object, zone: tzinfo | None) -> None:
    mapping = plain_mapping(TimeField("at", form, zone))

    reading = mapping.read("t", json.dumps({"at": value}).encode(), NOW)

    assert reading is not None
    assert reading.event.occurred_at == datetime(2026, 3, 9, 0, 14, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    ("form", "value"),
    [
        ("iso", "2026-03-09T08:14:02"),
        ("epoch-s", 10**30),
        ("epoch-s", -1),
        ("epoch-ms", "soon"),
        ("iso", True),
        ("iso", None),
    ],
)
def test_times_that_mean_nothing_are_refused(form: str, value: object) -> None:
    with pytest.raises(PayloadError):
        plain_mapping(TimeField("at", form)).read("t", json.dumps({"at": value}).encode(), NOW)


def plain_mapping(occurred_at: TimeField) -> VendorMapping:
    outcome = Lookup(("$topic[0]",), {"t": "granted"})
    return VendorMapping(
        name="plain", topic="t", point="door", outcome=outcome, occurred_at=occurred_at
    )


def test_a_direction_can_be_constant_for_a_reader() -> None:
    mapping = VendorMapping(
        name="reader",
        topic="t",
        point="door",
        outcome=Lookup(("ok",), {"true": "granted", "false": "denied"}),
        occurred_at=TimeField("at", "epoch-s"),
        direction=Direction.OUT,
    )

    reading = mapping.read("t", b'{"at": 1773015242, "ok": false}', NOW)

    assert reading is not None
    assert reading.event.direction is Direction.OUT
    assert reading.event.outcome is AccessOutcome.DENIED


def test_an_element_of_a_list_can_be_named() -> None:
    mapping = VendorMapping(
        name="list",
        topic="t",
        point=Lookup(("body[1].door",)),
        outcome=Lookup(("body[0]",), {"7": "granted"}),
        occurred_at=TimeField("at", "epoch-s"),
    )

    reading = mapping.read("t", b'{"at": 1773015242, "body": [7, {"door": "d-1"}]}', NOW)

    assert reading is not None
    assert reading.point == "d-1"


def test_a_point_taken_as_it_stands_must_be_an_id() -> None:
    mapping = VendorMapping(
        name="open",
        topic="t",
        point=Lookup(("door",)),
        outcome=Lookup(("$topic[0]",), {"t": "granted"}),
        occurred_at=TimeField("at", "epoch-s"),
    )

    with pytest.raises(PayloadError) as caught:
        mapping.read("t", b'{"at": 1773015242, "door": "../hub"}', NOW)

    assert caught.value.found == "'../hub'"


@pytest.mark.parametrize("text", ["", ".a", "a..b", "a[", "a[x]", "$topic", "$topic[x]", "[0]"])
def test_a_place_that_is_none_is_refused_at_once(text: str) -> None:
    with pytest.raises(AccessConfigurationError):
        Lookup((text,))


def test_a_table_with_words_that_we_do_not_have_is_refused_at_once() -> None:
    with pytest.raises(AccessConfigurationError) as caught:
        VendorMapping(
            name="bad",
            topic="t",
            point="door",
            outcome=Lookup(("a",), {"1": "opened"}),
            occurred_at=TimeField("at"),
        )

    assert caught.value.field == "outcome"
    assert caught.value.found == "'opened'"


def test_a_table_entry_with_too_few_parts_is_refused_at_once() -> None:
    with pytest.raises(AccessConfigurationError):
        Lookup(("a", "b"), {"1": "granted"})


def test_a_time_format_that_is_none_is_refused_at_once() -> None:
    with pytest.raises(AccessConfigurationError):
        TimeField("at", "seconds")


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=6),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["AccessControllerEvent", "eventType", "dateTime", "doorNo", "x"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=8,
)


@given(json_values)
def test_any_json_is_read_ignored_or_refused_and_nothing_else(document: object) -> None:
    payload = json.dumps(document).encode()

    with contextlib.suppress(PayloadError):
        HIKVISION.read(HIK_TOPIC, payload, NOW)


@pytest.mark.parametrize("credential", [{"number": "0000000042"}, ["0000000042"], "42" * 200])
def test_a_credential_that_cannot_be_read_is_not_shown(credential: object) -> None:
    payload = changed(sample("hikvision", "card-pass-exit-reader"), "cardNo", credential)

    with pytest.raises(PayloadError) as caught:
        HIKVISION.read(HIK_TOPIC, payload, NOW)

    assert caught.value.field == "$.AccessControllerEvent.cardNo"
    assert "42" not in str(caught.value)

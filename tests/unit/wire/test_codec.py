from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wire.codec import (
    MAX_EVIDENCE_BYTES,
    MAX_JSON_BYTES,
    decode,
    decode_command,
    decode_evidence,
    encode,
)
from wire.errors import OversizedError, PayloadError, UnknownVersionError
from wire.messages import MAX_PICTURE_BYTES, MAX_RECORDS, Ack, Death, Evidence, Report
from wire.records import AlertCleared, AnyRecord, CountWindow, LateCrossing
from wire.values import Direction, ObjectClass

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
times = st.datetimes(
    min_value=datetime(2020, 1, 2),  # noqa: DTZ001 - hypothesis adds the zone
    max_value=datetime(2099, 12, 30),  # noqa: DTZ001 - as above
    timezones=st.sampled_from([UTC, timezone(timedelta(hours=8)), timezone(timedelta(hours=-11))]),
)
ids = st.from_regex(r"[a-z0-9-]{1,64}", fullmatch=True)
records: st.SearchStrategy[AnyRecord] = st.one_of(
    st.builds(
        LateCrossing,
        line=ids,
        object_class=st.sampled_from(ObjectClass),
        direction=st.sampled_from(Direction),
        occurred_at=times,
    ),
    st.builds(AlertCleared, alert_id=ids, occurred_at=times),
)
reports = st.builds(
    Report,
    gateway=ids,
    epoch=ids,
    first=st.integers(1, 2**53 - 1),
    sent_at=times,
    records=st.lists(records, min_size=1, max_size=5).map(tuple),
)


def report_with(**record: object) -> bytes:
    """A report of one count window, with some fields as told; None leaves a field out."""
    whole = {
        "kind": "count_window",
        "start": "2026-03-01T12:00:00Z",
        "end": "2026-03-01T12:01:00Z",
        "line": "way",
        "class": "person",
        "in": 1,
        "out": 2,
        "coverage": 1.0,
    }
    return envelope(
        gateway="gate-1",
        epoch="first",
        first=1,
        sent_at="2026-03-01T12:00:00Z",
        records=[without_none(whole | record)],
    )


def envelope(**fields: object) -> bytes:
    return json.dumps(without_none({"schema": 1} | fields)).encode()


def without_none(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}


@given(report=reports)
def test_a_report_is_decoded_as_it_was_encoded(report: Report) -> None:
    assert decode(Report, encode(report)) == report


@given(report=reports)
def test_every_time_is_utc(report: Report) -> None:
    found = decode(Report, encode(report))

    assert found.sent_at.tzinfo is UTC
    assert all(record.occurred_at.tzinfo is UTC for record in found.records)


def test_the_last_number_follows_from_the_first() -> None:
    cleared = AlertCleared(alert_id="a", occurred_at=NOON)
    report = Report(
        gateway="gate-1", epoch="first", first=7, sent_at=NOON, records=(cleared, cleared)
    )

    assert report.last == 8


@pytest.mark.parametrize(
    ("payload", "field", "found", "expected"),
    [
        (report_with(coverage=1.5), "$.records[0].coverage", "1.5", "<= 1"),
        (report_with(coverage="all"), "$.records[0].coverage", "'all'", "`float`"),
        (report_with(line="Way 1"), "$.records[0].line", "'Way 1'", "matching"),
        (report_with(line="way\n"), "$.records[0].line", "'way\\n'", "matching"),
        (report_with(line=None), "$.records[0].line", "nothing", "a value"),
        (report_with(kind="gossip"), "$.records[0].kind", "'gossip'", "known"),
        ({"in": -1}, "$.records[0].in", "-1", ">= 0"),
        ({"in": 1.5}, "$.records[0].in", "1.5", "`int`"),
        ({"class": "dog"}, "$.records[0].class", "'dog'", "known"),
        (report_with(start="2026-03-01T12:00:00"), "$.records[0].start", "2026", "timezone"),
        (report_with(start="noon"), "$.records[0].start", "'noon'", "RFC3339"),
        (report_with(start="1999-12-31T00:00:00Z"), "$.records[0].start", "1999", "from 2020"),
        (report_with(end="2100-01-01T00:00:00Z"), "$.records[0].end", "2100", "before 2100"),
        (report_with(end="2026-03-01T12:00:00Z"), "$.records[0].end", "12:00:00", "after"),
    ],
)
def test_a_field_that_is_wrong_is_named_with_what_was_found_and_expected(
    payload: bytes | dict[str, Any], field: str, found: str, expected: str
) -> None:
    if isinstance(payload, dict):
        payload = report_with(**payload)

    with pytest.raises(PayloadError) as caught:
        decode(Report, payload)

    assert caught.value.field == field
    assert found in caught.value.found
    assert expected in caught.value.expected


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"{",
        b"nonsense",
        b"\xff\xfe",
        b"[" * 5000,
        b'{"schema": 1, "gateway": "gate-1", "session": NaN}',
        b'{"schema": 1, "gateway": "gate-1", "session": 1e999}',
        b'{"schema": 1, "gateway": "gate-1", "session": true}',
        b'{"schema": 1, "gateway": "gate-1", "session": 0}',
        b'{"schema": 1, "gateway": "gate-1", "session": 1} and more',
        b'{"gateway": "gate-1", "session": 1}',
        b'{"schema": "1", "gateway": "gate-1", "session": 1}',
    ],
)
def test_what_is_malformed_is_refused(payload: bytes) -> None:
    with pytest.raises(PayloadError):
        decode(Death, payload)


def test_another_version_is_refused_as_such_whatever_else_it_holds() -> None:
    with pytest.raises(UnknownVersionError) as caught:
        decode(Report, b'{"schema": 2, "entirely": "different"}')

    assert (caught.value.found, caught.value.expected) == ("2", "1")


def test_a_field_that_is_not_known_yet_is_passed_over() -> None:
    death = decode(Death, envelope(gateway="gate-1", session=3, reason="storm"))

    assert death == Death(gateway="gate-1", session=3)


def test_size_is_checked_before_anything_is_read() -> None:
    with pytest.raises(OversizedError, match=str(MAX_JSON_BYTES)):
        decode(Death, b"[" * (MAX_JSON_BYTES + 1))
    with pytest.raises(OversizedError, match=str(MAX_EVIDENCE_BYTES)):
        decode_evidence(bytes(MAX_EVIDENCE_BYTES + 1))


def test_what_is_too_large_is_not_sent() -> None:
    record = AlertCleared(alert_id="a" * 64, occurred_at=NOON)
    report = Report(
        gateway="gate-1", epoch="first", first=1, sent_at=NOON, records=(record,) * 1000
    )

    with pytest.raises(OversizedError):
        encode(report)


@pytest.mark.parametrize("count", [0, MAX_RECORDS + 1])
def test_a_report_holds_one_record_at_least_and_not_too_many(count: int) -> None:
    record = {"kind": "alert_cleared", "alert_id": "a", "occurred_at": "2026-03-01T12:00:00Z"}
    payload = envelope(
        gateway="gate-1",
        epoch="first",
        first=1,
        sent_at="2026-03-01T12:00:00Z",
        records=[record] * count,
    )

    with pytest.raises(PayloadError, match=r"\$\.records"):
        decode(Report, payload)


def test_ranges_of_an_ack_have_two_ends() -> None:
    with pytest.raises(PayloadError, match="beyond"):
        decode(Ack, envelope(gateway="gate-1", epoch="first", up_to=1, beyond=[[3]]))


def test_a_command_of_an_unknown_kind_is_refused() -> None:
    with pytest.raises(PayloadError, match="kind"):
        decode_command(envelope(kind="self_destruct"))


def test_a_picture_is_decoded_as_it_was_encoded() -> None:
    evidence = Evidence(
        gateway="gate-1",
        evidence_id="e-1",
        alert_id="a-1",
        camera="north",
        captured_at=NOON,
        picture=bytes(MAX_PICTURE_BYTES),
    )

    assert decode_evidence(encode(evidence)) == evidence


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"picture": b""}, "$.picture"),
        ({"picture": "text"}, "$.picture"),
        ({"evidence_id": "E 1"}, "$.evidence_id"),
        ({"captured_at": "1999-01-01T00:00:00Z"}, "$.captured_at"),
        ({"camera": None}, "$.camera"),
    ],
)
def test_a_picture_that_is_wrong_is_refused(change: dict[str, Any], field: str) -> None:
    whole = {
        "schema": 1,
        "gateway": "gate-1",
        "evidence_id": "e-1",
        "alert_id": "a-1",
        "camera": "north",
        "captured_at": "2026-03-01T12:00:00Z",
        "picture": b"\xff\xd8",
    }
    payload = msgspec.msgpack.encode(without_none(whole | change))

    with pytest.raises(PayloadError) as caught:
        decode_evidence(payload)

    assert caught.value.field == field


@given(payload=st.binary(max_size=200))
def test_no_payload_brings_the_decoders_down(payload: bytes) -> None:
    for read in (lambda: decode(Report, payload), lambda: decode_evidence(payload)):
        with pytest.raises(PayloadError):
            read()


def test_a_window_is_made_only_with_an_end_after_its_start() -> None:
    with pytest.raises(PayloadError, match="end"):
        CountWindow(
            start=NOON,
            end=NOON,
            line="way",
            object_class=ObjectClass.PERSON,
            count_in=0,
            count_out=0,
            coverage=0.0,
        )


def test_a_time_without_a_zone_makes_no_record() -> None:
    with pytest.raises(PayloadError, match="a time with a zone"):
        AlertCleared(alert_id="a", occurred_at=NOON.replace(tzinfo=None))

"""Reports and births of a made-up gate, for the store's tests."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from wire.messages import Birth, Camera, Gate, Inventory, Line, Point, Report
from wire.records import (
    AccessException,
    AccessOutcome,
    AccessWindow,
    AlertCleared,
    AlertRaised,
    AlertUpdated,
    AnyRecord,
    CameraCondition,
    CameraState,
    CountWindow,
    ExceptionKind,
    Health,
    LateAccess,
    LateCrossing,
    Reason,
    RuleName,
    Severity,
    Subject,
    SubjectKind,
    ZoneWindow,
)
from wire.values import Direction, ObjectClass

NOON: Final = datetime(2026, 7, 1, 4, 0, tzinfo=UTC)  # in Shanghai
MINUTE: Final = timedelta(minutes=1)


def count(minute: int, into: int = 0, out: int = 0, coverage: float = 1.0) -> CountWindow:
    """Return one minute of the line."""
    start = NOON + minute * MINUTE
    return CountWindow(
        start=start,
        end=start + MINUTE,
        line="main",
        object_class=ObjectClass.PERSON,
        count_in=into,
        count_out=out,
        coverage=coverage,
    )


def accesses(minute: int, granted: int = 0, denied: int = 0) -> AccessWindow:
    """Return one minute of the door."""
    start = NOON + minute * MINUTE
    return AccessWindow(
        start=start,
        end=start + MINUTE,
        point="door",
        granted=granted,
        denied=denied,
        forced=0,
        held=0,
    )


def zone(minute: int, mean: float = 1.5, largest: int = 4, coverage: float = 1.0) -> ZoneWindow:
    """Return one minute of the zone."""
    start = NOON + minute * MINUTE
    return ZoneWindow(
        start=start,
        end=start + MINUTE,
        zone="yard",
        object_class=ObjectClass.PERSON,
        mean=mean,
        max=largest,
        dwell_mean_s=3.0,
        dwell_max_s=9.0,
        coverage=coverage,
    )


def late(minute: float, direction: Direction = Direction.IN) -> LateCrossing:
    """Return a crossing that came after its window."""
    return LateCrossing(
        line="main",
        object_class=ObjectClass.PERSON,
        direction=direction,
        occurred_at=NOON + minute * MINUTE,
    )


def late_grant(minute: float) -> LateAccess:
    """Return a grant that came after its window."""
    return LateAccess(
        point="door", outcome=AccessOutcome.GRANTED, occurred_at=NOON + minute * MINUTE
    )


def reason(observed: float) -> Reason:
    """Return why."""
    return Reason(observed=float(observed), limit=1.0, unit="people")


def raised(alert_id: str = "a1", minute: float = 0, evidence: tuple[str, ...] = ()) -> AlertRaised:
    """Return an alert about the door."""
    at = NOON + minute * MINUTE
    return AlertRaised(
        alert_id=alert_id,
        rule=RuleName.TAILGATING,
        subject=Subject(kind=SubjectKind.POINT, id="door"),
        gate="east",
        severity=Severity.WARNING,
        since=at,
        occurred_at=at,
        reason=reason(2),
        evidence=evidence,
    )


def updated(alert_id: str = "a1", minute: float = 1, observed: float = 3) -> AlertUpdated:
    """Return a new reason of the alert."""
    return AlertUpdated(
        alert_id=alert_id, occurred_at=NOON + minute * MINUTE, reason=reason(observed)
    )


def cleared(alert_id: str = "a1", minute: float = 2) -> AlertCleared:
    """Return the end of the alert's condition."""
    return AlertCleared(alert_id=alert_id, occurred_at=NOON + minute * MINUTE)


def camera(minute: float, state: CameraCondition) -> CameraState:
    """Return a change of the camera."""
    return CameraState(camera="cam", state=state, occurred_at=NOON + minute * MINUTE)


def held_open(minute: float) -> AccessException:
    """Return a door that was held open."""
    return AccessException(
        point="door", exception=ExceptionKind.HELD_OPEN, occurred_at=NOON + minute * MINUTE
    )


def health(minute: float, outbox_records: int = 0) -> Health:
    """Return a heartbeat."""
    return Health(
        occurred_at=NOON + minute * MINUTE,
        uptime_s=60.0,
        memory_bytes=200_000_000,
        disk_free_bytes=1_000_000_000,
        outbox_records=outbox_records,
        access_refused=0,
        detector="ssdlite",
    )


def report(first: int, *records: AnyRecord, epoch: str = "e1", gateway: str = "gw") -> Report:
    """Return a report of records numbered from `first`."""
    return Report(gateway=gateway, epoch=epoch, first=first, sent_at=NOON, records=records)


def birth(session: int = 1, epoch: str = "e1", minute: float = 0, gateway: str = "gw") -> Birth:
    """Return the birth of a gateway with one gate, line, camera and door."""
    line = Line(
        id="main", name="东线", name_en="East", gate="east", camera="cam", a=(0, 0.5), b=(1, 0.5)
    )
    return Birth(
        gateway=gateway,
        session=session,
        epoch=epoch,
        sent_at=NOON + minute * MINUTE,
        software="0.1.0",
        name="翠园",
        name_en="Green Court",
        timezone="Asia/Shanghai",
        heartbeat_s=30,
        window_s=60,
        inventory=Inventory(
            gates=(Gate(id="east", name="东门", name_en="East"),),
            cameras=(Camera(id="cam", gate="east", name="东门", name_en="East"),),
            lines=(line,),
            points=(Point(id="door", gate="east", kind="door", name="东门", name_en="East"),),
        ),
    )

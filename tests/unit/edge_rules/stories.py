"""Facts for the rules' tests, by the second after `START`."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from edge.facts import Access, AnyFact, CameraChange, Crossing, ZoneCount
from wire.records import AccessOutcome, CameraCondition
from wire.values import Direction, ObjectClass

START = datetime(2026, 3, 9, 12, tzinfo=UTC)


def story(*facts: AnyFact) -> list[AnyFact]:
    return list(facts)


def at(second: float) -> datetime:
    return START + timedelta(seconds=second)


def crossing(
    second: float,
    *,
    track: int | None = None,
    direction: Direction = Direction.IN,
    object_class: ObjectClass = ObjectClass.PERSON,
    line: str = "line",
) -> Crossing:
    return Crossing(
        occurred_at=at(second),
        camera="camera",
        line=line,
        track_id=track if track is not None else int(second * 10),
        object_class=object_class,
        direction=direction,
    )


def access(
    second: float,
    outcome: AccessOutcome = AccessOutcome.GRANTED,
    *,
    direction: Direction | None = None,
    event_id: str | None = None,
    point: str = "point",
    credential: str | None = None,
) -> Access:
    return Access(
        occurred_at=at(second),
        point=point,
        event_id=event_id or f"{outcome}-{second}",
        outcome=outcome,
        direction=direction,
        credential=credential,
    )


def zone_count(
    second: float,
    count: int,
    *,
    stationary: int = 0,
    longest_s: float = 0.0,
    object_class: ObjectClass = ObjectClass.PERSON,
) -> ZoneCount:
    return ZoneCount(
        occurred_at=at(second),
        camera="camera",
        zone="zone",
        object_class=object_class,
        count=count,
        stationary=stationary,
        longest_stationary_s=longest_s,
    )


def camera_change(second: float, state: CameraCondition) -> CameraChange:
    return CameraChange(occurred_at=at(second), camera="camera", state=state)

"""Truth beside what the system reports, and whether anything was lost or doubled. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from sim.truth import Passage
from wire.records import (
    AccessOutcome,
    AccessWindow,
    AnyRecord,
    CountWindow,
    LateAccess,
    LateCrossing,
)
from wire.values import Direction, ObjectClass

Figure = int | None


@dataclass(frozen=True)
class Row:
    """One thing that was counted at several stages; None where a stage has no such figure."""

    zh: str
    en: str
    truth: Figure
    edge: Figure
    reported: Figure
    stored: Figure
    received: Figure = None

    @property
    def is_whole(self) -> bool:
        """Whether every stage after the edge has exactly what the stage before it had."""
        stages = [
            f for f in (self.edge, self.reported, self.stored, self.received) if f is not None
        ]
        return len(set(stages)) <= 1


@dataclass(frozen=True)
class Reported:
    """What the gateway's reports add up to, each numbered record taken once."""

    crossings: dict[Direction, int]
    granted: int
    records: int

    @classmethod
    def of(cls, records: Sequence[AnyRecord], line: str) -> Reported:
        """Add up the person crossings of `line`, and the grants of all points."""
        return cls(
            crossings={d: sum(_crossings(records, line, d)) for d in Direction},
            granted=sum(_granted(records)),
            records=len(records),
        )


@dataclass(frozen=True)
class Verdict:
    """The table, and what is wrong, in words; nothing wrong is an empty tuple."""

    rows: tuple[Row, ...]
    faults: tuple[str, ...] = field(default=())


def judge(rows: Sequence[Row], missing_records: int, *, lacks_alert: bool) -> Verdict:
    """Return the verdict: a fault for each loss, each double, and when no alert came.

    Args:
        rows: What was counted at each stage.
        missing_records: How many numbered records the hub has not stored.
        lacks_alert: Whether no alert reached the platform.
    """
    faults = [
        f"{row.en}: counted {row.edge}, reported {row.reported}, stored {row.stored}"
        + ("" if row.received is None else f", received {row.received}")
        for row in rows
        if not row.is_whole
    ]
    if missing_records:
        faults.append(f"{missing_records} records are missing in the hub")
    if lacks_alert:
        faults.append("no alert reached the command platform")
    return Verdict(tuple(rows), tuple(faults))


def true_crossings(known: Iterable[Passage], direction: Direction) -> int:
    """Return how many persons crossed in a direction."""
    return sum(passage.direction is direction for passage in known)


def _crossings(records: Iterable[AnyRecord], line: str, direction: Direction) -> Iterable[int]:
    for record in records:
        match record:
            case CountWindow(line=where, object_class=ObjectClass.PERSON) if where == line:
                yield record.count_in if direction is Direction.IN else record.count_out
            case LateCrossing(line=where, object_class=ObjectClass.PERSON) if where == line:
                yield int(record.direction is direction)
            case _:
                pass


def _granted(records: Iterable[AnyRecord]) -> Iterable[int]:
    for record in records:
        match record:
            case AccessWindow():
                yield record.granted
            case LateAccess(outcome=AccessOutcome.GRANTED):
                yield 1
            case _:
                pass

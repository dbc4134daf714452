"""The time series in the hub's own database, in the transaction of the ledger.

Made for SQLite, and works on PostgreSQL as it is: only arithmetic that both share.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Float,
    Row,
    Select,
    Table,
    case,
    cast,
    func,
    literal,
    select,
    type_coerce,
    union_all,
)

from hub.adapters.stores.upsert import insert_or_replace
from hub.adapters.tables import (
    Instant,
    access_windows,
    count_windows,
    late_accesses,
    late_crossings,
    zone_windows,
)
from hub.services.ports import AccessBin, CountBin, GatewayKey, ZoneBin
from wire.records import (
    AccessOutcome,
    AccessWindow,
    AnyRecord,
    CountWindow,
    LateAccess,
    LateCrossing,
    ZoneWindow,
)
from wire.values import Direction, ObjectClass

_MICROS: Final = 1_000_000


class SqlSeries:
    """Windows in tables whose primary key is the time-series key."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def write(self, key: GatewayKey, epoch: str, records: Sequence[tuple[int, AnyRecord]]) -> None:
        """Keep the windows and late records among numbered records; others are passed over."""
        rows: dict[Table, list[dict[str, Any]]] = {}
        place = {"compound": key.compound, "gateway": key.gateway}
        for number, record in records:
            match record:
                case CountWindow():
                    rows.setdefault(count_windows, []).append(place | _count_row(record))
                case ZoneWindow():
                    rows.setdefault(zone_windows, []).append(place | _zone_row(record))
                case AccessWindow():
                    rows.setdefault(access_windows, []).append(place | _access_row(record))
                case LateCrossing() | LateAccess():
                    told = {"epoch": epoch, "number": number, "occurred_at": record.occurred_at}
                    table, row = _late_row(record)
                    rows.setdefault(table, []).append(place | told | row)
                case _:
                    pass
        for table, batch in rows.items():
            insert_or_replace(self._connection, table, batch)

    def flush(self) -> None:
        """Leave it to the commit."""

    def counts(
        self,
        compound: str,
        start: datetime,
        end: datetime,
        every_s: int,
        *,
        line: str | None = None,
        object_class: ObjectClass | None = None,
    ) -> list[CountBin]:
        """Return the bins of `every_s`, aligned to UTC, of the windows that start in the span."""
        windows = _counted(compound, start, end, every_s)
        late = _counted_late(compound, start, end, every_s)
        both = union_all(windows, late).subquery()
        wanted = _grouped(
            both, ("gateway", "line", "object_class"), ("count_in", "count_out", "observed_us")
        )
        if line is not None:
            wanted = wanted.where(both.c.line == line)
        if object_class is not None:
            wanted = wanted.where(both.c.object_class == object_class.value)
        return [_count_bin(row) for row in self._connection.execute(wanted)]

    def accesses(
        self, compound: str, start: datetime, end: datetime, every_s: int
    ) -> list[AccessBin]:
        """Return the bins of access windows, as `counts` does."""
        windows = _accessed(compound, start, end, every_s)
        late = _accessed_late(compound, start, end, every_s)
        both = union_all(windows, late).subquery()
        wanted = _grouped(both, ("gateway", "point"), ("granted", "denied", "forced", "held"))
        return [_access_bin(row) for row in self._connection.execute(wanted)]

    def zones(self, compound: str, start: datetime, end: datetime, every_s: int) -> list[ZoneBin]:
        """Return the bins of zone windows, as `counts` does."""
        table = zone_windows
        at = _bin(table.c.start, every_s)
        seen_us = _observed_us(table)
        group = (table.c.gateway, table.c.zone, table.c.object_class, at)
        wanted: Select[Any] = select(
            *group,
            func.sum(table.c.mean * seen_us).label("weighted"),
            func.max(table.c.max).label("max"),
            func.max(table.c.dwell_max_s).label("dwell_max_s"),
            func.sum(seen_us).label("observed_us"),
        )
        wanted = wanted.where(*_within(table, table.c.start, compound, start, end))
        rows = self._connection.execute(wanted.group_by(*group).order_by(at))
        return [_zone_bin(row) for row in rows]


def _bin(column: ColumnElement[Any], every_s: int) -> ColumnElement[Any]:
    micros = type_coerce(column, BigInteger)
    return type_coerce(micros - micros % (every_s * _MICROS), Instant).label("bin")


def _observed_us(table: Table) -> ColumnElement[Any]:
    length = type_coerce(table.c.end, BigInteger) - type_coerce(table.c.start, BigInteger)
    return cast(length, Float) * table.c.coverage


def _within(
    table: Table, at: ColumnElement[Any], compound: str, start: datetime, end: datetime
) -> tuple[ColumnElement[bool], ...]:
    return (table.c.compound == compound, at >= start, at < end)


def _grouped(both: Any, keys: tuple[str, ...], sums: tuple[str, ...]) -> Select[Any]:  # noqa: ANN401 - a subquery
    group = [both.c[name] for name in (*keys, "bin")]
    totals = [func.sum(both.c[name]).label(name) for name in sums]
    return select(*group, *totals).group_by(*group).order_by(both.c.bin, *group[:-1])


def _counted(compound: str, start: datetime, end: datetime, every_s: int) -> Select[Any]:
    table = count_windows
    return select(
        table.c.gateway,
        table.c.line,
        table.c.object_class,
        _bin(table.c.start, every_s),
        table.c.count_in,
        table.c.count_out,
        _observed_us(table).label("observed_us"),
    ).where(*_within(table, table.c.start, compound, start, end))


def _counted_late(compound: str, start: datetime, end: datetime, every_s: int) -> Select[Any]:
    table = late_crossings
    is_in = table.c.direction == Direction.IN.value
    return select(
        table.c.gateway,
        table.c.line,
        table.c.object_class,
        _bin(table.c.occurred_at, every_s),
        case((is_in, 1), else_=0).label("count_in"),
        case((is_in, 0), else_=1).label("count_out"),
        literal(0.0).label("observed_us"),
    ).where(*_within(table, table.c.occurred_at, compound, start, end))


def _accessed(compound: str, start: datetime, end: datetime, every_s: int) -> Select[Any]:
    table = access_windows
    return select(
        table.c.gateway,
        table.c.point,
        _bin(table.c.start, every_s),
        table.c.granted,
        table.c.denied,
        table.c.forced,
        table.c.held,
    ).where(*_within(table, table.c.start, compound, start, end))


def _accessed_late(compound: str, start: datetime, end: datetime, every_s: int) -> Select[Any]:
    table = late_accesses

    def ones(outcome: AccessOutcome) -> ColumnElement[int]:
        return case((table.c.outcome == outcome.value, 1), else_=0)

    return select(
        table.c.gateway,
        table.c.point,
        _bin(table.c.occurred_at, every_s),
        ones(AccessOutcome.GRANTED).label("granted"),
        ones(AccessOutcome.DENIED).label("denied"),
        ones(AccessOutcome.FORCED).label("forced"),
        ones(AccessOutcome.HELD_OPEN).label("held"),
    ).where(*_within(table, table.c.occurred_at, compound, start, end))


def _count_row(record: CountWindow) -> dict[str, Any]:
    return {
        "start": record.start,
        "line": record.line,
        "object_class": record.object_class.value,
        "end": record.end,
        "count_in": record.count_in,
        "count_out": record.count_out,
        "coverage": record.coverage,
    }


def _zone_row(record: ZoneWindow) -> dict[str, Any]:
    return {
        "start": record.start,
        "zone": record.zone,
        "object_class": record.object_class.value,
        "end": record.end,
        "mean": record.mean,
        "max": record.max,
        "dwell_mean_s": record.dwell_mean_s,
        "dwell_max_s": record.dwell_max_s,
        "coverage": record.coverage,
    }


def _access_row(record: AccessWindow) -> dict[str, Any]:
    return {
        "start": record.start,
        "point": record.point,
        "end": record.end,
        "granted": record.granted,
        "denied": record.denied,
        "forced": record.forced,
        "held": record.held,
    }


def _late_row(record: LateCrossing | LateAccess) -> tuple[Table, dict[str, Any]]:
    if isinstance(record, LateAccess):
        return late_accesses, {"point": record.point, "outcome": record.outcome.value}
    return late_crossings, {
        "line": record.line,
        "object_class": record.object_class.value,
        "direction": record.direction.value,
    }


def _count_bin(row: Row[Any]) -> CountBin:
    return CountBin(
        gateway=row.gateway,
        line=row.line,
        object_class=ObjectClass(row.object_class),
        start=row.bin,
        count_in=int(row.count_in),
        count_out=int(row.count_out),
        observed_s=row.observed_us / _MICROS,
    )


def _access_bin(row: Row[Any]) -> AccessBin:
    return AccessBin(
        gateway=row.gateway,
        point=row.point,
        start=row.bin,
        granted=int(row.granted),
        denied=int(row.denied),
        forced=int(row.forced),
        held=int(row.held),
    )


def _zone_bin(row: Row[Any]) -> ZoneBin:
    return ZoneBin(
        gateway=row.gateway,
        zone=row.zone,
        object_class=ObjectClass(row.object_class),
        start=row.bin,
        mean=row.weighted / row.observed_us if row.observed_us else 0.0,
        max=row.max,
        dwell_max_s=row.dwell_max_s,
        observed_s=row.observed_us / _MICROS,
    )

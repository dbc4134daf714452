"""The time series in an InfluxDB: line protocol to write, InfluxQL over `/query` to read.

InfluxQL is what InfluxDB 1.x, 2.x and 3.x all speak. A point's key is its measurement, tags and
time, and the same point written again is the same point; so a transaction's points are written
before the ledger commits, and written again if that then fails.

    measurement    tags                            fields                               time
    count_window   compound, gateway, line, class  in, out, observed_s                  start
    late_crossing  compound, gateway, line, class  in, out                              occurred_at
    access_window  compound, gateway, point        granted, denied, forced, held        start
    late_access    compound, gateway, point        granted, denied, forced, held        occurred_at
    zone_window    compound, gateway, zone, class  weighted, max, dwell_*, observed_s   start

Met in CI: Debian's InfluxDB 1.6 behind a test-only front that adds `/api/v2/write`, and Debian's
VictoriaMetrics, which takes `/api/v2/write` as it is. No InfluxDB 2 or 3 server can be had there.

Late records have no key of their own: their number's last three digits are put below the
microseconds of their time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import httpx
from influxdb_client.client.exceptions import InfluxDBError
from influxdb_client.client.influxdb_client import InfluxDBClient
from influxdb_client.client.write_api import SYNCHRONOUS
from influxdb_client.rest import ApiException
from urllib3.exceptions import HTTPError

from hub.adapters.series_errors import SeriesError
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
from wire.topics import check_id
from wire.values import Direction, ObjectClass

WRITE_TIMEOUT_S: Final = 10.0
READ_TIMEOUT_S: Final = 20.0
_CHUNK: Final = 5_000
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_ACCESS_FIELDS: Final = {
    AccessOutcome.GRANTED: "granted",
    AccessOutcome.DENIED: "denied",
    AccessOutcome.FORCED: "forced",
    AccessOutcome.HELD_OPEN: "held",
}

Row = dict[str, Any]
Point = dict[str, Any]


class InfluxBucket:
    """One bucket of an InfluxDB; safe to share between threads."""

    def __init__(self, url: str, org: str, bucket: str, token: str) -> None:
        self._bucket = bucket
        self._writer = InfluxDBClient(
            url, token, org=org, timeout=int(WRITE_TIMEOUT_S * 1000), enable_gzip=True
        )
        self._reader = httpx.Client(
            base_url=url,
            headers={"Authorization": f"Token {token}"},
            timeout=READ_TIMEOUT_S,
            follow_redirects=False,
        )

    def open(self, _connection: object) -> InfluxWriter:
        """Return the series as one transaction of the relational store sees it."""
        return InfluxWriter(self)

    def close(self) -> None:
        """Close both clients."""
        self._reader.close()
        self._writer.close()  # type: ignore[no-untyped-call]  # the library's

    def save(self, points: Sequence[Point]) -> None:
        """Write points, and return when they are there.

        Raises:
            SeriesError: They could not be written; some may have been.
        """
        write = self._writer.write_api(write_options=SYNCHRONOUS).write
        try:
            for first in range(0, len(points), _CHUNK):
                chunk = list(points[first : first + _CHUNK])
                write(self._bucket, record=chunk)
        except (ApiException, InfluxDBError, HTTPError, OSError) as error:
            raise SeriesError("writing", _why(error)) from error

    def ask(self, *statements: str) -> list[list[Row]]:
        """Return the rows of each InfluxQL statement; tags and columns by name, `time` in ns.

        Raises:
            SeriesError: There is no answer, or not the one expected.
        """
        question = {"db": self._bucket, "epoch": "ns", "q": "; ".join(statements)}
        try:
            answer = self._reader.get("/query", params=question)
            answer.raise_for_status()
            results = answer.json()["results"]
            return [_rows(result) for result in results]
        except (httpx.HTTPError, ValueError, KeyError, TypeError) as error:
            raise SeriesError("reading", _why(error)) from error


class InfluxWriter:
    """The bucket within one transaction: what is written waits for `flush`."""

    def __init__(self, bucket: InfluxBucket) -> None:
        self._bucket = bucket
        self._points: list[Point] = []

    def write(self, key: GatewayKey, epoch: str, records: Sequence[tuple[int, AnyRecord]]) -> None:  # noqa: ARG002 - a late record's number is enough
        """Keep the windows and late records among numbered records; others are passed over."""
        for number, record in records:
            point = _point(number, record)
            if point is not None:
                point["tags"] |= {"compound": key.compound, "gateway": key.gateway}
                self._points.append(point)

    def flush(self) -> None:
        """Write all points, before the ledger says that they are there."""
        if self._points:
            self._bucket.save(self._points)
            self._points.clear()

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
        where = _where(compound, start, end)
        if line is not None:
            where += f" AND line = '{check_id('line', line)}'"
        if object_class is not None:
            where += f" AND \"class\" = '{object_class.value}'"
        tags = ("gateway", "line", "class")
        windows, late = self._bucket.ask(
            _select("count_window", where, every_s, tags, sums=("in", "out", "observed_s")),
            _select("late_crossing", where, every_s, tags, sums=("in", "out")),
        )
        sums = _summed([*windows, *late], tags, ("in", "out", "observed_s"))
        return [
            CountBin(gateway, line_id, ObjectClass(of_class), at, int(into), int(out), observed_s)
            for (at, gateway, line_id, of_class), (into, out, observed_s) in sorted(sums.items())
        ]

    def accesses(
        self, compound: str, start: datetime, end: datetime, every_s: int
    ) -> list[AccessBin]:
        """Return the bins of access windows, as `counts` does."""
        names, tags = tuple(_ACCESS_FIELDS.values()), ("gateway", "point")
        where = _where(compound, start, end)
        windows, late = self._bucket.ask(
            _select("access_window", where, every_s, tags, sums=names),
            _select("late_access", where, every_s, tags, sums=names),
        )
        sums = _summed([*windows, *late], tags, names)
        return [
            AccessBin(gateway, point, at, *(int(value) for value in values))
            for (at, gateway, point), values in sorted(sums.items())
        ]

    def zones(self, compound: str, start: datetime, end: datetime, every_s: int) -> list[ZoneBin]:
        """Return the bins of zone windows, as `counts` does."""
        tags = ("gateway", "zone", "class")
        where, sums = _where(compound, start, end), ("weighted", "observed_s")
        largest = ("max", "dwell_max_s")
        (rows,) = self._bucket.ask(
            _select("zone_window", where, every_s, tags, sums=sums, largest=largest)
        )
        bins = [_zone_bin(row) for row in rows]
        return sorted(bins, key=lambda each: (each.start, each.gateway, each.zone))


def _point(number: int, record: AnyRecord) -> Point | None:
    match record:
        case CountWindow():
            tags = {"line": record.line, "class": record.object_class.value}
            counts = {"in": record.count_in, "out": record.count_out}
            fields = counts | {"observed_s": _observed_s(record)}
            return _made("count_window", tags, fields, record.start)
        case LateCrossing():
            tags = {"line": record.line, "class": record.object_class.value}
            is_in = record.direction is Direction.IN
            fields = {"in": int(is_in), "out": int(not is_in)}
            return _made("late_crossing", tags, fields, record.occurred_at, number)
        case AccessWindow():
            fields = {name: getattr(record, name) for name in _ACCESS_FIELDS.values()}
            return _made("access_window", {"point": record.point}, fields, record.start)
        case LateAccess():
            fields = {name: int(record.outcome is each) for each, name in _ACCESS_FIELDS.items()}
            tags = {"point": record.point}
            return _made("late_access", tags, fields, record.occurred_at, number)
        case ZoneWindow():
            return _zone_point(record)
        case _:
            return None


def _zone_point(record: ZoneWindow) -> Point:
    observed_s = _observed_s(record)
    fields = {
        "weighted": record.mean * observed_s,
        "max": record.max,
        "dwell_mean_s": float(record.dwell_mean_s),
        "dwell_max_s": float(record.dwell_max_s),
        "observed_s": observed_s,
    }
    tags = {"zone": record.zone, "class": record.object_class.value}
    return _made("zone_window", tags, fields, record.start)


def _made(
    measurement: str,
    tags: dict[str, str],
    fields: Mapping[str, float],
    at: datetime,
    number: int = 0,
) -> Point:
    nanos = (at - _EPOCH) // _MICROSECOND * 1000 + number % 1000
    return {"measurement": measurement, "tags": tags, "fields": fields, "time": nanos}


def _observed_s(record: CountWindow | ZoneWindow) -> float:
    return float((record.end - record.start).total_seconds() * record.coverage)


def _where(compound: str, start: datetime, end: datetime) -> str:
    """Return a condition; only ids and whole numbers ever stand in a statement."""
    first, last = ((at - _EPOCH) // _MICROSECOND * 1000 for at in (start, end))
    return (
        f"compound = '{check_id('compound', compound)}' AND time >= {first:d} AND time < {last:d}"
    )


def _select(
    measurement: str,
    where: str,
    every_s: int,
    tags: Sequence[str],
    *,
    sums: Sequence[str],
    largest: Sequence[str] = (),
) -> str:
    chosen = [f'sum("{name}") AS "{name}"' for name in sums]
    chosen += [f'max("{name}") AS "{name}"' for name in largest]
    group = ", ".join([f"time({every_s:d}s)", *(f'"{tag}"' for tag in tags)])
    columns = ", ".join(chosen)
    return f"SELECT {columns} FROM {measurement} WHERE {where} GROUP BY {group} fill(none)"  # noqa: S608 - names are ours, `where` is checked


def _rows(result: Row) -> list[Row]:
    if "error" in result:
        raise ValueError(str(result["error"])[:200])
    return [
        dict(zip(series["columns"], values, strict=True)) | series.get("tags", {})
        for series in result.get("series", ())
        for values in series["values"]
    ]


def _summed(
    rows: Sequence[Row], tags: tuple[str, ...], names: tuple[str, ...]
) -> dict[tuple[Any, ...], list[float]]:
    """Return the sums of `names` by bin and tags; windows and late records fall together."""
    sums: dict[tuple[Any, ...], list[float]] = {}
    for row in rows:
        key = (_EPOCH + timedelta(microseconds=row["time"] // 1000), *(row[tag] for tag in tags))
        before = sums.get(key, [0.0] * len(names))
        added = [row.get(name) or 0 for name in names]
        sums[key] = [a + b for a, b in zip(before, added, strict=True)]
    return sums


def _zone_bin(row: Row) -> ZoneBin:
    observed_s = float(row["observed_s"])
    return ZoneBin(
        gateway=row["gateway"],
        zone=row["zone"],
        object_class=ObjectClass(row["class"]),
        start=_EPOCH + timedelta(microseconds=row["time"] // 1000),
        mean=row["weighted"] / observed_s if observed_s else 0.0,
        max=int(row["max"]),
        dwell_max_s=float(row["dwell_max_s"]),
        observed_s=observed_s,
    )


def _why(error: Exception) -> str:
    """Return what went wrong in one line; neither library puts headers into it."""
    status = getattr(error, "status", None) or getattr(error, "reason", None)
    return f"{type(error).__name__} {status or error}"[:300]

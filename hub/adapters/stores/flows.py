"""Crossings by quarter of an hour, and what people said of occupancy."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from msgspec import json
from sqlalchemy import (
    BigInteger,
    Connection,
    Row,
    Select,
    case,
    delete,
    func,
    insert,
    select,
    type_coerce,
)

from hub.adapters.stores.upsert import insert_into, insert_or_replace
from hub.adapters.tables import (
    EPOCH,
    flows,
    from_micros,
    occupancy_checkpoints,
    occupancy_corrections,
    to_micros,
)
from hub.domain.occupancy import Balance
from hub.services.ports import Correction, CountBin, FlowKept, FlowKey, FlowSum, GatewayKey
from wire.values import ObjectClass

_NO_WINDOW: Final = EPOCH  # the end of the last window while only late crossings are known


class SqlFlows:
    """Sums that are added to."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, key: GatewayKey, sums: Mapping[FlowKey, FlowSum]) -> None:
        """Add to what is kept."""
        if not sums:
            return
        new = insert_into(self._connection, flows)
        kept, added = flows.c, new.excluded
        statement = new.on_conflict_do_update(
            index_elements=[column.name for column in flows.primary_key],
            set_={
                "count_in": kept.count_in + added.count_in,
                "count_out": kept.count_out + added.count_out,
                "observed_s": kept.observed_s + added.observed_s,
                "last_end": case(
                    (added.last_end > kept.last_end, added.last_end), else_=kept.last_end
                ),
            },
        )
        self._connection.execute(
            statement, [_row(key, flow, sums[flow]) for flow in _ordered(sums)]
        )

    def of(
        self, compound: str, object_class: ObjectClass, start: datetime | None, end: datetime
    ) -> list[FlowKept]:
        """Return the quarters that start in `[start, end)`, in order of time."""
        wanted = select(flows).where(
            flows.c.compound == compound,
            flows.c.object_class == object_class.value,
            flows.c.quarter < end,
        )
        if start is not None:
            wanted = wanted.where(flows.c.quarter >= start)
        rows = self._connection.execute(wanted.order_by(flows.c.quarter))
        return [_kept(row, row.quarter) for row in rows]

    def bins(
        self,
        compound: str,
        start: datetime,
        end: datetime,
        every_s: int,
        *,
        line: str | None = None,
        object_class: ObjectClass | None = None,
    ) -> list[CountBin]:
        """Return sums over bins of `every_s`, whole quarters, the first of which is at `start`."""
        after = type_coerce(flows.c.quarter, BigInteger) - to_micros(start)
        at = type_coerce(flows.c.quarter, BigInteger) - after % (every_s * 1_000_000)
        group = (flows.c.gateway, flows.c.line, flows.c.object_class, at.label("bin"))
        wanted: Select[Any] = select(
            *group,
            func.sum(flows.c.count_in).label("count_in"),
            func.sum(flows.c.count_out).label("count_out"),
            func.sum(flows.c.observed_s).label("observed_s"),
        ).where(flows.c.compound == compound, flows.c.quarter >= start, flows.c.quarter < end)
        if line is not None:
            wanted = wanted.where(flows.c.line == line)
        if object_class is not None:
            wanted = wanted.where(flows.c.object_class == object_class.value)
        rows = self._connection.execute(wanted.group_by(*group).order_by("bin"))
        return [_count_bin(row) for row in rows]

    def totals(self, compound: str, start: datetime) -> list[FlowKept]:
        """Return one sum for each gateway, line and class since `start`, which is its quarter."""
        group = (flows.c.gateway, flows.c.line, flows.c.object_class)
        wanted: Select[Any] = (
            select(
                *group,
                func.sum(flows.c.count_in).label("count_in"),
                func.sum(flows.c.count_out).label("count_out"),
                func.sum(flows.c.observed_s).label("observed_s"),
                func.max(flows.c.last_end).label("last_end"),
            )
            .where(flows.c.compound == compound, flows.c.quarter >= start)
            .group_by(*group)
        )
        return [_kept(row, start) for row in self._connection.execute(wanted)]


class SqlCorrections:
    """Corrections of occupancy."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, correction: Correction) -> None:
        """Keep one."""
        row = {
            "compound": correction.compound,
            "at": correction.at,
            "people": correction.people,
            "who": correction.who,
            "made_at": correction.made_at,
            "note": correction.note,
        }
        self._connection.execute(insert(occupancy_corrections), [row])

    def of(self, compound: str, until: datetime) -> list[Correction]:
        """Return those for a moment not after `until`, in order of that moment."""
        table = occupancy_corrections
        wanted = select(table).where(table.c.compound == compound, table.c.at <= until)
        rows = self._connection.execute(wanted.order_by(table.c.at, table.c.id))
        return [
            Correction(row.compound, row.people, row.at, row.who, row.made_at, row.note)
            for row in rows
        ]


class SqlCheckpoints:
    """Balances at some midnights."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def latest(self, compound: str, until: datetime) -> tuple[datetime, Balance] | None:
        """Return the last one not after `until`."""
        table = occupancy_checkpoints
        wanted = select(table).where(table.c.compound == compound, table.c.at <= until)
        row = self._connection.execute(wanted.order_by(table.c.at.desc()).limit(1)).first()
        return None if row is None else (row.at, json.decode(row.balance, type=Balance))

    def keep(self, compound: str, at: datetime, balance: Balance) -> None:
        """Keep one."""
        row = {"compound": compound, "at": at, "balance": json.encode(balance).decode()}
        insert_or_replace(self._connection, occupancy_checkpoints, [row])

    def forget(self, compound: str, after: datetime | None = None) -> None:
        """Remove those after a moment whose flow has changed, or all of the compound."""
        table = occupancy_checkpoints
        gone = delete(table).where(table.c.compound == compound)
        self._connection.execute(gone if after is None else gone.where(table.c.at > after))


def _ordered(sums: Mapping[FlowKey, FlowSum]) -> list[FlowKey]:
    """Return the keys in one order, so that two transactions never wait for each other's rows."""
    return sorted(sums, key=lambda flow: (flow.quarter, flow.line, flow.object_class))


def _row(key: GatewayKey, flow: FlowKey, added: FlowSum) -> dict[str, Any]:
    return {
        "compound": key.compound,
        "quarter": flow.quarter,
        "gateway": key.gateway,
        "line": flow.line,
        "object_class": flow.object_class.value,
        "count_in": added.count_in,
        "count_out": added.count_out,
        "observed_s": added.observed_s,
        "last_end": added.last_end or _NO_WINDOW,
    }


def _count_bin(row: Row[Any]) -> CountBin:
    return CountBin(
        gateway=row.gateway,
        line=row.line,
        object_class=ObjectClass(row.object_class),
        start=from_micros(row.bin),
        count_in=int(row.count_in),
        count_out=int(row.count_out),
        observed_s=row.observed_s,
    )


def _kept(row: Row[Any], quarter: datetime) -> FlowKept:
    return FlowKept(
        gateway=row.gateway,
        line=row.line,
        object_class=ObjectClass(row.object_class),
        quarter=quarter,
        count_in=int(row.count_in),
        count_out=int(row.count_out),
        observed_s=row.observed_s,
        last_end=None if row.last_end == _NO_WINDOW else row.last_end,
    )

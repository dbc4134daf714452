"""`[[mapping]]` tables to vendor mappings."""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from edge.access.errors import AccessConfigurationError
from edge.access.mapping import Lookup, TimeField, VendorMapping
from edge.config.errors import Wording, Wrong
from edge.config.tables import LookupTable, MappingTable, PointTable
from wire.values import Direction


def build_mappings(
    tables: Sequence[MappingTable], points: Sequence[PointTable], timezone: str
) -> tuple[tuple[VendorMapping, ...], list[Wrong]]:
    """Return the mappings, and what they themselves find wrong."""
    mappings: list[VendorMapping] = []
    wrongs: list[Wrong] = []
    for index, table in enumerate(tables):
        try:
            mappings.append(_build(table, points, timezone))
        except AccessConfigurationError as error:
            wording = Wording(error.expected, error.expected)
            wrongs.append(Wrong(("mapping", index, error.field), error.found, wording))
    return tuple(mappings), wrongs


def _build(table: MappingTable, points: Sequence[PointTable], timezone: str) -> VendorMapping:
    return VendorMapping(
        name=table.id,
        topic=table.topic,
        point=_point(table, points),
        outcome=_lookup(table.outcome),
        occurred_at=TimeField(
            place=table.occurred_at.place,
            format=table.occurred_at.format,
            zone=ZoneInfo(table.occurred_at.timezone or timezone),
        ),
        event_id=table.event_id,
        direction=_direction(table.direction),
        credential=table.credential,
    )


def _point(table: MappingTable, points: Sequence[PointTable]) -> str | Lookup:
    if isinstance(table.point, LookupTable):
        return _lookup(table.point)
    if table.point is not None:
        return table.point
    served = [point.id for point in points if point.mapping == table.id]
    if len(served) != 1:
        found = f"none, and {len(served)} points that name this mapping"
        raise AccessConfigurationError("point", found, "a point, or one point that names it")
    return served[0]


def _direction(direction: Direction | LookupTable | None) -> Direction | Lookup | None:
    return _lookup(direction) if isinstance(direction, LookupTable) else direction


def _lookup(table: LookupTable) -> Lookup:
    return Lookup(places=table.places, table=table.table, otherwise=table.otherwise)

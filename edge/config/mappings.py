"""`[[mapping]]` tables to vendor mappings."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeVar
from zoneinfo import ZoneInfo

from pydantic import ValidationError

from edge.access.errors import AccessConfigurationError
from edge.access.mapping import Lookup, TimeField, VendorMapping
from edge.access.topic_filter import TopicFilter
from edge.config.errors import Wording, Wrong
from edge.config.positions import Path
from edge.config.references import Document, tables_of
from edge.config.tables import LookupTable, MappingTable, TimeTable
from wire.values import Direction

PartT = TypeVar("PartT")


def build_mappings(
    document: Document, timezone: str
) -> tuple[tuple[VendorMapping, ...], list[Wrong]]:
    """Return the mappings, and what they themselves find wrong.

    A table that is not well formed is left out here: what is wrong with it is told with the rest of
    the file.
    """
    mappings: list[VendorMapping] = []
    wrongs: list[Wrong] = []
    for index, table in _well_formed(document):
        found: list[Wrong] = []
        mapping = _build(table, _Attempts(("mapping", index), found), document, timezone)
        wrongs += found
        if mapping is not None:
            mappings.append(mapping)
    return tuple(mappings), wrongs


def _well_formed(document: Document) -> Iterator[tuple[int, MappingTable]]:
    for index, table in tables_of(document, "mapping"):
        try:
            yield index, MappingTable.model_validate(table)
        except ValidationError:
            continue


class _Attempts:
    """Makes the parts of one mapping and notes what is wrong with each."""

    def __init__(self, path: Path, wrongs: list[Wrong]) -> None:
        self._path = path
        self.wrongs = wrongs

    def make(self, make: Callable[[], PartT], part: str | None = None) -> PartT | None:
        """Return what `make` makes; None if something is wrong, in `part` or where it says."""
        try:
            return make()
        except AccessConfigurationError as error:
            wording = Wording(error.expected, error.expected)
            self.wrongs.append(Wrong((*self._path, part or error.field), error.found, wording))
            return None


def _build(
    table: MappingTable, attempts: _Attempts, document: Document, timezone: str
) -> VendorMapping | None:
    attempts.make(lambda: TopicFilter(table.topic), "topic")
    point = attempts.make(lambda: _point(table, document), "point")
    outcome = attempts.make(lambda: _lookup(table.outcome), "outcome")
    direction = attempts.make(lambda: _direction(table.direction), "direction")
    occurred_at = attempts.make(lambda: _time(table.occurred_at, timezone), "occurred_at")
    if attempts.wrongs or point is None or outcome is None or occurred_at is None:
        return None
    return attempts.make(
        lambda: VendorMapping(
            name=table.id,
            topic=table.topic,
            point=point,
            outcome=outcome,
            occurred_at=occurred_at,
            event_id=table.event_id,
            direction=direction,
            credential=table.credential,
        )
    )


def _point(table: MappingTable, document: Document) -> str | Lookup:
    if isinstance(table.point, LookupTable):
        return _lookup(table.point)
    if table.point is not None:
        return table.point
    points = (point for _, point in tables_of(document, "point"))
    served = [str(point.get("id")) for point in points if point.get("mapping") == table.id]
    if len(served) != 1:
        found = f"none, and {len(served)} points that name this mapping"
        raise AccessConfigurationError("point", found, "a point, or one point that names it")
    return served[0]


def _direction(direction: Direction | LookupTable | None) -> Direction | Lookup | None:
    return _lookup(direction) if isinstance(direction, LookupTable) else direction


def _lookup(table: LookupTable) -> Lookup:
    return Lookup(places=table.places, table=table.table, otherwise=table.otherwise)


def _time(table: TimeTable, timezone: str) -> TimeField:
    zone = ZoneInfo(table.timezone or timezone)
    return TimeField(place=table.place, format=table.format, zone=zone)

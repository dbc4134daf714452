"""What the tables of a site file say of each other.

Works on the document as parsed, so that these mistakes are found beside all the others.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from edge.config.errors import Wording, Wrong

Document = Mapping[str, Any]

# (table, key) -> the table whose id must stand there
_REFERENCES: Final[Mapping[tuple[str, str], str]] = {
    ("camera", "gate"): "gate",
    ("line", "camera"): "camera",
    ("zone", "camera"): "camera",
    ("point", "gate"): "gate",
    ("point", "line"): "line",
    ("point", "mapping"): "mapping",
    ("rule", "point"): "point",
    ("rule", "line"): "line",
    ("rule", "zone"): "zone",
    ("rule", "camera"): "camera",
    ("rule", "gate"): "gate",
    ("mapping", "point"): "point",
}
_NAMED: Final = ("gate", "camera", "line", "zone", "point", "mapping")


def misreferences(document: Document) -> Iterator[Wrong]:
    """Return every id given twice and every reference to what is not there."""
    for table in _NAMED:
        yield from _repeated(document, table)
    for (table, key), target in _REFERENCES.items():
        yield from _dangling(document, table, key, target)


def tables_of(document: Document, name: str) -> list[tuple[int, Mapping[str, Any]]]:
    """Return the tables of an array of tables with their index; nothing if it is not one."""
    array = document.get(name)
    if not isinstance(array, list):
        return []
    return [(index, table) for index, table in enumerate(array) if isinstance(table, dict)]


def _ids(document: Document, table: str) -> list[tuple[int, str]]:
    ids = ((index, found.get("id")) for index, found in tables_of(document, table))
    return [(index, found) for index, found in ids if isinstance(found, str)]


def _repeated(document: Document, table: str) -> Iterator[Wrong]:
    seen: set[str] = set()
    for index, name in _ids(document, table):
        if name in seen:
            wording = Wording(f"不与其他 {table} 重复的标识", f"an id that no other {table} has")
            yield Wrong((table, index, "id"), repr(name), wording)
        seen.add(name)


def _dangling(document: Document, table: str, key: str, target: str) -> Iterator[Wrong]:
    names = [name for _, name in _ids(document, target)]
    for index, found in tables_of(document, table):
        if isinstance(found.get(key), str) and found[key] not in names:
            known = ", ".join(dict.fromkeys(names)) or "-"
            wording = Wording(
                f"已有 {target} 的标识之一：{known}", f"the id of a {target} here: {known}"
            )
            yield Wrong((table, index, key), repr(found[key])[:80], wording)

"""`[[rule]]` tables to rules.

A table has the fields of its rule's class, whose names and bounds are the rule's own business.
Where a rule's gate, line or camera follows from what it watches, it need not be written.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import MISSING, Field, fields
from typing import Annotated, Any, Final, get_type_hints
from zoneinfo import ZoneInfo

from pydantic import Field as TableField
from pydantic import ValidationError, create_model

from edge.config.errors import Wording, Wrong
from edge.config.positions import Path
from edge.config.references import Document, tables_of
from edge.config.tables import HoursTable, Table
from edge.config.wanted import wrongs_of
from edge.rules.catalogue import RULES, AnyRule
from edge.rules.errors import RuleError
from edge.rules.hours import Hours
from wire.records import RuleName

_DERIVED: Final = {
    "gate": Wording("大门的标识", "the id of a gate"),
    "line": Wording("计数线，写在此处或该门禁点", "a line, here or at the access point"),
    "camera": Wording("摄像机的标识", "the id of a camera"),
}
_SPELLED: Final = {"object_class": "class"}


_STRICT: Final[Mapping[Any, Any]] = {
    Hours: HoursTable,
    int: Annotated[int, TableField(strict=True)],
    float: Annotated[float, TableField(strict=True, allow_inf_nan=False)],
    bool: Annotated[bool, TableField(strict=True)],
}


class RuleTable(Table):
    """What a `[[rule]]` table says; its fields are those of the rule's class."""

    kind: RuleName


def parse_rules(document: Document) -> tuple[list[tuple[int, RuleTable]], list[Wrong]]:
    """Return the rule tables that are well formed, by their index, and what is wrong in others."""
    tables: list[tuple[int, RuleTable]] = []
    wrongs: list[Wrong] = []
    for index, table in tables_of(document, "rule"):
        kind = table.get("kind")
        model = _MODELS.get(kind) if isinstance(kind, str) else None
        try:
            tables.append((index, (model or RuleTable).model_validate(table)))
        except ValidationError as error:
            wrongs += [
                wrong
                for wrong in wrongs_of(error, ("rule", index))
                if model is not None or wrong.path[-1] == "kind"
            ]
    return tables, wrongs


def build_rules(
    tables: Sequence[tuple[int, RuleTable]], document: Document, timezone: str
) -> tuple[tuple[AnyRule, ...], list[Wrong]]:
    """Return the rules of well-formed tables, and what the rules themselves find wrong.

    Every reference in `tables` is known to be good; other tables of `document` may have mistakes.
    """
    rules: dict[str, AnyRule] = {}
    wrongs: list[Wrong] = []
    for index, table in tables:
        path: Path = ("rule", index)
        values = _values(table, document, timezone)
        found = [*_lacking(path, table, values), *_uncounted(path, values, document)]
        if found:
            wrongs += found
            continue
        try:
            rule = RULES[table.kind](**values)
        except RuleError as error:
            wrongs.append(_refused(path, error))
            continue
        if rule.rule_id in rules:
            wording = Wording("每个对象同类规则只有一条", "one rule of a kind for each subject")
            wrongs.append(Wrong(path, f"{rule.rule_id} twice", wording))
        rules[rule.rule_id] = rule
    return tuple(rules.values()), wrongs


def _values(table: RuleTable, document: Document, timezone: str) -> dict[str, Any]:
    """Return what the rule's class takes, with all that follows from what is written."""
    values: dict[str, Any] = dict(table)
    wanted = {field.name for field in fields(RULES[values.pop("kind")])}
    hours = values.get("hours")
    if isinstance(hours, HoursTable):
        values["hours"] = Hours(hours.start, hours.end, ZoneInfo(timezone))
    for name, value in _implied(values, document):
        if name in wanted and values.get(name) is None:
            values[name] = value
    return values


def _lacking(path: Path, table: RuleTable, values: Mapping[str, Any]) -> Iterator[Wrong]:
    """Return what is neither written nor follows, though the rule cannot do without."""
    for field in fields(RULES[table.kind]):
        if field.name in _DERIVED and _is_required(field) and values.get(field.name) is None:
            yield Wrong((*path, field.name), "-", _DERIVED[field.name])


def _uncounted(path: Path, values: Mapping[str, Any], document: Document) -> Iterator[Wrong]:
    """Return the class that a rule waits for in vain, because its line or zone leaves it out."""
    for name in ("line", "zone"):
        classes = _table(document, name, values.get(name)).get("classes")
        wanted = values.get("object_class")
        if isinstance(classes, list) and wanted is not None and wanted not in classes:
            known = ", ".join(map(str, classes))
            wording = Wording(f"该处统计的类别：{known}", f"a class that is counted there: {known}")
            yield Wrong((*path, "class"), str(wanted), wording)


def _refused(path: Path, error: RuleError) -> Wrong:
    key = _SPELLED.get(error.field, error.field)
    return Wrong((*path, key), error.found, Wording(error.expected, error.expected))


def _implied(values: Mapping[str, Any], document: Document) -> Iterator[tuple[str, object]]:
    """Return what follows from a rule's subject: gate, line and the camera that sees it."""
    point = _table(document, "point", values.get("point"))
    line_id = values.get("line") or point.get("line")
    line = _table(document, "line", line_id)
    zone = _table(document, "zone", values.get("zone"))
    camera_id = values.get("camera") or line.get("camera") or zone.get("camera")
    camera = _table(document, "camera", camera_id)
    if not values.get("zone"):
        yield "line", line_id if values.get("point") else None
    yield "camera", camera_id
    yield "gate", point.get("gate") or camera.get("gate")


def _table(document: Document, name: str, wanted_id: object) -> Mapping[str, Any]:
    found = (table for _, table in tables_of(document, name) if table.get("id") == wanted_id)
    return next(found, {})


def _model_of(rule_class: type[AnyRule]) -> type[RuleTable]:
    """Return the table that has the fields of a rule's class."""
    hints = get_type_hints(rule_class)
    columns: dict[str, Any] = {}
    for field in fields(rule_class):
        kind = _STRICT.get(hints[field.name], hints[field.name])
        if field.name in _DERIVED:
            columns[field.name] = (str | None, None)
            continue
        default = ... if _is_required(field) else field.default
        alias = _SPELLED.get(field.name, field.name)
        columns[field.name] = (kind, TableField(default, alias=alias))
    return create_model(f"{rule_class.__name__}Table", __base__=RuleTable, **columns)


def _is_required(field: Field[Any]) -> bool:
    return field.default is MISSING and field.default_factory is MISSING


_MODELS: Final = {str(name): _model_of(rule_class) for name, rule_class in RULES.items()}

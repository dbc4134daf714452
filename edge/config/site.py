"""A site file: text in, a site or all its mistakes out."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import Any, Final

from pydantic import Field, ValidationError

from edge.access.mapping import VendorMapping
from edge.config.errors import Mistake, SiteError, Wording, Wrong
from edge.config.mappings import build_mappings
from edge.config.positions import Path, line_of, positions
from edge.config.references import Document, misreferences
from edge.config.rules import RuleTable, build_rules, parse_rules
from edge.config.tables import (
    DEFAULT_TIMEZONE,
    BrokerTable,
    CameraTable,
    Compound,
    DetectorTable,
    GateTable,
    HttpTable,
    LineTable,
    MappingTable,
    PointTable,
    Table,
    ZoneTable,
)
from edge.config.wanted import wrongs_of
from edge.rules.catalogue import AnyRule

MAX_SITE_BYTES: Final = 1024 * 1024
_AT_LINE: Final = re.compile(r" \(at line (\d+), column \d+\)$")


class SiteFile(Table):
    """A site file's tables as they stand; `rule` tables are looked at one by one."""

    site: Compound
    device_broker: BrokerTable
    hub_broker: BrokerTable
    detector: DetectorTable = DetectorTable()
    http: HttpTable
    gates: tuple[GateTable, ...] = Field(alias="gate", min_length=1, max_length=64)
    cameras: tuple[CameraTable, ...] = Field(alias="camera", default=(), max_length=64)
    lines: tuple[LineTable, ...] = Field(alias="line", default=(), max_length=128)
    zones: tuple[ZoneTable, ...] = Field(alias="zone", default=(), max_length=128)
    points: tuple[PointTable, ...] = Field(alias="point", default=(), max_length=128)
    mappings: tuple[MappingTable, ...] = Field(alias="mapping", default=(), max_length=32)
    rules: tuple[dict[str, Any], ...] = Field(alias="rule", default=(), max_length=128)


@dataclass(frozen=True)
class Site:
    """All that is configured of one gateway."""

    site: Compound
    device_broker: BrokerTable
    hub_broker: BrokerTable
    detector: DetectorTable
    http: HttpTable
    gates: tuple[GateTable, ...]
    cameras: tuple[CameraTable, ...]
    lines: tuple[LineTable, ...]
    zones: tuple[ZoneTable, ...]
    points: tuple[PointTable, ...]
    mappings: tuple[VendorMapping, ...]
    rules: tuple[AnyRule, ...]


def load_site(file: FilePath) -> Site:
    """Return the site that `file` describes; paths in it are relative to its folder.

    Raises:
        SiteError: It cannot be read, or has mistakes; all of them are in the error.
    """
    try:
        with file.open("rb") as opened:
            content = opened.read(MAX_SITE_BYTES + 1)
        if len(content) > MAX_SITE_BYTES:
            raise _unreadable(
                f"more than {MAX_SITE_BYTES} bytes", Wording("较小的文件", "a smaller file")
            )
        text = content.decode()
    except OSError as error:
        expected = Wording("可读的站点文件", "a site file we can read")
        raise _unreadable(error.strerror or "an error", expected) from None
    except UnicodeDecodeError:
        raise _unreadable("another encoding", Wording("UTF-8 文本", "UTF-8 text")) from None
    return parse_site(text, file.absolute().parent)


def parse_site(text: str, folder: FilePath) -> Site:
    """Return the site that a TOML document describes; relative paths start from `folder`.

    Raises:
        SiteError: It has mistakes; all of them are in the error.
    """
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SiteError([_syntax_mistake(error)]) from None
    site, wrongs = _read(document, folder)
    if site is None:
        lines = positions(text)
        mistakes = [
            Mistake(line_of(wrong.path, lines), spell(wrong.path), wrong.found, wrong.expected)
            for wrong in wrongs
        ]
        raise SiteError(sorted(mistakes, key=lambda mistake: mistake.line))
    return site


def spell(path: Path) -> str:
    """Write a path as people do: `camera[0].gate`."""
    steps = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return "".join(steps).lstrip(".") or "$"


def _read(document: Document, folder: FilePath) -> tuple[Site | None, list[Wrong]]:
    """Return the site, or None and all that is wrong.

    What only mappings and rules can tell is looked for beside the mistakes of other tables.
    """
    tables, wrongs = _validated(document, folder)
    wrongs += misreferences(document)
    timezone = DEFAULT_TIMEZONE if tables is None else tables.site.timezone
    mappings, wrong_mappings = build_mappings(document, timezone)
    rule_tables, wrong_rules = parse_rules(document)
    wrongs += wrong_mappings + wrong_rules
    rules, wrong_rules = build_rules(_without_mistakes(rule_tables, wrongs), document, timezone)
    wrongs += wrong_rules
    if tables is None or wrongs:
        return None, wrongs
    return _site_of(tables, mappings, rules), []


def _validated(document: Document, folder: FilePath) -> tuple[SiteFile | None, list[Wrong]]:
    try:
        return SiteFile.model_validate(document, context={"folder": folder}), []
    except ValidationError as error:
        return None, list(wrongs_of(error))


def _without_mistakes(
    tables: Sequence[tuple[int, RuleTable]], wrongs: Sequence[Wrong]
) -> list[tuple[int, RuleTable]]:
    """Leave out the rules that are known to be wrong, whose other mistakes may follow from that."""
    known = {wrong.path[:2] for wrong in wrongs}
    return [(index, table) for index, table in tables if ("rule", index) not in known]


def _site_of(
    tables: SiteFile, mappings: tuple[VendorMapping, ...], rules: tuple[AnyRule, ...]
) -> Site:
    return Site(
        site=tables.site,
        device_broker=tables.device_broker,
        hub_broker=tables.hub_broker,
        detector=tables.detector,
        http=tables.http,
        gates=tables.gates,
        cameras=tables.cameras,
        lines=tables.lines,
        zones=tables.zones,
        points=tables.points,
        mappings=mappings,
        rules=rules,
    )


def _syntax_mistake(error: tomllib.TOMLDecodeError) -> Mistake:
    said = str(error)
    located = _AT_LINE.search(said)
    line = int(located[1]) if located else 1
    return Mistake(line, "$", _AT_LINE.sub("", said), Wording("TOML 语法", "TOML"))


def _unreadable(found: str, expected: Wording) -> SiteError:
    return SiteError([Mistake(1, "$", found, expected)])

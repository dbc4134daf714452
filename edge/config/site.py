"""A site file: text in, a site or all its mistakes out."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path as FilePath
from typing import Final

from pydantic import Field, ValidationError
from pydantic_core import ErrorDetails

from edge.config.errors import Mistake, SiteError, Wording
from edge.config.positions import Path, line_of, positions
from edge.config.references import misreferences
from edge.config.tables import (
    BrokerTable,
    CameraTable,
    Compound,
    DetectorTable,
    GateTable,
    HttpTable,
    LineTable,
    PointTable,
    Table,
    ZoneTable,
)
from edge.config.wanted import wording

MAX_SITE_BYTES: Final = 1024 * 1024
_SHOWN_CHARS: Final = 60
_CREDENTIALS: Final = re.compile(r"//[^/\s]*@")
_AT_LINE: Final = re.compile(r" \(at line (\d+), column \d+\)$")


class Site(Table):
    """All that is configured of one gateway."""

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
    lines = positions(text)
    mistakes = [
        Mistake(line_of(wrong.path, lines), spell(wrong.path), wrong.found, wrong.expected)
        for wrong in misreferences(document)
    ]
    try:
        site = Site.model_validate(document, context={"folder": folder})
    except ValidationError as error:
        mistakes += _field_mistakes(error, lines)
        site = None
    if site is None or mistakes:
        raise SiteError(sorted(mistakes, key=lambda mistake: mistake.line))
    return site


def spell(path: Path) -> str:
    """Write a path as people do: `camera[0].gate`."""
    steps = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return "".join(steps).lstrip(".") or "$"


def _field_mistakes(error: ValidationError, lines: Mapping[Path, int]) -> Iterator[Mistake]:
    found = error.errors(include_url=False)
    paths = [wrong["loc"] for wrong in found]
    for wrong in found:
        path = wrong["loc"]
        if not _follows_from_others(wrong, paths):
            yield Mistake(line_of(path, lines), spell(path), _show(wrong), wording(wrong))


def _follows_from_others(wrong: ErrorDetails, paths: Sequence[Path]) -> bool:
    """Say whether an array is too short only because pydantic left out what is wrong in it."""
    path = wrong["loc"]
    return wrong["type"] == "too_short" and any(
        other != path and other[: len(path)] == path for other in paths
    )


def _show(wrong: ErrorDetails) -> str:
    if wrong["type"] == "missing":
        return "-"
    if wrong["type"] == "extra_forbidden":
        return str(wrong["loc"][-1])
    text = wrong.get("ctx", {}).get("found") or repr(wrong["input"])
    text = _CREDENTIALS.sub("//***@", text)
    return text if len(text) <= _SHOWN_CHARS else f"{text[: _SHOWN_CHARS - 3]}..."


def _syntax_mistake(error: tomllib.TOMLDecodeError) -> Mistake:
    said = str(error)
    located = _AT_LINE.search(said)
    line = int(located[1]) if located else 1
    return Mistake(line, "$", _AT_LINE.sub("", said), Wording("TOML 语法", "TOML"))


def _unreadable(found: str, expected: Wording) -> SiteError:
    return SiteError([Mistake(1, "$", found, expected)])

"""On which line of a TOML document each table and key stands.

`tomllib` parses, this only looks up: the document is known to be well formed. Keys inside an
inline table or an array stand on the line of their statement.
"""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Final

Path = tuple[str | int, ...]

_TOKEN: Final = re.compile(
    r"""
      (?P<space>[ \t]+ | \#[^\n]*)
    | (?P<newline>\r?\n)
    | (?P<string>\"{3}(?:\\.|[^\\])*?\"{3,5} | '{3}.*?'{3,5} | "(?:\\.|[^"\\\n])*" | '[^'\n]*')
    | (?P<open>[\[{])
    | (?P<close>[\]}])
    | (?P<other>[^\s\#"'\[\]{}]+)
    """,
    re.VERBOSE | re.DOTALL,
)
_HEADER: Final = re.compile(r"\[\[(?P<array>.*)\]\]|\[(?P<table>.*)\]", re.DOTALL)


def positions(text: str) -> Mapping[Path, int]:
    """Return the line, counted from 1, of every table and key of a well-formed TOML document."""
    lines: dict[Path, int] = {(): 1}
    lengths: defaultdict[Path, int] = defaultdict(int)
    table: Path = ()
    for line, statement in _statements(text):
        header = _HEADER.fullmatch(statement)
        if header is None:
            _note(lines, table, _keys(_key_of(statement)), line)
        elif header["array"] is not None:
            name = _resolve(_keys(header["array"]), lengths)
            table = (*name, lengths[name])
            lengths[name] += 1
            lines.setdefault(name, line)
            lines[table] = line
        else:
            table = _resolve(_keys(header["table"]), lengths)
            lines[table] = line
    return lines


def line_of(path: Path, lines: Mapping[Path, int]) -> int:
    """Return the line of the nearest thing on `path` that has one."""
    while path not in lines:
        path = path[:-1]
    return lines[path]


def _statements(text: str) -> Iterator[tuple[int, str]]:
    """Return every header and every key with its value, and the line where it begins."""
    line, depth, begun, statement = 1, 0, 1, ""
    for token in _TOKEN.finditer(text):
        if token.lastgroup == "newline" and depth == 0:
            if statement:
                yield begun, statement
            statement = ""
        elif token.lastgroup not in {"space", "newline"}:
            begun = begun if statement else line
            statement += token[0]
            depth += {"open": 1, "close": -1}.get(token.lastgroup or "", 0)
        line += token[0].count("\n")
    if statement:
        yield begun, statement


def _key_of(statement: str) -> str:
    """Return the key of `key=value`, also where a quoted key holds an equals sign."""
    for equals in re.finditer("=", statement):
        key = statement[: equals.start()]
        try:
            tomllib.loads(f"{key}=0")
        except tomllib.TOMLDecodeError:
            continue
        return key
    raise AssertionError(statement)


def _keys(dotted: str) -> tuple[str, ...]:
    """Return the parts of a dotted key, unquoted."""
    table: object = tomllib.loads(f"{dotted}=0")
    keys: list[str] = []
    while isinstance(table, dict):
        ((key, table),) = table.items()
        keys.append(key)
    return tuple(keys)


def _resolve(keys: tuple[str, ...], lengths: Mapping[Path, int]) -> Path:
    """Return the path of a header: a name of an array of tables means its last table so far."""
    path: Path = ()
    for index, key in enumerate(keys):
        path = (*path, key)
        if index < len(keys) - 1 and path in lengths:
            path = (*path, lengths[path] - 1)
    return path


def _note(lines: dict[Path, int], table: Path, keys: tuple[str, ...], line: int) -> None:
    for count in range(1, len(keys) + 1):
        lines.setdefault((*table, *keys[:count]), line)

"""What a value should have been, in both languages."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from pydantic import ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError

from edge.config.errors import Wording, Wrong
from edge.config.positions import Path
from wire.values import ID_PATTERN

TEXT: Final = "<text>"
"""Tells the kinds of a value that may be text or a table; no part of its path."""
TABLE: Final = "<table>"
_OURS: Final = "zhian"
_SHOWN_CHARS: Final = 60
_CREDENTIALS: Final = re.compile(r"//[^/\s]*@")
_WORDINGS: Final[Mapping[str, Wording]] = {
    "missing": Wording("必填", "a value"),
    "extra_forbidden": Wording("没有这个键", "no such key"),
    "string_type": Wording("文本", "text"),
    "bool_type": Wording("true 或 false", "true or false"),
    "int_type": Wording("整数", "a whole number"),
    "float_type": Wording("数字", "a number"),
    "finite_number": Wording("有限的数", "a finite number"),
    "tuple_type": Wording("数组", "an array"),
    "model_type": Wording("表", "a table"),
    "model_attributes_type": Wording("表", "a table"),
    "dict_type": Wording("表", "a table"),
    "path_type": Wording("路径", "a path"),
    "time_type": Wording("时刻，如 22:30:00", "a time of day such as 22:30:00"),
    "time_parsing": Wording("时刻，如 22:30:00", "a time of day such as 22:30:00"),
    "enum": Wording("{expected} 之一", "one of {expected}"),
    "literal_error": Wording("{expected} 之一", "one of {expected}"),
    "string_too_short": Wording("至少 {min_length} 个字符", "at least {min_length} characters"),
    "string_too_long": Wording("至多 {max_length} 个字符", "at most {max_length} characters"),
    "too_short": Wording("至少 {min_length} 项", "at least {min_length} items"),
    "too_long": Wording("至多 {max_length} 项", "at most {max_length} items"),
    "greater_than": Wording("大于 {gt}", "more than {gt}"),
    "greater_than_equal": Wording("不小于 {ge}", "at least {ge}"),
    "less_than": Wording("小于 {lt}", "less than {lt}"),
    "less_than_equal": Wording("不大于 {le}", "at most {le}"),
}
_PATTERNS: Final[Mapping[str, Wording]] = {
    ID_PATTERN: Wording("1 至 64 个小写字母、数字或 -", "1 to 64 of a-z, 0-9 and '-'"),
}


def wanted(zh: str, en: str, found: object = None) -> PydanticCustomError:
    """Return the error of a check of our own, to raise in a validator.

    `found` is shown instead of the whole value that the validator had.
    """
    context = {"zh": zh, "en": en} | ({} if found is None else {"found": str(found)})
    return PydanticCustomError(_OURS, "{en}", context)


def wording(error: ErrorDetails) -> Wording:
    """Return what pydantic wanted, in both languages."""
    context = error.get("ctx", {})
    if error["type"] == _OURS:
        return Wording(context["zh"], context["en"])
    if error["type"] == "string_pattern_mismatch":
        return _PATTERNS.get(context["pattern"]) or _matching(context["pattern"])
    known = _WORDINGS.get(error["type"])
    if known is None:
        return Wording(error["msg"], error["msg"])
    return Wording(known.zh.format(**context), known.en.format(**context))


def _matching(pattern: str) -> Wording:
    return Wording(f"符合 {pattern}", f"a match of {pattern}")


def wrongs_of(error: ValidationError, root: Path = ()) -> Iterator[Wrong]:
    """Return all that pydantic found wrong in the table at `root`."""
    found = error.errors(include_url=False)
    paths = [wrong["loc"] for wrong in found]
    for wrong in found:
        if not _follows_from_others(wrong, paths):
            path = tuple(step for step in wrong["loc"] if step not in {TEXT, TABLE})
            yield Wrong((*root, *path), _show(wrong), wording(wrong))


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

"""What can be wrong with a site file and its secrets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from edge.config.positions import Path


@dataclass(frozen=True)
class Wording:
    """One text in both languages of the screens."""

    zh: str
    en: str

    def __str__(self) -> str:
        return self.en if self.zh == self.en else f"{self.zh} / {self.en}"


@dataclass(frozen=True)
class Wrong:
    """One thing that is wrong in a document, by its path; where it stands is looked up later."""

    path: Path
    found: str
    expected: Wording


@dataclass(frozen=True)
class Mistake:
    """One thing that is wrong in a site file.

    Attributes:
        line: Counted from 1; of the table's header where a key is missing.
        where: Path of the value, such as `camera[0].gate`.
        found: What stands there, shortened.
        expected: What was wanted.
    """

    line: int
    where: str
    found: str
    expected: Wording

    def __str__(self) -> str:
        return f"line {self.line}: {self.where}: found {self.found}, expected {self.expected.en}"


class ConfigError(Exception):
    """Base of what is wrong with a gateway's configuration."""


class SiteError(ConfigError):
    """A site file with mistakes, all of them.

    Attributes:
        mistakes: In the order of the file; at least one.
    """

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        super().__init__("\n".join(map(str, mistakes)))
        self.mistakes = tuple(mistakes)


class SecretError(ConfigError):
    """A secret that is missing, or that others could read.

    Attributes:
        name: Of the environment variable or the file; never the secret itself.
        found: What is the matter with it.
        expected: What was wanted.
    """

    def __init__(self, name: str, found: str, expected: Wording) -> None:
        super().__init__(f"{name}: found {found}, expected {expected.en}")
        self.name = name
        self.found = found
        self.expected = expected

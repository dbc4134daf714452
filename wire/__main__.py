"""`python -m wire --write | --check`: the contract's documents, made from the code."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from wire.contract import documents

FOLDER = Path(__file__).parent / "schema"


def main() -> int:
    """Write the documents, or say which are not current."""
    parser = argparse.ArgumentParser(prog="python -m wire", description=__doc__)
    task = parser.add_mutually_exclusive_group(required=True)
    task.add_argument("--write", action="store_true", help="write wire/schema/*.json")
    task.add_argument("--check", action="store_true", help="fail if they are not current")
    return _write() if parser.parse_args().write else _check()


def _write() -> int:
    FOLDER.mkdir(exist_ok=True)
    for name, text in documents().items():
        (FOLDER / name).write_text(text, encoding="utf-8")
    return 0


def _check() -> int:
    stale = [name for name, text in documents().items() if _read(FOLDER / name) != text]
    for name in stale:
        sys.stderr.write(f"wire/schema/{name} is not current: run `python -m wire --write`\n")
    return 1 if stale else 0


def _read(file: Path) -> str | None:
    return file.read_text(encoding="utf-8") if file.is_file() else None


if __name__ == "__main__":
    sys.exit(main())

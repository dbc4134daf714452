"""The note with the first administrator's password: two lines, for its owner's eyes only."""

from __future__ import annotations

import os
from pathlib import Path


class FirstLoginFile:
    """`first-login.txt` in the hub's data directory: user, then password."""

    def __init__(self, data_dir: Path) -> None:
        self.path = data_dir / "first-login.txt"
        self._aside = data_dir / f"first-login.{os.getpid()}.tmp"

    def prepare(self, username: str, password: str) -> None:
        """Write the note aside, mode 0600 from its first byte on."""
        self._aside.unlink(missing_ok=True)
        descriptor = os.open(self._aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(f"{username}\n{password}\n")
            file.flush()
            os.fsync(descriptor)

    def publish(self) -> None:
        """Put the note in its place."""
        self._aside.replace(self.path)

    def discard(self) -> None:
        """Remove the note that was written aside."""
        self._aside.unlink(missing_ok=True)

    def forget(self, username: str) -> None:
        """Remove the note if it is about this user."""
        try:
            noted = self.path.read_text(encoding="utf-8").split("\n", 1)[0]
        except FileNotFoundError:
            return
        if noted == username:
            self.path.unlink(missing_ok=True)

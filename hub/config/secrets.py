"""Secrets: from the environment, or from files that nobody else can read."""

from __future__ import annotations

import base64
import binascii
import os
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from pydantic import SecretStr

from hub.config.errors import ConfigError, Mistake

DATABASE_PASSWORD: Final = "ZHIAN_HUB_DATABASE_PASSWORD"  # noqa: S105 - a variable's name
BROKER_PASSWORD: Final = "ZHIAN_HUB_BROKER_PASSWORD"  # noqa: S105 - a variable's name
INFLUX_TOKEN: Final = "ZHIAN_HUB_INFLUX_TOKEN"  # noqa: S105 - a variable's name
MAX_SECRET_BYTES: Final = 4096
MIN_SIGNING_KEY_BYTES: Final = 24  # Standard Webhooks: 24 to 64 random bytes
MAX_SIGNING_KEY_BYTES: Final = 64


def environment() -> Mapping[str, str]:
    """Return the environment of this process."""
    return os.environ  # noqa: TID251 - the one place of the hub that reads it


def webhook_secret_variable(webhook: str) -> str:
    """Return the environment variable that holds a webhook's secret."""
    return f"ZHIAN_HUB_WEBHOOK_SECRET_{webhook.upper().replace('-', '_')}"


class SecretReader:
    """Reads secrets and notes what is wrong with them, so that all of it is told at once."""

    def __init__(self, environ: Mapping[str, str], mistakes: list[Mistake]) -> None:
        self._environ = environ
        self._mistakes = mistakes

    def read(self, variable: str, file: Path | None) -> SecretStr:
        """Return the secret from `file` if one is named, else from the environment."""
        try:
            secret = self._environ.get(variable, "") if file is None else _read_private(file)
        except ConfigError as error:
            self._mistakes += error.mistakes
            return SecretStr("")
        if not secret:
            where = variable if file is None else str(file)
            self._mistakes.append(Mistake(where, "nothing", "a secret"))
        return SecretStr(secret)

    def read_if_there(self, variable: str) -> SecretStr | None:
        """Return the secret from the environment, None if there is none."""
        value = self._environ.get(variable)
        return SecretStr(value) if value else None

    def read_signing_key(self, webhook: str, file: Path | None) -> SecretStr:
        """Return a webhook's secret, if it can be signed with."""
        variable = webhook_secret_variable(webhook)
        before = len(self._mistakes)
        secret = self.read(variable, file)
        if len(self._mistakes) == before and not _is_signing_key(secret.get_secret_value()):
            expected = (
                f"whsec_ and base64 of {MIN_SIGNING_KEY_BYTES} to {MAX_SIGNING_KEY_BYTES} bytes"
            )
            where = str(file or variable)
            self._mistakes.append(Mistake(where, "(hidden)", expected))
        return secret


def _is_signing_key(secret: str) -> bool:
    try:
        key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except (binascii.Error, ValueError):
        return False
    return MIN_SIGNING_KEY_BYTES <= len(key) <= MAX_SIGNING_KEY_BYTES


def _read_private(file: Path) -> str:
    """Return the first line of a file that only we may read."""
    try:
        with file.open("rb") as opened:
            status = os.fstat(opened.fileno())
            _check_private(file, status)
            return opened.read(MAX_SECRET_BYTES).decode().partition("\n")[0].rstrip("\r")
    except UnicodeDecodeError:
        raise ConfigError((Mistake(str(file), "binary data", "UTF-8 text"),)) from None
    except OSError as error:
        found = error.strerror or "an error"
        raise ConfigError((Mistake(str(file), found, "a file we can read"),)) from None


def _check_private(file: Path, status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise ConfigError((Mistake(str(file), "no plain file", "a plain file"),))
    if status.st_uid != os.geteuid():
        expected = f"owner {os.geteuid()} (chown)"
        raise ConfigError((Mistake(str(file), f"owner {status.st_uid}", expected),))
    mode = stat.S_IMODE(status.st_mode)
    if mode & 0o077:
        expected = "0600, closed to others (chmod 600)"
        raise ConfigError((Mistake(str(file), f"mode {mode:04o}", expected),))

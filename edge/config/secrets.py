"""Secrets: from the environment, or from a file that nobody else can read. Never in a site file."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from pydantic import SecretStr

from edge.access.pseudonyms import MIN_KEY_BYTES
from edge.config.errors import SecretError, Wording

DEVICE_BROKER_PASSWORD: Final = "ZHIAN_DEVICE_BROKER_PASSWORD"  # noqa: S105 - a variable's name
HUB_BROKER_PASSWORD: Final = "ZHIAN_HUB_BROKER_PASSWORD"  # noqa: S105 - a variable's name
PSEUDONYM_KEY: Final = "ZHIAN_PSEUDONYM_KEY"
MAX_SECRET_BYTES: Final = 4096


def environment() -> Mapping[str, str]:
    """Return the environment of this process."""
    return os.environ  # noqa: TID251 - the one place of the gateway that reads it


def camera_password_variable(camera: str) -> str:
    """Return the environment variable that holds a camera's password."""
    return f"ZHIAN_CAMERA_PASSWORD_{camera.upper().replace('-', '_')}"


def read_secret(variable: str, file: Path | None, environ: Mapping[str, str]) -> SecretStr:
    """Return the secret from `file`, if one is configured, else from the environment.

    Raises:
        SecretError: It is in neither, is empty, or the file is not ours alone.
    """
    secret = environ.get(variable) if file is None else _read_private(file)
    if secret is None:
        raise SecretError(
            variable,
            "nothing",
            Wording(
                "该环境变量，或在站点文件中指明密码文件", "it, or a file named in the site file"
            ),
        )
    if not secret:
        raise SecretError(str(file or variable), "nothing", Wording("非空的密码", "a secret"))
    return SecretStr(secret)


def read_pseudonym_key(file: Path | None, environ: Mapping[str, str]) -> bytes:
    """Return the key that credentials are pseudonymised with, as `read_secret` finds it.

    Raises:
        SecretError: It is missing, open to others or too short.
    """
    key = read_secret(PSEUDONYM_KEY, file, environ).get_secret_value().encode()
    if len(key) < MIN_KEY_BYTES:
        raise SecretError(
            str(file or PSEUDONYM_KEY),
            f"{len(key)} bytes",
            Wording(
                f"至少 {MIN_KEY_BYTES} 字节的随机密钥", f"at least {MIN_KEY_BYTES} random bytes"
            ),
        )
    return key


def _read_private(file: Path) -> str:
    """Return the first line of a file that only its owner, us, may read."""
    try:
        with file.open("rb") as opened:
            status = os.fstat(opened.fileno())
            _check_private(file, status)
            content = opened.read(MAX_SECRET_BYTES)
        return content.decode().partition("\n")[0].rstrip("\r")
    except UnicodeDecodeError:
        raise SecretError(str(file), "binary data", Wording("UTF-8 文本", "UTF-8 text")) from None
    except OSError as error:
        raise SecretError(
            str(file), error.strerror or "an error", Wording("可读的文件", "a file we can read")
        ) from None


def _check_private(file: Path, status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise SecretError(str(file), "no plain file", Wording("普通文件", "a plain file"))
    if status.st_uid != os.geteuid():
        raise SecretError(
            str(file),
            f"owner {status.st_uid}",
            Wording(f"属主为 {os.geteuid()}（chown）", f"owner {os.geteuid()} (chown)"),
        )
    if status.st_mode & 0o077:
        raise SecretError(
            str(file),
            f"mode {stat.S_IMODE(status.st_mode):04o}",
            Wording("0600（他人不可读，chmod 600）", "0600, closed to others (chmod 600)"),
        )

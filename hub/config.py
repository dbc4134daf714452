"""What the hub's file and the environment say; read once, before the first socket.

The file holds no secrets. They come from the environment, or from files that only we can read.
"""

from __future__ import annotations

import base64
import binascii
import os
import stat
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Final, Literal
from urllib.parse import urlsplit

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    StringConstraints,
    ValidationError,
    field_validator,
    model_validator,
)

DATABASE_PASSWORD: Final = "ZHIAN_HUB_DATABASE_PASSWORD"  # noqa: S105 - a variable's name
BROKER_PASSWORD: Final = "ZHIAN_HUB_BROKER_PASSWORD"  # noqa: S105 - a variable's name
INFLUX_TOKEN: Final = "ZHIAN_HUB_INFLUX_TOKEN"  # noqa: S105 - a variable's name
MAX_SECRET_BYTES: Final = 4096
MIN_SIGNING_KEY_BYTES: Final = 24  # Standard Webhooks: 24 to 64 random bytes
MAX_SIGNING_KEY_BYTES: Final = 64
_SHOWN_CHARS: Final = 80

Identifier = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{1,64}$")]
Host = Annotated[str, StringConstraints(min_length=1, max_length=253, pattern=r"^\S+$")]
Port = Annotated[int, Field(ge=1, le=65535)]
Text = Annotated[str, StringConstraints(min_length=1, max_length=256)]


@dataclass(frozen=True)
class Mistake:
    """One thing that is wrong: where, what stands there, what was expected."""

    where: str
    found: str
    expected: str

    def __str__(self) -> str:
        return f"{self.where}: found {self.found}, expected {self.expected}"


class ConfigError(Exception):
    """A configuration with mistakes, all of them.

    Attributes:
        mistakes: At least one.
    """

    def __init__(self, mistakes: tuple[Mistake, ...]) -> None:
        super().__init__("\n".join(map(str, mistakes)))
        self.mistakes = mistakes


class Table(BaseModel):
    """Base of the file's tables; a key that is not known is a mistake."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class DatabaseTable(Table):
    """`[database]`: PostgreSQL by its URL; an SQLite file in `data_dir` if there is none."""

    url: Annotated[str, StringConstraints(pattern=r"^postgresql://[^\s]+$")] | None = None

    @field_validator("url")
    @classmethod
    def _holds_no_password(cls, url: str | None) -> str | None:
        if url is not None and urlsplit(url).password is not None:
            raise ValueError(f"a URL without a password, which goes into {DATABASE_PASSWORD}")
        return url


class BrokerTable(Table):
    """`[broker]`: where gateways and hub meet; TLS if there is a `ca_file`."""

    host: Host
    port: Port
    username: Text
    ca_file: Path | None = None
    password_file: Path | None = None


class WebTable(Table):
    """`[web]`: where the console and the API are.

    `trusted_proxies` are the addresses whose X-Forwarded-For and -Proto are believed.
    """

    host: Host = "127.0.0.1"
    port: Port = 8420
    console_dir: Path | None = None
    trusted_proxies: tuple[Text, ...] = ()


class SqliteSeries(Table):
    """`[series] kind = "sqlite"`: windows in the relational store."""

    kind: Literal["sqlite"] = "sqlite"


class InfluxSeries(Table):
    """`[series] kind = "influxdb"`: windows in an InfluxDB."""

    kind: Literal["influxdb"]
    url: Annotated[str, StringConstraints(pattern=r"^https?://[^\s]+$")]
    org: Text
    bucket: Text


class WebhookTable(Table):
    """`[[webhook]]`: somewhere alerts are told."""

    id: Identifier
    url: Annotated[str, StringConstraints(max_length=2048, pattern=r"^https?://[^\s/]+\S*$")]
    secret_file: Path | None = None
    allow_private: bool = False

    @model_validator(mode="after")
    def _is_private_if_plain(self) -> WebhookTable:
        if self.url.startswith("http:") and not self.allow_private:
            raise ValueError("an https address, or allow_private = true for a private network")
        if urlsplit(self.url).username is not None:
            raise ValueError("an address without a user name")
        return self


class HubFile(Table):
    """The hub's file; paths in it are relative to where it is."""

    data_dir: Path
    broker: BrokerTable
    database: DatabaseTable = DatabaseTable()
    web: WebTable = WebTable()
    series: Annotated[SqliteSeries | InfluxSeries, Field(discriminator="kind")] = SqliteSeries()
    webhook: tuple[WebhookTable, ...] = ()


@dataclass(frozen=True)
class Settings:
    """The file with its secrets."""

    file: HubFile
    database_password: SecretStr | None
    broker_password: SecretStr
    influx_token: SecretStr | None
    webhook_secrets: Mapping[str, SecretStr]


def environment() -> Mapping[str, str]:
    """Return the environment of this process."""
    return os.environ


def webhook_secret_variable(webhook: str) -> str:
    """Return the environment variable that holds a webhook's secret."""
    return f"ZHIAN_HUB_WEBHOOK_SECRET_{webhook.upper().replace('-', '_')}"


def load(path: Path, environ: Mapping[str, str]) -> Settings:
    """Return what the file at `path` and the environment say.

    Raises:
        ConfigError: Something is wrong; it holds every mistake.
    """
    file = _parse(path)
    mistakes: list[Mistake] = _repeated_ids(file.webhook)
    secrets = _SecretReader(environ, mistakes)
    settings = Settings(
        file=file,
        database_password=_optional(environ, DATABASE_PASSWORD) if file.database.url else None,
        broker_password=secrets.read(BROKER_PASSWORD, file.broker.password_file),
        influx_token=(secrets.read(INFLUX_TOKEN, None) if file.series.kind == "influxdb" else None),
        webhook_secrets={webhook.id: secrets.read_signing_key(webhook) for webhook in file.webhook},
    )
    if mistakes:
        raise ConfigError(tuple(mistakes))
    return settings


def _parse(path: Path) -> HubFile:
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError((Mistake(str(path), str(error), "a readable file"),)) from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigError((Mistake(str(path), str(error), "TOML"),)) from None
    try:
        return _with_paths_from(path.resolve().parent, HubFile.model_validate(document))
    except ValidationError as error:
        raise ConfigError(tuple(_mistake(entry) for entry in error.errors())) from None


def _mistake(entry: Any) -> Mistake:  # noqa: ANN401 - pydantic's ErrorDetails
    where = ".".join(str(part) for part in entry["loc"])
    found = {"missing": "nothing", "extra_forbidden": "this key"}.get(entry["type"])
    if found is None:  # a database's URL may hold a password that should not be there
        hidden = where == "database.url"
        found = "(hidden)" if hidden else repr(entry["input"])[:_SHOWN_CHARS]
    expected = {"missing": "a value", "extra_forbidden": "a key that is known"}.get(
        entry["type"], entry["msg"].removeprefix("Value error, ")
    )
    return Mistake(where, found, expected)


def _with_paths_from(base: Path, file: HubFile) -> HubFile:
    """Return the file with absolute paths."""

    def absolute(path: Path | None) -> Path | None:
        return None if path is None else base / path.expanduser()

    broker = file.broker.model_copy(
        update={
            "ca_file": absolute(file.broker.ca_file),
            "password_file": absolute(file.broker.password_file),
        }
    )
    web = file.web.model_copy(update={"console_dir": absolute(file.web.console_dir)})
    webhooks = tuple(
        webhook.model_copy(update={"secret_file": absolute(webhook.secret_file)})
        for webhook in file.webhook
    )
    return file.model_copy(
        update={
            "data_dir": absolute(file.data_dir),
            "broker": broker,
            "web": web,
            "webhook": webhooks,
        }
    )


def _repeated_ids(webhooks: tuple[WebhookTable, ...]) -> list[Mistake]:
    ids = [webhook.id for webhook in webhooks]
    return [
        Mistake(f"webhook.{index}.id", repr(name), "an id of its own")
        for index, name in enumerate(ids)
        if name in ids[:index]
    ]


def _optional(environ: Mapping[str, str], variable: str) -> SecretStr | None:
    value = environ.get(variable)
    return SecretStr(value) if value else None


class _SecretReader:
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

    def read_signing_key(self, webhook: WebhookTable) -> SecretStr:
        """Return a webhook's secret, if it can be signed with."""
        variable = webhook_secret_variable(webhook.id)
        before = len(self._mistakes)
        secret = self.read(variable, webhook.secret_file)
        if len(self._mistakes) == before and not _is_signing_key(secret.get_secret_value()):
            expected = (
                f"whsec_ and base64 of {MIN_SIGNING_KEY_BYTES} to {MAX_SIGNING_KEY_BYTES} bytes"
            )
            where = str(webhook.secret_file or variable)
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

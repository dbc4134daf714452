"""The hub's TOML file: its tables, and how it is read."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Annotated, Any, Final, Literal
from urllib.parse import urlsplit

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    field_validator,
    model_validator,
)

from hub.config.errors import ConfigError, Mistake
from hub.config.secrets import DATABASE_PASSWORD

_SHOWN_CHARS: Final = 80

Identifier = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{1,64}$")]
Host = Annotated[str, StringConstraints(min_length=1, max_length=253, pattern=r"^\S+$")]
Port = Annotated[int, Field(ge=1, le=65535)]
Text = Annotated[str, StringConstraints(min_length=1, max_length=256)]


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


def read_file(path: Path) -> HubFile:
    """Return the file at `path`, its paths made absolute.

    Raises:
        ConfigError: It cannot be read or is not as expected; it holds every mistake.
    """
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

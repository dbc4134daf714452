"""The file together with its secrets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr

from hub.config.errors import ConfigError, Mistake
from hub.config.file import HubFile, WebhookTable, read_file
from hub.config.secrets import BROKER_PASSWORD, DATABASE_PASSWORD, INFLUX_TOKEN, SecretReader


@dataclass(frozen=True)
class Settings:
    """The file with its secrets."""

    file: HubFile
    database_password: SecretStr | None
    broker_password: SecretStr
    influx_token: SecretStr | None
    webhook_secrets: Mapping[str, SecretStr]


def load(path: Path, environ: Mapping[str, str]) -> Settings:
    """Return what the file at `path` and the environment say.

    Raises:
        ConfigError: Something is wrong; it holds every mistake.
    """
    file = read_file(path)
    mistakes: list[Mistake] = _repeated_ids(file.webhook)
    secrets = SecretReader(environ, mistakes)
    settings = Settings(
        file=file,
        database_password=secrets.read_if_there(DATABASE_PASSWORD) if file.database.url else None,
        broker_password=secrets.read(BROKER_PASSWORD, file.broker.password_file),
        influx_token=(secrets.read(INFLUX_TOKEN, None) if file.series.kind == "influxdb" else None),
        webhook_secrets={
            webhook.id: secrets.read_signing_key(webhook.id, webhook.secret_file)
            for webhook in file.webhook
        },
    )
    if mistakes:
        raise ConfigError(tuple(mistakes))
    return settings


def _repeated_ids(webhooks: tuple[WebhookTable, ...]) -> list[Mistake]:
    ids = [webhook.id for webhook in webhooks]
    return [
        Mistake(f"webhook.{index}.id", repr(name), "an id of its own")
        for index, name in enumerate(ids)
        if name in ids[:index]
    ]

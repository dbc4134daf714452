"""Brokers, with their passwords."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from pathlib import Path

from edge.adapters.mqtt import Broker
from edge.config.secrets import DEVICE_BROKER_PASSWORD, HUB_BROKER_PASSWORD, read_secret
from edge.config.site import Site
from edge.config.tables import BrokerTable


class AuthorityError(OSError):
    """A broker's `ca_file` that no certificate can be checked against."""


def device_broker(site: Site, environ: Mapping[str, str]) -> Broker:
    """Return the broker that devices publish on.

    Raises:
        SecretError: Its password is missing or open to others.
        AuthorityError: Its `ca_file` cannot be used.
    """
    return _broker(site.device_broker, DEVICE_BROKER_PASSWORD, environ)


def hub_broker(site: Site, environ: Mapping[str, str]) -> Broker:
    """Return the broker that the hub listens on.

    Raises:
        SecretError: Its password is missing or open to others.
        AuthorityError: Its `ca_file` cannot be used.
    """
    return _broker(site.hub_broker, HUB_BROKER_PASSWORD, environ)


def _broker(table: BrokerTable, variable: str, environ: Mapping[str, str]) -> Broker:
    _check_authority(table.ca_file)
    return Broker(
        host=table.host,
        port=table.port,
        username=table.username,
        password=read_secret(variable, table.password_file, environ).get_secret_value(),
        ca_file=table.ca_file,
    )


def _check_authority(ca_file: Path | None) -> None:
    """Find out now what would else end the connecting thread."""
    if ca_file is None:
        return
    try:
        ssl.create_default_context(cafile=str(ca_file))
    except OSError as error:  # ssl.SSLError is one
        found = error.strerror or "no certificate"
        raise AuthorityError(
            f"ca_file {ca_file}: found {found}, expected PEM certificates"
        ) from None

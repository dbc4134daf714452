"""Brokers, with their passwords."""

from __future__ import annotations

from collections.abc import Mapping

from edge.adapters.mqtt import Broker
from edge.config.secrets import DEVICE_BROKER_PASSWORD, HUB_BROKER_PASSWORD, read_secret
from edge.config.site import Site
from edge.config.tables import BrokerTable


def device_broker(site: Site, environ: Mapping[str, str]) -> Broker:
    """Return the broker that devices publish on.

    Raises:
        SecretError: Its password is missing or open to others.
    """
    return _broker(site.device_broker, DEVICE_BROKER_PASSWORD, environ)


def hub_broker(site: Site, environ: Mapping[str, str]) -> Broker:
    """Return the broker that the hub listens on.

    Raises:
        SecretError: Its password is missing or open to others.
    """
    return _broker(site.hub_broker, HUB_BROKER_PASSWORD, environ)


def _broker(table: BrokerTable, variable: str, environ: Mapping[str, str]) -> Broker:
    return Broker(
        host=table.host,
        port=table.port,
        username=table.username,
        password=read_secret(variable, table.password_file, environ).get_secret_value(),
        ca_file=table.ca_file,
    )

"""What the live stream tells."""

from __future__ import annotations

from hub.api.schemas.base import Answer
from hub.domain.alerts import AlertState
from hub.domain.liveness import Liveness
from wire.records import RuleName, Severity


class AlertEvent(Answer):
    """Live: an alert was raised or has changed."""

    id: str
    state: AlertState
    site: str
    gate: str
    rule: RuleName
    severity: Severity


class GateEvent(Answer):
    """Live: something at a site's gates has changed."""

    site: str


class GatewayEvent(Answer):
    """Live: a gateway's liveness has changed."""

    site: str
    gateway: str
    liveness: Liveness

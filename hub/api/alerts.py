"""Alerts: find them, read why, act on them, see the pictures they asked for."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response

from hub.api import schemas

router = APIRouter(prefix="/alerts", tags=["alerts"])


@router.get("")
def list_alerts(query: Annotated[schemas.AlertQuery, Query()]) -> schemas.AlertPage:
    """List alerts, newest first."""
    raise NotImplementedError


@router.get("/{alert_id}")
def read_alert(alert_id: schemas.Identifier) -> schemas.Alert:
    """Return an alert with its history."""
    raise NotImplementedError


@router.post("/{alert_id}/acknowledge")
def acknowledge_alert(
    alert_id: schemas.Identifier, note: schemas.AlertNote | None = None
) -> schemas.Alert:
    """Say that somebody has seen it and looks after it."""
    raise NotImplementedError


@router.post("/{alert_id}/resolve")
def resolve_alert(
    alert_id: schemas.Identifier, note: schemas.AlertNote | None = None
) -> schemas.Alert:
    """Say that it is over."""
    raise NotImplementedError


@router.post("/{alert_id}/false")
def dismiss_alert(
    alert_id: schemas.Identifier, note: schemas.AlertNote | None = None
) -> schemas.Alert:
    """Say that it was a false alert."""
    raise NotImplementedError


@router.get(
    "/{alert_id}/evidence/{evidence_id}",
    response_class=Response,
    responses={200: {"content": {"image/jpeg": {}}}},
)
def read_evidence(alert_id: schemas.Identifier, evidence_id: schemas.Identifier) -> Response:
    """Return a picture; that it was looked at, by whom and when, is kept."""
    raise NotImplementedError


@router.get("/{alert_id}/views")
def list_views(alert_id: schemas.Identifier) -> list[schemas.EvidenceView]:
    """Return who looked at the pictures of an alert, and when."""
    raise NotImplementedError

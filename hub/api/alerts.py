"""Alerts: find them, read why, act on them, see the pictures they asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response

from hub.api.dependencies import Guard, Now, Wired, get_manager, get_signed_in
from hub.api.schemas import alerts as schemas
from hub.api.schemas.base import Identifier
from hub.domain.alerts import AlertAction
from hub.services import alerts
from hub.services.ports import AlertFilter, PictureView

router = APIRouter(prefix="/alerts", tags=["alerts"], dependencies=[Depends(get_signed_in)])


@router.get("", response_model=schemas.AlertPage)
def list_alerts(query: Annotated[schemas.AlertQuery, Query()], services: Wired) -> alerts.AlertPage:
    """List alerts, newest first; `open_count` heeds site, gate and rule alone."""
    wanted = AlertFilter(
        states=None if query.state is None else (query.state,),
        site=query.site,
        gate=query.gate,
        rule=query.rule,
        start=query.start,
        end=query.end,
    )
    return alerts.list_alerts(services.store, wanted, before=query.before, limit=query.limit)


@router.get("/{alert_id}", response_model=schemas.Alert)
def read_alert(alert_id: Identifier, services: Wired) -> alerts.AlertDetail:
    """Return an alert with its history."""
    return alerts.read_alert(services.store, alert_id)


def get_act(
    alert_id: Identifier,
    services: Wired,
    who: Guard,
    now: Now,
    given: schemas.AlertNote | None = None,
) -> Callable[[AlertAction], alerts.AlertDetail]:
    """Return what does something with the alert of the address, in the name of who asks."""
    note = None if given is None else given.note

    def act(action: AlertAction) -> alerts.AlertDetail:
        return alerts.act_on_alert(services.store, alert_id, action, who.username, now, note=note)

    return act


Act = Annotated[Callable[[AlertAction], alerts.AlertDetail], Depends(get_act)]


@router.post("/{alert_id}/acknowledge", response_model=schemas.Alert)
def acknowledge_alert(act: Act) -> alerts.AlertDetail:
    """Say that somebody has seen it and looks after it."""
    return act(AlertAction.ACKNOWLEDGE)


@router.post("/{alert_id}/resolve", response_model=schemas.Alert)
def resolve_alert(act: Act) -> alerts.AlertDetail:
    """Say that it is over."""
    return act(AlertAction.RESOLVE)


@router.post("/{alert_id}/false", response_model=schemas.Alert)
def dismiss_alert(act: Act) -> alerts.AlertDetail:
    """Say that it was a false alert."""
    return act(AlertAction.FALSE)


@router.get(
    "/{alert_id}/evidence/{evidence_id}",
    response_class=Response,
    responses={200: {"content": {"image/jpeg": {}}}},
)
def read_evidence(
    alert_id: Identifier,
    evidence_id: Identifier,
    services: Wired,
    who: Guard,
    now: Now,
) -> Response:
    """Return a picture; that it was looked at, by whom and when, is kept."""
    jpeg = alerts.view_evidence(services.store, alert_id, evidence_id, who.username, now)
    return Response(jpeg, media_type="image/jpeg")


@router.get(
    "/{alert_id}/views",
    response_model=list[schemas.EvidenceView],
    dependencies=[Depends(get_manager)],
)
def list_views(alert_id: Identifier, services: Wired) -> list[PictureView]:
    """Return who looked at the pictures of an alert, and when."""
    return alerts.list_views(services.store, alert_id)

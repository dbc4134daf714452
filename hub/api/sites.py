"""What there is: sites, gateways, gates."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from hub.api.dependencies import Now, Wired, get_signed_in
from hub.api.schemas import sites as schemas
from hub.services import gates, sites

router = APIRouter(tags=["sites"], dependencies=[Depends(get_signed_in)])


@router.get("/sites", response_model=list[schemas.Site])
def list_sites(services: Wired) -> list[sites.Site]:
    """List the compounds and what their gateways look after."""
    return sites.list_sites(services.store)


@router.get("/gateways", response_model=list[schemas.Gateway])
def list_gateways(services: Wired, now: Now) -> list[sites.GatewayNow]:
    """List the gateways: whether they are there, and how complete their records are."""
    return sites.list_gateways(services.store, now)


@router.get("/gates", response_model=list[schemas.GateNow])
def list_gates(
    query: Annotated[schemas.GateQuery, Query()], services: Wired, now: Now
) -> list[gates.GateNow]:
    """List the gates as they are now, of all sites or of one."""
    return gates.list_gates(services.store, now, query.site)

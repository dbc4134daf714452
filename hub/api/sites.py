"""What there is: sites, gateways, gates."""

from __future__ import annotations

from fastapi import APIRouter

from hub.api import schemas

router = APIRouter(tags=["sites"])


@router.get("/sites")
def list_sites() -> list[schemas.Site]:
    """List the compounds and what their gateways look after."""
    raise NotImplementedError


@router.get("/gateways")
def list_gateways() -> list[schemas.Gateway]:
    """List the gateways: whether they are there, and how complete their records are."""
    raise NotImplementedError


@router.get("/gates")
def list_gates() -> list[schemas.GateNow]:
    """List the gates as they are now."""
    raise NotImplementedError

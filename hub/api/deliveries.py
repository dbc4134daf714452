"""Deliveries: what has not reached its target, and another try for what was given up."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from hub.api import schemas

router = APIRouter(prefix="/deliveries", tags=["deliveries"])


@router.get("")
def list_deliveries(query: Annotated[schemas.DeliveryQuery, Query()]) -> schemas.DeliveryPage:
    """List deliveries, newest first."""
    raise NotImplementedError


@router.post("/{delivery_id}/retry")
def retry_delivery(delivery_id: int) -> schemas.Delivery:
    """Try a delivery that was given up once more, from the first attempt on."""
    raise NotImplementedError

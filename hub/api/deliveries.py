"""Deliveries: what has not reached its target, and another try for what was given up."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query

from hub.api.dependencies import Now, Wired, get_administrator
from hub.api.schemas import deliveries as schemas
from hub.api.schemas.base import MAX_ROW
from hub.services.deliver import DeliveryRow

router = APIRouter(
    prefix="/deliveries", tags=["deliveries"], dependencies=[Depends(get_administrator)]
)


@router.get("")
def list_deliveries(
    query: Annotated[schemas.DeliveryQuery, Query()], services: Wired
) -> schemas.DeliveryPage:
    """List deliveries, newest first."""
    rows = services.deliveries.list_newest(query.state, query.target, query.before, query.limit)
    return schemas.DeliveryPage(
        items=[schemas.Delivery.model_validate(row) for row in rows],
        next=rows[-1].id if len(rows) == query.limit else None,
    )


@router.post("/{delivery_id}/retry", response_model=schemas.Delivery)
def retry_delivery(
    delivery_id: Annotated[int, Path(ge=1, le=MAX_ROW)], services: Wired, now: Now
) -> DeliveryRow:
    """Try a delivery that was given up once more, from the first attempt on."""
    return services.deliveries.retry(delivery_id, now)

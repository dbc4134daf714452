"""Deliveries, as an administrator sees them."""

from __future__ import annotations

from typing import Annotated

from pydantic import AwareDatetime, Field

from hub.api.schemas.base import MAX_ROW, Answer, Identifier, Limit, Request
from hub.domain.delivery import DeliveryState


class DeliveryQuery(Request):
    """Which deliveries."""

    state: DeliveryState | None = None
    target: Identifier | None = None
    before: Annotated[int, Field(ge=1, le=MAX_ROW)] | None = None
    limit: Limit = 50


class Delivery(Answer):
    """One event on its way to one target."""

    id: int
    target: str
    event_id: str
    event_type: str
    alert_id: str
    state: DeliveryState
    attempts: int
    next_at: AwareDatetime
    delivered_at: AwareDatetime | None
    last_error: str | None


class DeliveryPage(Answer):
    """Deliveries, newest first; `next` is the cursor of the page after this one."""

    items: list[Delivery]
    next: int | None

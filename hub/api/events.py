"""Live events: what has changed, told to every console that listens."""

from __future__ import annotations

from collections.abc import AsyncIterator

from fastapi import APIRouter
from fastapi.sse import EventSourceResponse, ServerSentEvent

router = APIRouter(tags=["events"])


@router.get("/events", response_class=EventSourceResponse)
async def follow_events() -> AsyncIterator[ServerSentEvent]:
    """Tell what changes: `alert`, `gate` and `gateway` events, resumed by Last-Event-ID."""
    raise NotImplementedError
    yield ServerSentEvent()

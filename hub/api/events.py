"""Live events: what has changed, told to every console that listens."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated, Final

from fastapi import APIRouter, Header
from fastapi.sse import EventSourceResponse, ServerSentEvent
from starlette.concurrency import run_in_threadpool

from hub.api.dependencies import Guard, Services, Wired
from hub.api.feed import Listener
from hub.api.schemas import events as schemas
from hub.services.feed_lines import FeedLine
from hub.services.sign_in import SignedIn

RECONNECT_MS: Final = 2000

router = APIRouter(tags=["events"])

LastEventId = Annotated[str | None, Header(alias="Last-Event-ID", pattern=r"^[0-9]{1,18}$")]


@router.get(
    "/events",
    response_class=EventSourceResponse,
    responses={
        200: {
            "description": "`data` of `alert`, `gate` and `gateway` events",
            "model": schemas.AlertEvent | schemas.GateEvent | schemas.GatewayEvent,
        }
    },
)
async def follow_events(
    services: Wired, who: Guard, last_event_id: LastEventId = None
) -> AsyncIterator[ServerSentEvent]:
    """Tell what changes, until the session is over; resumed by Last-Event-ID."""
    with services.feed.listening() as listener:
        yield ServerSentEvent(comment="zhian", retry=RECONNECT_MS)
        last_id = 0
        if last_event_id is not None:
            for line in await services.feed.missed(int(last_event_id)):
                last_id = line.id
                yield _event(line)
        async for line in _lines_of_session(services, who, listener):
            if line.id > last_id:
                yield _event(line)


async def _lines_of_session(
    services: Services, who: SignedIn, listener: Listener
) -> AsyncIterator[FeedLine]:
    """Yield what is told until the stream ends, or the session does."""
    time_s = asyncio.get_running_loop().time
    check_at_s = time_s() + services.session_check_s
    while True:
        try:
            line = await listener.next_line(timeout_s=check_at_s - time_s())
        except TimeoutError:
            now = services.clock()
            if not await run_in_threadpool(services.sign_in.is_valid, who.session, now):
                return
            check_at_s = time_s() + services.session_check_s
            continue
        if line is None:
            return
        yield line


def _event(line: FeedLine) -> ServerSentEvent:
    return ServerSentEvent(raw_data=line.data, event=line.kind, id=str(line.id))

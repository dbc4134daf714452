"""The web application: routes and what stands around them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final

from anyio import to_thread
from fastapi import APIRouter, Depends, FastAPI

from hub.api import accounts, alerts, deliveries, errors, events, operations, series, sites
from hub.api.console import serve_console
from hub.api.dependencies import Services, check_requested_by_us
from hub.api.headers import AnswerHeaders
from hub.api.measuring import RequestTimer
from hub.api.operations import Operations
from hub.api.refusals import RefusalError
from hub.api.schemas.base import ProblemAnswer

PREFIX: Final = "/api/v1"
MAX_BODY_BYTES: Final = 64 * 1024
MAX_THREADS: Final = 12  # requests at work in the store side by side; its pool has 15 connections
_REFUSALS: Final = {
    401: "not signed in",
    403: "not allowed",
    404: "not there",
    409: "not possible now",
    422: "not understood",
    429: "too often",
}


def create_app(services: Services, running: Operations, console_dir: Path | None) -> FastAPI:
    """Return the application; its lifespan reads the feed."""

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        to_thread.current_default_thread_limiter().total_tokens = MAX_THREADS
        async with _reading(services, running):
            yield

    app = _draw(lifespan)
    app.state.services = services
    app.state.operations = running
    errors.install(app)
    app.include_router(operations.router)
    serve_console(app, console_dir)
    app.add_middleware(AnswerHeaders, api_prefix="/api/")
    app.add_middleware(RequestTimer, meter=running.meter, monotonic_s=running.monotonic_s)
    return app


def describe() -> dict[str, Any]:
    """Return the OpenAPI document."""
    return _draw(None).openapi()


def _draw(lifespan: Any) -> FastAPI:  # noqa: ANN401 - Starlette's type is not exported
    app = FastAPI(
        title="Zhi'an 智安",
        version="1",
        description="People and vehicles at compound gates, and the life of alerts.",
        openapi_url=f"{PREFIX}/openapi.json",
        docs_url=None,
        redoc_url=None,
        generate_unique_id_function=lambda route: route.name,
        max_body_size=MAX_BODY_BYTES,
        lifespan=lifespan,
    )
    api = APIRouter(
        prefix=PREFIX,
        dependencies=[Depends(check_requested_by_us)],
        responses={
            code: {"model": ProblemAnswer, "description": text} for code, text in _REFUSALS.items()
        },
    )
    for router in (
        accounts.router,
        accounts.administration,
        sites.router,
        series.router,
        alerts.router,
        events.router,
        deliveries.router,
    ):
        api.include_router(router)
    api.add_api_route("/{path:path}", _say_unknown, include_in_schema=False)
    app.include_router(api)
    return app


def _say_unknown(path: str) -> None:
    """Answer for the API, so that no page of the console does."""
    raise RefusalError(
        HTTPStatus.NOT_FOUND, "没有这个地址", "there is nothing here", found=f"/{path}"[:80]
    )


@asynccontextmanager
async def _reading(services: Services, running: Operations) -> AsyncIterator[None]:
    task = asyncio.create_task(services.feed.run(), name="feed")

    def report(done: asyncio.Task[None]) -> None:
        if not done.cancelled() and (fault := done.exception()) is not None:
            running.fail("feed", fault)

    task.add_done_callback(report)
    yield
    services.feed.stop()
    await asyncio.wait((task,))

"""The web application: routes and what stands around them."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter, FastAPI

from hub.api import accounts, alerts, deliveries, events, series, sites
from hub.api.schemas import ProblemAnswer

PREFIX: Final = "/api/v1"
_REFUSALS: Final = {
    401: "not signed in",
    403: "not allowed",
    404: "not there",
    409: "not possible now",
    422: "not understood",
    429: "too often",
}


def create_app() -> FastAPI:
    """Return the application."""
    app = FastAPI(
        title="Zhi'an 智安",
        version="1",
        description="People and vehicles at compound gates, and the life of alerts.",
        openapi_url=f"{PREFIX}/openapi.json",
        docs_url=None,
        redoc_url=None,
        generate_unique_id_function=lambda route: route.name,
    )
    api = APIRouter(
        prefix=PREFIX,
        responses={
            code: {"model": ProblemAnswer, "description": text} for code, text in _REFUSALS.items()
        },
    )
    for routes in (accounts, sites, series, alerts, events, deliveries):
        api.include_router(routes.router)
    app.include_router(api)
    return app

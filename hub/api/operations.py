"""For those who run the hub: is it well, and what are its figures."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST

from hub.api.measuring import RequestMeter

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True)
class Operations:
    """What the process that serves the API tells of itself.

    `checks` say of each part whether it is well; `fail` ends the process when one of the API's
    own tasks has crashed.
    """

    checks: Mapping[str, Callable[[], bool]]
    render_metrics: Callable[[], bytes]
    meter: RequestMeter
    monotonic_s: Callable[[], float]
    fail: Callable[[str, BaseException], None]


def _operations(request: Request) -> Operations:
    operations = request.app.state.operations
    if not isinstance(operations, Operations):
        raise TypeError(f"found {type(operations).__name__}, expected Operations")
    return operations


@router.get("/healthz")
def read_health(request: Request) -> JSONResponse:
    """Say of each part whether it is well; 503 unless all are."""
    parts = {name: check() for name, check in _operations(request).checks.items()}
    is_well = all(parts.values())
    status = HTTPStatus.OK if is_well else HTTPStatus.SERVICE_UNAVAILABLE
    return JSONResponse({"status": "ok" if is_well else "failing", **parts}, status)


@router.get("/metrics")
def read_metrics(request: Request) -> Response:
    """Return the figures for Prometheus."""
    return Response(_operations(request).render_metrics(), media_type=CONTENT_TYPE_LATEST)

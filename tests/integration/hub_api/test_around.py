"""What stands around the routes: headers, the console's pages, health, metrics, the document."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from hub.api.console import serve_console
from hub.domain.roles import Role

pytestmark = pytest.mark.integration

SignInAs = Callable[[Role], httpx.Client]


def test_answers_keep_browsers_to_our_own_pages(client: httpx.Client) -> None:
    headers = client.get("/api/v1/session").headers

    assert "default-src 'self'" in headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert "script-src 'self';" in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cache-Control"] == "no-store"
    assert "server" not in headers


@pytest.mark.parametrize("path", ["/api/v1/nothing", "/api/v1/alerts/a/b/c", "/api/v1/"])
def test_an_unknown_address_of_the_api_is_told_in_our_form(client: httpx.Client, path: str) -> None:
    answer = client.get(path, headers={"Accept": "text/html"})

    assert answer.status_code == 404
    assert answer.json()["detail"]["zh"] == "没有这个地址"


def test_a_method_that_a_route_does_not_know_is_told_in_our_form(client: httpx.Client) -> None:
    answer = client.put("/api/v1/session")

    assert answer.status_code == 405
    assert answer.json()["detail"]["zh"] == "此地址不支持该操作"


def test_health_names_each_part(client: httpx.Client) -> None:
    answer = client.get("/healthz")

    assert answer.status_code == 200
    assert answer.json() == {"status": "ok", "database": True}


def test_metrics_count_requests_by_route_and_not_by_address(client: httpx.Client) -> None:
    client.get("/api/v1/alerts/one")
    client.get("/api/v1/alerts/two")

    text = client.get("/metrics").text

    assert (
        'zhian_hub_request_seconds_count{method="GET",route="read_alert",status="401"} 2.0' in text
    )
    assert "two" not in text


def test_metrics_make_no_series_of_a_method_that_was_made_up(client: httpx.Client) -> None:
    client.request("MADEUP", "/api/v1/alerts")

    text = client.get("/metrics").text

    assert 'method="other"' in text
    assert "MADEUP" not in text


def test_without_a_built_console_a_page_says_how_to_build_it(client: httpx.Client) -> None:
    page = client.get("/")

    assert page.status_code == 200
    assert "尚未构建" in page.text
    assert "make console" in page.text


async def test_the_console_answers_for_its_own_pages_and_for_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text("<title>console</title>")
    (tmp_path / "assets" / "main-abc.js").write_text("1")
    app = FastAPI()
    serve_console(app, tmp_path)
    transport, browser = httpx.ASGITransport(app), {"Accept": "text/html"}
    async with httpx.AsyncClient(transport=transport, base_url="http://hub") as client:
        assert "console" in (await client.get("/", headers=browser)).text
        assert "console" in (await client.get("/trends", headers=browser)).text
        assert (await client.get("/assets/main-abc.js")).text == "1"
        assert (await client.get("/assets/missing.js")).status_code == 404
        assert (await client.get("/%2e%2e/%2e%2e/etc/passwd")).status_code == 404


def test_the_document_is_open_to_read(client: httpx.Client) -> None:
    assert client.get("/api/v1/openapi.json").json()["info"]["title"] == "Zhi'an 智安"

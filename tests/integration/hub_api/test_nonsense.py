"""Whatever is sent to whichever operation, the hub refuses it in its own form and stays well."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from hub.api.application import describe
from hub.domain.roles import Role

pytestmark = pytest.mark.integration

SignInAs = Callable[[Role], httpx.Client]
TEXTS = (
    "",
    " ",
    "a",
    "-1",
    "0",
    "1e400",
    "99999999999999999999",
    "null",
    "true",
    "../../etc/passwd",
    "' OR 1=1 --",
    "\x00",
    "\ud800",
    "😀" * 40,
    "x" * 3000,
    "2026-06-01T12:00:00Z",
    "9999-12-31T23:59:59Z",
    "2026-06-01T00:00:00+23:59",
    "garden",
)
VALUES: tuple[object, ...] = (
    None,
    True,
    0,
    -1,
    2**70,
    1.5,
    "",
    "a",
    "\x00",
    [],
    {},
    [{}],
    {"a": 1},
)


def operations(*methods: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, by_method in describe()["paths"].items():
        for method, operation in by_method.items():
            is_stream = operation["operationId"] == "follow_events"
            if method in methods and not is_stream:
                yield method.upper(), path, operation


def addressed(path: str, operation: dict[str, Any], text: str) -> str:
    for parameter in operation.get("parameters", []):
        if parameter["in"] == "path":
            path = path.replace(f"{{{parameter['name']}}}", encoded(text) or "-")
    return path


def encoded(text: str) -> str:
    return quote(text.encode("utf-8", "surrogatepass"), safe="")


def check(answer: httpx.Response) -> None:
    asked = f"{answer.request.method} {answer.request.url!s:.200} {answer.request.content!r:.200}"
    assert answer.status_code < 500, asked
    if answer.status_code >= 400:
        assert {"zh", "en"} <= answer.json()["detail"].keys(), asked


def test_no_address_breaks_the_hub(sign_in: SignInAs) -> None:
    client = sign_in(Role.ADMINISTRATOR)

    for method, path, operation in operations("get", "post", "patch"):
        for text in TEXTS:
            check(client.request(method, addressed(path, operation, text), json={}))


def test_no_question_breaks_the_hub(sign_in: SignInAs) -> None:
    client = sign_in(Role.ADMINISTRATOR)
    good = {
        "site": "garden",
        "from": "2026-06-01T00:00:00Z",
        "to": "2026-06-02T00:00:00Z",
        "step": "hour",
    }

    for method, path, operation in operations("get"):
        asked = [each["name"] for each in operation.get("parameters", []) if each["in"] == "query"]
        for name in asked:
            for text in TEXTS:
                others = {each: good[each] for each in asked if each in good and each != name}
                question = "&".join(f"{key}={encoded(value)}" for key, value in others.items())
                url = f"{addressed(path, operation, 'a')}?{question}&{name}={encoded(text)}"
                check(client.request(method, url))


def test_no_body_breaks_the_hub(sign_in: SignInAs) -> None:
    client = sign_in(Role.ADMINISTRATOR)
    fields = ("username", "password", "site", "people", "at", "note", "role", "active", "current")

    for method, path, operation in operations("post", "patch"):
        url = addressed(path, operation, "guard")
        for value in VALUES:
            check(client.request(method, url, json=value))
            for name in fields:
                check(client.request(method, url, json={name: value}))

    assert client.get("/api/v1/session").status_code == 200

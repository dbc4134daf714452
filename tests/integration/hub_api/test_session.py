"""Signing in over HTTP, and who may do what."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest

from hub.api.application import MAX_BODY_BYTES
from hub.domain.roles import Role

pytestmark = pytest.mark.integration

PASSWORD = "correct horse battery"  # noqa: S105 - of the tests' users
SignInAs = Callable[[Role], httpx.Client]
USER = {"username": "zhao", "display_name": "赵", "role": "guard", "password": "another password"}


def test_a_session_is_a_cookie_that_no_script_and_no_other_site_can_use(
    client: httpx.Client,
) -> None:
    answer = client.post("/api/v1/session", json={"username": "guard", "password": PASSWORD})

    cookie = answer.headers["Set-Cookie"]
    assert answer.json() == {
        "username": "guard",
        "display_name": "guard",
        "role": "guard",
        "must_change_password": True,
    }
    assert cookie.startswith("zhian-session=")
    assert {"HttpOnly", "SameSite=strict", "Path=/"} <= set(cookie.split("; "))
    assert "Secure" not in cookie
    assert client.get("/api/v1/session").json()["username"] == "guard"


def test_over_https_the_cookie_never_travels_otherwise(client: httpx.Client) -> None:
    client.headers["X-Forwarded-Proto"] = "https"

    answer = client.post("/api/v1/session", json={"username": "guard", "password": PASSWORD})

    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-zhian-session=")
    assert "Secure" in cookie.split("; ")
    assert "Strict-Transport-Security" in answer.headers
    sent = {"Cookie": cookie.partition(";")[0]}
    assert client.get("/api/v1/session", headers=sent).status_code == 200
    client.headers["X-Forwarded-Proto"] = "http"
    assert client.get("/api/v1/session", headers=sent).status_code == 401


def test_signing_out_ends_the_session_for_whoever_kept_the_cookie(sign_in: SignInAs) -> None:
    client = sign_in(Role.GUARD)
    token = client.cookies["zhian-session"]

    assert client.delete("/api/v1/session").status_code == 204

    assert client.get("/api/v1/session").status_code == 401
    client.cookies.set("zhian-session", token)
    assert client.get("/api/v1/session").status_code == 401


@pytest.mark.parametrize("body", [{"username": "guard", "password": "wrong"}, {"username": "x"}])
def test_a_wrong_sign_in_is_refused_in_both_languages_and_gives_no_cookie(
    client: httpx.Client, body: dict[str, str]
) -> None:
    answer = client.post("/api/v1/session", json=body)

    assert answer.status_code in {401, 422}
    assert {"zh", "en"} <= answer.json()["detail"].keys()
    assert "Set-Cookie" not in answer.headers


def test_guessing_is_slowed_down_even_with_the_right_password_at_last(client: httpx.Client) -> None:
    wrong = {"username": "guard", "password": "wrong"}
    statuses = [client.post("/api/v1/session", json=wrong).status_code for _ in range(6)]

    right = client.post("/api/v1/session", json={"username": "guard", "password": PASSWORD})

    assert statuses == [401] * 5 + [429]
    assert right.status_code == 429
    assert 0 < int(right.headers["Retry-After"]) <= 60


def test_what_another_site_could_send_is_refused(sign_in: SignInAs) -> None:
    client = sign_in(Role.ADMINISTRATOR)
    del client.headers["X-Requested-With"]

    answer = client.post("/api/v1/users", json=USER)

    assert answer.status_code == 403
    assert answer.json()["detail"]["field"] == "X-Requested-With"
    assert len(client.get("/api/v1/users").json()) == len(Role)


@pytest.mark.parametrize(
    "path",
    [
        "/session",
        "/users",
        "/sites",
        "/gateways",
        "/gates",
        "/counts?site=a&from=2026-06-01T00:00:00Z&to=2026-06-02T00:00:00Z&step=hour",
        "/occupancy?site=a&from=2026-06-01T00:00:00Z&to=2026-06-02T00:00:00Z&step=hour",
        "/occupancy/now",
        "/alerts",
        "/alerts/a",
        "/alerts/a/evidence/b",
        "/alerts/a/views",
        "/events",
        "/deliveries",
    ],
)
def test_nothing_is_told_to_who_has_not_signed_in(client: httpx.Client, path: str) -> None:
    answer = client.get(f"/api/v1{path}")

    assert answer.status_code == 401
    assert answer.json()["detail"]["zh"] == "未登录或登录已过期"


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/users"), ("POST", "/users"), ("PATCH", "/users/guard"), ("GET", "/deliveries")],
)
@pytest.mark.parametrize("role", [Role.GUARD, Role.MANAGER])
def test_only_an_administrator_administers(
    sign_in: SignInAs, role: Role, method: str, path: str
) -> None:
    answer = sign_in(role).request(method, f"/api/v1{path}", json=USER if method != "GET" else None)

    assert answer.status_code == 403
    assert answer.json()["detail"]["found"] == role.value


def test_an_administrator_adds_a_user_who_can_sign_in(sign_in: SignInAs) -> None:
    client = sign_in(Role.ADMINISTRATOR)

    added = client.post("/api/v1/users", json=USER)

    assert added.status_code == 201
    assert "password" not in str(added.json().keys() - {"must_change_password"})
    credentials = {"username": "zhao", "password": USER["password"]}
    assert client.post("/api/v1/session", json=credentials).json()["must_change_password"]


def test_a_name_that_is_taken_is_refused(sign_in: SignInAs) -> None:
    client = sign_in(Role.ADMINISTRATOR)

    answer = client.post("/api/v1/users", json={**USER, "username": "guard"})

    assert answer.status_code == 409
    assert answer.json()["detail"]["found"] == "guard"


def test_the_last_administrator_cannot_be_let_go(sign_in: SignInAs) -> None:
    client = sign_in(Role.ADMINISTRATOR)

    answer = client.patch("/api/v1/users/administrator", json={"active": False})

    assert answer.status_code == 409
    assert client.get("/api/v1/session").status_code == 200


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"password": "short"}, "password"),
        ({"username": "Not An Id"}, "username"),
        ({"role": "king"}, "role"),
        ({"unknown": 1}, "unknown"),
        ({"display_name": ""}, "display_name"),
        ({"display_name": "a\x00b"}, "display_name"),
    ],
)
def test_a_bad_field_is_named_with_what_was_found_and_never_a_password(
    sign_in: SignInAs, change: dict[str, object], field: str
) -> None:
    client = sign_in(Role.ADMINISTRATOR)

    answer = client.post("/api/v1/users", json={**USER, **change})

    detail = answer.json()["detail"]
    assert answer.status_code == 422
    assert detail["field"] == field
    assert detail["expected"]
    assert "short" not in detail["found"]
    assert len(client.get("/api/v1/users").json()) == len(Role)


def test_a_body_that_is_too_large_is_not_read(client: httpx.Client) -> None:
    answer = client.post("/api/v1/session", content=b"x" * (MAX_BODY_BYTES + 1))

    assert answer.status_code == 413


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b"[1,2]", b"null", b'"text"'])
def test_what_is_no_json_object_is_refused_and_not_a_fault(
    client: httpx.Client, body: bytes
) -> None:
    answer = client.post(
        "/api/v1/session", content=body, headers={"Content-Type": "application/json"}
    )

    assert answer.status_code == 422
    assert {"zh", "en"} <= answer.json()["detail"].keys()


def test_changing_ones_password_needs_the_present_one(sign_in: SignInAs) -> None:
    client = sign_in(Role.GUARD)
    change = {"current": "not the present one", "new": "a new long password"}

    refused = client.post("/api/v1/session/password", json=change)
    taken = client.post("/api/v1/session/password", json={**change, "current": PASSWORD})

    assert (refused.status_code, refused.json()["detail"]["field"]) == (403, "current")
    assert taken.status_code == 204
    assert not client.get("/api/v1/session").json()["must_change_password"]


def test_the_present_password_is_no_new_one(sign_in: SignInAs) -> None:
    client = sign_in(Role.GUARD)

    refused = client.post("/api/v1/session/password", json={"current": PASSWORD, "new": PASSWORD})

    assert (refused.status_code, refused.json()["detail"]["field"]) == (422, "new")
    assert PASSWORD not in refused.text
    assert client.get("/api/v1/session").json()["must_change_password"]

"""The stand-in command platform over real HTTP."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from datetime import UTC, datetime

import httpx
import pytest
from standardwebhooks.webhooks import Webhook

from sim.platform import FAILS_EVERY, CommandPlatform
from sim.processes import free_port

pytestmark = pytest.mark.integration
SECRET = "whsec_" + base64.b64encode(b"0123456789abcdef0123456789abcdef").decode()


@pytest.fixture
def platform() -> Iterator[tuple[CommandPlatform, str]]:
    port = free_port(0)
    running = CommandPlatform(port, SECRET)
    running.start()
    yield running, f"http://127.0.0.1:{port}/events"
    running.stop()


def post(url: str, number: int, secret: str = SECRET) -> int:
    data = {"gateway_alert_id": f"alert-{number}"}
    body = json.dumps({"type": "org.zhian.alert.raised", "data": data})
    now = datetime.now(UTC)
    headers = {
        "webhook-id": f"event-{number}",
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(secret).sign(f"event-{number}", now, body),
    }
    return httpx.post(url, content=body, headers=headers, timeout=5).status_code


def test_a_signed_event_is_kept_once(platform: tuple[CommandPlatform, str]) -> None:
    running, url = platform

    assert [post(url, 1), post(url, 1)] == [204, 204]

    assert running.alerts("org.zhian.alert.raised") == ["alert-1"]
    assert running.repeated == 1


def test_an_event_signed_with_another_secret_is_refused(
    platform: tuple[CommandPlatform, str],
) -> None:
    running, url = platform
    other = "whsec_" + base64.b64encode(b"another secret of thirty two b..").decode()

    assert post(url, 1, other) == 401

    assert running.events == {}
    assert running.refused == 1


def test_one_delivery_in_so_many_fails(platform: tuple[CommandPlatform, str]) -> None:
    _, url = platform

    answers = [post(url, number) for number in range(FAILS_EVERY)]

    assert answers == [204] * (FAILS_EVERY - 1) + [503]

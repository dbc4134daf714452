"""A webhook: events posted as structured CloudEvents, signed by Standard Webhooks.

https://github.com/standard-webhooks/standard-webhooks and CloudEvents 1.0 HTTP binding, structured
mode. The address is looked up and judged before each attempt, and the connection is made to the
very address that was judged, so that a name cannot point elsewhere in between.
"""

from __future__ import annotations

import email.utils
import ipaddress
import socket
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import httpx
from standardwebhooks import Webhook as Signer

from hub.services.deliver import Answered

CONTENT_TYPE: Final = "application/cloudevents+json; charset=UTF-8"
CONNECT_TIMEOUT_S: Final = 3.0
STEP_TIMEOUT_S: Final = 5.0
WHOLE_TIMEOUT_S: Final = 10.0
MAX_ANSWER_BYTES: Final = 16 * 1024

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class ForbiddenAddressError(ValueError):
    """A host that events may not be sent to, or that cannot be found."""


@dataclass(frozen=True)
class WebhookAddress:
    """Where a webhook is and how it is signed.

    `secret` is base64 with or without `whsec_`. `allow_private` lets events go to this machine and
    to private networks, where command platforms often are, and over plain http there.
    """

    id: str
    url: str
    secret: str = field(repr=False)
    allow_private: bool = False


class Webhook:
    """Posts events to one address; redirects are not followed, answers not kept."""

    def __init__(
        self,
        address: WebhookAddress,
        monotonic_s: Callable[[], float],
        step_timeout_s: float = STEP_TIMEOUT_S,
    ) -> None:
        self._address = address
        self._url = httpx.URL(address.url)
        self._signer = Signer(address.secret)
        self._monotonic_s = monotonic_s
        self._client = httpx.Client(
            timeout=httpx.Timeout(step_timeout_s, connect=CONNECT_TIMEOUT_S),
            follow_redirects=False,
            trust_env=False,
        )

    @property
    def id(self) -> str:
        """Its name in the configuration."""
        return self._address.id

    def send(self, event_id: str, event: str, now: datetime) -> Answered:
        """Post one event; what goes wrong on the way is an answer without a status."""
        try:
            address = find_address(self._url, allow_private=self._address.allow_private)
            return self._post(self._request(address, event_id, event, now))
        except (httpx.HTTPError, ForbiddenAddressError, TimeoutError) as error:
            return Answered(None, f"{type(error).__name__}: {error}")

    def close(self) -> None:
        """Close kept connections."""
        self._client.close()

    def _request(self, address: Address, event_id: str, event: str, now: datetime) -> httpx.Request:
        host = f"[{address}]" if address.version == 6 else str(address)  # noqa: PLR2004 - IPv6
        return self._client.build_request(
            "POST",
            self._url.copy_with(host=host),
            content=event.encode(),
            headers={
                "Host": self._url.netloc.decode("ascii"),
                "Content-Type": CONTENT_TYPE,
                "User-Agent": "zhian-hub",
                "webhook-id": event_id,
                "webhook-timestamp": str(int(now.timestamp())),
                "webhook-signature": self._signer.sign(event_id, now, event),
            },
            extensions={"sni_hostname": self._url.raw_host.decode("ascii")},
        )

    def _post(self, request: httpx.Request) -> Answered:
        deadline_s = self._monotonic_s() + WHOLE_TIMEOUT_S
        response = self._client.send(request, stream=True)
        try:
            taken_bytes = 0
            for chunk in response.iter_raw():  # to the end, so that the connection can be kept
                taken_bytes += len(chunk)
                if taken_bytes > MAX_ANSWER_BYTES or self._monotonic_s() > deadline_s:
                    break
        except httpx.HTTPError:  # the status stands, whatever became of the text after it
            pass
        finally:
            response.close()
        return Answered(response.status_code, None, _retry_after_s(response))


def find_address(url: httpx.URL, *, allow_private: bool) -> Address:
    """Return an address of the URL's host that events may be sent to.

    Raises:
        ForbiddenAddressError: The host has none, or one that is refused.
    """
    port = url.port or (443 if url.scheme == "https" else 80)
    try:
        found = socket.getaddrinfo(url.host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise ForbiddenAddressError(f"{url.host}: {error}") from None
    addresses = [ipaddress.ip_address(str(entry[4][0]).split("%", 1)[0]) for entry in found]
    for address in addresses:
        check_address(address, scheme=url.scheme, allow_private=allow_private)
    return addresses[0]


def check_address(address: Address, *, scheme: str, allow_private: bool) -> None:
    """Refuse an address that events may not be sent to.

    Link-local addresses are never allowed: cloud hosts keep their credentials there. Plain http is
    for private addresses only.

    Raises:
        ForbiddenAddressError: It may not.
    """
    real = getattr(address, "ipv4_mapped", None) or address
    if real.is_link_local or real.is_multicast or real.is_unspecified:
        raise ForbiddenAddressError(f"{real}: link-local, multicast and unspecified are refused")
    if real.is_global:
        if scheme != "https":
            raise ForbiddenAddressError(f"{real}: found {scheme}, expected https")
    elif not allow_private:
        raise ForbiddenAddressError(f"{real}: not a public address, and allow_private is not set")


def _retry_after_s(response: httpx.Response) -> float | None:
    """Return what Retry-After asks for, in seconds or as a date (RFC 9110 10.2.3)."""
    said = response.headers.get("Retry-After")
    if said is None:
        return None
    if said.isascii() and said.isdigit():
        return float(said[:9])
    try:
        until = email.utils.parsedate_to_datetime(said)
        at = email.utils.parsedate_to_datetime(response.headers.get("Date", ""))
        return max(0.0, (until - at).total_seconds())
    except (ValueError, TypeError):
        return None

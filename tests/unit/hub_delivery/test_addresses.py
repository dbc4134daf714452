from __future__ import annotations

import ipaddress

import pytest

from hub.adapters.webhook import ForbiddenAddressError, check_address

PUBLIC = ["8.8.8.8", "2001:4860:4860::8888"]
PRIVATE = ["127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "::1", "fd00::1", "100.64.0.1"]
NEVER = ["169.254.169.254", "fe80::1", "0.0.0.0", "::", "224.0.0.1", "::ffff:169.254.169.254"]  # noqa: S104 - refused


@pytest.mark.parametrize("text", PUBLIC)
def test_a_public_address_is_reached_by_https_only(text: str) -> None:
    check_address(ipaddress.ip_address(text), scheme="https", allow_private=False)

    for allow_private in (True, False):
        with pytest.raises(ForbiddenAddressError, match="expected https"):
            check_address(ipaddress.ip_address(text), scheme="http", allow_private=allow_private)


@pytest.mark.parametrize("text", [*PRIVATE, "::ffff:10.0.0.1"])
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_private_address_is_reached_only_where_it_is_allowed(text: str, scheme: str) -> None:
    check_address(ipaddress.ip_address(text), scheme=scheme, allow_private=True)

    with pytest.raises(ForbiddenAddressError, match="allow_private"):
        check_address(ipaddress.ip_address(text), scheme=scheme, allow_private=False)


@pytest.mark.parametrize("text", NEVER)
@pytest.mark.parametrize("allow_private", [True, False])
def test_where_clouds_keep_their_credentials_nothing_is_ever_sent(
    text: str, allow_private: bool
) -> None:
    with pytest.raises(ForbiddenAddressError):
        check_address(ipaddress.ip_address(text), scheme="https", allow_private=allow_private)

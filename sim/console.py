"""A guard's view of the hub, for the demo's table: signs in as a person would."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

import httpx

_HEADERS: Final = {"X-Requested-With": "zhian"}


class Console:
    """A signed-in session with the hub's API."""

    def __init__(self, address: str) -> None:
        self._client = httpx.Client(base_url=f"{address}/api/v1", headers=_HEADERS, timeout=10)

    def sign_in(self, username: str, password: str) -> None:
        """Open a session; `httpx.HTTPStatusError` if the hub refuses."""
        body = {"username": username, "password": password}
        self._client.post("/session", json=body).raise_for_status()

    def close(self) -> None:
        """End the session."""
        self._client.delete("/session")
        self._client.close()

    def gateway(self, site: str, gateway: str) -> dict[str, Any]:
        """Return the hub's view of one gateway, {} before its birth."""
        found = [g for g in self._get("/gateways") if (g["site"], g["gateway"]) == (site, gateway)]
        return dict(found[0]) if found else {}

    def crossings(self, site: str, line: str, since: datetime, until: datetime) -> dict[str, int]:
        """Return the persons counted `in` and `out` on a line in [since, until)."""
        query = {
            "site": site,
            "line": line,
            "class": "person",
            "from": since.isoformat(),
            "to": until.isoformat(),
            "step": "1m",
        }
        points = [p for series in self._get("/counts", query)["series"] for p in series["points"]]
        return {way: sum(p[way] or 0 for p in points) for way in ("in", "out")}

    def granted(self, site: str, since: datetime, until: datetime) -> int:
        """Return the grants of all access points of a site in [since, until)."""
        query = {"site": site, "from": since.isoformat(), "to": until.isoformat(), "step": "1m"}
        points = [p for series in self._get("/access", query)["series"] for p in series["points"]]
        return sum(point["granted"] or 0 for point in points)

    def alerts(self, site: str, since: datetime) -> set[str]:
        """Return the ids of the alerts raised since then."""
        return {alert["id"] for alert in self.alert_items(site, {"from": since.isoformat()})}

    def alert_items(
        self, site: str, query: Mapping[str, str] | None = None
    ) -> Iterator[dict[str, Any]]:
        """Yield the alerts of a site, newest first, page by page."""
        asked = {"site": site, "limit": "200", **(query or {})}
        while True:
            page = self._get("/alerts", asked)
            yield from page["items"]
            if page["next"] is None:
                return
            asked["before"] = page["next"]

    def _get(self, path: str, query: dict[str, str] | None = None) -> Any:  # noqa: ANN401 - JSON
        response = self._client.get(path, params=query)
        response.raise_for_status()
        return response.json()

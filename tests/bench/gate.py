"""One gate under load: what the edge process costs, and how soon an alert is on the screen.

The demo plays vtest.avi (768 x 576 px, 7 frames/s) with a silent card reader, so that each person
walking in tailgates. A page of the console notes when each alert's row appears; the crossing's own
time stands in the alert. Both clocks are this machine's.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import psutil
from playwright.sync_api import Page, sync_playwright

from sim.demo import Demo, Options
from sim.site import COMPOUND

PLAY_S: Final = 120.0
WARM_UP_S: Final = 10.0
CHROMIUM: Final = "/usr/bin/chromium"
FLAGS: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
)
_MIB: Final = 1024 * 1024

_NOTE_ALERTS: Final = """
window.appeared = {};
new MutationObserver(() => {
  for (const row of document.querySelectorAll('[data-testid=alert-row]')) {
    window.appeared[row.dataset.alertId] ??= Date.now();
  }
}).observe(document.body, {childList: true, subtree: true});
"""


@dataclass(frozen=True)
class GateFigures:
    """What one run measured; the CPU share is of one core."""

    played_s: float
    cpu_share: float
    peak_memory_mib: float
    alerts: int
    latency_median_s: float
    latency_p90_s: float

    def as_dict(self) -> dict[str, float]:
        """Return the figures for JSON."""
        return asdict(self)


def measure(clip: str | None, models_dir: Path | None) -> GateFigures:
    """Run the demo and return its figures."""
    with tempfile.TemporaryDirectory() as folder:
        options = Options(Path(folder), clip, models_dir, plays_grants=False)
        with Demo(options, print) as demo, _alert_page(demo) as page:
            demo.wait_for_clip()
            time.sleep(WARM_UP_S)
            cpu_share, peak = _watch(demo, PLAY_S)
            latencies = sorted(_latencies(demo, page))
    return GateFigures(
        played_s=PLAY_S,
        cpu_share=cpu_share,
        peak_memory_mib=peak / _MIB,
        alerts=len(latencies),
        latency_median_s=statistics.median(latencies),
        latency_p90_s=latencies[int(0.9 * (len(latencies) - 1))],
    )


def _watch(demo: Demo, seconds: float) -> tuple[float, int]:
    """Return the gateway's CPU share of one core and its peak resident memory in bytes."""
    gateway = psutil.Process(demo.gateway.process.pid)
    before, began = gateway.cpu_times(), time.monotonic()
    peak = 0
    while time.monotonic() - began < seconds:
        demo.programs.check()
        peak = max(peak, gateway.memory_info().rss)
        time.sleep(0.5)
    after, elapsed_s = gateway.cpu_times(), time.monotonic() - began
    used_s = after.user + after.system - before.user - before.system
    return used_s / elapsed_s, peak


@contextmanager
def _alert_page(demo: Demo) -> Iterator[Page]:
    assert demo.login is not None
    username, password = demo.login
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        page = browser.new_page(base_url=demo.address)
        page.goto("/")
        page.get_by_test_id("sign-in-username").fill(username)
        page.get_by_test_id("sign-in-password").fill(password)
        page.get_by_test_id("sign-in-submit").click()
        page.get_by_test_id("nav-alerts").click()
        page.evaluate(_NOTE_ALERTS)
        yield page
        browser.close()


def _latencies(demo: Demo, page: Page) -> Iterator[float]:
    """Yield seconds from the last crossing of each tailgating to its row on the screen."""
    appeared: dict[str, float] = page.evaluate("window.appeared")
    console = demo.sign_in()
    for alert in console.alert_items(COMPOUND):
        if alert["id"] in appeared and alert["rule"] == "tailgating":
            yield appeared[alert["id"]] / 1000 - _completed_at(alert)
    console.close()


def _completed_at(alert: dict[str, Any]) -> float:
    crossings = [w for w in alert["reason"]["witnesses"] if w["fact"] == "crossing"]
    return max(datetime.fromisoformat(w["occurred_at"]).timestamp() for w in crossings)

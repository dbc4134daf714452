"""The timed demo: play, stop the devices, let all settle, compare every stage with the truth."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import httpx
from prometheus_client.parser import text_string_to_metric_families

from sim.console import Console
from sim.demo import Demo, Say, seconds_since
from sim.site import COMPOUND, GATEWAY, LINE_ID, WINDOW_S
from sim.truth import Passage, passages_within
from sim.verdict import Reported, Row, Verdict, judge, true_crossings
from wire.records import AccessOutcome, AlertRaised, AnyRecord, CountWindow
from wire.values import Direction

SETTLE_TIMEOUT_S: Final = 90.0
PROGRESS_EVERY_S: Final = 10.0
RAISED: Final = "org.zhian.alert.raised"


@dataclass(frozen=True)
class Span:
    """The run's time: from the window in which it began to the moment the devices stopped."""

    began: datetime
    ended: datetime

    @property
    def played_s(self) -> float:
        """How much of the clip was played."""
        return (self.ended - self.began) / timedelta(seconds=1)


def run_trial(demo: Demo, seconds: float, say: Say) -> Verdict:
    """Run the started demo for `seconds` and return what it came to."""
    began = demo.wait_for_clip()
    _play(demo, began, seconds, say)
    span = Span(began, demo.stop_devices())
    say("等待入库与送达 waiting until everything is stored and delivered ...")
    return settle(demo, span)


def settle(demo: Demo, span: Span, *, edge_counts: bool = True) -> Verdict:
    """Wait until what the stopped devices caused is stored and delivered; return the verdict.

    Without `edge_counts` the gateway's own metrics are left out: they start at zero with each of
    its processes.
    """
    console = demo.sign_in()
    comparison = _Comparison(demo, console, span, edge_counts)
    deadline = time.monotonic() + SETTLE_TIMEOUT_S
    try:
        while True:
            demo.programs.check()
            verdict = comparison.verdict()
            if comparison.is_settled() and not verdict.faults:
                return verdict
            if time.monotonic() > deadline:
                return verdict
            time.sleep(1.0)
    finally:
        console.close()


def _play(demo: Demo, began: datetime, seconds: float, say: Say) -> None:
    told_s = 0.0
    while (played_s := seconds_since(began)) < seconds:
        demo.programs.check()
        if played_s - told_s >= PROGRESS_EVERY_S:
            told_s = played_s
            alerts = len(demo.witness.alerts())
            say(f"  {played_s:4.0f} / {seconds:.0f} s  告警 alerts: {alerts}")
        time.sleep(0.2)


@dataclass(frozen=True)
class _Comparison:
    """One run, looked at from the clip, the wire, the hub and the platform."""

    demo: Demo
    console: Console
    span: Span
    edge_counts: bool

    def is_settled(self) -> bool:
        """Whether the window in which the devices stopped has been reported."""
        windows = [record for record in self._run() if isinstance(record, CountWindow)]
        return any(window.end >= self.span.ended for window in windows)

    def verdict(self) -> Verdict:
        """Return the verdict as of now."""
        last_number = max((number for _, number in self.demo.witness.records()), default=0)
        gateway = self.console.gateway(COMPOUND, GATEWAY)
        missing = max(0, last_number - int(gateway.get("stored_up_to", 0)))
        rows = [*self._crossings(), self._grants(), self._alerts()]
        return judge(rows, missing, lacks_alert=not self.demo.platform.alerts(RAISED))

    def _run(self) -> list[AnyRecord]:
        heard = self.demo.witness.records().values()
        return [record for record in heard if record.occurred_at >= self.span.began]

    def _known(self) -> tuple[Passage, ...]:
        return passages_within(self.span.played_s)

    def _tailgaters(self) -> list[Passage]:
        """Return who walked in without a grant."""
        return [p for p in self._known() if p.direction is Direction.IN and not p.is_granted]

    def _window(self) -> tuple[datetime, datetime]:
        """The run's time, with the windows it began and ended in."""
        window = timedelta(seconds=WINDOW_S)
        return self.span.began - window, self.span.ended + 2 * window

    def _crossings(self) -> list[Row]:
        reported = Reported.of(self._run(), LINE_ID).crossings
        counted = _edge_crossings(self.demo.ports.gateway) if self.edge_counts else None
        stored = self.console.crossings(COMPOUND, LINE_ID, *self._window())
        return [
            Row(
                zh=f"越线 {zh}",
                en=f"crossings {way}",
                truth=true_crossings(self._known(), way) if self.demo.has_truth else None,
                edge=None if counted is None else counted[way],
                reported=reported[way],
                stored=stored[way],
            )
            for zh, way in (("进", Direction.IN), ("出", Direction.OUT))
        ]

    def _grants(self) -> Row:
        shown = self.demo.readers.published
        return Row(
            zh="放行",
            en="grants",
            truth=sum(n for (_, what), n in shown.items() if what is AccessOutcome.GRANTED),
            edge=None,
            reported=Reported.of(self._run(), LINE_ID).granted,
            stored=self.console.granted(COMPOUND, *self._window()),
        )

    def _alerts(self) -> Row:
        raised = {record.alert_id for record in self._run() if isinstance(record, AlertRaised)}
        return Row(
            zh="尾随告警",
            en="tailgating alerts",
            truth=len(self._tailgaters()) if self.demo.has_truth else None,
            edge=None,
            reported=len(raised),
            stored=len(self.console.alerts(COMPOUND, self.span.began)),
            received=sum(alert in raised for alert in self.demo.platform.alerts(RAISED)),
        )


def _edge_crossings(port: int) -> Counter[str]:
    """Return the persons that the gateway's own metrics say crossed the line, by direction."""
    text = httpx.get(f"http://127.0.0.1:{port}/metrics", timeout=5).text
    counted: Counter[str] = Counter()
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            labels = sample.labels
            if sample.name == "zhian_edge_crossings_total" and labels["class"] == "person":
                counted[labels["direction"]] += int(sample.value)
    return counted

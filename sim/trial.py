"""The timed demo: play, stop the devices, let all settle, compare every stage with the truth."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
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
    console = demo.sign_in()
    try:
        say("等待入库与送达 waiting until everything is stored and delivered ...")
        known = passages_within(span.played_s) if demo.has_truth else ()
        return _wait_for(lambda: _look(demo, console, span, known), demo)
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


def _wait_for(look: Callable[[], tuple[bool, Verdict]], demo: Demo) -> Verdict:
    """Look until all is settled and nothing is wrong, or time is up; return the last verdict."""
    deadline = time.monotonic() + SETTLE_TIMEOUT_S
    while True:
        demo.programs.check()
        settled, verdict = look()
        if (settled and not verdict.faults) or time.monotonic() > deadline:
            return verdict
        time.sleep(1.0)


def _look(
    demo: Demo, console: Console, span: Span, known: tuple[Passage, ...]
) -> tuple[bool, Verdict]:
    """Return whether the last window of the run is in, and the verdict as of now."""
    heard = demo.witness.records()
    run = [record for record in heard.values() if record.occurred_at >= span.began]
    gateway = console.gateway(COMPOUND, GATEWAY)
    last_number = max((number for _, number in heard), default=0)
    missing = max(0, last_number - int(gateway.get("stored_up_to", 0)))
    rows = _rows(demo, console, span, run, known)
    received = len(demo.platform.subjects(RAISED))
    return _is_closed(run, span.ended), judge(rows, missing, received)


def _rows(
    demo: Demo,
    console: Console,
    span: Span,
    run: list[AnyRecord],
    known: tuple[Passage, ...],
) -> list[Row]:
    reported = Reported.of(run, LINE_ID)
    counted = _edge_crossings(demo.ports.gateway)
    first_window = span.began - timedelta(seconds=WINDOW_S)
    after_last = span.ended + timedelta(seconds=2 * WINDOW_S)
    stored = console.crossings(COMPOUND, LINE_ID, first_window, after_last)
    shown = demo.readers.published
    raised = {record.alert_id for record in run if isinstance(record, AlertRaised)}
    at_hub = console.alerts(COMPOUND, span.began) & raised
    at_platform = demo.platform.subjects(RAISED) & raised
    tailgaters = sum(p.direction is Direction.IN and not p.is_granted for p in known)
    return [
        Row(
            zh,
            en,
            true_crossings(known, way) if known else None,
            counted[way],
            reported.crossings[way],
            stored[way],
        )
        for zh, en, way in (
            ("越线 进", "crossings in", Direction.IN),
            ("越线 出", "crossings out", Direction.OUT),
        )
    ] + [
        Row(
            "放行",
            "grants",
            sum(n for (_, outcome), n in shown.items() if outcome is AccessOutcome.GRANTED),
            None,
            reported.granted,
            console.granted(COMPOUND, first_window, after_last),
        ),
        Row(
            "尾随告警",
            "tailgating alerts",
            tailgaters if known else None,
            None,
            len(raised),
            len(at_hub),
            len(at_platform),
        ),
    ]


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


def _is_closed(run: list[AnyRecord], ended: datetime) -> bool:
    """Whether the window in which the devices stopped has been reported."""
    return any(isinstance(record, CountWindow) and record.end >= ended for record in run)

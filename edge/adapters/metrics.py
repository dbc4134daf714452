"""What the gateway tells Prometheus; no ids of people, only of things."""

from __future__ import annotations

import threading
from collections import Counter as Tally
from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from edge.facts import AnyFact, Crossing

_INFERENCE_BUCKETS_S: Final = (0.005, 0.01, 0.02, 0.03, 0.05, 0.08, 0.12, 0.2, 0.5, 1.0)
_STEP_BUCKETS_S: Final = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5)


class FrameResult(StrEnum):
    """What becomes of a frame."""

    COUNTED = "counted"
    DROPPED = "dropped"
    """A newer one came before it was its turn."""
    REFUSED = "refused"
    """It is no JPEG, too large, or damaged."""
    LATE = "late"
    """It is not after its camera's last one."""
    UNFIT = "unfit"
    """It shows nothing: black, covered."""


class EdgeMetrics:
    """The gateway's figures, in a registry of their own; safe between threads."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._tally: Tally[tuple[str, FrameResult]] = Tally()
        self._tallying = threading.Lock()
        self._frames = Counter(
            "zhian_edge_frames",
            "Frames by what became of them.",
            ["camera", "result"],
            registry=self._registry,
        )
        self.crossings = Counter(
            "zhian_edge_crossings",
            "Line crossings counted.",
            ["line", "class", "direction"],
            registry=self._registry,
        )
        self.access = Counter(
            "zhian_edge_access",
            "Access events that were taken.",
            ["point", "outcome"],
            registry=self._registry,
        )
        self.refused = Counter(
            "zhian_edge_refused",
            "Messages from devices that were refused, by reason.",
            ["reason"],
            registry=self._registry,
        )
        self.evidence = Counter(
            "zhian_edge_evidence",
            "Pictures that alerts asked for: kept or missing.",
            ["result"],
            registry=self._registry,
        )
        self.inference_s = Histogram(
            "zhian_edge_inference_seconds",
            "Time to find objects in one frame.",
            buckets=_INFERENCE_BUCKETS_S,
            registry=self._registry,
        )
        self.step_s = Histogram(
            "zhian_edge_step_seconds",
            "Time from facts to their durable commit.",
            buckets=_STEP_BUCKETS_S,
            registry=self._registry,
        )

    def watch(self, name: str, about: str, value: Callable[[], float]) -> None:
        """Show a value that is read when somebody asks."""
        gauge = Gauge(f"zhian_edge_{name}", about, registry=self._registry)
        gauge.set_function(value)

    def count_frame(self, camera: str, result: FrameResult) -> None:
        """Count what became of one frame; every frame that came is counted once."""
        with self._tallying:
            self._tally[camera, result] += 1
        self._frames.labels(camera, result).inc()

    def frames_of(self, camera: str) -> dict[FrameResult, int]:
        """Return how many of a camera's frames became what, since the start."""
        with self._tallying:
            return {result: self._tally[camera, result] for result in FrameResult}

    def count_crossings(self, facts: Sequence[AnyFact]) -> None:
        """Count the crossings among facts."""
        for fact in facts:
            if isinstance(fact, Crossing):
                self.crossings.labels(fact.line, fact.object_class, fact.direction).inc()

    def text(self) -> bytes:
        """Return all figures as Prometheus reads them."""
        return generate_latest(self._registry)

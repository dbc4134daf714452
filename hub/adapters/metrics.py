"""The hub's figures for Prometheus."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    GCCollector,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

_SECONDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)


class HubMetrics:
    """Figures since the process began, in a registry of their own."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        PlatformCollector(registry=self._registry)
        GCCollector(registry=self._registry)
        self._messages = Counter(
            "zhian_hub_messages",
            "Messages from gateways, by channel.",
            ["channel"],
            registry=self._registry,
        )
        self._records = Counter(
            "zhian_hub_records",
            "Records in reports: new ones, and repeats that changed nothing.",
            ["outcome"],
            registry=self._registry,
        )
        self._unreadable = Counter(
            "zhian_hub_unreadable_messages",
            "Messages that could not be read and were kept as they came.",
            registry=self._registry,
        )
        self._deliveries = Counter(
            "zhian_hub_deliveries",
            "Attempts to deliver an event, by target and what they came to.",
            ["target", "outcome"],
            registry=self._registry,
        )
        self._requests = Histogram(
            "zhian_hub_request_seconds",
            "Time to the beginning of an HTTP answer, by route.",
            ["method", "route", "status"],
            buckets=_SECONDS,
            registry=self._registry,
        )

    def count_message(self, channel: str) -> None:
        """Count a message that was read."""
        self._messages.labels(channel).inc()

    def count_records(self, *, new: int, repeated: int) -> None:
        """Count the records of a report."""
        self._records.labels("new").inc(new)
        self._records.labels("repeated").inc(repeated)

    def count_unreadable(self) -> None:
        """Count a message that could not be read."""
        self._unreadable.inc()

    def count_delivery(self, target: str, outcome: str) -> None:
        """Count an attempt to deliver."""
        self._deliveries.labels(target, outcome).inc()

    def observe(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count an HTTP request."""
        self._requests.labels(method, route, str(status)).observe(seconds)

    def watch(self, name: str, about: str, value: Callable[[], float]) -> None:
        """Show what `value` returns whenever somebody looks."""
        gauge = Gauge(f"zhian_hub_{name}", about, registry=self._registry)
        gauge.set_function(value)

    def watch_each(
        self, name: str, about: str, label: str, values: Callable[[], Mapping[str, float]]
    ) -> None:
        """Show what `values` returns whenever somebody looks, one line a key."""
        self._registry.register(_Watched(f"zhian_hub_{name}", about, label, values))

    def render(self) -> bytes:
        """Return all figures in Prometheus' text format 0.0.4."""
        return generate_latest(self._registry)


class _Watched(Collector):
    """A family of gauges that is asked for, and not kept."""

    def __init__(
        self, name: str, about: str, label: str, values: Callable[[], Mapping[str, float]]
    ) -> None:
        self._name = name
        self._about = about
        self._label = label
        self._values = values

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Ask."""
        family = GaugeMetricFamily(self._name, self._about, labels=[self._label])
        for key, value in self._values().items():
            family.add_metric([key], value)
        yield family

    def describe(self) -> Iterator[GaugeMetricFamily]:
        """Name the family without asking, so that registering it needs no store."""
        yield GaugeMetricFamily(self._name, self._about, labels=[self._label])

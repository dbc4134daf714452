"""What the services need of the outside: small protocols, which adapters fulfil.

A `Unit` is one transaction: what is written through it is kept together or not at all. A `Store`
opens them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from hub.domain.alerts import Alert, AlertState
from hub.domain.ledger import StoredNumbers
from hub.domain.liveness import Liveness, Session
from hub.domain.occupancy import Balance
from wire.messages import Evidence, Inventory
from wire.records import (
    AccessException,
    AnyRecord,
    CameraCondition,
    CameraState,
    Health,
    RuleName,
)
from wire.values import ObjectClass


@dataclass(frozen=True)
class GatewayKey:
    """A gateway of a compound; gateways of two compounds may have the same id."""

    compound: str
    gateway: str


@dataclass(frozen=True)
class Compound:
    """A compound as its gateways name it."""

    id: str
    name: str
    name_en: str
    timezone: str


@dataclass(frozen=True)
class Gateway:
    """All the hub keeps of a gateway; `told` is the liveness that the feed told last."""

    key: GatewayKey
    session: Session
    told: Liveness = Liveness.OFFLINE
    clock_offset_s: float | None = None
    software: str | None = None
    heartbeat_s: float = 30.0
    window_s: float = 60.0
    inventory: Inventory = field(default_factory=lambda: Inventory(gates=()))
    health: Health | None = None


@dataclass(frozen=True)
class CameraKept:
    """The last state a camera was said to be in."""

    key: GatewayKey
    camera: str
    state: CameraCondition
    since: datetime


@dataclass(frozen=True)
class FlowKey:
    """One line and class in one quarter of an hour, named by its start."""

    line: str
    object_class: ObjectClass
    quarter: datetime


@dataclass(frozen=True)
class FlowSum:
    """What was counted; `last_end` is the end of the last window in it, None if only late ones."""

    count_in: int
    count_out: int
    observed_s: float
    last_end: datetime | None

    def plus(self, other: FlowSum) -> FlowSum:
        """Return both together."""
        ends = [end for end in (self.last_end, other.last_end) if end is not None]
        return FlowSum(
            self.count_in + other.count_in,
            self.count_out + other.count_out,
            self.observed_s + other.observed_s,
            max(ends, default=None),
        )


@dataclass(frozen=True)
class FlowKept:
    """A `FlowSum` with where and when it was counted."""

    gateway: str
    line: str
    object_class: ObjectClass
    quarter: datetime
    count_in: int
    count_out: int
    observed_s: float
    last_end: datetime | None


@dataclass(frozen=True)
class CountBin:
    """Crossings of one line and class in one bin, late ones among them.

    `observed_s` is 0 where nobody could see, and where only late crossings are known.
    """

    gateway: str
    line: str
    object_class: ObjectClass
    start: datetime
    count_in: int
    count_out: int
    observed_s: float


@dataclass(frozen=True)
class AccessBin:
    """What one access point did in one bin, late events among them."""

    gateway: str
    point: str
    start: datetime
    granted: int
    denied: int
    forced: int
    held: int


@dataclass(frozen=True)
class ZoneBin:
    """How full one zone was of one class in one bin: mean by time, maximum, longest dwell."""

    gateway: str
    zone: str
    object_class: ObjectClass
    start: datetime
    mean: float
    max: int
    dwell_max_s: float
    observed_s: float


@dataclass(frozen=True)
class Correction:
    """How many people really were inside at a moment, and who says so."""

    compound: str
    people: int
    at: datetime
    who: str
    made_at: datetime
    note: str | None


@dataclass(frozen=True)
class HistoryEntry:
    """One thing that happened to an alert."""

    at: datetime
    happened: str
    who: str | None
    note: str | None


@dataclass(frozen=True)
class DeliveryKept:
    """How far one target has been told of an alert."""

    alert: str
    target: str
    state: str
    attempts: int
    delivered_at: datetime | None
    happened: str


@dataclass(frozen=True)
class PictureKept:
    """A picture of an alert, without the picture."""

    alert: str
    evidence_id: str
    captured_at: datetime


@dataclass(frozen=True)
class PictureView:
    """Somebody looked at a picture."""

    evidence_id: str
    who: str
    at: datetime


@dataclass(frozen=True)
class AlertFilter:
    """Which alerts are meant; what is None does not matter. `[start, end)` is by `raised_at`."""

    states: Collection[AlertState] | None = None
    site: str | None = None
    gate: str | None = None
    rule: RuleName | None = None
    start: datetime | None = None
    end: datetime | None = None


@dataclass(frozen=True)
class AlertPlace:
    """An alert's place in the list, which is by `raised_at` and then id, newest first."""

    raised_at: datetime
    id: str


class Ledger(Protocol):
    """Which numbers are stored."""

    def stored(self, key: GatewayKey, epoch: str, now: datetime) -> StoredNumbers:
        """Return what is stored, and keep others off this epoch until the transaction ends."""

    def peek(self, key: GatewayKey, epoch: str) -> StoredNumbers:
        """Return what is stored, to be shown."""

    def save(
        self, key: GatewayKey, epoch: str, before: StoredNumbers, after: StoredNumbers
    ) -> None:
        """Keep the change."""


class Gateways(Protocol):
    """Compounds, their gateways and what these look after."""

    def compounds(self) -> list[Compound]:
        """Return all compounds, by id."""

    def compound(self, compound: str) -> Compound | None:
        """Return one compound."""

    def save_compound(self, compound: Compound) -> None:
        """Keep a compound, in place of what was known."""

    def gateways(self, compound: str | None = None) -> list[Gateway]:
        """Return the gateways, of one compound or all, by compound and id."""

    def gateway(self, key: GatewayKey) -> Gateway | None:
        """Return one gateway, and keep others off it until a writing transaction ends."""

    def save(self, gateway: Gateway) -> None:
        """Keep a gateway, in place of what was known."""

    def cameras(self, compound: str | None = None) -> list[CameraKept]:
        """Return the last states of cameras."""

    def save_camera(self, key: GatewayKey, state: CameraState) -> None:
        """Keep a camera's state unless a later one is known."""


class TimeSeries(Protocol):
    """Windows over time. Writing the same again changes nothing."""

    def write(self, key: GatewayKey, epoch: str, records: Sequence[tuple[int, AnyRecord]]) -> None:
        """Keep the windows and late records among numbered records; others are passed over."""

    def counts(
        self,
        compound: str,
        start: datetime,
        end: datetime,
        every_s: int,
        *,
        line: str | None = None,
        object_class: ObjectClass | None = None,
    ) -> list[CountBin]:
        """Return the bins of `every_s`, aligned to UTC, of the windows that start in the span."""

    def accesses(
        self, compound: str, start: datetime, end: datetime, every_s: int
    ) -> list[AccessBin]:
        """Return the bins of access windows, as `counts` does."""

    def zones(self, compound: str, start: datetime, end: datetime, every_s: int) -> list[ZoneBin]:
        """Return the bins of zone windows, as `counts` does."""


class Flows(Protocol):
    """Crossings by quarter of an hour, exact: they change with the ledger and only then."""

    def add(self, key: GatewayKey, sums: Mapping[FlowKey, FlowSum]) -> None:
        """Add to what is kept."""

    def of(
        self, compound: str, object_class: ObjectClass, start: datetime | None, end: datetime
    ) -> list[FlowKept]:
        """Return the quarters that start in `[start, end)`, in order of time."""

    def bins(
        self,
        compound: str,
        start: datetime,
        end: datetime,
        every_s: int,
        *,
        line: str | None = None,
        object_class: ObjectClass | None = None,
    ) -> list[CountBin]:
        """Return sums over bins of `every_s`, whole quarters, the first of which is at `start`."""

    def totals(self, compound: str, start: datetime) -> list[FlowKept]:
        """Return one sum for each gateway, line and class since `start`, which is its quarter."""


class Corrections(Protocol):
    """What people said of occupancy."""

    def add(self, correction: Correction) -> None:
        """Keep one."""

    def of(self, compound: str, until: datetime) -> list[Correction]:
        """Return those for a moment not after `until`, in order of that moment."""


class Checkpoints(Protocol):
    """Where the fold of occupancy stood, so that it need not begin with the first record."""

    def latest(self, compound: str, until: datetime) -> tuple[datetime, Balance] | None:
        """Return the last one not after `until`."""

    def keep(self, compound: str, at: datetime, balance: Balance) -> None:
        """Keep one."""

    def forget(self, compound: str, after: datetime | None = None) -> None:
        """Remove those after a moment whose flow has changed, or all of the compound."""


class Alerts(Protocol):
    """Alerts and their history."""

    def find(self, alert: str) -> Alert | None:
        """Return an alert by the hub's id; a writing transaction keeps others off it."""

    def save(self, alert: Alert) -> None:
        """Keep an alert, in place of what was known."""

    def add_history(self, alert: str, entry: HistoryEntry) -> None:
        """Keep what happened."""

    def history(self, alert: str) -> list[HistoryEntry]:
        """Return what happened, in order of time."""

    def page(self, wanted: AlertFilter, before: AlertPlace | None, limit: int) -> list[Alert]:
        """Return raised alerts, newest first, that come after the place `before`."""

    def count(self, wanted: AlertFilter) -> int:
        """Return how many there are."""

    def open_by_gate(self) -> dict[tuple[str, str], int]:
        """Return the number of open alerts by compound and gate."""

    def lasting(self) -> list[Alert]:
        """Return the newest open alerts whose condition still holds, up to a bound."""


class Pictures(Protocol):
    """Evidence."""

    def save(self, key: GatewayKey, evidence: Evidence, alert: str, received_at: datetime) -> None:
        """Keep a picture, unless it was."""

    def count_early(self, key: GatewayKey) -> int:
        """Return how many pictures of a gateway are there whose alert is not."""

    def of(self, alerts: Sequence[str]) -> list[PictureKept]:
        """Return what is there of these alerts."""

    def jpeg(self, alert: str, evidence_id: str) -> bytes | None:
        """Return a picture."""

    def add_view(self, alert: str, view: PictureView) -> None:
        """Keep that somebody looked."""

    def views(self, alert: str) -> list[PictureView]:
        """Return who looked, in order of time."""


class Deliveries(Protocol):
    """The delivery outbox, as far as it is filled and shown; sending is another's."""

    def add(
        self,
        alert: str,
        event_id: str,
        event: Mapping[str, Any],
        at: datetime,
    ) -> None:
        """Queue an event for each target that wants to know, unless it was."""

    def of(self, alerts: Sequence[str]) -> list[DeliveryKept]:
        """Return the deliveries of these alerts, in the order they were queued."""


class Feed(Protocol):
    """What the live stream tells, committed with the change it tells."""

    def tell(self, kind: str, compound: str, data: Mapping[str, Any], at: datetime) -> None:
        """Queue a line; the same line twice in a transaction is told once."""


class Exceptions(Protocol):
    """Access exceptions."""

    def add(self, key: GatewayKey, epoch: str, number: int, record: AccessException) -> None:
        """Keep one, unless it was."""


class Unreadable(Protocol):
    """Messages that could not be read, as they came."""

    def keep(self, topic: str, payload: bytes, error: str, received_at: datetime) -> None:
        """Keep one; what is very long is cut."""


class Upkeep(Protocol):
    """Keeps bounded what is not kept for ever."""

    def trim(self, now: datetime) -> None:
        """Remove what is past its time."""


@dataclass(frozen=True)
class Unit:
    """One transaction, by what can be done in it."""

    ledger: Ledger
    gateways: Gateways
    series: TimeSeries
    flows: Flows
    corrections: Corrections
    checkpoints: Checkpoints
    alerts: Alerts
    pictures: Pictures
    deliveries: Deliveries
    feed: Feed
    exceptions: Exceptions
    unreadable: Unreadable
    upkeep: Upkeep


class Store(Protocol):
    """Opens transactions."""

    def transaction(self) -> AbstractContextManager[Unit]:
        """Commit at the end of the block, or leave nothing if it raises."""

    def snapshot(self) -> AbstractContextManager[Unit]:
        """Read one consistent state; nothing may be written."""

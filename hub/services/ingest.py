"""What gateways send becomes what the hub knows: once only, whatever is repeated or reordered.

Everything a report changes is one transaction with the ledger's entry for its numbers. A number
that is in the ledger is passed over: sending all of it twice, in any order, leaves the same state.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from hub.domain.alerts import Alert, Happening, happened_between, hub_alert_id
from hub.domain.ledger import Run, StoredNumbers
from hub.domain.liveness import Session, clock_offset_s
from hub.domain.steps import DEFAULT_ZONE, QUARTER, floor
from hub.services.alert_news import spread, tell_alert
from hub.services.ports import Compound, FlowKey, FlowSum, Gateway, GatewayKey, Unit
from wire.errors import PayloadError
from wire.messages import Ack, Birth, Death, Evidence, Report
from wire.pictures import read_header
from wire.records import (
    AccessException,
    AlertCleared,
    AlertRaised,
    AlertUpdated,
    AnyRecord,
    CameraState,
    CountWindow,
    Health,
    LateCrossing,
)
from wire.values import Direction

MAX_RUNS_TOLD: Final = 32  # as the wire allows in an Ack
MAX_PICTURES: Final = 16  # of one alert: those it asked for, and as many asked for by hand
MAX_EARLY_PICTURES: Final = 64  # of one gateway, whose alerts have not come yet

Numbered = tuple[int, AnyRecord]


@dataclass(frozen=True)
class Stored:
    """What came of a report: the answer to its gateway, and how many records were new."""

    ack: Ack
    new: int
    repeated: int


def store_report(unit: Unit, compound: str, report: Report, received_at: datetime) -> Stored:
    """Keep what is new in a report and return what the gateway may forget."""
    key = GatewayKey(compound, report.gateway)
    before = unit.ledger.stored(key, report.epoch, received_at)
    runs = before.new_in(report.first, report.last)
    after = before.add(report.first, report.last)
    new = _numbered(report, runs)
    gateway = _heard(unit, key, report.sent_at, received_at)
    if not before.runs:  # an outbox begun anew, also in the middle of a session
        gateway = replace(gateway, session=replace(gateway.session, epoch=report.epoch))
    if new:
        gateway = _with_health(gateway, new)
        unit.ledger.save(key, report.epoch, before, after)
        _store_records(unit, key, report.epoch, new, received_at)
    _save_gateway(unit, gateway, received_at)
    return Stored(
        _ack(key, report.epoch, after), new=len(new), repeated=len(report.records) - len(new)
    )


def register_birth(
    unit: Unit, compound: str, birth: Birth, received_at: datetime, *, retained: bool
) -> None:
    """Keep what a gateway says of itself, unless something newer is known."""
    key = GatewayKey(compound, birth.gateway)
    known = unit.gateways.gateway(key) or _stranger(key, received_at)
    if not known.session.admits_birth(birth.session, birth.epoch, birth.sent_at):
        return
    session = known.session.born(
        birth.session, birth.epoch, birth.sent_at, received_at, retained=retained
    )
    offset_s = known.clock_offset_s
    if not retained:
        offset_s = clock_offset_s(offset_s, birth.sent_at, received_at)
    unit.gateways.save_compound(
        Compound(compound, birth.name, birth.name_en, birth.timezone),
    )
    gateway = replace(
        known,
        session=session,
        clock_offset_s=offset_s,
        software=birth.software,
        heartbeat_s=birth.heartbeat_s,
        window_s=birth.window_s,
        inventory=birth.inventory,
    )
    if gateway.inventory != known.inventory:
        unit.checkpoints.forget(compound)  # other lines may count towards occupancy now
        unit.feed.tell("gate", compound, {"site": compound}, received_at)
    _save_gateway(unit, gateway, received_at)


def note_death(unit: Unit, compound: str, death: Death, received_at: datetime) -> None:
    """Keep that a session ended without a goodbye."""
    known = unit.gateways.gateway(GatewayKey(compound, death.gateway))
    if known is None:
        return
    _save_gateway(unit, replace(known, session=known.session.ended(death.session)), received_at)


def store_evidence(unit: Unit, compound: str, evidence: Evidence, received_at: datetime) -> None:
    """Keep a picture; its alert may come later.

    Raises:
        PayloadError: It is not a JPEG of a size we show, or there are too many already.
    """
    read_header(evidence.picture)
    key = GatewayKey(compound, evidence.gateway)
    alert_id = hub_alert_id(compound, evidence.gateway, evidence.alert_id)
    alert = unit.alerts.find(alert_id)
    kept = unit.pictures.of([alert_id])
    if evidence.evidence_id in {picture.evidence_id for picture in kept}:
        return
    if len(kept) >= MAX_PICTURES:
        raise PayloadError("picture", f"{len(kept)} of this alert", f"at most {MAX_PICTURES}")
    if alert is None and unit.pictures.count_early(key) >= MAX_EARLY_PICTURES:
        raise PayloadError("alert_id", "no such alert", f"one, for {MAX_EARLY_PICTURES} are early")
    unit.pictures.save(key, evidence, alert_id, received_at)
    if alert is not None:
        tell_alert(unit.feed, alert, received_at)


def acknowledge_birth(unit: Unit, compound: str, birth: Birth) -> Ack:
    """Return what is stored of a birth's epoch.

    A gateway whose disk was put back to an earlier state sees by it, before it sends anything, that
    it would give out numbers a second time.
    """
    key = GatewayKey(compound, birth.gateway)
    return _ack(key, birth.epoch, unit.ledger.peek(key, birth.epoch))


def acknowledge_evidence(unit: Unit, compound: str, evidence: Evidence) -> Ack | None:
    """Return what lets a gateway forget a picture; None before its epoch is known."""
    key = GatewayKey(compound, evidence.gateway)
    gateway = unit.gateways.gateway(key)
    if gateway is None or gateway.session.epoch is None:
        return None
    stored = unit.ledger.peek(key, gateway.session.epoch)
    return _ack(key, gateway.session.epoch, stored, evidence=(evidence.evidence_id,))


def watch_gateways(unit: Unit, now: datetime) -> None:
    """Notice which gateways have fallen silent, and tell the screens."""
    for gateway in unit.gateways.gateways():
        if gateway.session.liveness(now, gateway.heartbeat_s) is not gateway.told:
            _save_gateway(unit, gateway, now)


def _ack(key: GatewayKey, epoch: str, stored: StoredNumbers, evidence: tuple[str, ...] = ()) -> Ack:
    return Ack(
        gateway=key.gateway,
        epoch=epoch,
        up_to=stored.up_to,
        beyond=stored.beyond[:MAX_RUNS_TOLD],
        evidence=evidence,
    )


def _numbered(report: Report, runs: Iterable[Run]) -> list[Numbered]:
    return [
        (number, report.records[number - report.first])
        for first, last in runs
        for number in range(first, last + 1)
    ]


# --- the gateway itself ---------------------------------------------------------------------------


def _stranger(key: GatewayKey, now: datetime) -> Gateway:
    """Return a gateway of which no birth was heard yet."""
    return Gateway(key, Session(last_seen=now))


def _heard(unit: Unit, key: GatewayKey, sent_at: datetime, received_at: datetime) -> Gateway:
    known = unit.gateways.gateway(key)
    if known is None:
        known = _stranger(key, received_at)
        if unit.gateways.compound(key.compound) is None:
            name = key.compound
            unit.gateways.save_compound(Compound(name, name, name, DEFAULT_ZONE))
    offset_s = clock_offset_s(known.clock_offset_s, sent_at, received_at)
    return replace(known, session=known.session.seen(received_at), clock_offset_s=offset_s)


def _save_gateway(unit: Unit, gateway: Gateway, now: datetime) -> None:
    """Keep a gateway, and tell the screens when it came or went."""
    liveness = gateway.session.liveness(now, gateway.heartbeat_s)
    if liveness is not gateway.told:
        key = gateway.key
        line = {"site": key.compound, "gateway": key.gateway, "liveness": liveness}
        unit.feed.tell("gateway", key.compound, line, now)
    unit.gateways.save(replace(gateway, told=liveness))


def _with_health(gateway: Gateway, new: Iterable[Numbered]) -> Gateway:
    figures = [record for _, record in new if isinstance(record, Health)]
    if gateway.health is not None:
        figures.append(gateway.health)
    if not figures:
        return gateway
    return replace(gateway, health=max(figures, key=lambda health: health.occurred_at))


# --- its records ----------------------------------------------------------------------------------


def _store_records(
    unit: Unit,
    key: GatewayKey,
    epoch: str,
    new: Sequence[Numbered],
    received_at: datetime,
) -> None:
    unit.series.write(key, epoch, new)
    sums = _sums(record for _, record in new)
    if sums:
        unit.flows.add(key, sums)
        unit.checkpoints.forget(key.compound, after=min(flow.quarter for flow in sums))
    for number, record in new:
        match record:
            case AlertRaised() | AlertUpdated() | AlertCleared():
                _change_alert(unit, key, record, received_at)
            case CameraState():
                unit.gateways.save_camera(key, record)
            case AccessException():
                unit.exceptions.add(key, epoch, number, record)
            case _:
                pass
    if any(not isinstance(record, Health) for _, record in new):
        unit.feed.tell("gate", key.compound, {"site": key.compound}, received_at)


def _change_alert(
    unit: Unit,
    key: GatewayKey,
    record: AlertRaised | AlertUpdated | AlertCleared,
    received_at: datetime,
) -> None:
    before = unit.alerts.find(hub_alert_id(key.compound, key.gateway, record.alert_id))
    blank = Alert(key.compound, key.gateway, record.alert_id, updated_at=received_at)
    after = (before or blank).with_record(record, received_at)
    unit.alerts.save(after)
    happened = happened_between(before, after)
    for happening in happened:
        spread(unit, after, happening, received_at, at=_when(after, happening))
    if not happened:
        tell_alert(unit.feed, after, received_at)


def _when(alert: Alert, happening: Happening) -> datetime:
    """Return when a record says that it happened."""
    if happening is Happening.CLEARED and alert.condition_cleared_at is not None:
        return alert.condition_cleared_at
    return alert.head.raised_at if alert.head is not None else alert.updated_at


def _sums(records: Iterable[AnyRecord]) -> dict[FlowKey, FlowSum]:
    """Return what windows and late crossings add to each quarter of an hour."""
    sums: dict[FlowKey, FlowSum] = {}
    for record in records:
        match record:
            case CountWindow():
                seconds = (record.end - record.start).total_seconds() * record.coverage
                added = FlowSum(record.count_in, record.count_out, seconds, record.end)
                at = record.start
            case LateCrossing():
                is_in = record.direction is Direction.IN
                added, at = FlowSum(int(is_in), int(not is_in), 0.0, None), record.occurred_at
            case _:
                continue
        key = FlowKey(record.line, record.object_class, floor(at, QUARTER))
        sums[key] = sums[key].plus(added) if key in sums else added
    return sums

"""What there is: compounds and their gateways."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from hub.domain.ledger import StoredNumbers
from hub.domain.liveness import Liveness
from hub.domain.steps import DEFAULT_ZONE
from hub.services.errors import NotFoundError
from hub.services.ports import Compound, Gateway, GatewayKey, Store, Unit
from wire.messages import Camera, Gate, Line, Point, Zone


@dataclass(frozen=True)
class Site:
    """A compound and what its gateways look after."""

    id: str
    name: str
    name_en: str
    timezone: str
    gateways: tuple[str, ...]
    gates: tuple[Gate, ...]
    cameras: tuple[Camera, ...]
    lines: tuple[Line, ...]
    zones: tuple[Zone, ...]
    points: tuple[Point, ...]


@dataclass(frozen=True)
class GatewayNow:
    """A gateway's liveness, and how complete the records of its epoch are."""

    site: str
    gateway: str
    liveness: Liveness
    last_seen: datetime
    session: int | None
    epoch: str | None
    software: str | None
    stored_up_to: int
    highest_number: int
    missing: int
    completeness: float
    clock_offset_s: float | None
    outbox_records: int | None
    memory_bytes: int | None


def list_sites(store: Store) -> list[Site]:
    """Return all compounds, by id."""
    with store.snapshot() as unit:
        gateways: dict[str, list[Gateway]] = defaultdict(list)
        for gateway in unit.gateways.gateways():
            gateways[gateway.key.compound].append(gateway)
        return [_site(compound, gateways[compound.id]) for compound in unit.gateways.compounds()]


def list_gateways(store: Store, now: datetime) -> list[GatewayNow]:
    """Return all gateways, by compound and id."""
    with store.snapshot() as unit:
        return [_gateway_now(unit, gateway, now) for gateway in unit.gateways.gateways()]


def find_site(unit: Unit, site: str) -> Compound:
    """Return a compound.

    Raises:
        NotFoundError: There is none of that id.
    """
    compound = unit.gateways.compound(site)
    if compound is None:
        raise NotFoundError("site", site)
    return compound


def zone_of(compound: Compound) -> ZoneInfo:
    """Return the compound's time zone; China's where it names one that is not known here."""
    try:
        return ZoneInfo(compound.timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo(DEFAULT_ZONE)


def _site(compound: Compound, gateways: list[Gateway]) -> Site:
    inventories = [gateway.inventory for gateway in gateways]
    return Site(
        id=compound.id,
        name=compound.name,
        name_en=compound.name_en,
        timezone=zone_of(compound).key,
        gateways=tuple(gateway.key.gateway for gateway in gateways),
        gates=tuple({gate.id: gate for each in inventories for gate in each.gates}.values()),
        cameras=tuple(camera for each in inventories for camera in each.cameras),
        lines=tuple(line for each in inventories for line in each.lines),
        zones=tuple(zone for each in inventories for zone in each.zones),
        points=tuple(point for each in inventories for point in each.points),
    )


def _gateway_now(unit: Unit, gateway: Gateway, now: datetime) -> GatewayNow:
    key, session, health = gateway.key, gateway.session, gateway.health
    stored = _stored(unit, key, session.epoch)
    return GatewayNow(
        site=key.compound,
        gateway=key.gateway,
        liveness=session.liveness(now, gateway.heartbeat_s),
        last_seen=session.last_seen,
        session=session.number,
        epoch=session.epoch,
        software=gateway.software,
        stored_up_to=stored.up_to,
        highest_number=stored.highest,
        missing=stored.missing,
        completeness=stored.completeness,
        clock_offset_s=gateway.clock_offset_s,
        outbox_records=None if health is None else health.outbox_records,
        memory_bytes=None if health is None else health.memory_bytes,
    )


def _stored(unit: Unit, key: GatewayKey, epoch: str | None) -> StoredNumbers:
    return unit.ledger.peek(key, epoch) if epoch is not None else StoredNumbers()

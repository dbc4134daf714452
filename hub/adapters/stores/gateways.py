"""Compounds, gateways and the states of their cameras."""

from __future__ import annotations

from typing import Any

from msgspec import json
from sqlalchemy import Connection, Row, select

from hub.adapters.database import is_reading
from hub.adapters.stores.upsert import insert_into, insert_or_replace
from hub.adapters.tables import camera_states, compounds, gateways
from hub.domain.liveness import Liveness, Session
from hub.services.ports import CameraKept, Compound, Gateway, GatewayKey
from wire.messages import Inventory
from wire.records import CameraCondition, CameraState, Health


class SqlGateways:
    """What the hub knows of each compound and gateway."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def compounds(self) -> list[Compound]:
        """Return all compounds, by id."""
        rows = self._connection.execute(select(compounds).order_by(compounds.c.compound))
        return [_compound(row) for row in rows]

    def compound(self, compound: str) -> Compound | None:
        """Return one compound."""
        one = select(compounds).where(compounds.c.compound == compound)
        row = self._connection.execute(one).first()
        return None if row is None else _compound(row)

    def save_compound(self, compound: Compound) -> None:
        """Keep a compound, in place of what was known."""
        row = {
            "compound": compound.id,
            "name": compound.name,
            "name_en": compound.name_en,
            "timezone": compound.timezone,
        }
        insert_or_replace(self._connection, compounds, [row])

    def gateways(self, compound: str | None = None) -> list[Gateway]:
        """Return the gateways, of one compound or all, by compound and id."""
        wanted = select(gateways).order_by(gateways.c.compound, gateways.c.gateway)
        if compound is not None:
            wanted = wanted.where(gateways.c.compound == compound)
        return [_gateway(row) for row in self._connection.execute(wanted)]

    def gateway(self, key: GatewayKey) -> Gateway | None:
        """Return one gateway, and keep others off it until a writing transaction ends."""
        one = select(gateways).where(
            gateways.c.compound == key.compound, gateways.c.gateway == key.gateway
        )
        if not is_reading(self._connection):
            one = one.with_for_update()
        row = self._connection.execute(one).first()
        return None if row is None else _gateway(row)

    def save(self, gateway: Gateway) -> None:
        """Keep a gateway, in place of what was known."""
        session, health = gateway.session, gateway.health
        row = {
            "compound": gateway.key.compound,
            "gateway": gateway.key.gateway,
            "session": session.number,
            "died_session": session.died,
            "epoch": session.epoch,
            "born_sent_at": session.born_sent_at,
            "last_seen": session.last_seen,
            "liveness": gateway.told.value,
            "clock_offset_s": gateway.clock_offset_s,
            "software": gateway.software,
            "heartbeat_s": gateway.heartbeat_s,
            "window_s": gateway.window_s,
            "inventory": json.encode(gateway.inventory).decode(),
            "health_at": health and health.occurred_at,
            "health": health and json.encode(health).decode(),
        }
        insert_or_replace(self._connection, gateways, [row])

    def cameras(self, compound: str | None = None) -> list[CameraKept]:
        """Return the last states of cameras."""
        wanted = select(camera_states)
        if compound is not None:
            wanted = wanted.where(camera_states.c.compound == compound)
        return [
            CameraKept(
                GatewayKey(row.compound, row.gateway),
                row.camera,
                CameraCondition(row.state),
                row.since,
            )
            for row in self._connection.execute(wanted)
        ]

    def save_camera(self, key: GatewayKey, state: CameraState) -> None:
        """Keep a camera's state unless a later one is known."""
        new = insert_into(self._connection, camera_states)
        statement = new.on_conflict_do_update(
            index_elements=[column.name for column in camera_states.primary_key],
            set_={"state": new.excluded.state, "since": new.excluded.since},
            where=new.excluded.since > camera_states.c.since,
        )
        row = {
            "compound": key.compound,
            "gateway": key.gateway,
            "camera": state.camera,
            "state": state.state.value,
            "since": state.occurred_at,
        }
        self._connection.execute(statement, [row])


def _compound(row: Row[Any]) -> Compound:
    return Compound(row.compound, row.name, row.name_en, row.timezone)


def _gateway(row: Row[Any]) -> Gateway:
    return Gateway(
        key=GatewayKey(row.compound, row.gateway),
        session=Session(
            last_seen=row.last_seen,
            number=row.session,
            epoch=row.epoch,
            born_sent_at=row.born_sent_at,
            died=row.died_session,
        ),
        told=Liveness(row.liveness),
        clock_offset_s=row.clock_offset_s,
        software=row.software,
        heartbeat_s=row.heartbeat_s,
        window_s=row.window_s,
        inventory=json.decode(row.inventory, type=Inventory),
        health=None if row.health is None else json.decode(row.health, type=Health),
    )

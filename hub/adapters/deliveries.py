"""The outbox of deliveries in the relational store; several workers may share it."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, exists, func, or_, select, update

from hub.adapters.database import Database
from hub.adapters.tables import deliveries
from hub.domain.delivery import DeliveryInput, DeliveryState, next_state
from hub.services.deliver import DeliveryRow, LeasedDelivery, Settlement, UnknownDeliveryError

_OPEN = (DeliveryState.WAITING.value, DeliveryState.LEASED.value)


class SqlDeliveries:
    """The store of `hub.services.deliver`; each call is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def lease(
        self, target: str, now: datetime, until: datetime, lease: str
    ) -> LeasedDelivery | None:
        """Lease the oldest delivery that is due and not behind another of the same alert.

        Looks before it writes, so that an idle worker never holds up the others.
        """
        due = _due(target, now)
        with self._database.snapshot() as connection:
            if connection.execute(due).first() is None:
                return None
        with self._database.transaction() as connection:
            row = connection.execute(due.with_for_update(skip_locked=True, of=deliveries)).first()
            if row is None:
                return None
            attempts = row.attempts + 1
            connection.execute(
                update(deliveries)
                .where(deliveries.c.id == row.id)
                .values(
                    state=DeliveryState.LEASED.value,
                    lease=lease,
                    leased_until=until,
                    attempts=attempts,
                )
            )
            return LeasedDelivery(row.id, target, row.event_id, row.event, attempts, lease)

    def settle(self, delivery: LeasedDelivery, settlement: Settlement) -> bool:
        """Keep what became of an attempt; False if the lease is no longer ours."""
        is_ours = (deliveries.c.id == delivery.id) & (deliveries.c.lease == delivery.lease)
        is_delivered = settlement.state is DeliveryState.DELIVERED
        with self._database.transaction() as connection:
            settled = connection.execute(
                update(deliveries)
                .where(is_ours, deliveries.c.state == DeliveryState.LEASED.value)
                .values(
                    state=settlement.state.value,
                    next_at=settlement.next_at,
                    lease=None,
                    leased_until=None,
                    delivered_at=settlement.settled_at if is_delivered else None,
                    last_error=settlement.error,
                )
            )
            return settled.rowcount == 1

    def list_newest(
        self, state: DeliveryState | None, target: str | None, before: int | None, limit: int
    ) -> list[DeliveryRow]:
        """Return deliveries, newest first, older than the id `before`."""
        query = select(deliveries).order_by(deliveries.c.id.desc()).limit(limit)
        if state is not None:
            query = query.where(deliveries.c.state == state.value)
        if target is not None:
            query = query.where(deliveries.c.target == target)
        if before is not None:
            query = query.where(deliveries.c.id < before)
        with self._database.snapshot() as connection:
            return [_row(row) for row in connection.execute(query)]

    def count_by_state(self) -> dict[str, float]:
        """Return how many deliveries are in each state that is not yet an end, or a bad one."""
        shown = (DeliveryState.WAITING, DeliveryState.LEASED, DeliveryState.DEAD)
        query = (
            select(deliveries.c.state, func.count())
            .where(deliveries.c.state.in_([state.value for state in shown]))
            .group_by(deliveries.c.state)
        )
        with self._database.snapshot() as connection:
            found = {state: float(count) for state, count in connection.execute(query)}
        return {state.value: found.get(state.value, 0.0) for state in shown}

    def retry(self, delivery_id: int, now: datetime) -> DeliveryRow:
        """Try one that was given up anew, from the first attempt on.

        Raises:
            UnknownDeliveryError: There is none of that id.
            IllegalDeliveryError: It was not given up.
        """
        one = select(deliveries).where(deliveries.c.id == delivery_id)
        with self._database.transaction() as connection:
            row = connection.execute(one.with_for_update(of=deliveries)).first()
            if row is None:
                raise UnknownDeliveryError(delivery_id)
            state = next_state(DeliveryState(row.state), DeliveryInput.RETRIED)
            connection.execute(
                update(deliveries)
                .where(deliveries.c.id == delivery_id)
                .values(state=state.value, attempts=0, next_at=now)
            )
            return _row(connection.execute(one).one())


def _due(target: str, now: datetime) -> Select[Any]:
    earlier = deliveries.alias("earlier")
    is_behind_another = exists().where(
        earlier.c.alert == deliveries.c.alert,
        earlier.c.target == deliveries.c.target,
        earlier.c.id < deliveries.c.id,
        earlier.c.state.in_(_OPEN),
    )
    return (
        select(deliveries)
        .where(deliveries.c.target == target, _is_due(now), ~is_behind_another)
        .order_by(deliveries.c.id)
        .limit(1)
    )


def _is_due(now: datetime) -> ColumnElement[bool]:
    return or_(
        and_(deliveries.c.state == DeliveryState.WAITING.value, deliveries.c.next_at <= now),
        and_(deliveries.c.state == DeliveryState.LEASED.value, deliveries.c.leased_until <= now),
    )


def _row(row: Row[Any]) -> DeliveryRow:
    return DeliveryRow(
        id=row.id,
        target=row.target,
        event_id=row.event_id,
        event_type=json.loads(row.event)["type"],
        alert_id=row.alert,
        state=DeliveryState(row.state),
        attempts=row.attempts,
        next_at=row.next_at,
        delivered_at=row.delivered_at,
        last_error=row.last_error,
    )

"""Evidence, and who looked at it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, exists, func, insert, select

from hub.adapters.stores.upsert import insert_new
from hub.adapters.tables import alerts, evidence_views
from hub.adapters.tables import evidence as pictures
from hub.services.ports import GatewayKey, PictureKept, PictureView
from wire.messages import Evidence


class SqlPictures:
    """Pictures by gateway and their own id."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def save(self, key: GatewayKey, evidence: Evidence, alert: str, received_at: datetime) -> None:
        """Keep a picture, unless it was."""
        row = {
            "compound": key.compound,
            "gateway": key.gateway,
            "evidence_id": evidence.evidence_id,
            "alert": alert,
            "camera": evidence.camera,
            "captured_at": evidence.captured_at,
            "received_at": received_at,
            "picture": evidence.picture,
        }
        insert_new(self._connection, pictures, [row])

    def count_early(self, key: GatewayKey) -> int:
        """Return how many pictures of a gateway are there whose alert is not."""
        number = select(func.count()).where(
            pictures.c.compound == key.compound,
            pictures.c.gateway == key.gateway,
            ~exists().where(alerts.c.id == pictures.c.alert),
        )
        return self._connection.execute(number).scalar_one()

    def of(self, wanted_alerts: Sequence[str]) -> list[PictureKept]:
        """Return what is there of these alerts."""
        wanted = select(pictures.c.alert, pictures.c.evidence_id, pictures.c.captured_at)
        wanted = wanted.where(pictures.c.alert.in_(wanted_alerts)).order_by(pictures.c.evidence_id)
        rows = self._connection.execute(wanted)
        return [PictureKept(row.alert, row.evidence_id, row.captured_at) for row in rows]

    def jpeg(self, alert: str, evidence_id: str) -> bytes | None:
        """Return a picture."""
        wanted = select(pictures.c.picture).where(
            pictures.c.alert == alert, pictures.c.evidence_id == evidence_id
        )
        return self._connection.execute(wanted).scalar_one_or_none()

    def add_view(self, alert: str, view: PictureView) -> None:
        """Keep that somebody looked."""
        row = {"alert": alert, "evidence_id": view.evidence_id, "who": view.who, "at": view.at}
        self._connection.execute(insert(evidence_views), [row])

    def views(self, alert: str) -> list[PictureView]:
        """Return who looked, in order of time."""
        wanted = select(evidence_views).where(evidence_views.c.alert == alert)
        rows = self._connection.execute(wanted.order_by(evidence_views.c.at, evidence_views.c.id))
        return [PictureView(row.evidence_id, row.who, row.at) for row in rows]

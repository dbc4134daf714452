"""What has to be done now and then, and by nobody's asking."""

from __future__ import annotations

from datetime import datetime

from hub.services.ingest import watch_gateways
from hub.services.occupancy import keep_checkpoints
from hub.services.ports import Store


def notice_silence(store: Store, now: datetime) -> None:
    """Tell the screens of gateways that have fallen silent; takes no write lock if none has."""
    with store.snapshot() as unit:
        has_news = any(
            gateway.session.liveness(now, gateway.heartbeat_s) is not gateway.told
            for gateway in unit.gateways.gateways()
        )
    if has_news:
        with store.transaction() as unit:
            watch_gateways(unit, now)


def tidy(store: Store, now: datetime) -> None:
    """Remove what is past its time, and keep occupancy's checkpoints up to date."""
    with store.transaction() as unit:
        unit.upkeep.trim(now)
    keep_checkpoints(store, now)

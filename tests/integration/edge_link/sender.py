"""A gateway's process in little: commits a known series of records and sends it.

    python -m tests.integration.edge_link.sender OUTBOX BROKER_JSON TOTAL

The checkpoint is the number of the next record of the series, so that a kill shows.
"""

from __future__ import annotations

import json
import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from edge.adapters.clock import SystemClock
from edge.adapters.hub_link import HubLink
from edge.adapters.mqtt import Broker
from edge.adapters.outbox import Outbox
from wire.messages import Birth, Gate, Inventory
from wire.records import CameraCondition, CameraState

NOON: Final = datetime(2026, 3, 1, 12, tzinfo=UTC)
_PACE: Final = threading.Event()  # never set; a bounded wait


def record(place: int) -> CameraState:
    """The record at `place` of the series, unlike all others."""
    at = NOON + timedelta(seconds=place)
    return CameraState(camera="north", state=CameraCondition.ONLINE, occurred_at=at)


def birth(outbox: Outbox, session: int) -> Birth:
    return Birth(
        gateway="gate-1",
        session=session,
        epoch=outbox.epoch,
        sent_at=NOON,
        software="test",
        name="花园",
        name_en="Garden",
        timezone="Asia/Shanghai",
        heartbeat_s=30,
        window_s=60,
        inventory=Inventory(gates=(Gate(id="north", name="北门", name_en="North"),)),
    )


def main() -> None:
    file, broker, total = Path(sys.argv[1]), Broker(**json.loads(sys.argv[2])), int(sys.argv[3])
    outbox = Outbox(file, "first")
    link = HubLink(
        broker,
        compound="garden",
        gateway="gate-1",
        outbox=outbox,
        birth=lambda session: birth(outbox, session),
        clock=SystemClock(),
    )
    thread = threading.Thread(target=link.run)
    thread.start()
    for place in range(int(outbox.checkpoint() or b"0"), total, 3):
        series = [record(each) for each in range(place, min(place + 3, total))]
        outbox.commit(series, (), str(place + 3).encode())
        link.wake()
        _PACE.wait(0.002)
    while outbox.pending_count:
        _PACE.wait(0.05)
    link.stop()
    thread.join()
    outbox.close()


if __name__ == "__main__":
    main()

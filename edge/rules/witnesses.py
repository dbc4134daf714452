"""Facts as an alert shows them."""

from __future__ import annotations

from typing import Final

from edge.facts import Access, CameraChange, Crossing, ZoneCount
from wire.records import Witness
from wire.values import ObjectClass

TIMES: Final = "times"
UNIT_OF: Final = {
    ObjectClass.PERSON: "people",
    ObjectClass.VEHICLE: "vehicles",
    ObjectClass.NON_MOTOR: "non-motor",
}


def crossing_witness(fact: Crossing, pair: int | None = None) -> Witness:
    """Return a line crossing as a witness; `pair` is the number it shares with its grant."""
    return Witness(
        fact="crossing",
        source=fact.line,
        occurred_at=fact.occurred_at,
        direction=fact.direction,
        object_class=fact.object_class,
        pair=pair,
    )


def access_witness(fact: Access, pair: int | None = None) -> Witness:
    """Return an access event as a witness; `pair` is the number it shares with its crossing."""
    return Witness(
        fact=fact.outcome.value,
        source=fact.point,
        occurred_at=fact.occurred_at,
        direction=fact.direction,
        pair=pair,
    )


def zone_witness(fact: ZoneCount) -> Witness:
    """Return a zone count as a witness."""
    return Witness(
        fact="zone-count",
        source=fact.zone,
        occurred_at=fact.occurred_at,
        object_class=fact.object_class,
    )


def camera_witness(fact: CameraChange) -> Witness:
    """Return a change of a camera's condition as a witness."""
    return Witness(fact=fact.state.value, source=fact.camera, occurred_at=fact.occurred_at)

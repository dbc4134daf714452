"""All rules by name."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from edge.rules.after_hours import AfterHours
from edge.rules.camera_silent import CameraSilent
from edge.rules.crowding import Crowding
from edge.rules.door import DoorForced, DoorHeld
from edge.rules.stationary import StationaryVehicle
from edge.rules.tail_through import TailThrough
from edge.rules.tailgating import Tailgating
from wire.records import RuleName

AnyRule = (
    Tailgating
    | TailThrough
    | Crowding
    | StationaryVehicle
    | AfterHours
    | DoorForced
    | DoorHeld
    | CameraSilent
)

RULES: Final[Mapping[RuleName, type[AnyRule]]] = MappingProxyType(
    {
        RuleName.TAILGATING: Tailgating,
        RuleName.TAIL_THROUGH: TailThrough,
        RuleName.CROWDING: Crowding,
        RuleName.STATIONARY_VEHICLE: StationaryVehicle,
        RuleName.AFTER_HOURS: AfterHours,
        RuleName.DOOR_FORCED: DoorForced,
        RuleName.DOOR_HELD: DoorHeld,
        RuleName.CAMERA_SILENT: CameraSilent,
    }
)

"""What is summed up while a window is open."""

from __future__ import annotations

from typing import Final

from msgspec import Struct, field

from wire.records import AccessOutcome
from wire.values import Direction, ObjectClass

_COUNTED: Final = {
    AccessOutcome.GRANTED: "granted",
    AccessOutcome.DURESS: "granted",  # the door opened
    AccessOutcome.DENIED: "denied",
    AccessOutcome.FORCED: "forced",
    AccessOutcome.HELD_OPEN: "held",
}


class Passages(Struct):
    """Crossings of one line by one class."""

    count_in: int = 0
    count_out: int = 0

    def add(self, direction: Direction) -> None:
        """Count one crossing."""
        if direction is Direction.IN:
            self.count_in += 1
        else:
            self.count_out += 1


class Presence(Struct):
    """How many were in one zone, of one class, for how long."""

    observed_s: float = 0.0
    count_seconds: float = 0.0
    max_count: int = 0
    stays: int = 0
    stayed_s: float = 0.0
    longest_stay_s: float = 0.0

    def hold(self, count: int, duration_s: float) -> None:
        """Add a stretch of time during which `count` were there."""
        self.observed_s += duration_s
        self.count_seconds += count * duration_s
        self.max_count = max(self.max_count, count)

    def leave(self, stay_s: float) -> None:
        """Add one stay that has ended."""
        self.stays += 1
        self.stayed_s += stay_s
        self.longest_stay_s = max(self.longest_stay_s, stay_s)

    @property
    def mean_count(self) -> float:
        """Time-weighted mean over what was observed."""
        return self.count_seconds / self.observed_s if self.observed_s else 0.0

    @property
    def mean_stay_s(self) -> float:
        """Mean of the stays that ended."""
        return self.stayed_s / self.stays if self.stays else 0.0


class CameraTally(Struct):
    """One window of one camera: how long it saw, and what, by line and zone."""

    covered_s: float = 0.0
    lines: dict[str, dict[ObjectClass, Passages]] = field(default_factory=dict)
    zones: dict[str, dict[ObjectClass, Presence]] = field(default_factory=dict)

    def passages(self, line: str, object_class: ObjectClass) -> Passages:
        """Return the sum for a line and class, new if there was none."""
        return self.lines.setdefault(line, {}).setdefault(object_class, Passages())

    def presence(self, zone: str, object_class: ObjectClass) -> Presence:
        """Return the sum for a zone and class, new if there was none."""
        return self.zones.setdefault(zone, {}).setdefault(object_class, Presence())


class PointTally(Struct):
    """One window of one access point."""

    granted: int = 0
    denied: int = 0
    forced: int = 0
    held: int = 0

    def add(self, outcome: AccessOutcome) -> None:
        """Count one event; some are not counted."""
        name = _COUNTED.get(outcome)
        if name is not None:
            setattr(self, name, getattr(self, name) + 1)


def is_counted(outcome: AccessOutcome) -> bool:
    """Say whether an access window has a figure for `outcome`."""
    return outcome in _COUNTED

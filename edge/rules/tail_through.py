"""Tail-through 跟车: more vehicles came in at a barrier than it let in."""

from __future__ import annotations

from dataclasses import dataclass

from edge.rules.passage_rule import PassageRule
from wire.records import RuleName
from wire.values import ObjectClass


@dataclass(frozen=True, kw_only=True)
class TailThrough(PassageRule):
    """Vehicles at a barrier: slower than people, and further apart."""

    name = RuleName.TAIL_THROUGH

    object_class: ObjectClass = ObjectClass.VEHICLE
    hold_s: float = 1.5
    skew_s: float = 1.5
    passage_s: float = 20.0
    together_s: float = 6.0

"""Tailgating 尾随: more people came in through a door than it let in."""

from __future__ import annotations

from dataclasses import dataclass

from edge.rules.passage_rule import PassageRule
from wire.records import RuleName
from wire.values import ObjectClass


@dataclass(frozen=True, kw_only=True)
class Tailgating(PassageRule):
    """People at a door.

    Readers tell of a grant before anybody can pass, so the hold is short; where a grant may reach
    the gateway later than `hold_s` after the crossing, a longer hold saves an alert that is cleared
    at once.
    """

    name = RuleName.TAILGATING

    object_class: ObjectClass = ObjectClass.PERSON
    hold_s: float = 0.5
    skew_s: float = 1.0
    passage_s: float = 8.0
    together_s: float = 3.0

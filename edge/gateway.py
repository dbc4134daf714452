"""The gateway's core: facts in, numbered-to-be records and wanted pictures out. Pure.

A step and its durable commit belong together: whoever calls `observe` stores the outcome and the
state in one transaction before it acknowledges what the facts came from. Then a kill at any moment
loses nothing that was acknowledged and doubles nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import msgspec

from edge.access.deduplicator import Deduplicator, DeduplicatorState
from edge.access.exceptions import AccessExceptions, AccessExceptionsState, DeniedBurst
from edge.facts import Access, AnyFact, CameraChange
from edge.reporting.windows import WindowPlan, Windows, WindowsState
from edge.rules.alerts import EvidenceWanted
from edge.rules.engine import RuleEngine, RulesState
from edge.rules.rule import Rule
from wire.records import AnyRecord, CameraState

STATE_VERSION: Final = 1


class CheckpointError(Exception):
    """A checkpoint that this version cannot read.

    Attributes:
        why: What was found.
    """

    def __init__(self, why: str) -> None:
        super().__init__(f"checkpoint: found {why}, expected one of version {STATE_VERSION}")
        self.why = why


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What a gateway looks after: its windows, its rules, and when refusals are a burst."""

    gateway: str
    windows: WindowPlan
    rules: tuple[Rule[Any], ...] = ()
    denied_burst: DeniedBurst | None = None


@dataclass(frozen=True)
class Outcome:
    """What a step leads to; `repeats` are access events that had come before."""

    records: tuple[AnyRecord, ...] = ()
    evidence: tuple[EvidenceWanted, ...] = ()
    repeats: int = 0

    @property
    def matters(self) -> bool:
        """Whether there is anything to tell."""
        return bool(self.records or self.evidence)


class GatewayState(msgspec.Struct, frozen=True, kw_only=True):
    """What has to survive a restart."""

    version: int = STATE_VERSION
    windows: WindowsState | None = None
    rules: RulesState | None = None
    exceptions: AccessExceptionsState | None = None
    seen: DeduplicatorState | None = None


class Gateway:
    """Windows, access exceptions and rules over the same facts."""

    def __init__(self, plan: Plan, state: GatewayState | None = None) -> None:
        """Start, or go on where `state` ends.

        Raises:
            RuleError: Two rules watch the same subject for the same thing.
        """
        known = state or GatewayState()
        self._windows = Windows(plan.windows, known.windows)
        self._rules = RuleEngine(plan.rules, plan.gateway, known.rules)
        self._exceptions = AccessExceptions(known.exceptions, burst=plan.denied_burst)
        self._seen = Deduplicator(known.seen)

    @property
    def state(self) -> GatewayState:
        """What has to survive a restart."""
        return GatewayState(
            windows=self._windows.state,
            rules=self._rules.state,
            exceptions=self._exceptions.state,
            seen=self._seen.state,
        )

    @property
    def next_due(self) -> datetime | None:
        """When a rule wants a `tick` although no fact has come."""
        return self._rules.next_due

    def observe(self, facts: Iterable[AnyFact], now: datetime) -> Outcome:
        """Take facts and return what is to be told: alerts first, then windows."""
        found = list(facts)
        fresh = [fact for fact in found if self._is_fresh(fact)]
        alerts = self._rules.observe(fresh, now)
        changes = [_camera_state(fact) for fact in fresh if isinstance(fact, CameraChange)]
        exceptions = self._exceptions.observe(fresh, now)
        windows = self._windows.observe(fresh, now)
        return Outcome(
            records=(*changes, *exceptions, *alerts.records, *windows),
            evidence=alerts.evidence,
            repeats=len(found) - len(fresh),
        )

    def tick(self, now: datetime) -> Outcome:
        """Return what time alone has changed."""
        return self.observe((), now)

    def _is_fresh(self, fact: AnyFact) -> bool:
        return not isinstance(fact, Access) or self._seen.is_first(fact)


def encode_state(state: GatewayState) -> bytes:
    """Return the checkpoint that holds `state`."""
    return msgspec.msgpack.encode(state)


def decode_state(checkpoint: bytes) -> GatewayState:
    """Return the state that a checkpoint holds.

    Raises:
        CheckpointError: It is damaged or of another version.
    """
    try:
        state = msgspec.msgpack.decode(checkpoint, type=GatewayState)
    except msgspec.DecodeError as error:
        raise CheckpointError(str(error)) from error
    if state.version != STATE_VERSION:
        raise CheckpointError(f"version {state.version}")
    return state


def _camera_state(change: CameraChange) -> CameraState:
    return CameraState(camera=change.camera, state=change.state, occurred_at=change.occurred_at)

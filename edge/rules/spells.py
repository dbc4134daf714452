"""Spells: stretches of time for which something is the case, as far as anyone could see.

A signal is either sampled (a zone count in every frame) or standing (a door, a camera): a standing
signal is true until it is told otherwise, so the clock alone can complete a hold; a sampled one is
only known when it is sampled, so not being observed neither completes a hold nor ends a spell.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from msgspec import Struct
from msgspec.structs import replace

from wire.records import Witness


class Level(Enum):
    """What a sample says: over the limit, under it, or between (which changes nothing)."""

    OVER = "over"
    BETWEEN = "between"
    UNDER = "under"


@dataclass(frozen=True, kw_only=True)
class Sample:
    """One look at the signal.

    `began_at` is when it went over, if that was before it was looked at.
    """

    level: Level
    amount: float
    witness: Witness
    camera: str | None = None
    began_at: datetime | None = None

    @property
    def at(self) -> datetime:
        """The time of the look."""
        return self.witness.occurred_at


@dataclass(frozen=True, kw_only=True)
class Tempo:
    """How long things take.

    Until it has lasted `hold`, a spell is over when the signal was under for `flicker`, and when
    a sampled signal was not looked at for longer than `gap`; after that, when it was under for
    `clear`. With `lasts`, a single sample over the limit stands for that long and no longer.
    """

    is_standing: bool
    hold: timedelta
    clear: timedelta
    flicker: timedelta = timedelta(seconds=1)
    gap: timedelta = timedelta(seconds=10)
    lasts: timedelta | None = None


class Spell(Struct, frozen=True, kw_only=True):
    """One stretch.

    `over_at` is the last sample that was not under; `under_since` when it went under, should it
    turn out to be the end.
    """

    since: datetime
    first: Witness
    peak: Witness
    peak_amount: float
    times: int
    camera: str | None
    over_at: datetime
    under_since: datetime | None = None
    is_held: bool = False
    until: datetime | None = None

    @property
    def witnesses(self) -> tuple[Witness, ...]:
        """The sample that began the spell and its largest."""
        return (self.first,) if self.peak == self.first else (self.first, self.peak)


class Spells(Struct, frozen=True, kw_only=True, tag="spells"):
    """The present spell, those that ended since the last look, and the newest sample's time."""

    current: Spell | None = None
    ended: tuple[Spell, ...] = ()
    sampled_at: datetime | None = None


def take(spells: Spells, sample: Sample, tempo: Tempo) -> Spells:
    """Return the spells after one more sample.

    A sample older than the newest one changes nothing, but for one that stands for itself alone.
    """
    previous = spells.sampled_at
    is_late = previous is not None and sample.at < previous
    if is_late and not (tempo.lasts is not None and sample.level is Level.OVER):
        return spells
    if tempo.is_standing:
        spells = settle(spells, sample.at, tempo)
    elif previous is not None and sample.at - previous > tempo.gap:
        spells = _without_unheld(spells)
    taken = replace(
        spells,
        current=_continued(spells.current, sample),
        sampled_at=previous if is_late else sample.at,
    )
    return settle(taken, sample.at, tempo)


def settle(spells: Spells, now: datetime, tempo: Tempo) -> Spells:
    """Return the spells as they stand at `now`: held if long enough, ended if over long enough."""
    spell = spells.current
    if spell is None:
        return spells
    end = _end_of(spell, now, tempo)
    lasted_to = (end or now) if tempo.is_standing else spell.over_at
    if not spell.is_held and lasted_to - spell.since >= tempo.hold:
        spell = replace(spell, is_held=True)
    if end is None or now - end < _patience(spell, tempo):
        return replace(spells, current=spell)
    over = (*spells.ended, replace(spell, until=end)) if spell.is_held else spells.ended
    return replace(spells, current=None, ended=over)


def due(spells: Spells, tempo: Tempo) -> datetime | None:
    """Return when `settle` will next change something, if the clock alone can do that."""
    spell = spells.current
    if spell is None or not tempo.is_standing:
        return None
    end = spell.under_since
    if end is None and tempo.lasts is not None:
        end = spell.over_at + tempo.lasts
    held_at = spell.since + tempo.hold
    can_hold = not spell.is_held and (end is None or held_at <= end)
    moments = [held_at] if can_hold else []
    if end is not None:
        moments.append(end + _patience(spell, tempo))
    return min(moments, default=None)


def _continued(spell: Spell | None, sample: Sample) -> Spell | None:
    if spell is None:
        return _begun(sample) if sample.level is Level.OVER else None
    if sample.level is Level.UNDER:
        return replace(spell, under_since=spell.under_since or sample.at)
    is_over = sample.level is Level.OVER
    is_peak = sample.amount > spell.peak_amount
    return replace(
        spell,
        since=min(spell.since, sample.began_at or sample.at),
        over_at=max(spell.over_at, sample.at),
        under_since=None,
        times=spell.times + is_over,
        peak=sample.witness if is_peak else spell.peak,
        peak_amount=max(spell.peak_amount, sample.amount),
    )


def _begun(sample: Sample) -> Spell:
    return Spell(
        since=sample.began_at or sample.at,
        first=sample.witness,
        peak=sample.witness,
        peak_amount=sample.amount,
        times=1,
        camera=sample.camera,
        over_at=sample.at,
    )


def _without_unheld(spells: Spells) -> Spells:
    is_held = spells.current is not None and spells.current.is_held
    return spells if is_held else replace(spells, current=None)


def _end_of(spell: Spell, now: datetime, tempo: Tempo) -> datetime | None:
    if spell.under_since is not None or tempo.lasts is None:
        return spell.under_since
    lapse = spell.over_at + tempo.lasts
    return lapse if lapse <= now else None


def _patience(spell: Spell, tempo: Tempo) -> timedelta:
    return tempo.clear if spell.is_held else tempo.flicker

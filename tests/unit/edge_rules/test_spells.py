from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from edge.rules.spells import Level, Sample, Spell, Spells, Tempo, due, settle, take
from tests.unit.edge_rules.stories import at
from wire.records import Witness

OVER, BETWEEN, UNDER = Level.OVER, Level.BETWEEN, Level.UNDER
SAMPLED = Tempo(
    is_standing=False,
    hold=timedelta(seconds=5),
    clear=timedelta(seconds=3),
    flicker=timedelta(seconds=1),
    gap=timedelta(seconds=4),
)
STANDING = Tempo(is_standing=True, hold=timedelta(seconds=5), clear=timedelta(seconds=3))
LASTING = Tempo(
    is_standing=True, hold=timedelta(0), clear=timedelta(0), lasts=timedelta(seconds=10)
)


def sample(second: float, level: Level, amount: float = 1) -> Sample:
    witness = Witness(fact="zone-count", source="zone", occurred_at=at(second))
    return Sample(level=level, amount=amount, witness=witness)


def after(samples: Sequence[Sample], tempo: Tempo) -> Spells:
    spells = Spells()
    for each in samples:
        spells = take(spells, each, tempo)
    return spells


def steady(level: Level, *seconds: float) -> list[Sample]:
    return [sample(second, level) for second in seconds]


def held(spells: Spells) -> list[Spell]:
    present = [spells.current] if spells.current is not None else []
    return [spell for spell in (*spells.ended, *present) if spell.is_held]


def ends(spells: Spells) -> list[datetime | None]:
    return [spell.until for spell in held(spells)]


def test_over_for_the_hold_is_held() -> None:
    spells = after(steady(OVER, 0, 2, 4, 5), SAMPLED)

    assert [spell.since for spell in held(spells)] == [at(0)]


def test_over_for_less_than_the_hold_is_nothing() -> None:
    assert held(after(steady(OVER, 0, 2, 4, 4.9), SAMPLED)) == []


def test_a_flicker_does_not_start_the_hold_again() -> None:
    samples = [*steady(OVER, 0, 2), sample(3, UNDER), *steady(OVER, 3.5, 5)]

    assert len(held(after(samples, SAMPLED))) == 1


def test_longer_under_starts_the_hold_again() -> None:
    samples = [*steady(OVER, 0, 2), *steady(UNDER, 3, 4), *steady(OVER, 4.5, 7)]

    assert held(after(samples, SAMPLED)) == []


def test_not_being_looked_at_does_not_complete_a_sampled_hold() -> None:
    assert held(after(steady(OVER, 0, 5), SAMPLED)) == []


def test_not_being_looked_at_does_not_end_a_held_spell() -> None:
    spells = after(steady(OVER, 0, 3, 5, 60), SAMPLED)

    assert ends(spells) == [None]


def test_time_alone_changes_nothing_about_a_sampled_signal() -> None:
    assert due(after(steady(OVER, 0, 3), SAMPLED), SAMPLED) is None


def test_under_for_the_clear_time_ends_it_where_it_went_under() -> None:
    spells = after([*steady(OVER, 0, 3, 5), *steady(UNDER, 6, 8, 9)], SAMPLED)

    assert ends(spells) == [at(6)]


def test_back_over_before_the_clear_time_is_the_same_spell() -> None:
    samples = [*steady(OVER, 0, 3, 5), *steady(UNDER, 6, 8), sample(8.5, OVER)]

    assert ends(after(samples, SAMPLED)) == [None]


def test_between_begins_nothing_and_ends_nothing() -> None:
    assert after(steady(BETWEEN, 0, 3, 6), SAMPLED).current is None

    assert ends(after([*steady(OVER, 0, 3, 5), *steady(BETWEEN, 6, 9, 12)], SAMPLED)) == [None]


def test_the_peak_is_kept_with_its_witness() -> None:
    spells = after([sample(0, OVER, 4), sample(3, OVER, 9), sample(5, OVER, 6)], SAMPLED)

    (spell,) = held(spells)
    assert spell.peak_amount == 9
    assert [witness.occurred_at for witness in spell.witnesses] == [at(0), at(3)]


def test_a_sample_older_than_the_newest_changes_nothing() -> None:
    spells = after(steady(OVER, 0, 3), SAMPLED)

    assert take(spells, sample(1, UNDER), SAMPLED) == spells


def test_the_clock_completes_the_hold_of_a_standing_signal() -> None:
    spells = after([sample(0, OVER)], STANDING)

    assert due(spells, STANDING) == at(5)
    assert held(settle(spells, at(4.9), STANDING)) == []
    assert len(held(settle(spells, at(5), STANDING))) == 1


def test_the_clock_ends_a_standing_signal_that_was_told_to_be_over() -> None:
    spells = after([sample(0, OVER), sample(6, UNDER)], STANDING)

    assert due(spells, STANDING) == at(9)
    assert ends(settle(spells, at(9), STANDING)) == [at(6)]


def test_a_standing_signal_that_was_over_too_shortly_was_nothing() -> None:
    spells = after([sample(0, OVER), sample(3, UNDER)], STANDING)

    assert settle(spells, at(60), STANDING) == Spells(sampled_at=at(3))


def test_one_sample_lasts_as_long_as_it_may() -> None:
    spells = after([sample(0, OVER), sample(4, OVER)], LASTING)

    assert due(spells, LASTING) == at(14)
    assert ends(settle(spells, at(13.9), LASTING)) == [None]
    assert ends(settle(spells, at(14), LASTING)) == [at(14)]
    assert [spell.times for spell in held(spells)] == [2]


def test_a_late_sample_that_stands_for_itself_is_taken() -> None:
    spells = after([sample(5, UNDER), sample(2, OVER)], LASTING)

    assert [spell.since for spell in held(spells)] == [at(2)]


levels = st.lists(st.sampled_from([OVER, OVER, BETWEEN, UNDER]), max_size=24)
tempos = st.sampled_from([SAMPLED, STANDING, LASTING])


@given(levels, tempos)
def test_held_spells_last_their_hold_and_never_overlap(signal: list[Level], tempo: Tempo) -> None:
    samples = [sample(second, level) for second, level in enumerate(signal)]
    now = at(len(signal))

    spells = held(settle(after(samples, tempo), now, tempo))

    for spell in spells:
        assert (spell.until or now) - spell.since >= tempo.hold
    for earlier, later in pairwise(spells):
        assert earlier.until is not None
        assert earlier.until <= later.since


@given(levels, tempos)
def test_what_is_due_is_never_in_the_past(signal: list[Level], tempo: Tempo) -> None:
    samples = [sample(second, level) for second, level in enumerate(signal)]
    now = at(len(signal))

    moment = due(settle(after(samples, tempo), now, tempo), tempo)

    assert moment is None or moment > now

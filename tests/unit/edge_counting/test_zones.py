from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.counting.geometry import Box, GeometryError, Point
from edge.counting.tracking import Track
from edge.counting.zones import Presence, ZoneCounter, ZoneSpec
from wire.values import ObjectClass

START = datetime(2026, 5, 1, 8, tzinfo=UTC)
PERSON, VEHICLE = ObjectClass.PERSON, ObjectClass.VEHICLE
SQUARE = (Point(0.2, 0.2), Point(0.6, 0.2), Point(0.6, 0.6), Point(0.2, 0.6))
WHOLE_PICTURE = (Point(0, 0), Point(1, 0), Point(1, 1), Point(0, 1))
INSIDE, OUTSIDE = (0.4, 0.4), (0.8, 0.4)


def track(
    place: tuple[float, float],
    track_id: int = 1,
    object_class: ObjectClass = PERSON,
    *,
    is_seen: bool = True,
    is_confirmed: bool = True,
) -> Track:
    x, y = place
    box = Box(x - 0.05, y - 0.2, x + 0.05, y)
    return Track(track_id, object_class, box, is_confirmed, is_seen)


class Watch:
    """A zone that is shown tracks at seconds of its own clock."""

    def __init__(
        self,
        corners: tuple[Point, ...] = SQUARE,
        classes: tuple[ObjectClass, ...] = (PERSON,),
    ) -> None:
        self.counter = ZoneCounter(ZoneSpec("yard", corners, classes))

    def see(self, second: float, *tracks: Track, of: ObjectClass = PERSON) -> Presence:
        return self.counter.update(START + timedelta(seconds=second), tracks)[of]


def test_who_stands_in_the_zone_counts() -> None:
    presence = Watch().see(0, track(INSIDE, 1), track((0.3, 0.5), 2), track(OUTSIDE, 3))

    assert presence.count == 2


def test_it_is_the_feet_that_count() -> None:
    """The head is in the zone, the feet are below it."""
    assert Watch().see(0, track((0.4, 0.7))).count == 0


def test_an_empty_zone_counts_zero_of_every_class() -> None:
    watch = Watch(classes=(PERSON, VEHICLE))

    counts = watch.counter.update(START, [])

    assert counts == {PERSON: Presence(), VEHICLE: Presence()}


def test_classes_count_apart_and_others_not_at_all() -> None:
    watch = Watch(classes=(PERSON, VEHICLE))
    tracks = (
        track(INSIDE, 1, PERSON),
        track(INSIDE, 2, VEHICLE),
        track(INSIDE, 3, VEHICLE),
        track(INSIDE, 4, ObjectClass.NON_MOTOR),
    )

    assert watch.see(0, *tracks, of=PERSON).count == 1
    assert watch.see(1, *tracks, of=VEHICLE).count == 2


def test_a_track_that_is_not_confirmed_does_not_count() -> None:
    assert Watch().see(0, track(INSIDE, is_confirmed=False)).count == 0


def test_a_hidden_track_goes_on_counting_for_a_moment() -> None:
    watch = Watch()
    watch.see(0, track(INSIDE))

    a_moment_later = watch.see(1, track(INSIDE, is_seen=False))
    later = watch.see(1.2, track(INSIDE, is_seen=False))

    assert (a_moment_later.count, later.count) == (1, 0)


def test_a_hidden_track_that_stood_still_counts_until_it_ends() -> None:
    watch = Watch()
    for second in range(5):
        watch.see(second, track(INSIDE))

    while_hidden = watch.see(10, track(INSIDE, is_seen=False))
    afterwards = watch.see(11)

    assert while_hidden == Presence(count=1, stationary=1, longest_stationary_s=10)
    assert afterwards.count == 0


def test_a_track_seen_outside_does_not_count_however_still_it_stood() -> None:
    watch = Watch()
    for second in range(5):
        watch.see(second, track(INSIDE))

    assert watch.see(5, track(OUTSIDE)).count == 0


def test_at_the_edge_of_the_picture_one_is_in_a_zone_that_reaches_it() -> None:
    watch = Watch(WHOLE_PICTURE)

    assert watch.see(0, track((0.5, 1.0))).count == 1


def test_dwell_is_told_once_when_the_track_has_left() -> None:
    watch = Watch()
    watch.see(0, track(INSIDE))
    watch.see(10, track(INSIDE))

    just_out = watch.see(10.5, track(OUTSIDE))
    surely_out = watch.see(12, track(OUTSIDE))
    afterwards = watch.see(13, track(OUTSIDE))

    assert (just_out.count, just_out.dwells_s) == (0, ())
    assert surely_out.dwells_s == (10,)
    assert afterwards.dwells_s == ()


def test_a_step_over_the_border_does_not_end_the_stay() -> None:
    watch = Watch()
    watch.see(0, track(INSIDE))
    watch.see(4.8, track(INSIDE))
    watch.see(5, track(OUTSIDE))
    watch.see(5.5, track(INSIDE))

    left = watch.see(9, track(OUTSIDE))

    assert left.dwells_s == (5.5,)


def test_dwell_ends_when_the_track_was_last_seen_inside() -> None:
    watch = Watch()
    watch.see(0, track(INSIDE))
    watch.see(4, track(INSIDE))
    watch.see(5, track(INSIDE, is_seen=False))

    ended = watch.see(6)

    assert ended.dwells_s == (4,)


def test_who_stands_still_is_stationary_after_three_seconds() -> None:
    watch = Watch()

    presences = [watch.see(second, track(INSIDE)) for second in (0, 2, 3, 60)]

    assert [presence.stationary for presence in presences] == [0, 0, 1, 1]
    assert [presence.longest_stationary_s for presence in presences] == [0, 0, 3, 60]


def test_a_box_that_wavers_stands_still() -> None:
    watch = Watch()

    presences = [
        watch.see(tenth / 10, track((0.4 + 0.02 * (tenth % 2), 0.4))) for tenth in range(100)
    ]

    assert presences[-1].longest_stationary_s == pytest.approx(9.9)


def test_a_short_leap_of_the_box_does_not_start_the_clock_again() -> None:
    """Somebody passes in front and for a moment only half of the vehicle is seen."""
    watch = Watch()
    watch.see(0, track(INSIDE))
    watch.see(9, track(INSIDE))
    watch.see(9.5, track((0.4, 0.3)))

    presence = watch.see(10, track(INSIDE))

    assert presence.longest_stationary_s == 10


def test_moving_on_starts_the_clock_again() -> None:
    watch = Watch()
    watch.see(0, track((0.3, 0.4)))
    watch.see(10, track((0.3, 0.4)))
    for tenth in range(1, 15):
        watch.see(10 + tenth / 10, track((0.5, 0.4)))

    presence = watch.see(20, track((0.5, 0.4)))

    assert presence.longest_stationary_s == pytest.approx(8.9)


def test_who_walks_about_is_never_stationary() -> None:
    watch = Watch()

    presences = [watch.see(i / 5, track((0.2 + (i % 20) / 50, 0.4))) for i in range(100)]

    assert {presence.stationary for presence in presences} == {0}


def test_what_is_remembered_ends_with_the_tracks() -> None:
    watch = Watch()

    for number in range(1000):
        watch.see(number, track(INSIDE, number))

    assert len(watch.counter._stays) == 1


def test_a_zone_without_area_is_refused() -> None:
    with pytest.raises(GeometryError):
        ZoneCounter(ZoneSpec("flat", (Point(0, 0), Point(1, 1)), (PERSON,)))


tenths = st.integers(0, 10).map(lambda tenth: tenth / 10)
scenes = st.lists(
    st.dictionaries(st.integers(1, 3), st.tuples(tenths, tenths), max_size=3), max_size=10
)


@given(scenes)
def test_every_stay_is_told_once_and_lasts_no_longer_than_it_was_watched(
    scene: list[dict[int, tuple[float, float]]],
) -> None:
    watch = Watch(WHOLE_PICTURE)
    told: list[float] = []
    for second, places in enumerate(scene):
        presence = watch.see(second, *(track(place, n) for n, place in places.items()))
        assert presence.count == len(places)
        told += presence.dwells_s
    told += watch.see(len(scene)).dwells_s

    present = [set(places) for places in ({}, *scene)]
    begun = sum(len(now - before) for before, now in pairwise(present))
    seconds = sum(len(now & before) for before, now in pairwise(present))
    assert len(told) == begun
    assert sum(told) == seconds

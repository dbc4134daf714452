from datetime import UTC, datetime, timedelta
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from edge.counting.detection import Detections
from edge.counting.tracking import Track, Tracker, TrackerOptions
from wire.values import ObjectClass

START = datetime(2026, 5, 1, 8, tzinfo=UTC)
PERSON, NON_MOTOR, VEHICLE = ObjectClass.PERSON, ObjectClass.NON_MOTOR, ObjectClass.VEHICLE
OPTIONS = TrackerOptions()

Found = tuple[tuple[float, float, float, float], float, ObjectClass]


def person(x: float, y: float = 0.5, score: float = 0.8) -> Found:
    """Somebody who stands at (x, y)."""
    return ((x - 0.03, y - 0.2, x + 0.03, y), score, PERSON)


class Scene:
    """Feeds a tracker frame by frame, 0.2 s apart."""

    def __init__(self, options: TrackerOptions = OPTIONS) -> None:
        self.tracker = Tracker(options)
        self.at = START

    def see(self, *found: Found, step_s: float = 0.2) -> list[Track]:
        self.at += timedelta(seconds=step_s)
        return self.tracker.update(self.at, Detections.of(found))


def ids(tracks: list[Track]) -> list[int]:
    return [track.track_id for track in tracks]


def test_a_track_is_confirmed_at_its_third_detection() -> None:
    scene = Scene()

    confirmed = [scene.see(person(0.3 + i / 100))[0].is_confirmed for i in range(4)]

    assert confirmed == [False, False, True, True]


def test_a_walker_keeps_one_id() -> None:
    scene = Scene()

    seen = {track_id for i in range(40) for track_id in ids(scene.see(person(0.1 + i / 50)))}

    assert seen == {1}


def test_two_who_pass_each_other_keep_their_ids() -> None:
    scene = Scene()

    passing = [
        {
            track.track_id: track.box.anchor.y
            for track in scene.see(person(0.2 + i * 0.03, 0.5), person(0.8 - i * 0.03, 0.53))
        }
        for i in range(21)
    ]

    assert all(heights == passing[0] for heights in passing)


def test_a_weak_detection_continues_a_track_but_starts_none() -> None:
    scene = Scene()
    for _ in range(3):
        scene.see(person(0.3))

    tracks = scene.see(person(0.3, score=0.2), person(0.7, score=0.2))

    assert ids(tracks) == [1]
    assert tracks[0].is_seen


def test_a_detection_below_the_weak_score_is_not_used() -> None:
    scene = Scene()
    for _ in range(3):
        scene.see(person(0.3))

    tracks = scene.see(person(0.3, score=0.1))

    assert not tracks[0].is_seen


def test_somebody_hidden_for_a_second_comes_back_under_the_same_id() -> None:
    scene = Scene()
    for i in range(10):
        scene.see(person(0.2 + i / 50))
    for _ in range(5):
        scene.see()

    tracks = scene.see(person(0.2 + 15 / 50))

    assert ids(tracks) == [1]


def test_a_walker_not_seen_for_the_patience_has_ended() -> None:
    scene = Scene()
    for i in range(10):
        scene.see(person(0.2 + i / 50))

    while_hidden = scene.see(step_s=1.9)
    afterwards = scene.see(step_s=0.2)

    assert ids(while_hidden) == [1]
    assert not while_hidden[0].is_seen
    assert afterwards == []


def test_who_stands_still_is_waited_for_longer() -> None:
    scene = Scene()
    for _ in range(10):
        scene.see(person(0.3))
    for _ in range(25):
        scene.see()

    tracks = scene.see(person(0.3))

    assert ids(tracks) == [1]


def test_a_long_gap_between_frames_ends_all_tracks() -> None:
    scene = Scene()
    for _ in range(10):
        scene.see(person(0.3))

    tracks = scene.see(person(0.3), step_s=3.5)

    assert ids(tracks) == [2]


def test_boxes_of_a_slow_camera_that_do_not_touch_still_make_one_track() -> None:
    scene = Scene()

    seen = [ids(scene.see(person(0.1 + i * 0.065), step_s=0.5)) for i in range(8)]

    assert seen == [[1]] * 8


def test_a_part_of_a_tracked_vehicle_starts_no_track() -> None:
    scene = Scene()
    vehicle = ((0.4, 0.4, 0.6, 0.9), 0.7, VEHICLE)
    bonnet = ((0.41, 0.4, 0.59, 0.6), 0.4, VEHICLE)

    for _ in range(5):
        scene.see(vehicle)

    assert ids(scene.see(vehicle, bonnet)) == [1]


def test_somebody_before_a_vehicle_is_no_part_of_it() -> None:
    scene = Scene()
    vehicle = ((0.4, 0.2, 0.8, 0.9), 0.7, VEHICLE)

    for _ in range(5):
        scene.see(vehicle)

    assert ids(scene.see(vehicle, person(0.6, 0.8))) == [1, 2]


def test_a_flash_is_forgotten_soon() -> None:
    scene = Scene()
    scene.see(person(0.3))

    scene.see(step_s=0.3)
    tracks = scene.see(step_s=0.3)

    assert tracks == []


def test_a_class_that_flickers_neither_splits_the_track_nor_wins() -> None:
    scene = Scene()
    box, score, _ = person(0.3)

    seen = [
        (track.track_id, track.object_class)
        for i in range(12)
        for track in scene.see((box, score, NON_MOTOR if i % 4 == 3 else PERSON))
    ]

    assert seen == [(1, PERSON)] * 12


def test_a_rider_and_the_bicycle_are_two_tracks() -> None:
    scene = Scene()

    places = [0.2 + i / 50 for i in range(5)]
    seen = [
        scene.see(person(x), ((x - 0.06, 0.38, x + 0.06, 0.52), 0.6, NON_MOTOR)) for x in places
    ]

    classes = [{track.track_id: track.object_class for track in tracks} for tracks in seen]
    assert classes == [{1: PERSON, 2: NON_MOTOR}] * 5


def test_a_box_without_area_is_not_used() -> None:
    tracks = Scene().see(((0.3, 0.2, 0.3, 0.5), 0.9, PERSON), ((0.5, 0.5, 0.4, 0.6), 0.9, PERSON))

    assert tracks == []


def test_a_frame_full_of_noise_keeps_the_best_detections_only() -> None:
    noise = [person(0.03 + i / 200, score=0.4 + i / 1000) for i in range(180)]

    tracks = Scene().see(*noise)

    assert len(tracks) == OPTIONS.max_detections


def test_noise_that_never_repeats_does_not_pile_up() -> None:
    scene = Scene()

    sizes = [
        len(scene.see(*(person((i * 7 + k * 13) % 90 / 100, k / 10 + 0.2) for k in range(8))))
        for i in range(100)
    ]

    assert max(sizes[50:]) <= max(sizes[:50]) + 8


frames = st.lists(
    st.lists(
        st.tuples(st.integers(1, 9), st.integers(3, 9), st.sampled_from([0.1, 0.2, 0.5, 0.9])),
        max_size=5,
    ),
    min_size=1,
    max_size=8,
)


@given(frames, st.randoms(use_true_random=False))
def test_the_order_of_detections_does_not_matter(
    grid: list[list[tuple[int, int, float]]], random: Random
) -> None:
    plain, shuffled = Scene(), Scene()
    for cells in grid:
        found = [person(x / 10, y / 10, score) for x, y, score in cells]
        mixed = list(found)
        random.shuffle(mixed)

        assert plain.see(*found) == shuffled.see(*mixed)


@given(frames, st.integers(-100_000, 100_000))
def test_when_it_happens_does_not_matter(
    grid: list[list[tuple[int, int, float]]], shift_s: int
) -> None:
    now, then = Scene(), Scene()
    then.at += timedelta(seconds=shift_s)
    for cells in grid:
        found = [person(x / 10, y / 10, score) for x, y, score in cells]

        assert now.see(*found) == then.see(*found)


@given(frames)
def test_ids_are_unique_and_rise(grid: list[list[tuple[int, int, float]]]) -> None:
    scene = Scene()
    for cells in grid:
        tracks = scene.see(*(person(x / 10, y / 10, score) for x, y, score in cells))

        assert ids(tracks) == sorted(set(ids(tracks)))

from datetime import UTC, datetime, timedelta

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from edge.counting.camera import CameraCounter
from edge.counting.crossing import LineSpec
from edge.counting.detection import Detections
from edge.counting.geometry import Point
from edge.counting.zones import ZoneSpec
from edge.facts import AnyFact, Crossing, Observed, ZoneCount
from wire.values import Direction, ObjectClass

START = datetime(2026, 5, 1, 8, tzinfo=UTC)
PERSON, VEHICLE = ObjectClass.PERSON, ObjectClass.VEHICLE
GATE = LineSpec("gate", Point(0, 0.5), Point(1, 0.5), (PERSON,))
YARD = ZoneSpec("yard", (Point(0, 0.5), Point(1, 0.5), Point(1, 1), Point(0, 1)), (PERSON, VEHICLE))


def seconds(number: float) -> datetime:
    return START + timedelta(seconds=number)


def person(x: float, y: float, object_class: ObjectClass = PERSON) -> Detections:
    return Detections.of([((x - 0.04, y - 0.2, x + 0.04, y), 0.8, object_class)])


def counter() -> CameraCounter:
    return CameraCounter("east", [GATE], [YARD])


def walk_down(camera: CameraCounter, object_class: ObjectClass = PERSON) -> list[AnyFact]:
    """Somebody walks from above the line into the yard, within 4 seconds."""
    return [
        fact
        for i in range(20)
        for fact in camera.update(seconds(i / 5), person(0.5, 0.3 + i / 50, object_class))
    ]


def test_a_walk_through_the_line_makes_one_crossing_when_it_is_complete() -> None:
    facts = walk_down(counter())

    crossings = [fact for fact in facts if isinstance(fact, Crossing)]
    assert crossings == [
        Crossing(
            occurred_at=seconds(2.2),
            camera="east",
            line="gate",
            track_id=1,
            object_class=PERSON,
            direction=Direction.IN,
        )
    ]


def test_a_class_the_line_does_not_count_makes_no_crossing() -> None:
    facts = walk_down(counter(), VEHICLE)

    assert not any(isinstance(fact, Crossing) for fact in facts)


def test_every_frame_tells_every_zone_and_class_and_then_that_it_was_observed() -> None:
    facts = counter().update(START, Detections.none())

    assert facts == [
        ZoneCount(occurred_at=START, camera="east", zone="yard", object_class=PERSON, count=0),
        ZoneCount(occurred_at=START, camera="east", zone="yard", object_class=VEHICLE, count=0),
        Observed(occurred_at=START, camera="east"),
    ]


def test_observed_comes_last_also_after_a_crossing() -> None:
    camera = counter()

    for i in range(20):
        facts = camera.update(seconds(i / 5), person(0.5, 0.3 + i / 50))

        assert [isinstance(fact, Observed) for fact in facts].index(True) == len(facts) - 1


def test_a_frame_that_is_not_after_the_last_changes_nothing() -> None:
    camera, undisturbed = counter(), counter()
    for one in (camera, undisturbed):
        one.update(seconds(0), person(0.5, 0.3))
        one.update(seconds(1), person(0.5, 0.35))

    repeated = camera.update(seconds(1), person(0.1, 0.9))
    earlier = camera.update(seconds(0.5), person(0.1, 0.9))

    following = seconds(1.2), person(0.5, 0.36)
    assert repeated == earlier == []
    assert camera.update(*following) == undisturbed.update(*following)


def test_an_unfit_frame_is_told_and_counts_nothing() -> None:
    camera = counter()
    walk_down(camera)

    facts = camera.skip(seconds(4))

    assert facts == [Observed(occurred_at=seconds(4), camera="east", fit=False)]
    assert camera.skip(seconds(4)) == []


def test_a_covered_moment_does_not_lose_a_crossing() -> None:
    camera = counter()
    for i in range(8):
        camera.update(seconds(i / 5), person(0.5, 0.3 + i / 50))
    for i in range(8, 12):
        camera.skip(seconds(i / 5))

    facts = camera.update(seconds(12 / 5), person(0.5, 0.3 + 12 / 50))

    assert [fact.direction for fact in facts if isinstance(fact, Crossing)] == [Direction.IN]


def test_one_side_of_a_long_gap_tells_nothing_of_the_other() -> None:
    """Somebody above the line before the gap, somebody below it afterwards."""
    camera = counter()
    for i in range(10):
        camera.update(seconds(i / 5), person(0.5, 0.45))

    facts = [
        fact for i in range(10) for fact in camera.update(seconds(60 + i / 5), person(0.5, 0.55))
    ]

    assert not any(isinstance(fact, Crossing) for fact in facts)
    assert {fact.camera for fact in facts if isinstance(fact, Observed)} == {"east"}


tenths = st.integers(1, 9).map(lambda tenth: tenth / 10)
frames = st.lists(
    st.lists(st.tuples(tenths, tenths, st.sampled_from([PERSON, VEHICLE])), max_size=3),
    max_size=12,
)


def scene(rows: list[tuple[float, float, ObjectClass]]) -> Detections:
    return Detections.of(
        [((x - 0.04, y - 0.2, x + 0.04, y), 0.8, object_class) for x, y, object_class in rows]
    )


@given(frames)
def test_facts_survive_the_checkpoint(
    grid: list[list[tuple[float, float, ObjectClass]]],
) -> None:
    camera = counter()
    facts = [
        fact for i, rows in enumerate(grid) for fact in camera.update(seconds(i / 4), scene(rows))
    ]

    restored = msgspec.json.decode(msgspec.json.encode(facts), type=list[AnyFact])

    assert restored == facts


@given(frames, st.integers(-1_000_000, 1_000_000))
def test_when_it_happens_moves_the_facts_and_nothing_else(
    grid: list[list[tuple[float, float, ObjectClass]]], shift_s: int
) -> None:
    shift = timedelta(seconds=shift_s)
    now, then = counter(), counter()
    for i, rows in enumerate(grid):
        facts = now.update(seconds(i / 4), scene(rows))
        shifted = then.update(seconds(i / 4) + shift, scene(rows))

        assert shifted == [
            msgspec.structs.replace(fact, occurred_at=fact.occurred_at + shift) for fact in facts
        ]


@given(frames)
def test_the_order_of_detections_and_of_lines_does_not_matter(
    grid: list[list[tuple[float, float, ObjectClass]]],
) -> None:
    exit_line = LineSpec("exit", Point(0.5, 0), Point(0.5, 1), (PERSON, VEHICLE))
    plain = CameraCounter("east", [GATE, exit_line], [])
    turned = CameraCounter("east", [exit_line, GATE], [])
    for i, rows in enumerate(grid):
        facts = plain.update(seconds(i / 4), scene(rows))
        turned_facts = turned.update(seconds(i / 4), scene(rows[::-1]))

        assert sorted(map(repr, facts)) == sorted(map(repr, turned_facts))

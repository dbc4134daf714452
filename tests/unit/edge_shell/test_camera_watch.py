"""Cameras that fall silent and come back are noticed once each."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from edge.adapters.camera_watch import CameraWatch
from wire.records import CameraCondition

NOW = datetime(2026, 5, 1, 8, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def states(watch: CameraWatch, seconds: float) -> list[CameraCondition]:
    return [change.state for change in watch.changes(at(seconds), seconds)]


def test_the_first_frame_makes_a_camera_online_once() -> None:
    watch = CameraWatch({"south": 10}, 0)
    watch.saw("south", 1)

    assert states(watch, 1) == [CameraCondition.ONLINE]
    assert states(watch, 2) == []


def test_a_camera_that_never_sends_is_silent_once() -> None:
    watch = CameraWatch({"south": 10}, 0)

    assert states(watch, 10) == []
    assert states(watch, 10.1) == [CameraCondition.SILENT]
    assert states(watch, 60) == []


def test_a_camera_comes_back() -> None:
    watch = CameraWatch({"south": 10}, 0)
    watch.saw("south", 1)
    told = states(watch, 1) + states(watch, 12)

    watch.saw("south", 13)

    assert told == [CameraCondition.ONLINE, CameraCondition.SILENT]
    assert states(watch, 13) == [CameraCondition.ONLINE]


def test_each_camera_has_its_own_patience() -> None:
    watch = CameraWatch({"quick": 5, "slow": 60}, 0)

    changes = watch.changes(at(6), 6)

    assert [(change.camera, change.occurred_at) for change in changes] == [("quick", at(6))]


def test_a_clock_that_is_set_makes_no_camera_silent() -> None:
    watch = CameraWatch({"south": 10}, 0)
    watch.saw("south", 1)

    changes = watch.changes(at(86_400), 2)

    assert [change.state for change in changes] == [CameraCondition.ONLINE]


def test_a_camera_that_shows_nothing_for_too_long_is_unfit_until_it_does() -> None:
    watch = CameraWatch({"south": 10}, 0)
    told = []
    for second in range(1, 15):
        watch.saw("south", second)
        watch.judged("south", second, is_fit=second < 3)
        told += states(watch, second)

    watch.judged("south", 15, is_fit=True)

    assert told == [CameraCondition.ONLINE, CameraCondition.UNFIT]
    assert states(watch, 15) == [CameraCondition.ONLINE]


def test_one_black_frame_changes_nothing() -> None:
    watch = CameraWatch({"south": 10}, 0)
    watch.saw("south", 1)
    watch.judged("south", 1, is_fit=False)
    watch.judged("south", 2, is_fit=True)
    watch.saw("south", 9)

    assert states(watch, 13) == [CameraCondition.ONLINE]

from __future__ import annotations

from edge.rules.camera_silent import CameraSilent
from tests.unit.edge_rules.stories import at, camera_change
from wire.records import CameraCondition, SubjectKind

ONLINE, SILENT, UNFIT = CameraCondition.ONLINE, CameraCondition.SILENT, CameraCondition.UNFIT
RULE = CameraSilent(gate="gate", camera="camera", clear_s=5)


def test_a_camera_that_falls_silent_is_found_and_no_picture_asked_for() -> None:
    (condition,) = RULE.conditions([camera_change(3, SILENT)], at(3))

    assert (condition.subject.kind, condition.subject.id) == (SubjectKind.CAMERA, "camera")
    assert (condition.since, condition.until, condition.camera) == (at(3), None, None)


def test_a_camera_that_cannot_be_counted_on_is_found_too() -> None:
    assert len(RULE.conditions([camera_change(3, UNFIT)], at(3))) == 1


def test_a_site_may_leave_unfit_pictures_out() -> None:
    rule = CameraSilent(gate="gate", camera="camera", counts_unfit=False)

    assert rule.conditions([camera_change(3, UNFIT)], at(9)) == []


def test_it_is_over_when_the_camera_has_been_back_for_a_while() -> None:
    facts = [camera_change(3, SILENT), camera_change(10, ONLINE)]

    assert [found.until for found in RULE.conditions(facts, at(14))] == [None]
    assert [found.until for found in RULE.conditions(facts, at(15))] == [at(10)]


def test_a_camera_that_comes_and_goes_is_one_alert() -> None:
    states = [(0, SILENT), (4, ONLINE), (6, SILENT), (9, ONLINE), (11, SILENT)]
    facts = [camera_change(second, state) for second, state in states]

    (condition,) = RULE.conditions(facts, at(20))

    assert condition.reason.observed == 3


def test_a_camera_that_is_online_is_fine() -> None:
    assert RULE.conditions([camera_change(0, ONLINE)], at(60)) == []

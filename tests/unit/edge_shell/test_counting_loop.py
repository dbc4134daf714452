"""Frames become facts, also after a clock was set back."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from edge.adapters.clock import SystemClock
from edge.adapters.counting_loop import CountingLoop, to_fractions
from edge.adapters.frames import NewestFrames, read_frame
from edge.adapters.metrics import EdgeMetrics, FrameResult
from edge.counting.camera import CameraCounter
from edge.facts import AnyFact, Observed
from models.detections import Detections
from wire.pictures import stamp
from wire.values import ObjectClass

NOW = datetime(2026, 5, 1, 8, tzinfo=UTC)


class Blind:
    """A detector that finds nothing."""

    def detect(self, bgr: NDArray[np.uint8]) -> Detections:
        assert bgr.dtype == np.uint8
        return Detections.none()


def jpeg_at(at: datetime, *, is_black: bool = False) -> bytes:
    picture = io.BytesIO()
    image = Image.new("RGB", (64, 48), "black")
    if not is_black:
        image.paste("white", (0, 0, 32, 48))
    image.save(picture, "JPEG")
    return stamp(picture.getvalue(), at)


def count(
    moments: Sequence[datetime], *, are_black: bool = False
) -> tuple[list[AnyFact], EdgeMetrics]:
    """Count one frame of each moment, each before the next comes."""
    frames, metrics = NewestFrames(), EdgeMetrics()
    facts: list[AnyFact] = []
    judged: list[tuple[str, bool]] = []
    loop = CountingLoop(
        frames,
        Blind(),
        lambda camera: CameraCounter(camera, [], []),
        emit=facts.extend,
        judge=lambda camera, is_fit: judged.append((camera, is_fit)),
        metrics=metrics,
        clock=SystemClock(),
        needed=(64, 48),
    )
    for at in moments:
        frames.put(read_frame("south", jpeg_at(at, is_black=are_black), at))
        loop.count_next(0)
    assert judged == [("south", not are_black)] * len(moments)
    return facts, metrics


def times(facts: Sequence[AnyFact]) -> list[float]:
    assert all(isinstance(fact, Observed) for fact in facts)
    return [(fact.occurred_at - NOW).total_seconds() for fact in facts]


def test_every_frame_in_order_is_observed() -> None:
    facts, metrics = count([NOW + timedelta(seconds=second) for second in (0, 1, 2)])

    assert times(facts) == [0, 1, 2]
    assert metrics.frames_of("south")[FrameResult.COUNTED] == 3


def test_a_black_frame_is_observed_as_one_that_cannot_be_counted_on() -> None:
    facts, metrics = count([NOW, NOW + timedelta(seconds=1)], are_black=True)

    assert [fact.fit for fact in facts if isinstance(fact, Observed)] == [False, False]
    assert metrics.frames_of("south")[FrameResult.UNFIT] == 2
    assert metrics.frames_of("south")[FrameResult.COUNTED] == 0


def test_a_frame_out_of_order_is_late() -> None:
    facts, metrics = count([NOW + timedelta(seconds=second) for second in (0, 2, 1, 3)])

    assert times(facts) == [0, 2, 3]
    assert metrics.frames_of("south")[FrameResult.LATE] == 1


def test_a_clock_that_is_set_back_does_not_blind_the_camera() -> None:
    facts, _ = count([NOW + timedelta(seconds=second) for second in (0, 1, -3600, -3599)])

    assert times(facts) == [0, 1, -3600, -3599]


def test_detections_keep_their_class_and_become_fractions() -> None:
    found = Detections(
        np.array([[0, 0, 384, 288], [192, 144, 768, 576]], np.float32),
        np.array([0.9, 0.8], np.float32),
        np.array([1, 2], np.int64),
    )

    detections = to_fractions(found, (576, 768, 3))

    assert detections.boxes.tolist() == [[0, 0, 0.5, 0.5], [0.25, 0.25, 1, 1]]
    assert [list(ObjectClass)[index] for index in detections.classes] == [
        ObjectClass.VEHICLE,
        ObjectClass.NON_MOTOR,
    ]

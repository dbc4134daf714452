"""Follow objects from frame to frame of one camera.

ByteTrack's order of association (arXiv:2110.06864 §3): confident detections first, to every track;
then weak detections, only to tracks that were seen a moment ago; what is left of the confident ones
starts new tracks. Boxes are compared by their overlap after both have been enlarged by what is not
known about the track's place (a buffer, as in C-BIoU, arXiv:2211.14317), so that far jumps between
frames and long occlusions still meet. All waits are in event time.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import numpy as np

from edge.counting import overlap
from edge.counting.assignment import assign
from edge.counting.detection import CLASSES, Detections, FloatArray, IntArray
from edge.counting.geometry import Box
from edge.counting.motion import Motion
from wire.values import ObjectClass

_UNSURE_STEPS: Final = 2.0
"""A box may be this many deviations from where it is expected."""
_STILL_SPEED: Final = 0.1
"""What moves slower stands still, in box sizes / s."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackerOptions:
    """How tracks begin, go on and end; the same for every camera unless it was measured.

    Attributes:
        confident_score: a detection with this score may start a track; what the detector is
            usually cut at.
        min_overlap: least overlap, after enlarging, of a track and a confident detection.
        min_weak_overlap: the same for a weak detection.
        other_class_penalty: taken from the overlap where the classes differ.
        confirm_hits: detections before a track counts.
        lost_after: a track not seen for so long has ended; one seen in the last frame has not.
        still_lost_after: the same for a track that stood still: what stands is often hidden for
            longer by what passes, and is found where it was.
        tentative_lost_after: the same for a track that was not confirmed.
        max_gap: so long without a frame ends all tracks.
        max_buffer: most a box is enlarged to each side, in box sizes.
        max_part: a detection that lies with this share of its area in one that continues a track
            of its class is a part of it, a car's bonnet or a walker's legs, and starts no track.
        max_detections: more than this in one frame is noise; the best are kept.
    """

    confident_score: float = 0.3
    min_overlap: float = 0.25
    min_weak_overlap: float = 0.5
    other_class_penalty: float = 0.2
    confirm_hits: int = 3
    lost_after: timedelta = timedelta(seconds=2)
    still_lost_after: timedelta = timedelta(seconds=8)
    tentative_lost_after: timedelta = timedelta(seconds=0.5)
    max_gap: timedelta = timedelta(seconds=3)
    max_buffer: float = 0.5
    max_part: float = 0.9
    max_detections: int = 100

    @property
    def weak_score(self) -> float:
        """A detection below this is not used at all; detect down to here."""
        return self.confident_score / 2


@dataclass(frozen=True, slots=True)
class Track:
    """One object as followed up to now.

    Attributes:
        track_id: unique within the tracker.
        object_class: what its detections, weighed by score, say most.
        box: where it was last detected.
        is_confirmed: seen often enough to count.
        is_seen: detected in this very frame.
    """

    track_id: int
    object_class: ObjectClass
    box: Box
    is_confirmed: bool
    is_seen: bool


@dataclass(slots=True)
class _Life:
    """What is remembered of one track besides its motion."""

    track_id: int
    seen_at: datetime
    box: Box
    votes: FloatArray
    hits: int = 1

    @property
    def class_index(self) -> int:
        return int(self.votes.argmax())

    def see(self, at: datetime, box: Box, votes: FloatArray) -> None:
        self.seen_at, self.box = at, box
        self.votes = self.votes + votes
        self.hits += 1


class Tracker:
    """The tracks of one camera.

    A track ends some seconds after it was last seen, so what is kept is bounded by
    `max_detections` a frame over that time. Ids are never given twice.
    """

    def __init__(self, options: TrackerOptions) -> None:
        self._options = options
        self._lives: list[_Life] = []
        self._motion = Motion.starting(np.empty((0, 4)))
        self._at: datetime | None = None
        self._last_id = 0

    def update(self, at: datetime, detections: Detections) -> list[Track]:
        """Take the detections of the frame at `at`, after the last, and return every live track.

        Tracks come in the order they began. The order of detections does not matter.
        """
        previous = self._advance(at)
        found = _best(detections, self._options)
        self._associate(at, previous, found)
        return [self._track(at, life) for life in self._lives]

    def _advance(self, at: datetime) -> datetime:
        """Move all tracks on to `at`, end the lost ones, and return the time of the last frame."""
        previous = self._at if self._at is not None else at
        self._at = at
        kept = self._live_rows(at, previous)
        self._lives = [self._lives[row] for row in kept]
        self._motion = self._motion.take(kept).after((at - previous).total_seconds())
        return previous

    def _live_rows(self, at: datetime, previous: datetime) -> list[int]:
        if at - previous > self._options.max_gap:
            return []
        is_still = self._motion.speeds < _STILL_SPEED
        return [
            row
            for row, life in enumerate(self._lives)
            if life.seen_at == previous
            or at - life.seen_at < self._patience_with(life, is_still=bool(is_still[row]))
        ]

    def _patience_with(self, life: _Life, *, is_still: bool) -> timedelta:
        if not self._is_confirmed(life):
            return self._options.tentative_lost_after
        return self._options.still_lost_after if is_still else self._options.lost_after

    def _is_confirmed(self, life: _Life) -> bool:
        return life.hits >= self._options.confirm_hits

    def _associate(self, at: datetime, previous: datetime, found: Detections) -> None:
        options = self._options
        is_confident = found.scores >= options.confident_score
        confident, weak = np.flatnonzero(is_confident), np.flatnonzero(~is_confident)

        confirmed = self._rows(self._is_confirmed)
        confident = self._match(at, confirmed, found, confident, options.min_overlap)
        recent = self._rows(lambda life: self._is_confirmed(life) and life.seen_at == previous)
        self._match(at, recent, found, weak, options.min_weak_overlap)
        tentative = self._rows(lambda life: not self._is_confirmed(life))
        confident = self._match(at, tentative, found, confident, options.min_overlap)
        self._begin(at, self._whole(at, found.take(confident)))

    def _rows(self, is_wanted: Callable[[_Life], bool]) -> IntArray:
        return np.array([r for r, life in enumerate(self._lives) if is_wanted(life)], np.int64)

    def _match(
        self, at: datetime, rows: IntArray, found: Detections, wanted: IntArray, min_overlap: float
    ) -> IntArray:
        """Give the tracks in `rows` the `wanted` detections, and return those that are left."""
        motion = self._motion.take(rows)
        slack = np.minimum(
            _UNSURE_STEPS * motion.deviations, self._options.max_buffer * motion.extents
        )
        overlaps = overlap.ious(motion.boxes, found.boxes[wanted], slack)
        differs = self._classes(rows)[:, None] != found.classes[wanted][None, :]
        costs = 1 - overlaps + self._options.other_class_penalty * differs
        pairs = np.array(assign(costs, 1 - min_overlap), np.int64).reshape(-1, 2)
        seen = wanted[pairs[:, 1]]
        self._see(at, rows[pairs[:, 0]], found.take(seen))
        return np.setdiff1d(wanted, seen)

    def _see(self, at: datetime, rows: IntArray, found: Detections) -> None:
        corrected = self._motion.take(rows).seeing(found.boxes)
        self._motion = self._motion.with_rows(rows, corrected)
        for row, box, votes in zip(rows, found.boxes, _votes(found), strict=True):
            self._lives[row].see(at, Box(*box.tolist()), votes)

    def _whole(self, at: datetime, found: Detections) -> Detections:
        """Return those of `found` that are no part of a confirmed track seen at `at`."""
        seen = self._rows(lambda life: self._is_confirmed(life) and life.seen_at == at)
        boxes = np.array([self._lives[row].box for row in seen], np.float64).reshape(-1, 4)
        is_same_class = found.classes[:, None] == self._classes(seen)[None, :]
        is_part = is_same_class & (
            overlap.shares_inside(found.boxes, boxes) >= self._options.max_part
        )
        return found.take(np.flatnonzero(~is_part.any(axis=1)))

    def _classes(self, rows: IntArray) -> IntArray:
        return np.array([self._lives[row].class_index for row in rows], np.int64)

    def _begin(self, at: datetime, found: Detections) -> None:
        """Start a tentative track for each detection."""
        self._motion = self._motion.and_then(Motion.starting(found.boxes))
        for box, votes in zip(found.boxes, _votes(found), strict=True):
            self._last_id += 1
            self._lives.append(_Life(self._last_id, at, Box(*box.tolist()), votes))

    def _track(self, at: datetime, life: _Life) -> Track:
        return Track(
            track_id=life.track_id,
            object_class=CLASSES[life.class_index],
            box=life.box,
            is_confirmed=self._is_confirmed(life),
            is_seen=life.seen_at == at,
        )


def _votes(found: Detections) -> FloatArray:
    """Return what each detection says of the classes, (N, classes): its score for its own."""
    votes: FloatArray = np.eye(len(CLASSES))[found.classes] * found.scores[:, None]
    return votes


def _best(detections: Detections, options: TrackerOptions) -> Detections:
    """Return the usable detections, best first, equal ones by class and place."""
    order = np.lexsort((*detections.boxes.T, detections.classes, -detections.scores))
    has_area = (detections.boxes[:, 2:] > detections.boxes[:, :2]).all(axis=1)
    is_usable = has_area & (detections.scores >= options.weak_score)
    return detections.take(order[is_usable[order]][: options.max_detections])

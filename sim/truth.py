"""What is known of the demo's clip: who crosses the demo's line, when, and who had no grant.

The frames are facts computed from the annotated tracks of PETS09-S2L1 (MOT Challenge 2015), of
which vtest.avi shows all 795 frames, 7 a second: a person crosses when the bottom centre of the
annotated box changes side of the upright line in the middle of the picture.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from wire.values import Direction

FRAMES: Final = 795
FRAMES_PER_S: Final = 7.0
LOOP_PAUSE_S: Final = 4.0
"""How long the camera program waits between two plays of a file."""
LOOP_S: Final = FRAMES / FRAMES_PER_S + LOOP_PAUSE_S
LINE: Final = ((0.5, 0.0), (0.5, 1.0))
"""From top to bottom: who walks to the left of the picture walks in."""

_IN: Final = (
    60,
    158,
    179,
    219,
    253,
    278,
    288,
    361,
    488,
    531,
    532,
    564,
    627,
    640,
    689,
    707,
    750,
    773,
)
_OUT: Final = (23, 102, 312, 332, 346, 350, 464, 592, 615, 678, 701, 746, 782, 791)
_WITHOUT_GRANT: Final = frozenset({253, 361, 488, 750})


@dataclass(frozen=True)
class Passage:
    """One person crossing the line; `after_s` counts from the clip's first frame."""

    after_s: float
    direction: Direction
    is_granted: bool


def passages() -> tuple[Passage, ...]:
    """Return every passage of one play of the clip, in order of time."""
    walked_in = [Passage(f / FRAMES_PER_S, Direction.IN, f not in _WITHOUT_GRANT) for f in _IN]
    walked_out = [Passage(f / FRAMES_PER_S, Direction.OUT, is_granted=True) for f in _OUT]
    return tuple(sorted(walked_in + walked_out, key=lambda passage: passage.after_s))


def passages_within(played_s: float) -> tuple[Passage, ...]:
    """Return the passages of the first `played_s` seconds of a clip that plays in a loop."""
    loops, rest = divmod(played_s, LOOP_S)
    once = passages()
    return once * int(loops) + tuple(passage for passage in once if passage.after_s <= rest)

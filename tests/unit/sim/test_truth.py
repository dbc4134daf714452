"""The demo's table of passages."""

from __future__ import annotations

import csv
from collections import defaultdict
from pathlib import Path

from sim.truth import FRAMES, FRAMES_PER_S, LINE, LOOP_S, passages, passages_within
from wire.values import Direction

WIDTH_PX = 768


def test_the_whole_clip_has_the_known_crossings() -> None:
    known = passages()

    assert sum(p.direction is Direction.IN for p in known) == 18
    assert sum(p.direction is Direction.OUT for p in known) == 14


def test_only_people_walking_in_lack_a_grant() -> None:
    without = [p for p in passages() if not p.is_granted]

    assert len(without) == 4
    assert all(p.direction is Direction.IN for p in without)


def test_a_second_play_repeats_the_first() -> None:
    assert passages_within(2 * LOOP_S) == passages() * 2


def test_a_play_cut_short_has_only_what_was_seen() -> None:
    first = passages()[0]

    assert passages_within(first.after_s - 0.01) == ()
    assert passages_within(first.after_s) == (first,)


def test_the_table_is_what_the_annotated_tracks_say(shared_data: Path) -> None:
    """Bottom centre of a box changes side of the line; MOT frames are numbered from 1."""
    line_px = LINE[0][0] * WIDTH_PX
    sides: dict[str, bool] = {}
    crossings: dict[int, list[Direction]] = defaultdict(list)
    with (shared_data / "truth/PETS09-S2L1/gt.txt").open() as lines:
        boxes = sorted(csv.reader(lines), key=lambda row: int(row[0]))

    for frame, track, left, _, width, *_ in boxes:
        is_left = float(left) + float(width) / 2 < line_px
        if sides.setdefault(track, is_left) != is_left:
            crossings[int(frame) - 1].append(Direction.IN if is_left else Direction.OUT)
        sides[track] = is_left

    found = [
        (round(frame / FRAMES_PER_S, 6), direction)
        for frame, directions in sorted(crossings.items())
        for direction in directions
    ]
    assert [(round(p.after_s, 6), p.direction) for p in passages()] == found
    assert max(crossings) < FRAMES

"""How well crossings are counted: every installed detector, every clip whose truth is known.

`python -m tests.bench.accuracy [--models-dir DIR]` prints a table and writes the figures as JSON
to tests/bench/results. Clips and truth are in ../shared/data (SOURCES.md there); every frame is
counted, with the settings the gateway uses for all cameras.
"""

from __future__ import annotations

import json
import os
import statistics
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby, islice
from pathlib import Path
from typing import Annotated, Any, Final

import cv2
import numpy as np
import typer
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import track
from rich.table import Table

from edge.counting.camera import CameraCounter
from edge.counting.crossing import LineSpec
from edge.counting.detection import Detections
from edge.counting.geometry import Line, Point
from edge.counting.tracking import TrackerOptions
from edge.facts import AnyFact, Crossing
from models import detections
from models.detector import Detector
from models.store import InstalledModel, installed
from wire.values import Direction, ObjectClass

RESULTS: Final = Path(__file__).parent / "results"
DATA: Final = Path(__file__).resolve().parents[3] / "shared" / "data"
START: Final = datetime(2026, 1, 1, tzinfo=UTC)
_STEPS: Final = {
    "left_to_right": (1, 0),
    "right_to_left": (-1, 0),
    "down": (0, 1),
    "up": (0, -1),
}
"""What the truth calls a direction, as a step on the picture."""
_TABLE_WIDTH: Final = 140


@dataclass(frozen=True)
class LineTruth:
    """One line of a clip and how often it is truly crossed."""

    spec: LineSpec
    expected: dict[Direction, int]


@dataclass(frozen=True)
class ClipTruth:
    """One clip, its true frame rate and its lines."""

    path: Path
    fps: float
    lines: tuple[LineTruth, ...]


@dataclass(frozen=True)
class LineFigures:
    """Truth beside what was counted, one line and direction."""

    line: str
    direction: Direction
    expected: int
    counted: int


@dataclass(frozen=True)
class ClipFigures:
    """What one detector made of one clip; times are medians."""

    detector: str
    clip: str
    lines: tuple[LineFigures, ...]
    detect_ms: float
    count_ms: float

    @property
    def expected(self) -> int:
        """True crossings of all lines and directions."""
        return sum(line.expected for line in self.lines)

    @property
    def counted(self) -> int:
        """Crossings counted, right or wrong."""
        return sum(line.counted for line in self.lines)

    @property
    def error(self) -> float:
        """How far the total is off, as a share of the truth; misses and extras can cancel."""
        return (self.counted - self.expected) / self.expected

    @property
    def miscounts(self) -> int:
        """The differences summed up by line and direction, where they cannot cancel."""
        return sum(abs(line.counted - line.expected) for line in self.lines)


def read_truth(data: Path) -> list[ClipTruth]:
    """Return the clips of an evaluation folder that have lines and are there."""
    clips = json.loads((data / "truth" / "crossings.json").read_text())["clips"]
    truths = [_clip_truth(data / "clips" / name, clip) for name, clip in clips.items()]
    return [truth for truth in truths if truth.lines and truth.path.exists()]


def measure(model: InstalledModel, truth: ClipTruth, *, every: int = 1) -> ClipFigures:
    """Count a clip with one detector, as fast as it goes, taking only each `every`-th frame."""
    options = TrackerOptions(confident_score=model.network.decoder.score_threshold)
    detector = Detector(model.path, model.network, score_threshold=options.weak_score)
    counter = CameraCounter("clip", [line.spec for line in truth.lines], [], options)
    facts: list[AnyFact] = []
    detect_ms, count_ms = [], []
    for number, picture in islice(enumerate(_pictures(truth.path)), 0, None, every):
        begun = time.perf_counter()
        found = _in_fractions(detector.detect(picture), picture)
        detected = time.perf_counter()
        facts += counter.update(START + timedelta(seconds=number / truth.fps), found)
        detect_ms.append((detected - begun) * 1000)
        count_ms.append((time.perf_counter() - detected) * 1000)
    return ClipFigures(
        detector=model.name,
        clip=truth.path.name,
        lines=_compare(truth.lines, facts),
        detect_ms=round(statistics.median(detect_ms), 2),
        count_ms=round(statistics.median(count_ms), 2),
    )


def main(
    models_dir: Annotated[Path | None, typer.Option(help="where the detectors are")] = None,
) -> None:
    """Measure every detector on every clip, print a table and write the figures."""
    console = Console()
    console.width = max(console.width, _TABLE_WIDTH)
    truths = read_truth(DATA) if DATA.is_dir() else []
    models = installed(models_dir or _default_models_dir())
    if not truths or not models:
        console.print(f"nothing to measure: {len(truths)} clips in {DATA}, {len(models)} detectors")
        return
    pairs = [(model, truth) for model in models for truth in truths]
    figures = [measure(*pair) for pair in track(pairs, "counting", console=console)]
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "accuracy.json").write_text(json.dumps([_as_json(one) for one in figures], indent=2))
    console.print(_table(figures))


def _default_models_dir() -> Path:
    """Return where `zhian models install` puts detectors."""
    data = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(os.environ.get("ZHIAN_MODELS_DIR") or Path(data) / "zhian" / "models")


def _clip_truth(path: Path, clip: dict[str, Any]) -> ClipTruth:
    width, height = clip["size_px"]
    lines = tuple(
        _line_truth(f"line-{number}", line, width, height)
        for number, line in enumerate(clip["lines"], start=1)
    )
    return ClipTruth(path, clip["true_fps"], lines)


def _line_truth(line_id: str, line: dict[str, Any], width: int, height: int) -> LineTruth:
    a, b = (Point(x / width, y / height) for x, y in (line["a"], line["b"]))
    expected = {_direction(Line(a, b), name): times for name, times in line["expected"].items()}
    return LineTruth(LineSpec(line_id, a, b, (ObjectClass(line["class"]),)), expected)


def _direction(line: Line, name: str) -> Direction:
    x, y = _STEPS[name]
    is_in = line.side_of(Point(line.a.x + x, line.a.y + y)) > 0
    return Direction.IN if is_in else Direction.OUT


def _pictures(path: Path) -> Iterator[NDArray[np.uint8]]:
    capture = cv2.VideoCapture(str(path))
    try:
        while True:
            is_read, picture = capture.read()
            if not is_read:
                return
            yield np.asarray(picture, np.uint8)
    finally:
        capture.release()


def _in_fractions(found: detections.Detections, picture: NDArray[np.uint8]) -> Detections:
    height, width = picture.shape[:2]
    boxes = found.boxes / np.array([width, height, width, height], np.float64)
    return Detections(boxes, found.scores.astype(np.float64), found.classes)


def _compare(lines: Sequence[LineTruth], facts: Sequence[AnyFact]) -> tuple[LineFigures, ...]:
    counted = [(fact.line, fact.direction) for fact in facts if isinstance(fact, Crossing)]
    return tuple(
        LineFigures(line.spec.id, direction, times, counted.count((line.spec.id, direction)))
        for line in lines
        for direction, times in line.expected.items()
    )


def _as_json(figures: ClipFigures) -> dict[str, Any]:
    totals = {name: getattr(figures, name) for name in ("expected", "counted", "miscounts")}
    return asdict(figures) | totals | {"error": round(figures.error, 4)}


def _table(figures: Sequence[ClipFigures]) -> Table:
    table = Table(title="越线 crossings: 测得/真值 counted/true")
    for heading in ("检测器\ndetector", "片段\nclip", "每条线的进、出\neach line's in, out"):
        table.add_column(heading, no_wrap=True)
    for heading in ("合计\ntotal", "误差\nerror", "错计\nmiscounts", "检测\nms", "计数\nms"):
        table.add_column(heading, justify="right", no_wrap=True)
    for one in figures:
        total, error = f"{one.counted}/{one.expected}", f"{one.error:+.1%}"
        times = (f"{one.detect_ms:.1f}", f"{one.count_ms:.2f}")
        clip = Path(one.clip).stem
        table.add_row(one.detector, clip, _lines(one), total, error, str(one.miscounts), *times)
    return table


def _lines(figures: ClipFigures) -> str:
    """Return one row of text for each line: counted/true in, then out."""
    by_line = groupby(sorted(figures.lines, key=_line_and_direction), key=lambda one: one.line)
    return "\n".join(
        "  ".join(f"{one.counted}/{one.expected}" for one in directions)
        for _, directions in by_line
    )


def _line_and_direction(figures: LineFigures) -> tuple[str, Direction]:
    return figures.line, figures.direction


if __name__ == "__main__":
    typer.run(main)

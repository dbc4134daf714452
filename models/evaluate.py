"""Measure a network: average precision by class, and the time one picture takes."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

import cv2
import numpy as np
from numpy.typing import NDArray

from models.accuracy import Compared, average_precision
from models.detections import CLASS_NAMES, ClassName, Detections
from models.detector import Detector
from models.store import InstalledModel
from models.truth import TrueBoxes, parse_mot, parse_yolo

_SCORE_THRESHOLD = 0.02
"""Average precision needs the unlikely detections too."""

Picture = NDArray[np.uint8]


class NoPicturesError(ValueError):
    """There is nothing to measure with."""


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What was measured; a class without truth has no average precision."""

    network: str
    data: str
    pictures: int
    ap50: dict[ClassName, float]
    median_ms: float


class DataSet:
    """Pictures with their truth."""

    def __init__(
        self, name: str, pictures: Callable[[], Iterator[tuple[Picture, TrueBoxes]]]
    ) -> None:
        self.name = name
        self.pictures = pictures


def labelled_images(directory: Path) -> DataSet:
    """Take `images/*.jpg` and, of the same names, `labels/*.txt` in YOLO's form."""

    def pictures() -> Iterator[tuple[Picture, TrueBoxes]]:
        for path in sorted((directory / "images").glob("*.jpg")):
            picture = cv2.imread(str(path))
            if picture is None:
                raise NoPicturesError(f"{path} is not a picture")
            label = directory / "labels" / f"{path.stem}.txt"
            text = label.read_text() if label.is_file() else ""
            height, width = picture.shape[:2]
            yield np.asarray(picture, np.uint8), parse_yolo(text, (width, height))

    return DataSet(directory.name, pictures)


def annotated_clip(clip: Path, truth: Path, every: int = 1) -> DataSet:
    """Take every n-th frame of a clip, and people from a MOT Challenge `gt.txt`."""
    boxes_by_frame = parse_mot(truth.read_text())

    def pictures() -> Iterator[tuple[Picture, TrueBoxes]]:
        capture = cv2.VideoCapture(str(clip))
        number = 0
        while capture.grab():
            number += 1
            if (number - 1) % every:
                continue
            _, picture = capture.retrieve()
            yield np.asarray(picture, np.uint8), boxes_by_frame.get(number, {})
        capture.release()

    return DataSet(clip.name, pictures)


def evaluate(
    model: InstalledModel,
    data: DataSet,
    *,
    threads: int = 1,
    progress: Callable[[int], None] = lambda _count: None,
) -> Evaluation:
    """Run a network over pictures and compare; progress is told the pictures done so far.

    Raises:
        NoPicturesError: the data holds no picture, or one that cannot be read.
    """
    detector = Detector(
        model.path, model.network, threads=threads, score_threshold=_SCORE_THRESHOLD
    )
    compared: dict[ClassName, list[Compared]] = {name: [] for name in CLASS_NAMES}
    seconds: list[float] = []
    for picture, truth in data.pictures():
        start = perf_counter()
        found = detector.detect(picture)
        seconds.append(perf_counter() - start)
        for name in CLASS_NAMES:
            compared[name].append(_compare(found, truth, name))
        progress(len(seconds))
    if not seconds:
        raise NoPicturesError(f"{data.name} holds no pictures")
    ap50 = {name: average_precision(pictures) for name, pictures in compared.items()}
    return Evaluation(
        network=model.name,
        data=data.name,
        pictures=len(seconds),
        ap50={name: value for name, value in ap50.items() if value is not None},
        median_ms=float(np.median(seconds)) * 1000,
    )


def _compare(found: Detections, truth: TrueBoxes, name: ClassName) -> Compared:
    of_class = found.of_class(name)
    true_boxes = truth.get(name, np.empty((0, 4), np.float32))
    return Compared(of_class.boxes, of_class.scores, true_boxes)

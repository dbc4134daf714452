"""Read what is truly in pictures: MOT Challenge tracks and YOLO labels."""

from collections import defaultdict
from collections.abc import Mapping

import numpy as np

from models.decoding.boxes import FloatArray
from models.detections import ClassName

COCO_CLASSES: Mapping[int, ClassName] = {
    0: "person",
    1: "non-motor",
    2: "vehicle",
    3: "non-motor",
    5: "vehicle",
    7: "vehicle",
}
"""COCO's 80-class indices; motorcycles count with bicycles, as in the manifest."""

_MOT_FIELDS = 7
_YOLO_FIELDS = 5

TrueBoxes = dict[ClassName, FloatArray]
"""Boxes (M, 4) as corners in pixels, by class."""


class TruthError(ValueError):
    """A truth file is malformed."""


def parse_mot(text: str) -> dict[int, TrueBoxes]:
    """Read `frame,id,left,top,width,height,flag,...` lines into people by frame number from 1.

    Lines whose flag is 0 are marked by the annotators as not to be counted.

    Raises:
        TruthError: a line is not of that form.
    """
    boxes: defaultdict[int, list[list[float]]] = defaultdict(list)
    for number, line in enumerate(text.splitlines(), start=1):
        fields = line.split(",")
        if len(fields) < _MOT_FIELDS:
            raise TruthError(f"line {number}: {len(fields)} fields, {_MOT_FIELDS} expected")
        left, top, width, height, flag = _numbers(fields[2:_MOT_FIELDS], number)
        if flag:
            corners = [left, top, left + width, top + height]
            boxes[int(fields[0])].append(corners)
    return {frame: {"person": np.array(rows, np.float32)} for frame, rows in boxes.items()}


def parse_yolo(text: str, picture_size: tuple[int, int]) -> TrueBoxes:
    """Read `class x y width height` lines, centres in fractions of a (width, height) picture.

    Raises:
        TruthError: a line is not of that form.
    """
    boxes: defaultdict[ClassName, list[list[float]]] = defaultdict(list)
    for number, line in enumerate(text.splitlines(), start=1):
        fields = line.split()
        if len(fields) != _YOLO_FIELDS:
            raise TruthError(f"line {number}: {len(fields)} fields, {_YOLO_FIELDS} expected")
        index, x, y, width, height = _numbers(fields, number)
        name = COCO_CLASSES.get(int(index))
        if name is not None:
            boxes[name].append([x - width / 2, y - height / 2, x + width / 2, y + height / 2])
    to_pixels = np.array([*picture_size, *picture_size], np.float32)
    return {name: np.array(rows, np.float32) * to_pixels for name, rows in boxes.items()}


def _numbers(fields: list[str], line: int) -> list[float]:
    try:
        return [float(field) for field in fields]
    except ValueError as error:
        raise TruthError(f"line {line}: {error}") from error

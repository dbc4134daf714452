"""Real inference on real clips, against what truly happened in them.

`make bench` measures all detectors on all clips; here the best one must stay good.
"""

from pathlib import Path

import pytest

from models.install import install
from models.store import InstalledModel
from tests.bench.accuracy import ClipTruth, measure, read_truth

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def detector(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> InstalledModel:
    folder = tmp_path_factory.mktemp("models")
    return install("person-vehicle-bike-detection-2004", shared_data / "models", folder)


@pytest.fixture(scope="module")
def clips(shared_data: Path) -> dict[str, ClipTruth]:
    return {truth.path.name: truth for truth in read_truth(shared_data)}


def test_crossings_of_a_busy_junction_are_within_a_tenth_of_the_truth(
    detector: InstalledModel, clips: dict[str, ClipTruth]
) -> None:
    figures = measure(detector, clips["vtest.avi"])

    assert figures.expected == 98
    assert abs(figures.error) <= 0.1, figures
    assert figures.miscounts <= 10, figures


def test_two_dropped_frames_of_three_leave_the_count_within_a_tenth(
    detector: InstalledModel, clips: dict[str, ClipTruth]
) -> None:
    figures = measure(detector, clips["vtest.avi"], every=3)

    assert abs(figures.error) <= 0.1, figures


@pytest.mark.parametrize("clip", ["TUD-Stadtmitte.mp4", "car-detection.mp4"])
def test_people_and_vehicles_close_to_the_camera_are_each_counted_once(
    detector: InstalledModel, clips: dict[str, ClipTruth], clip: str
) -> None:
    figures = measure(detector, clips[clip])

    assert figures.miscounts <= 1, figures


def test_tracking_and_counting_cost_a_gateway_next_to_nothing(
    detector: InstalledModel, clips: dict[str, ClipTruth]
) -> None:
    figures = measure(detector, clips["vtest.avi"], every=10)

    assert figures.count_ms < 5, figures

"""A whole compound on this machine: real programs, real clip, real inference."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sim.demo import Demo, Options

DETECTOR = "person-vehicle-bike-detection-2004"

StartDemo = Callable[[bool], Demo]


@pytest.fixture(scope="session")
def models_dir(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A models directory with the default detector, taken from the evaluation data."""
    folder = tmp_path_factory.mktemp("models")
    command = [sys.executable, "-m", "models", "install", DETECTOR]
    command += ["--from", str(shared_data / "models"), "--models-dir", str(folder)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return folder


@pytest.fixture(scope="module")
def compound(
    shared_data: Path, models_dir: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Demo]:
    """The demo, playing vtest.avi with its truth, in a folder of its own."""
    options = Options(
        folder=tmp_path_factory.mktemp("demo"),
        clip=str(shared_data / "clips" / "vtest.avi"),
        models_dir=models_dir,
    )
    with Demo(options, print) as running:
        running.wait_for_clip()
        yield running


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of Debian's Chromium."""
    found = shutil.which("chromium")
    if found is None:
        pytest.skip("chromium: not on this machine")
    return found

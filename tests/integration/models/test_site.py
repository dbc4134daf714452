"""A site's own networks: pinned when added, loaded only as they were added."""

from contextlib import chdir
from pathlib import Path

import numpy as np
import onnx
import pytest

from models.detector import Detector, UnknownModelError
from models.install import Installer
from models.manifest import SITE_MANIFEST, ManifestError, load_manifest
from models.onnx_graph import GraphBuilder
from models.onnx_scan import UnsafeOnnxError
from models.site import SiteModelError, add_site_model
from models.store import InstalledModel, installed, preferred, sha256_of

pytestmark = pytest.mark.integration

LIKE = load_manifest().named("yolox-nano")


def tiny_yolox(path: Path, weight: float = 0.5, rows: int = 3549) -> Path:
    """Write a network that answers every picture with the same rows, of two classes."""
    graph = GraphBuilder()
    brightness = graph.node("ReduceMean", ["image"], "brightness", axes=[1, 2, 3], keepdims=1)
    shade = graph.node(
        "Squeeze", [brightness, graph.constant("axes", np.array([3], np.int64))], "shade"
    )
    blank = graph.constant("rows", np.full((1, rows, 7), weight, np.float32))
    scaled = graph.node("Mul", [shade, graph.constant("zero", np.array(0, np.float32))], "zeros")
    output = graph.node("Add", [blank, scaled], "output")
    path.write_bytes(graph.build(("image", (1, 3, 416, 416)), [output]))
    return path


@pytest.fixture
def own_file(tmp_path: Path) -> Path:
    return tiny_yolox(tmp_path / "trained here.onnx")


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    return tmp_path / "models"


def test_an_own_network_is_added_preferred_and_runs(own_file: Path, directory: Path) -> None:
    add_site_model(own_file, "our-gate", LIKE, directory, {0: "person", 1: "non-motor"})

    model = preferred(directory)
    found = Detector(model.path, model.network, score_threshold=0.2).detect(
        np.zeros((100, 100, 3), np.uint8)
    )

    assert model.name == "our-gate"
    assert model.network.classes == {0: "person", 1: "non-motor"}
    assert len(found) > 0
    assert not found.of_class("vehicle")


def test_two_own_networks_live_side_by_side(
    own_file: Path, directory: Path, tmp_path: Path
) -> None:
    add_site_model(own_file, "first", LIKE, directory, {0: "person", 1: "vehicle"})
    other = tiny_yolox(tmp_path / "other.onnx", weight=0.25)
    add_site_model(other, "second", LIKE, directory, {0: "person", 1: "vehicle"})

    assert [model.name for model in installed(directory)] == ["first", "second"]


def test_a_file_that_keeps_data_elsewhere_is_refused(own_file: Path, directory: Path) -> None:
    model = onnx.load(own_file)
    onnx.save_model(
        model,
        own_file,
        save_as_external_data=True,
        location="weights.bin",
        size_threshold=0,
    )

    with pytest.raises(SiteModelError, match="in another file"):
        add_site_model(own_file, "our-gate", LIKE, directory)

    assert not directory.exists()


def test_external_data_is_refused_at_load_even_if_the_entry_names_the_hash(
    own_file: Path, directory: Path
) -> None:
    added = add_site_model(own_file, "our-gate", LIKE, directory, {0: "person"})
    onnx.save_model(
        onnx.load(own_file),
        added.path,
        save_as_external_data=True,
        location="weights.bin",
        size_threshold=0,
    )
    entry = directory / SITE_MANIFEST
    entry.write_text(entry.read_text().replace(added.sha256, sha256_of(added.path)))
    model = preferred(directory)

    with chdir(directory), pytest.raises(UnsafeOnnxError, match="in another file"):
        Detector(model.path, model.network)


def test_a_network_with_another_head_is_refused_and_nothing_stays(
    tmp_path: Path, directory: Path
) -> None:
    wrong = tiny_yolox(tmp_path / "wrong.onnx", rows=100)

    with pytest.raises(SiteModelError, match="does not work as a yolox network: a YOLOX head"):
        add_site_model(wrong, "our-gate", LIKE, directory, {0: "person"})

    assert list(directory.iterdir()) == []


def test_a_class_the_network_does_not_have_is_refused(own_file: Path, directory: Path) -> None:
    with pytest.raises(SiteModelError, match="does not work"):
        add_site_model(own_file, "our-gate", LIKE, directory, {5: "person"})


def test_a_known_name_and_a_known_file_are_refused(
    own_file: Path, directory: Path, shared_data: Path
) -> None:
    with pytest.raises(SiteModelError, match="name of a known network"):
        add_site_model(own_file, "yolox-nano", LIKE, directory)
    with pytest.raises(SiteModelError, match="known already, as yolox-nano"):
        add_site_model(shared_data / "models/yolox_nano.onnx", "mine", LIKE, directory)


def test_a_malformed_name_is_refused(own_file: Path, directory: Path) -> None:
    with pytest.raises(SiteModelError, match="name"):
        add_site_model(own_file, "../mine", LIKE, directory)

    assert not directory.exists()


def test_a_changed_own_file_is_not_loaded(own_file: Path, directory: Path) -> None:
    added = add_site_model(own_file, "our-gate", LIKE, directory, {0: "person"})
    tiny_yolox(added.path, weight=0.75)

    assert installed(directory) == []
    with pytest.raises(UnknownModelError):
        Detector(added.path, added.network)


def test_a_site_cannot_give_one_of_our_names_another_hash(own_file: Path, directory: Path) -> None:
    add_site_model(own_file, "our-gate", LIKE, directory, {0: "person"})
    entry = directory / SITE_MANIFEST
    entry.write_text(entry.read_text().replace('"our-gate"', '"yolox-nano"'))

    with pytest.raises(ManifestError, match="name of a known network"):
        installed(directory)


def test_an_own_network_that_is_gone_is_brought_again_with_from(
    own_file: Path, directory: Path
) -> None:
    added = add_site_model(own_file, "our-gate", LIKE, directory, {0: "person"})
    added.path.unlink()

    again: InstalledModel = Installer(directory).install_from(own_file)

    assert again == added

"""Real networks on real pictures."""

import json
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import onnxruntime  # type: ignore[import-untyped]  # ships no types
import pytest

from models.conversion import to_onnx
from models.decoding.boxes import iou_matrix
from models.detector import Detector, UnknownModelError
from models.evaluate import annotated_clip, evaluate, labelled_images
from models.manifest import load_manifest
from models.store import InstalledModel, installed, preferred

pytestmark = pytest.mark.integration

IR = "models/openvino-ir/2004-FP16/person-vehicle-bike-detection-2004"


def frame_of(clip: Path, number: int) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    capture = cv2.VideoCapture(str(clip))
    capture.set(cv2.CAP_PROP_POS_FRAMES, number)
    _, picture = capture.read()
    capture.release()
    return np.asarray(picture, np.uint8)


def test_the_converted_ir_computes_the_same_bits_as_the_reference(shared_data: Path) -> None:
    files = {f"2004{end}": (shared_data / f"{IR}{end}").read_bytes() for end in (".xml", ".bin")}
    image = np.random.default_rng(2004).uniform(0, 255, (1, 3, 256, 448)).astype(np.float32)
    network = load_manifest().named("person-vehicle-bike-detection-2004")

    converted = onnxruntime.InferenceSession(to_onnx(network, files))
    reference = onnxruntime.InferenceSession(
        (shared_data / "models/person-vehicle-bike-detection-2004.onnx").read_bytes()
    )

    for ours, theirs in zip(
        converted.run(None, {"image": image}), reference.run(None, {"image": image}), strict=True
    ):
        np.testing.assert_allclose(ours, theirs, atol=1e-4)


def test_the_converted_graph_model_computes_what_tensorflow_js_does(
    ssdlite: InstalledModel,
) -> None:
    """Expected values: @tensorflow/tfjs-converter 4 with its CPU backend, on the same pattern."""
    row, column, channel = np.indices((300, 300, 3))
    pattern = (row * 3 + column * 5 + channel * 85) // 4 % 256
    image = pattern.transpose(2, 0, 1)[None].astype(np.float32)
    session = onnxruntime.InferenceSession(ssdlite.path.read_bytes())

    encodings, logits, _ = session.run(None, {session.get_inputs()[0].name: image})

    sampled = [output.ravel()[:: output.size // 7][:7] for output in (encodings, logits)]
    expected = [
        [-0.2549, -2.4091, -0.2279, -0.2166, 1.28, -0.6733, -1.8495],
        [3.7077, -10.2415, -9.7873, -7.151, -11.8417, -11.8887, -11.7425],
    ]
    np.testing.assert_allclose(sampled, expected, atol=1e-3)
    assert logits.mean() == pytest.approx(-10.50667, abs=1e-4)


def test_all_networks_agree_on_the_clear_people_of_a_frame(
    models_directory: Path, shared_data: Path
) -> None:
    picture = frame_of(shared_data / "clips/vtest.avi", 99)

    people = [
        Detector(model.path, model.network).detect(picture).of_class("person")
        for model in installed(models_directory)
    ]

    clear = people[0].boxes[people[0].scores > 0.5]
    assert len(clear) >= 4
    for found in people[1:]:
        assert (iou_matrix(clear, found.boxes).max(axis=1) > 0.5).all()


def test_a_picture_of_another_shape_gives_boxes_inside_it(detector_2004: InstalledModel) -> None:
    detector = Detector(detector_2004.path, detector_2004.network, score_threshold=0.01)
    noise = np.random.default_rng(7).integers(0, 255, (90, 333, 3), np.uint8)

    found = detector.detect(noise)

    assert (found.boxes >= 0).all()
    assert (found.boxes <= [333, 90, 333, 90]).all()


def test_a_grey_picture_is_empty(detector_2004: InstalledModel) -> None:
    detector = Detector(detector_2004.path, detector_2004.network)

    assert len(detector.detect(np.full((576, 768, 3), 128, np.uint8))) == 0


def test_the_preferred_detector_is_as_accurate_as_its_manifest_says(
    models_directory: Path, shared_data: Path
) -> None:
    clip = annotated_clip(
        shared_data / "clips/vtest.avi", shared_data / "truth/PETS09-S2L1/gt.txt", every=20
    )

    measured = evaluate(preferred(models_directory), clip)

    assert measured.pictures == 40
    assert measured.ap50["person"] == pytest.approx(0.912, abs=0.04)


def test_labelled_images_are_measured_by_class(models_directory: Path, shared_data: Path) -> None:
    model = next(model for model in installed(models_directory) if model.name == "yolox-nano")

    measured = evaluate(model, labelled_images(shared_data / "coco-val128"))

    assert measured.pictures == 128
    assert measured.ap50["person"] == pytest.approx(0.631, abs=0.02)
    assert set(measured.ap50) == {"person", "vehicle", "non-motor"}


def test_one_changed_bit_and_the_file_is_not_loaded(
    detector_2004: InstalledModel, tmp_path: Path
) -> None:
    changed = bytearray(detector_2004.path.read_bytes())
    changed[-1] ^= 1
    path = tmp_path / detector_2004.network.file_name
    path.write_bytes(changed)

    with pytest.raises(UnknownModelError, match="not one that the manifest knows"):
        Detector(path, detector_2004.network)
    assert installed(tmp_path) == []


def test_detecting_imports_no_converter_and_no_http_client_and_stays_small(
    detector_2004: InstalledModel,
) -> None:
    program = f"""
import json, sys
from pathlib import Path
import numpy as np
from models.detector import Detector
from models.store import preferred
model = preferred(Path({str(detector_2004.path.parent)!r}))
detector = Detector(model.path, model.network)
for _ in range(5):
    detector.detect(np.zeros((576, 768, 3), np.uint8))
status = Path("/proc/self/status").read_text().splitlines()
peak_kib = next(int(line.split()[1]) for line in status if line.startswith("VmHWM:"))
print(json.dumps([sorted({{"onnx", "httpx", "typer"}} & set(sys.modules)), peak_kib]))
"""
    result = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, timeout=60
    )

    imported, peak_kib = json.loads(result.stdout)
    assert imported == []
    assert peak_kib < 200 * 1024

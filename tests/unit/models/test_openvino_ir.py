"""The IR converter, by small networks whose results are known."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import onnx
import pytest
from numpy.typing import NDArray
from onnx.reference import ReferenceEvaluator

from models.decoding.boxes import FloatArray
from models.openvino_ir import UnreadableIrError, convert

WINDOW = {
    "auto_pad": "explicit",
    "dilations": "1, 1",
    "pads_begin": "0, 0",
    "pads_end": "0, 0",
    "strides": "1, 1",
}


@dataclass
class SmallIr:
    """Writes an IR layer by layer."""

    layers: list[str] = field(default_factory=list)
    edges: list[str] = field(default_factory=list)
    weights: bytes = b""

    def add(
        self,
        kind: str,
        shape: Sequence[int],
        inputs: Sequence[int] = (),
        data: Mapping[str, str] | None = None,
    ) -> int:
        number = len(self.layers)
        attributes = " ".join(f'{key}="{value}"' for key, value in (data or {}).items())
        dims = "".join(f"<dim>{size}</dim>" for size in shape)
        self.layers.append(
            f'<layer id="{number}" name="{kind}_{number}" type="{kind}"><data {attributes}/>'
            f'<output><port id="{len(inputs)}">{dims}</port></output></layer>'
        )
        self.edges += [
            f'<edge from-layer="{source}" from-port="0" to-layer="{number}" to-port="{port}"/>'
            for port, source in enumerate(inputs)
        ]
        return number

    def constant(self, value: NDArray[np.generic], element_type: str) -> int:
        offset, content = len(self.weights), value.tobytes()
        self.weights += content
        place = {"element_type": element_type, "offset": str(offset), "size": str(len(content))}
        return self.add("Const", value.shape, data=place)

    @property
    def xml(self) -> bytes:
        return (
            f"<net><layers>{''.join(self.layers)}</layers>"
            f"<edges>{''.join(self.edges)}</edges></net>"
        ).encode()

    def run(self, head: str, image: FloatArray) -> FloatArray:
        model = convert(self.xml, self.weights, [head])
        session = ReferenceEvaluator(onnx.load_from_string(model))
        (result,) = session.run(None, {session.input_names[0]: image})
        assert isinstance(result, np.ndarray)
        return result


def test_half_precision_constants_are_widened_and_applied() -> None:
    ir = SmallIr()
    image = ir.add("Parameter", (1, 1, 1, 2))
    half = ir.constant(np.full((1, 1, 1, 1), 0.5, np.float16), "f16")
    wide = ir.add("Convert", (1, 1, 1, 1), [half], {"destination_type": "f32"})
    ir.add("Multiply", (1, 1, 1, 2), [image, wide])

    result = ir.run("Multiply_3", np.array([[[[2, 6]]]], np.float32))

    assert result.tolist() == [[[[1, 3]]]]


def test_a_convolution_keeps_its_window_and_its_bias() -> None:
    ir = SmallIr()
    image = ir.add("Parameter", (1, 1, 2, 2))
    kernel = ir.constant(np.ones((1, 1, 2, 2), np.float32), "f32")
    summed = ir.add("Convolution", (1, 1, 1, 1), [image, kernel], WINDOW)
    bias = ir.constant(np.full((1, 1, 1, 1), -3, np.float32), "f32")
    ir.add("Add", (1, 1, 1, 1), [summed, bias])

    result = ir.run("Add_4", np.array([[[[1, 2], [3, 4]]]], np.float32))

    assert result.tolist() == [[[[7]]]]


def test_a_group_convolution_keeps_channels_apart() -> None:
    ir = SmallIr()
    image = ir.add("Parameter", (1, 2, 1, 1))
    kernel = ir.constant(np.array([10, 100], np.float32).reshape(2, 1, 1, 1, 1), "f32")
    ir.add("GroupConvolution", (1, 2, 1, 1), [image, kernel], WINDOW)

    result = ir.run("GroupConvolution_2", np.array([[[[1]], [[2]]]], np.float32))

    assert result.ravel().tolist() == [10, 200]


def test_values_are_clamped_and_rectified() -> None:
    ir = SmallIr()
    image = ir.add("Parameter", (1, 1, 1, 3))
    clamped = ir.add("Clamp", (1, 1, 1, 3), [image], {"min": "-1", "max": "6"})
    ir.add("ReLU", (1, 1, 1, 3), [clamped])

    result = ir.run("ReLU_2", np.array([[[[-5, 2, 9]]]], np.float32))

    assert result.tolist() == [[[[0, 2, 6]]]]


def test_normalisation_is_over_height_and_width() -> None:
    ir = SmallIr()
    image = ir.add("Parameter", (1, 1, 1, 2))
    axes = ir.constant(np.array([-2, -1], np.int64), "i64")
    options = {"eps": "0", "eps_mode": "inside_sqrt", "normalize_variance": "true"}
    ir.add("MVN", (1, 1, 1, 2), [image, axes], options)

    result = ir.run("MVN_2", np.array([[[[3, 7]]]], np.float32))

    assert result.tolist() == [[[[-1, 1]]]]


def test_interpolation_repeats_the_nearest_value_to_the_declared_size() -> None:
    ir = SmallIr()
    image = ir.add("Parameter", (1, 1, 1, 2))
    sizes = ir.constant(np.array([1, 1, 1, 4], np.int64), "i64")
    options = {
        "mode": "nearest",
        "coordinate_transformation_mode": "asymmetric",
        "nearest_mode": "floor",
    }
    ir.add("Interpolate", (1, 1, 1, 4), [image, sizes], options)

    result = ir.run("Interpolate_2", np.array([[[[1, 2]]]], np.float32))

    assert result.tolist() == [[[[1, 1, 2, 2]]]]


def test_what_the_head_does_not_need_may_be_of_any_kind() -> None:
    ir = SmallIr()
    image = ir.add("Parameter", (1, 1, 1, 1))
    ir.add("ReLU", (1, 1, 1, 1), [image])
    ir.add("NonMaxSuppression", (1,), [image])

    assert ir.run("ReLU_1", np.ones((1, 1, 1, 1), np.float32)) == 1


def test_the_same_files_become_the_same_bytes() -> None:
    ir = SmallIr()
    image = ir.add("Parameter", (1, 1, 1, 1))
    ir.add("ReLU", (1, 1, 1, 1), [image])

    assert convert(ir.xml, b"", ["ReLU_1"]) == convert(ir.xml, b"", ["ReLU_1"])


def test_an_unknown_layer_is_named() -> None:
    ir = SmallIr()
    image = ir.add("Parameter", (1, 1, 1, 1))
    ir.add("Mystery", (1, 1, 1, 1), [image])

    with pytest.raises(UnreadableIrError, match="layer Mystery_1 is a Mystery"):
        convert(ir.xml, b"", ["Mystery_1"])


def test_a_missing_head_is_named() -> None:
    ir = SmallIr()
    ir.add("Parameter", (1, 1, 1, 1))

    with pytest.raises(UnreadableIrError, match="not found: head"):
        convert(ir.xml, b"", ["head"])


@pytest.mark.parametrize("offset", [-4, 1, 4])
def test_a_constant_outside_the_weights_is_refused(offset: int) -> None:
    ir = SmallIr()
    image = ir.add("Parameter", (1, 1, 1, 1))
    place = {"element_type": "f32", "offset": str(offset), "size": "4"}
    outside = ir.add("Const", (1, 1, 1, 1), data=place)
    ir.add("Add", (1, 1, 1, 1), [image, outside])

    with pytest.raises(UnreadableIrError, match="the weights have 4"):
        convert(ir.xml, bytes(4), ["Add_2"])


@pytest.mark.parametrize(
    ("xml", "problem"),
    [
        (b'<!DOCTYPE net [<!ENTITY a "b">]><net/>', "document type"),
        (b"<!doctype net><net/>", "document type"),
        (b"<net>", "malformed"),
        (b"\xff\xfe\x00", "malformed"),
        (b"<net/>" + b" " * (8 * 1024 * 1024), "at most"),
        (b'<net><edges><edge from-layer="0"/></edges></net>', "to-layer"),
        (b'<net><layers><layer id="0" name="a"/></layers></net>', "type"),
        (b'<net><edges><edge from-layer="0" to-layer="1" to-port="x"/></edges></net>', "number"),
    ],
)
def test_dangerous_or_malformed_xml_is_refused(xml: bytes, problem: str) -> None:
    with pytest.raises(UnreadableIrError, match=problem):
        convert(xml, b"", ["head"])

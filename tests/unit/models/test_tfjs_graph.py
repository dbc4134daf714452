"""The TensorFlow.js converter, by small graphs whose results are known."""

from dataclasses import dataclass, field
from typing import Any

import msgspec
import numpy as np
import onnx
import pytest
from numpy.typing import NDArray
from onnx.reference import ReferenceEvaluator

from models.decoding.boxes import FloatArray
from models.tfjs_graph import UnreadableGraphModelError, convert


def text(value: str) -> dict[str, list[int]]:
    return {"s": list(value.encode())}


def integers(*values: int) -> dict[str, dict[str, list[str]]]:
    return {"list": {"i": [str(value) for value in values]}}


WINDOW: dict[str, Any] = {
    "data_format": text("NHWC"),
    "padding": text("SAME"),
    "strides": integers(1, 1, 1, 1),
    "dilations": integers(1, 1, 1, 1),
}


@dataclass
class SmallGraph:
    """Writes a graph model node by node; the picture is the node `image`."""

    nodes: list[dict[str, Any]] = field(default_factory=list)
    weights: list[dict[str, Any]] = field(default_factory=list)
    shard: bytes = b""

    def add(self, op: str, name: str, *inputs: str, **attributes: Any) -> None:  # noqa: ANN401 - JSON
        self.nodes.append({"op": op, "name": name, "input": list(inputs), "attr": attributes})

    def weight(self, name: str, value: NDArray[Any]) -> None:
        self.add("Const", name)
        dtype = {"f": "float32", "i": "int32"}[value.dtype.kind]
        self.weights.append({"name": name, "shape": list(value.shape), "dtype": dtype})
        self.shard += value.tobytes()

    @property
    def model_json(self) -> bytes:
        return msgspec.json.encode(
            {
                "modelTopology": {"node": self.nodes},
                "weightsManifest": [{"paths": ["shard"], "weights": self.weights}],
            }
        )

    def convert(self, output: str, size: tuple[int, int]) -> bytes:
        return convert(self.model_json, {"shard": self.shard}, "image", size, [output])

    def run(self, output: str, image: FloatArray) -> FloatArray:
        height, width = image.shape[2:]
        model = onnx.load_from_string(self.convert(output, (width, height)))
        return evaluate(model, image)


def evaluate(model: onnx.ModelProto, image: FloatArray) -> FloatArray:
    (result,) = ReferenceEvaluator(model).run(None, {"image": image})
    assert isinstance(result, np.ndarray)
    return result


def picture(*rows: list[float]) -> FloatArray:
    """Return a picture whose three channels are alike."""
    return np.broadcast_to(np.array(rows, np.float32), (1, 3, len(rows), len(rows[0]))).copy()


def test_a_convolution_sums_over_channels_and_pads_at_the_end_first() -> None:
    graph = SmallGraph()
    graph.weight("kernel", np.ones((1, 2, 3, 1), np.float32))
    graph.add("Conv2D", "sum", "image", "kernel", **WINDOW)

    result = graph.run("sum", picture([1, 2]))

    assert result.tolist() == [[[[9, 6]]]]


def test_a_depthwise_convolution_keeps_channels_apart() -> None:
    graph = SmallGraph()
    graph.weight("kernel", np.array([1, 10, 100], np.float32).reshape(1, 1, 3, 1))
    graph.add("DepthwiseConv2dNative", "scaled", "image", "kernel", **WINDOW)

    result = graph.run("scaled", picture([2]))

    assert result.ravel().tolist() == [2, 20, 200]


def test_a_weight_per_channel_goes_along_the_channels() -> None:
    graph = SmallGraph()
    graph.weight("bias", np.array([1, 2, 3], np.float32))
    graph.add("BiasAdd", "biased", "image", "bias")

    result = graph.run("biased", picture([0, 10, 20]))

    assert result[0, :, 0].tolist() == [[1, 11, 21], [2, 12, 22], [3, 13, 23]]


def test_a_scalar_weight_and_the_limits_of_relu6_hold_everywhere() -> None:
    graph = SmallGraph()
    graph.weight("two", np.array(2, np.float32))
    graph.add("Mul", "doubled", "two", "image")
    graph.add("Relu6", "limited", "doubled")

    result = graph.run("limited", picture([-1, 2, 4]))

    assert result[0, 0].tolist() == [[0, 4, 6]]


def test_batch_normalisation_uses_the_stored_statistics() -> None:
    graph = SmallGraph()
    for name, value in [("gamma", 2), ("beta", 1), ("mean", 3), ("variance", 4)]:
        graph.weight(name, np.full(3, value, np.float32))
    graph.add(
        "FusedBatchNorm",
        "normalised",
        *("image", "gamma", "beta", "mean", "variance"),
        epsilon={"f": 0.0},
    )

    result = graph.run("normalised", picture([7]))

    assert result.ravel().tolist() == [5, 5, 5]


def test_a_map_is_flattened_in_tensorflows_order() -> None:
    graph = SmallGraph()
    graph.weight("cells", np.array(2, np.int32))
    graph.weight("values", np.array(3, np.int32))
    graph.add("Shape", "asked", "image")
    graph.add("StridedSlice", "batch", "asked")
    graph.add("Pack", "shape", "batch", "cells", "values")
    graph.add("Reshape", "flat", "image", "shape")

    image = np.array([[[[1, 2]], [[3, 4]], [[5, 6]]]], np.float32)

    assert graph.run("flat", image).tolist() == [[[1, 3, 5], [2, 4, 6]]]


def test_control_inputs_carry_nothing() -> None:
    graph = SmallGraph()
    graph.add("Relu6", "limited", "image", "^somewhere")

    assert graph.run("limited", picture([3])).ravel().tolist() == [3, 3, 3]


def test_a_stored_weight_can_be_an_output() -> None:
    graph = SmallGraph()
    graph.weight("anchors", np.array([[[1, 2, 3, 4]]], np.float32))

    model = onnx.load_from_string(graph.convert("anchors", (1, 1)))

    assert evaluate(model, picture([0])).tolist() == [[[1, 2, 3, 4]]]


def test_the_same_graph_becomes_the_same_bytes() -> None:
    graph = SmallGraph()
    graph.add("Relu6", "limited", "image")

    assert graph.convert("limited", (32, 32)) == graph.convert("limited", (32, 32))


def test_an_unknown_operation_is_named() -> None:
    graph = SmallGraph()
    graph.add("Mystery", "what", "image")

    with pytest.raises(UnreadableGraphModelError, match="what is a Mystery"):
        graph.convert("what", (32, 32))


def test_a_missing_node_is_named() -> None:
    graph = SmallGraph()
    graph.add("Relu6", "limited", "nowhere")

    with pytest.raises(UnreadableGraphModelError, match="node nowhere expected"):
        graph.convert("limited", (32, 32))


def test_nodes_that_wait_for_each_other_are_refused() -> None:
    graph = SmallGraph()
    graph.add("Relu6", "hen", "egg")
    graph.add("Relu6", "egg", "hen")

    with pytest.raises(UnreadableGraphModelError, match="needs itself"):
        graph.convert("hen", (32, 32))


def test_missing_and_short_shards_are_refused() -> None:
    graph = SmallGraph()
    graph.weight("anchors", np.ones(4, np.float32))

    with pytest.raises(UnreadableGraphModelError, match="shards missing: shard"):
        convert(graph.model_json, {}, "image", (32, 32), ["anchors"])
    with pytest.raises(UnreadableGraphModelError, match="ends at byte 16, the shards at 15"):
        convert(graph.model_json, {"shard": bytes(15)}, "image", (32, 32), ["anchors"])


def test_another_layout_or_padding_is_refused() -> None:
    graph = SmallGraph()
    graph.weight("kernel", np.ones((1, 1, 3, 1), np.float32))
    graph.add("Conv2D", "sum", "image", "kernel", **{**WINDOW, "padding": text("VALID")})

    with pytest.raises(UnreadableGraphModelError, match="NHWC and SAME expected"):
        graph.convert("sum", (32, 32))


@pytest.mark.parametrize("malformed", [b"", b"{}", b'{"modelTopology": 1}', b"[" * 10_000])
def test_malformed_json_is_refused(malformed: bytes) -> None:
    with pytest.raises(UnreadableGraphModelError, match="malformed"):
        convert(malformed, {}, "image", (32, 32), ["output"])

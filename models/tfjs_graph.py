"""Convert a TensorFlow.js graph model (model.json and its shards) to ONNX.

Only what frozen SSD detectors need is known: the part of the graph between the resized picture and
the raw outputs of the head. TensorFlow keeps pictures as NHWC, ONNX as NCHW; feature maps are NCHW
here until a Reshape flattens them, which first needs them back in TensorFlow's order.
Format: https://www.tensorflow.org/js/guide/save_load and tensorflow/core/framework/node_def.proto
"""

from base64 import b64decode
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from models.onnx_graph import GraphBuilder

_MAX_JSON_BYTES = 8 * 1024 * 1024
_DTYPES: Final = {"float32": "<f4", "int32": "<i4"}


class UnreadableGraphModelError(ValueError):
    """The files are not a graph model this converter knows."""


class _Weight(msgspec.Struct, frozen=True):
    name: str
    shape: tuple[int, ...]
    dtype: str
    quantization: dict[str, Any] | None = None


class _WeightGroup(msgspec.Struct, frozen=True):
    paths: tuple[str, ...]
    weights: tuple[_Weight, ...]


class _Node(msgspec.Struct, frozen=True):
    name: str
    op: str
    input: tuple[str, ...] = ()
    attr: dict[str, Any] = {}

    @property
    def sources(self) -> tuple[str, ...]:
        """Leave out control inputs (`^name`), which order execution and carry nothing."""
        return tuple(name for name in self.input if not name.startswith("^"))

    def integers(self, key: str) -> list[int]:
        """Read a list attribute; protobuf's JSON writes 64-bit integers as strings."""
        return [int(item) for item in self.attr[key]["list"]["i"]]


class _Topology(msgspec.Struct, frozen=True):
    node: tuple[_Node, ...]


class _GraphModel(msgspec.Struct, frozen=True):
    topology: _Topology = msgspec.field(name="modelTopology")
    weight_groups: tuple[_WeightGroup, ...] = msgspec.field(name="weightsManifest")


def convert(
    model_json: bytes,
    shards: Mapping[str, bytes],
    image: str,
    image_size: tuple[int, int],
    outputs: Sequence[str],
) -> bytes:
    """Convert what lies between one node, taken as the picture, and the output nodes.

    Args:
        model_json: the topology and the weights' manifest.
        shards: the weight files by the path that model.json gives them.
        image: the node that stands for the picture, RGB, batch 1; what precedes it is dropped.
        image_size: the picture's (width, height).
        outputs: the nodes, or weights, to give out, in this order.

    Raises:
        UnreadableGraphModelError: the JSON is malformed, shards are missing or short, or a node is
            of a kind or a form that is not known.
    """
    if len(model_json) > _MAX_JSON_BYTES:
        raise UnreadableGraphModelError(
            f"model.json of {len(model_json)} bytes, at most {_MAX_JSON_BYTES} expected"
        )
    try:
        model = msgspec.json.decode(model_json, type=_GraphModel)
    except msgspec.DecodeError as error:
        raise UnreadableGraphModelError(f"malformed model.json: {error}") from error
    nodes = {node.name: node for node in model.topology.node}
    converter = _Converter(nodes, _read_weights(model.weight_groups, shards))
    return converter.convert(image, image_size, outputs)


def _read_weights(
    groups: Sequence[_WeightGroup], shards: Mapping[str, bytes]
) -> dict[str, NDArray[Any]]:
    weights: dict[str, NDArray[Any]] = {}
    for group in groups:
        missing = [path for path in group.paths if path not in shards]
        if missing:
            raise UnreadableGraphModelError(f"shards missing: {', '.join(missing)}")
        weights.update(_cut_up(b"".join(shards[path] for path in group.paths), group.weights))
    return weights


def _cut_up(joined: bytes, weights: Sequence[_Weight]) -> dict[str, NDArray[Any]]:
    arrays: dict[str, NDArray[Any]] = {}
    offset = 0
    for weight in weights:
        if weight.dtype not in _DTYPES or weight.quantization is not None:
            raise UnreadableGraphModelError(
                f"{weight.name} is {weight.dtype} or quantised, float32 or int32 expected"
            )
        dtype = np.dtype(_DTYPES[weight.dtype])
        size = int(np.prod(weight.shape, dtype=np.int64)) * dtype.itemsize
        if offset + size > len(joined):
            raise UnreadableGraphModelError(
                f"{weight.name} ends at byte {offset + size}, the shards at {len(joined)}"
            )
        values = np.frombuffer(joined[offset : offset + size], dtype)
        arrays[weight.name] = values.reshape(weight.shape)
        offset += size
    return arrays


class _Converter:
    """Converts nodes on demand, from the outputs back to the picture."""

    def __init__(self, nodes: Mapping[str, _Node], weights: Mapping[str, NDArray[Any]]) -> None:
        self._nodes = nodes
        self._weights = weights
        self._graph = GraphBuilder()
        self._flattened: set[str] = set()

    def convert(self, image: str, image_size: tuple[int, int], outputs: Sequence[str]) -> bytes:
        width, height = image_size
        for name in self._in_order(outputs, image):
            node = self._nodes[name]
            convert_node = _OPERATIONS.get(node.op)
            if convert_node is None:
                raise UnreadableGraphModelError(f"{name} is a {node.op}, which is not known")
            try:
                convert_node(self, node)
            except (KeyError, ValueError, IndexError) as error:
                raise UnreadableGraphModelError(f"{name} ({node.op}): {error!r}") from error
        given = [
            self._graph.node("Identity", [self._value(source)], f"output/{source}")
            for source in outputs
        ]
        return self._graph.build((image, (1, 3, height, width)), given)

    def _in_order(self, outputs: Sequence[str], image: str) -> list[str]:
        """Return the computed nodes that the outputs need, each after its sources."""
        order: list[str] = []
        done, opened = {image, *self._weights}, set[str]()
        waiting = list(reversed(outputs))
        while waiting:
            name = waiting[-1]
            if name in done:
                waiting.pop()
                continue
            if name not in self._nodes:
                raise UnreadableGraphModelError(f"node {name} expected but not found")
            before = [source for source in self._data_sources(name) if source not in done]
            if before and name in opened:
                raise UnreadableGraphModelError(f"node {name} needs itself")
            opened.add(name)
            waiting.extend(reversed(before))
            if not before:
                done.add(waiting.pop())
                order.append(name)
        return order

    def _data_sources(self, name: str) -> tuple[str, ...]:
        """A Reshape's second source only asks for the batch size, which is 1."""
        node = self._nodes[name]
        return node.sources[:1] if node.op == "Reshape" else node.sources

    def convolution(self, node: _Node) -> None:
        """TensorFlow keeps kernels as (h, w, in, out), ONNX as (out, in, h, w)."""
        self._convolve(node, self._weights[node.sources[1]].transpose(3, 2, 0, 1), groups=1)

    def depthwise_convolution(self, node: _Node) -> None:
        """TensorFlow keeps depthwise kernels as (h, w, channels, multiplier)."""
        kernel = self._weights[node.sources[1]]
        height, width, channels, _ = kernel.shape
        by_channel = kernel.transpose(2, 3, 0, 1).reshape(-1, 1, height, width)
        self._convolve(node, by_channel, groups=channels)

    def _convolve(self, node: _Node, kernel: NDArray[Any], groups: int) -> None:
        found = (_text(node.attr["data_format"]), _text(node.attr["padding"]))
        if found != ("NHWC", "SAME"):
            raise UnreadableGraphModelError(f"{node.name} is {found}, NHWC and SAME expected")
        kernel_name = self._graph.constant(
            f"{node.name}/kernel", np.ascontiguousarray(kernel, np.float32)
        )
        self._graph.node(
            "Conv",
            [self._value(node.sources[0]), kernel_name],
            node.name,
            auto_pad="SAME_UPPER",
            dilations=node.integers("dilations")[1:3],
            group=groups,
            kernel_shape=list(kernel.shape[2:]),
            strides=node.integers("strides")[1:3],
        )

    def batch_normalisation(self, node: _Node) -> None:
        data, *statistics = node.sources
        constants = [self._graph.constant(name, self._weights[name]) for name in statistics]
        epsilon = float(node.attr["epsilon"]["f"])
        inputs = [self._value(data), *constants]
        self._graph.node("BatchNormalization", inputs, node.name, epsilon=epsilon)

    def relu6(self, node: _Node) -> None:
        limits = [
            self._graph.constant(f"clip/{limit}", np.array(limit, np.float32)) for limit in (0, 6)
        ]
        self._graph.node("Clip", [self._value(node.sources[0]), *limits], node.name)

    def elementwise(self, node: _Node) -> None:
        operator = {"AddN": "Sum", "BiasAdd": "Add"}.get(node.op, node.op)
        self._graph.node(operator, [self._value(source) for source in node.sources], node.name)

    def reshape(self, node: _Node) -> None:
        """Flatten a feature map, in TensorFlow's order of its values."""
        packed = self._nodes[node.sources[1]]
        batch, *known = packed.sources
        if packed.op != "Pack" or batch in self._weights:
            raise UnreadableGraphModelError(f"{node.name} does not keep the batch and flatten")
        shape = [1, *(int(self._weights[name]) for name in known)]
        data = self._graph.node(
            "Transpose", [self._value(node.sources[0])], f"{node.name}/nhwc", perm=[0, 2, 3, 1]
        )
        shape_name = self._graph.constant(f"{node.name}/shape", np.array(shape, np.int64))
        self._graph.node("Reshape", [data, shape_name], node.name)
        self._flattened.add(node.name)

    def concatenation(self, node: _Node) -> None:
        *parts, axis = node.sources
        self._require_flattened(node, parts)
        inputs = [self._value(part) for part in parts]
        self._graph.node("Concat", inputs, node.name, axis=int(self._weights[axis]))

    def squeeze(self, node: _Node) -> None:
        self._require_flattened(node, node.sources)
        axes = np.array(node.integers("squeeze_dims"), np.int64)
        axes_name = self._graph.constant(f"{node.name}/axes", axes)
        self._graph.node("Squeeze", [self._value(node.sources[0]), axes_name], node.name)

    def _require_flattened(self, node: _Node, sources: Sequence[str]) -> None:
        if not self._flattened.issuperset(sources):
            raise UnreadableGraphModelError(f"{node.name} takes feature maps that are not flat")
        self._flattened.add(node.name)

    def _value(self, name: str) -> str:
        """Return an ONNX name; a weight per channel is shaped to stand beside an NCHW map."""
        if name not in self._weights:
            return name
        weight = self._weights[name]
        return self._graph.constant(
            name, weight.reshape(1, -1, 1, 1) if weight.ndim == 1 else weight
        )


def _text(attribute: Mapping[str, Any]) -> str:
    """Read a string attribute, which TensorFlow.js writes as a list of bytes or as base64."""
    value = attribute["s"]
    return bytes(value).decode("ascii") if isinstance(value, list) else b64decode(value).decode()


_OPERATIONS: Final[dict[str, Callable[[_Converter, _Node], None]]] = {
    "Add": _Converter.elementwise,
    "AddN": _Converter.elementwise,
    "BiasAdd": _Converter.elementwise,
    "Mul": _Converter.elementwise,
    "Sub": _Converter.elementwise,
    "Conv2D": _Converter.convolution,
    "DepthwiseConv2dNative": _Converter.depthwise_convolution,
    "FusedBatchNorm": _Converter.batch_normalisation,
    "Relu6": _Converter.relu6,
    "Reshape": _Converter.reshape,
    "ConcatV2": _Converter.concatenation,
    "Squeeze": _Converter.squeeze,
}

"""Convert a network from OpenVINO's IR (version 10 and 11, xml beside bin) to ONNX.

Only the layers that small convolutional detectors need are known, and only at fixed shapes: the
graph is cut at named layers, before shape arithmetic and suppression begin.
Operation semantics: https://docs.openvino.ai/2024/documentation/openvino-ir-format/operation-sets.html
"""

import re
import xml.etree.ElementTree as ET
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from models.onnx_graph import GraphBuilder, as_float32

_MAX_XML_BYTES = 8 * 1024 * 1024
_FORBIDDEN_MARKUP = re.compile(rb"<!(DOCTYPE|ENTITY)", re.IGNORECASE)
_DTYPES: Final = {"f16": "<f2", "f32": "<f4", "i32": "<i4", "i64": "<i8", "u64": "<u8"}


class UnreadableIrError(ValueError):
    """The files are not an IR this converter knows."""


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer; `inputs` are layer ids in port order, `shape` is that of its first output."""

    layer_id: str
    name: str
    kind: str
    data: dict[str, str]
    shape: tuple[int, ...]
    inputs: tuple[str, ...]

    def integers(self, key: str) -> list[int]:
        """Read a list such as `strides="2, 2"`."""
        return [int(part) for part in self.data[key].split(",")]


def convert(xml: bytes, weights: bytes, outputs: Sequence[str]) -> bytes:
    """Convert the part of the network that the named output layers need.

    Raises:
        UnreadableIrError: the XML is malformed or dangerous, a layer is of an unknown kind, an
            output is missing, or a constant lies outside the weights.
    """
    layers = _parse(xml)
    layer_by_name = {layer.name: layer for layer in layers.values()}
    missing = [name for name in outputs if name not in layer_by_name]
    if missing:
        raise UnreadableIrError(f"output layers expected but not found: {', '.join(missing)}")
    heads = [layer_by_name[name] for name in outputs]
    return _Converter(weights).convert(_needed_by(heads, layers), heads)


def _parse(xml: bytes) -> dict[str, Layer]:
    if len(xml) > _MAX_XML_BYTES:
        raise UnreadableIrError(f"XML of {len(xml)} bytes, at most {_MAX_XML_BYTES} expected")
    if _FORBIDDEN_MARKUP.search(xml):
        raise UnreadableIrError("XML declares a document type or an entity, neither expected")
    try:
        root = ET.fromstring(xml)  # noqa: S314 - bounded, and without entities to expand
    except ET.ParseError as error:
        raise UnreadableIrError(f"malformed XML: {error}") from error
    try:
        sources = _read_edges(root)
        layers = [_read_layer(node, sources) for node in root.iterfind("layers/layer")]
    except KeyError as error:
        raise UnreadableIrError(f"attribute {error} expected, not found") from error
    except ValueError as error:
        raise UnreadableIrError(f"a number expected: {error}") from error
    return {layer.layer_id: layer for layer in layers}


def _read_edges(root: ET.Element) -> dict[str, dict[int, str]]:
    """Return the id of the layer that feeds each port, by layer id and port."""
    sources: dict[str, dict[int, str]] = {}
    for edge in root.iterfind("edges/edge"):
        ports = sources.setdefault(edge.attrib["to-layer"], {})
        ports[int(edge.attrib["to-port"])] = edge.attrib["from-layer"]
    return sources


def _read_layer(node: ET.Element, sources: dict[str, dict[int, str]]) -> Layer:
    layer_id = node.attrib["id"]
    data, port = node.find("data"), node.find("output/port")
    ports = sources.get(layer_id, {})
    return Layer(
        layer_id=layer_id,
        name=node.attrib["name"],
        kind=node.attrib["type"],
        data={} if data is None else dict(data.attrib),
        shape=() if port is None else tuple(int(dim.text or -1) for dim in port.iterfind("dim")),
        inputs=tuple(ports[port] for port in sorted(ports)),
    )


def _needed_by(heads: Sequence[Layer], layers: dict[str, Layer]) -> list[Layer]:
    """Return the heads and all they depend on, in the file's order, which is topological."""
    needed: set[str] = set()
    waiting = [head.layer_id for head in heads]
    while waiting:
        layer_id = waiting.pop()
        if layer_id not in layers:
            raise UnreadableIrError(f"an edge comes from layer {layer_id}, which is not there")
        if layer_id not in needed:
            needed.add(layer_id)
            waiting.extend(_data_inputs(layers[layer_id]))
    return [layer for layer in layers.values() if layer.layer_id in needed]


def _data_inputs(layer: Layer) -> tuple[str, ...]:
    """Leave out the sizes and scales of an Interpolate: its declared output shape says the same."""
    return layer.inputs[:1] if layer.kind == "Interpolate" else layer.inputs


class _Converter:
    """Converts layers one by one; constants stay numpy arrays until a node needs them."""

    def __init__(self, weights: bytes) -> None:
        self._weights = weights
        self._graph = GraphBuilder()
        self._constants: dict[str, NDArray[Any]] = {}
        self._value_names: dict[str, str] = {}
        self._image: tuple[str, tuple[int, ...]] | None = None

    def convert(self, layers: Sequence[Layer], heads: Sequence[Layer]) -> bytes:
        for layer in layers:
            convert_layer = _LAYERS.get(layer.kind)
            if convert_layer is None:
                raise UnreadableIrError(f"layer {layer.name} is a {layer.kind}, which is not known")
            try:
                convert_layer(self, layer)
            except (KeyError, ValueError, IndexError) as error:
                raise UnreadableIrError(f"layer {layer.name} ({layer.kind}): {error!r}") from error
        if self._image is None:
            raise UnreadableIrError("one Parameter layer expected, none found")
        return self._graph.build(self._image, [self._value_names[head.layer_id] for head in heads])

    def parameter(self, layer: Layer) -> None:
        if self._image is not None:
            raise UnreadableIrError("one Parameter layer expected, found several")
        self._image = (layer.name, layer.shape)
        self._value_names[layer.layer_id] = layer.name

    def constant(self, layer: Layer) -> None:
        start, size = int(layer.data["offset"]), int(layer.data["size"])
        if start < 0 or size < 0 or start + size > len(self._weights):
            raise UnreadableIrError(
                f"constant {layer.name} lies at {start} + {size} bytes, "
                f"the weights have {len(self._weights)}"
            )
        values = np.frombuffer(
            self._weights[start : start + size], _DTYPES[layer.data["element_type"]]
        )
        self._constants[layer.layer_id] = values.reshape(layer.shape)

    def widening(self, layer: Layer) -> None:
        if layer.data["destination_type"] != "f32":
            raise UnreadableIrError(f"{layer.name} converts to {layer.data['destination_type']}")
        self._constants[layer.layer_id] = as_float32(self._constants[layer.inputs[0]])

    def convolution(self, layer: Layer) -> None:
        kernel = self._constants[layer.inputs[1]]
        self._convolve(layer, kernel, groups=1)

    def group_convolution(self, layer: Layer) -> None:
        """IR keeps group kernels as (groups, out, in, h, w), ONNX as (groups x out, in, h, w)."""
        kernel = self._constants[layer.inputs[1]]
        self._convolve(layer, kernel.reshape(-1, *kernel.shape[2:]), groups=kernel.shape[0])

    def _convolve(self, layer: Layer, kernel: NDArray[Any], groups: int) -> None:
        if layer.data.get("auto_pad", "explicit") != "explicit":
            raise UnreadableIrError(f"auto_pad={layer.data['auto_pad']} is not known")
        self._node(
            layer,
            "Conv",
            [self._value(layer.inputs[0]), self._graph.constant(f"{layer.name}/kernel", kernel)],
            dilations=layer.integers("dilations"),
            group=groups,
            kernel_shape=list(kernel.shape[2:]),
            pads=layer.integers("pads_begin") + layer.integers("pads_end"),
            strides=layer.integers("strides"),
        )

    def clamp(self, layer: Layer) -> None:
        limits = [
            self._graph.constant(f"clip/{layer.data[key]}", np.array(layer.data[key], np.float32))
            for key in ("min", "max")
        ]
        self._node(layer, "Clip", [self._value(layer.inputs[0]), *limits])

    def normalisation(self, layer: Layer) -> None:
        """Mean and variance over height and width are ONNX's instance normalisation, unscaled."""
        axes = sorted(int(axis) % 4 for axis in self._constants[layer.inputs[1]])
        found = (axes, layer.data["eps_mode"].lower(), layer.data["normalize_variance"])
        if found != ([2, 3], "inside_sqrt", "true"):
            raise UnreadableIrError(f"{layer.name} normalises by {found}")
        channels = layer.shape[1]
        unscaled = [
            self._graph.constant(f"ones/{channels}", np.ones(channels, np.float32)),
            self._graph.constant(f"zeros/{channels}", np.zeros(channels, np.float32)),
        ]
        inputs = [self._value(layer.inputs[0]), *unscaled]
        self._node(layer, "InstanceNormalization", inputs, epsilon=float(layer.data["eps"]))

    def interpolation(self, layer: Layer) -> None:
        mode = (layer.data["mode"], layer.data["coordinate_transformation_mode"])
        if mode != ("nearest", "asymmetric"):
            raise UnreadableIrError(f"{layer.name} interpolates by {mode}")
        sizes = self._graph.constant(f"{layer.name}/sizes", np.array(layer.shape, np.int64))
        self._node(
            layer,
            "Resize",
            [self._value(layer.inputs[0]), "", "", sizes],
            coordinate_transformation_mode="asymmetric",
            mode="nearest",
            nearest_mode=layer.data["nearest_mode"],
        )

    def elementwise(self, layer: Layer) -> None:
        operator = {"Add": "Add", "Multiply": "Mul", "Subtract": "Sub", "ReLU": "Relu"}[layer.kind]
        self._node(layer, operator, [self._value(source) for source in layer.inputs])

    def _value(self, layer_id: str) -> str:
        """Return the ONNX name of a layer's output, making a constant of it where it is one."""
        if layer_id in self._constants:
            return self._graph.constant(f"constant/{layer_id}", self._constants[layer_id])
        return self._value_names[layer_id]

    def _node(self, layer: Layer, operator: str, inputs: Sequence[str], **attributes: Any) -> None:  # noqa: ANN401 - as onnx.helper
        output = self._graph.node(operator, inputs, layer.name, **attributes)
        self._value_names[layer.layer_id] = output


_LAYERS: Final[dict[str, Callable[[_Converter, Layer], None]]] = {
    "Parameter": _Converter.parameter,
    "Const": _Converter.constant,
    "Convert": _Converter.widening,
    "Convolution": _Converter.convolution,
    "GroupConvolution": _Converter.group_convolution,
    "Clamp": _Converter.clamp,
    "MVN": _Converter.normalisation,
    "Interpolate": _Converter.interpolation,
    "Add": _Converter.elementwise,
    "Multiply": _Converter.elementwise,
    "Subtract": _Converter.elementwise,
    "ReLU": _Converter.elementwise,
}

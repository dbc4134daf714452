"""Build an ONNX file node by node, the same bytes on every machine.

Nothing that varies goes in: no producer, no date, no map; names and order are the caller's.
"""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper

OPSET: Final = 15
IR_VERSION: Final = 8


class GraphBuilder:
    """Collects nodes and constants; a value is known by its name."""

    def __init__(self) -> None:
        self._nodes: list[onnx.NodeProto] = []
        self._constants: dict[str, TensorProto] = {}

    def constant(self, name: str, value: NDArray[Any]) -> str:
        """Add a constant once, and return its name."""
        if name not in self._constants:
            self._constants[name] = helper.make_tensor(
                name,
                helper.np_dtype_to_tensor_dtype(value.dtype),
                value.shape,
                value.astype(value.dtype.newbyteorder("<")).tobytes(),
                raw=True,
            )
        return name

    def node(self, operator: str, inputs: Sequence[str], output: str, **attributes: Any) -> str:  # noqa: ANN401 - what onnx.helper takes
        """Add a node with one output, named after it, and return the output's name."""
        known = dict(sorted(attributes.items()))
        self._nodes.append(helper.make_node(operator, inputs, [output], name=output, **known))
        return output

    def build(self, image: tuple[str, Sequence[int]], outputs: Sequence[str]) -> bytes:
        """Serialise the graph with one float32 input of a given shape, and the named outputs."""
        graph = helper.make_graph(
            self._nodes,
            "network",
            [helper.make_tensor_value_info(image[0], TensorProto.FLOAT, image[1])],
            [helper.make_empty_tensor_value_info(name) for name in outputs],
            initializer=[self._constants[name] for name in sorted(self._constants)],
        )
        model = helper.make_model(
            graph, ir_version=IR_VERSION, opset_imports=[helper.make_opsetid("", OPSET)]
        )
        _declare_outputs(model)
        onnx.checker.check_model(model)
        serialised: bytes = model.SerializeToString(deterministic=True)
        return serialised


def _declare_outputs(model: onnx.ModelProto) -> None:
    """Give the outputs the types and shapes that follow from the nodes."""
    inferred = onnx.shape_inference.infer_shapes(model, strict_mode=True, data_prop=True)
    for declared, known in zip(model.graph.output, inferred.graph.output, strict=True):
        declared.CopyFrom(known)


def as_float32(value: NDArray[Any]) -> NDArray[np.float32]:
    """Widen to float32 without rounding."""
    return value.astype(np.float32, casting="same_kind")

"""Only self-contained ONNX files are let in."""

from contextlib import suppress

import numpy as np
import onnx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from onnx import TensorProto, helper, numpy_helper

from models.onnx_graph import GraphBuilder
from models.onnx_scan import UnsafeOnnxError, refuse_external_data


def external_tensor(name: str = "weight") -> TensorProto:
    tensor = TensorProto(name=name, data_type=TensorProto.FLOAT, dims=[1])
    tensor.data_location = TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value="/etc/hostname")
    return tensor


def model_of(graph: onnx.GraphProto) -> bytes:
    serialised: bytes = helper.make_model(graph).SerializeToString()
    return serialised


def graph_of(
    nodes: list[onnx.NodeProto] | None = None, initializers: list[TensorProto] | None = None
) -> onnx.GraphProto:
    return helper.make_graph(nodes or [], "graph", [], [], initializer=initializers or [])


def test_a_file_that_holds_all_its_tensors_is_let_in() -> None:
    builder = GraphBuilder()
    weight = builder.constant("weight", np.ones((1, 3, 1, 1), np.float32))
    output = builder.node("Mul", ["image", weight], "output")
    file = builder.build(("image", (1, 3, 32, 32)), [output])

    refuse_external_data(file)


def test_a_constant_in_another_file_is_refused() -> None:
    file = model_of(graph_of(initializers=[external_tensor()]))

    with pytest.raises(UnsafeOnnxError, match="in another file"):
        refuse_external_data(file)


def test_a_tensor_attribute_in_another_file_is_refused() -> None:
    node = helper.make_node("Constant", [], ["value"], value=external_tensor())

    with pytest.raises(UnsafeOnnxError, match="in another file"):
        refuse_external_data(model_of(graph_of([node])))


def test_a_constant_in_another_file_is_refused_inside_a_branch() -> None:
    branch = graph_of(initializers=[external_tensor()])
    node = helper.make_node("If", ["condition"], ["value"], then_branch=branch, else_branch=branch)

    with pytest.raises(UnsafeOnnxError, match="in another file"):
        refuse_external_data(model_of(graph_of([node])))


def test_a_sparse_constant_in_another_file_is_refused() -> None:
    graph = graph_of()
    graph.sparse_initializer.add().values.CopyFrom(external_tensor())

    with pytest.raises(UnsafeOnnxError, match="in another file"):
        refuse_external_data(model_of(graph))


def test_a_location_without_the_external_mark_is_refused() -> None:
    tensor = numpy_helper.from_array(np.ones(1, np.float32), "weight")
    tensor.external_data.add(key="location", value="weights.bin")

    with pytest.raises(UnsafeOnnxError, match="in another file"):
        refuse_external_data(model_of(graph_of(initializers=[tensor])))


@pytest.mark.parametrize("text", [b"", b"<html>not found</html>", b"\x3a\xff", b"\xff" * 40])
def test_what_is_not_onnx_is_refused(text: bytes) -> None:
    with pytest.raises(UnsafeOnnxError):
        refuse_external_data(text)


@given(st.binary(max_size=64))
def test_any_bytes_are_let_in_or_refused(text: bytes) -> None:
    with suppress(UnsafeOnnxError):
        refuse_external_data(text)

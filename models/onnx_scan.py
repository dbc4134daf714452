"""Look into an ONNX file without the onnx package, which the running edge cannot afford in memory.

An ONNX file may keep tensors in other files (`data_location: EXTERNAL`); a hash of the file then
says nothing about them. Field numbers: onnx.proto3; wire format:
https://protobuf.dev/programming-guides/encoding/
"""

from collections.abc import Iterator
from typing import Final

_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
_MAX_VARINT_BYTES = 10
_MAX_DEPTH = 64

_NESTED: Final[dict[str, dict[int, str]]] = {
    "model": {7: "graph", 20: "training", 25: "function"},
    "training": {1: "graph", 2: "graph"},
    "function": {7: "node", 11: "attribute"},
    "graph": {1: "node", 5: "tensor", 15: "sparse tensor"},
    "node": {5: "attribute"},
    "attribute": {
        5: "tensor",
        6: "graph",
        10: "tensor",
        11: "graph",
        22: "sparse tensor",
        23: "sparse tensor",
    },
    "sparse tensor": {1: "tensor", 2: "tensor"},
    "tensor": {},
}
_TENSOR_EXTERNAL_DATA, _TENSOR_DATA_LOCATION, _LOCATION_EXTERNAL = 13, 14, 1


class UnsafeOnnxError(ValueError):
    """The file is not a self-contained ONNX model."""


def refuse_external_data(onnx: bytes) -> None:
    """Check that every tensor is inside the file.

    Raises:
        UnsafeOnnxError: a tensor lies elsewhere, or the file is not well-formed protobuf with a
            graph in it.
    """
    view = memoryview(onnx)
    if not any(number == 7 for number, *_ in _fields(view)):  # noqa: PLR2004 - ModelProto.graph
        raise UnsafeOnnxError("a graph expected in the ONNX file, none found")
    waiting = [("model", view, 0)]
    while waiting:
        message, body, depth = waiting.pop()
        if depth > _MAX_DEPTH:
            raise UnsafeOnnxError(f"graphs nested deeper than {_MAX_DEPTH}")
        for number, wire_type, value in _fields(body):
            if message == "tensor":
                _refuse_elsewhere(number, value)
            nested = _NESTED[message].get(number)
            if nested is not None and wire_type == _BYTES and isinstance(value, memoryview):
                waiting.append((nested, value, depth + 1))


def _refuse_elsewhere(number: int, value: int | memoryview) -> None:
    located = number == _TENSOR_DATA_LOCATION and value == _LOCATION_EXTERNAL
    if located or number == _TENSOR_EXTERNAL_DATA:
        raise UnsafeOnnxError("the ONNX file keeps tensors in another file, which is not allowed")


def _fields(body: memoryview) -> Iterator[tuple[int, int, int | memoryview]]:
    """Yield (field number, wire type, value) of one message."""
    position = 0
    while position < len(body):
        tag, position = _varint(body, position)
        number, wire_type = tag >> 3, tag & 7
        if wire_type == _VARINT:
            value, position = _varint(body, position)
            yield number, wire_type, value
            continue
        if wire_type == _BYTES:
            length, position = _varint(body, position)
        elif wire_type in {_FIXED32, _FIXED64}:
            length = 4 if wire_type == _FIXED32 else 8
        else:
            raise UnsafeOnnxError(f"wire type {wire_type} at byte {position} is not ONNX")
        if position + length > len(body):
            raise UnsafeOnnxError(f"a field of {length} bytes at {position} runs past its message")
        yield number, wire_type, body[position : position + length]
        position += length


def _varint(body: memoryview, position: int) -> tuple[int, int]:
    value = 0
    for index in range(_MAX_VARINT_BYTES):
        if position + index >= len(body):
            break
        byte = body[position + index]
        value |= (byte & 0x7F) << (7 * index)
        if byte < 0x80:  # noqa: PLR2004 - the continuation bit
            return value, position + index + 1
    raise UnsafeOnnxError(f"an unfinished number at byte {position}")

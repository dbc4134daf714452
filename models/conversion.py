"""From a source's files to the ONNX file: as it is, or by the converter the manifest names.

Imports the onnx package when something is converted, not before: the running edge never needs it.
"""

from collections.abc import Mapping

from models.manifest import Conversion, Network


class ConversionError(ValueError):
    """The files cannot become the network."""


def to_onnx(network: Network, files: Mapping[str, bytes]) -> bytes:
    """Convert a network's files, given by name.

    Raises:
        ConversionError: a file is missing, or is not what the converter knows.
    """
    if network.conversion is None:
        return _only(files, ".onnx")
    if network.conversion.format == "openvino-ir":
        return _from_openvino(network.conversion, files)
    return _from_tfjs(network, network.conversion, files)


def _from_openvino(conversion: Conversion, files: Mapping[str, bytes]) -> bytes:
    from models import openvino_ir  # noqa: PLC0415 - imports onnx

    try:
        return openvino_ir.convert(_only(files, ".xml"), _only(files, ".bin"), conversion.outputs)
    except openvino_ir.UnreadableIrError as error:
        raise ConversionError(str(error)) from error


def _from_tfjs(network: Network, conversion: Conversion, files: Mapping[str, bytes]) -> bytes:
    from models import tfjs_graph  # noqa: PLC0415 - imports onnx

    size = (network.input.width, network.input.height)
    try:
        return tfjs_graph.convert(
            _only(files, ".json"), files, conversion.image, size, conversion.outputs
        )
    except tfjs_graph.UnreadableGraphModelError as error:
        raise ConversionError(str(error)) from error


def _only(files: Mapping[str, bytes], suffix: str) -> bytes:
    found = [name for name in files if name.endswith(suffix)]
    if len(found) != 1:
        raise ConversionError(f"one *{suffix} file expected, found {len(found)}")
    return files[found[0]]

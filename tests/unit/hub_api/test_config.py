"""The hub's file: every mistake at once, and no secret where it can be read."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from hub.config import ConfigError, Settings, load

KEY = "whsec_" + base64.b64encode(b"thirty-two bytes, none of chance").decode()
GOOD = """
data_dir = "data"

[broker]
host = "broker.example"
port = 8883
username = "hub"

[[webhook]]
id = "platform"
url = "https://platform.example/events"
"""
ENVIRON = {"ZHIAN_HUB_BROKER_PASSWORD": "hush", "ZHIAN_HUB_WEBHOOK_SECRET_PLATFORM": KEY}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "hub.toml"
    path.write_text(GOOD)
    return path


def mistakes_of(path: Path, environ: dict[str, str]) -> dict[str, tuple[str, str]]:
    with pytest.raises(ConfigError) as refusal:
        load(path, environ)
    return {each.where: (each.found, each.expected) for each in refusal.value.mistakes}


def test_paths_are_relative_to_the_file(path: Path) -> None:
    settings = load(path, ENVIRON)

    assert settings.file.data_dir == path.parent / "data"
    assert settings.file.web.port == 8420


def test_no_secret_shows_when_settings_are_printed(path: Path) -> None:
    settings = load(path, ENVIRON)

    assert settings.broker_password.get_secret_value() == "hush"
    assert "hush" not in repr(settings)
    assert KEY not in repr(settings)


def test_all_mistakes_of_the_file_are_told_at_once(path: Path) -> None:
    path.write_text(
        """
        data_dir = 3
        colour = "red"
        [broker]
        host = "a b"
        port = 70000
        password = "oh no"
        [[webhook]]
        id = "Platform"
        url = "http://platform.example/events"
        """
    )

    mistakes = mistakes_of(path, ENVIRON)

    assert mistakes.keys() == {
        "data_dir",
        "colour",
        "broker.host",
        "broker.port",
        "broker.username",
        "broker.password",
        "webhook.0.id",
    }
    assert "oh no" not in str(mistakes)
    assert mistakes["broker.username"] == ("nothing", "a value")


def test_a_plain_address_needs_leave_for_private_networks(path: Path) -> None:
    path.write_text(GOOD.replace("https:", "http:"))

    assert "allow_private" in mistakes_of(path, ENVIRON)["webhook.0"][1]

    path.write_text(GOOD.replace("https:", "http:") + "allow_private = true\n")
    load(path, ENVIRON)


def test_a_password_in_the_database_url_is_refused_and_not_shown(path: Path) -> None:
    path.write_text(GOOD + '[database]\nurl = "postgresql://hub:sesame@db/zhian"\n')

    mistakes = mistakes_of(path, ENVIRON)

    assert mistakes["database.url"][0] == "(hidden)"
    assert "sesame" not in str(mistakes)


def test_all_missing_secrets_are_told_at_once(path: Path) -> None:
    path.write_text(GOOD + '[series]\nkind = "influxdb"\nurl="http://i"\norg="o"\nbucket="b"\n')

    assert mistakes_of(path, {}).keys() == {
        "ZHIAN_HUB_BROKER_PASSWORD",
        "ZHIAN_HUB_INFLUX_TOKEN",
        "ZHIAN_HUB_WEBHOOK_SECRET_PLATFORM",
    }


@pytest.mark.parametrize("key", ["short", "whsec_" + "A" * 8, "whsec_not base64 at all....."])
def test_a_signing_key_that_is_too_weak_is_refused_and_not_shown(path: Path, key: str) -> None:
    mistakes = mistakes_of(path, {**ENVIRON, "ZHIAN_HUB_WEBHOOK_SECRET_PLATFORM": key})

    assert mistakes["ZHIAN_HUB_WEBHOOK_SECRET_PLATFORM"][0] == "(hidden)"


@pytest.mark.parametrize(("mode", "is_taken"), [(0o600, True), (0o640, False), (0o604, False)])
def test_a_secret_file_must_be_closed_to_others(path: Path, mode: int, is_taken: bool) -> None:
    secret = path.parent / "secret"
    secret.write_text(f"{KEY}\n")
    secret.chmod(mode)
    path.write_text(GOOD + 'secret_file = "secret"\n')

    if is_taken:
        assert read_key(load(path, ENVIRON)) == KEY
    else:
        assert "chmod 600" in mistakes_of(path, ENVIRON)[str(secret)][1]


def test_two_webhooks_of_one_id_are_refused(path: Path) -> None:
    path.write_text(GOOD + '[[webhook]]\nid = "platform"\nurl = "https://other.example/"\n')

    assert mistakes_of(path, ENVIRON).keys() == {"webhook.1.id"}


@pytest.mark.parametrize("text", ["= 1", "data_dir = 'a'\n[broker", "\x00"])
def test_what_is_no_toml_is_one_mistake_with_its_place(path: Path, text: str) -> None:
    path.write_text(text)

    assert "TOML" in next(iter(mistakes_of(path, ENVIRON).values()))[1]


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    assert mistakes_of(tmp_path / "no.toml", ENVIRON).keys() == {str(tmp_path / "no.toml")}


def read_key(settings: Settings) -> str:
    return settings.webhook_secrets["platform"].get_secret_value()

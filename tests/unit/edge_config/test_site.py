"""A site file is a site, or all its mistakes at once."""

from pathlib import Path

import pytest

from edge.config.errors import SiteError
from edge.config.site import Site, load_site, parse_site
from wire.values import ObjectClass

FOLDER = Path("/etc/zhian")
GOOD = """\
[site]
compound = "sunny-garden"
gateway = "gw-1"
name = "阳光花园"
name_en = "Sunny Garden"
data_dir = "data"

[device_broker]
host = "127.0.0.1"
port = 1883
username = "edge"

[hub_broker]
host = "hub.example"
port = 8883
username = "edge"
ca_file = "ca.pem"

[http]
port = 9100

[[gate]]
id = "south"
name = "南门"
name_en = "South gate"

[[camera]]
id = "south-1"
gate = "south"
name = "南门 1"
name_en = "South 1"
source = "clips/a.avi"
fps = 7.0

[[line]]
id = "south-in"
camera = "south-1"
name = "南门线"
name_en = "South line"
a = [0.5, 0.0]
b = [0.5, 1]
classes = ["person", "non-motor"]

[[point]]
id = "south-door"
gate = "south"
line = "south-in"
kind = "door"
name = "南门禁"
name_en = "South door"
"""


def test_a_good_file_is_a_site() -> None:
    site = parse_site(GOOD, FOLDER)

    assert site.site.timezone == "Asia/Shanghai"
    assert site.lines[0].classes == (ObjectClass.PERSON, ObjectClass.NON_MOTOR)
    assert site.points[0].line == "south-in"


def test_paths_are_relative_to_the_file() -> None:
    site = parse_site(GOOD, FOLDER)

    assert site.site.data_dir == FOLDER / "data"
    assert site.cameras[0].source == str(FOLDER / "clips/a.avi")


def test_every_mistake_is_told_at_once_in_the_order_of_the_file() -> None:
    text = (
        GOOD.replace("port = 1883", 'port = "1883"')
        .replace('gate = "south"\nname = "南门 1"', 'gate = "north"\nname = "南门 1"')
        .replace("kind =", "knid =")
        .replace("[http]\nport = 9100\n", "")
    )

    with pytest.raises(SiteError) as caught:
        parse_site(text, FOLDER)

    told = {(mistake.line, mistake.where) for mistake in caught.value.mistakes}
    assert told == {
        (1, "http"),
        (10, "device_broker.port"),
        (27, "camera[0].gate"),
        (42, "point[0].kind"),
        (46, "point[0].knid"),
    }
    assert [mistake.line for mistake in caught.value.mistakes] == sorted(line for line, _ in told)


@pytest.mark.parametrize(
    ("good", "bad", "where", "expected"),
    [
        ('id = "south-in"', 'id = "South In"', "line[0].id", "1 to 64 of a-z"),
        ('gateway = "gw-1"', 'gateway = "camera"', "site.gateway", "any id but"),
        ("b = [0.5, 1]", "b = [0.5, 0.0]", "line[0]", "two different points"),
        ("b = [0.5, 1]", "b = [0.5, 1.01]", "line[0].b[1]", "at most 1"),
        ("b = [0.5, 1]", "b = [0.5, nan]", "line[0].b[1]", "finite"),
        ('"non-motor"', '"bicycle"', "line[0].classes[1]", "one of"),
        ('data_dir = "data"', 'timezone = "Mars"', "site.timezone", "time zone"),
        ('data_dir = "data"', "window_s = 7", "site.window_s", "divides 3600"),
        ('line = "south-in"', 'line = "south-out"', "point[0].line", "the id of a line"),
        ('line = "south-in"', 'mapping = "hik"', "point[0].mapping", "the id of a mapping"),
        ("fps = 7.0", "loop = 1", "camera[0].loop", "true or false"),
        ("clips/a.avi", "http://h/x", "camera[0].source", "rtsp://host/path"),
        ("[http]", "[http", "$", "TOML"),
    ],
)
def test_a_mistake_names_where_it_is_and_what_was_expected(
    good: str, bad: str, where: str, expected: str
) -> None:
    with pytest.raises(SiteError) as caught:
        parse_site(GOOD.replace(good, bad), FOLDER)

    (mistake,) = (found for found in caught.value.mistakes if found.where == where)
    assert expected in mistake.expected.en


def test_an_id_given_twice_is_refused() -> None:
    again = '\n[[gate]]\nid = "south"\nname = "门"\nname_en = "Gate"\n'

    with pytest.raises(SiteError) as caught:
        parse_site(GOOD + again, FOLDER)

    assert [mistake.where for mistake in caught.value.mistakes] == ["gate[1].id"]


@pytest.mark.parametrize(
    ("corners", "is_good"),
    [
        ("[[0.1, 0.1], [0.9, 0.1], [0.9, 0.9], [0.1, 0.9]]", True),
        ("[[0.1, 0.1], [0.9, 0.9], [0.9, 0.1], [0.1, 0.9]]", False),
        ("[[0.1, 0.1], [0.5, 0.5], [0.9, 0.9]]", False),
        ("[[0.1, 0.1], [0.1, 0.1], [0.9, 0.9], [0.1, 0.9]]", False),
        ("[[0.1, 0.1], [0.9, 0.1]]", False),
    ],
)
def test_a_zone_is_a_simple_polygon(corners: str, *, is_good: bool) -> None:
    zone = (
        '\n[[zone]]\nid = "lane"\ncamera = "south-1"\nname = "消防通道"\nname_en = "Fire lane"\n'
        f'classes = ["vehicle"]\ncorners = {corners}\n'
    )

    if is_good:
        assert len(parse_site(GOOD + zone, FOLDER).zones) == 1
    else:
        with pytest.raises(SiteError, match="zone"):
            parse_site(GOOD + zone, FOLDER)


def test_credentials_in_an_address_are_refused_and_not_shown() -> None:
    text = GOOD.replace("clips/a.avi", "rtsp://admin:hunter2@10.0.0.9/stream")

    with pytest.raises(SiteError, match="without credentials") as caught:
        parse_site(text, FOLDER)

    assert "hunter2" not in str(caught.value)


def test_a_file_that_is_not_there_is_a_mistake_too(tmp_path: Path) -> None:
    with pytest.raises(SiteError, match="No such file"):
        load_site(tmp_path / "site.toml")


def test_a_file_is_read_with_its_folder(tmp_path: Path) -> None:
    file = tmp_path / "site.toml"
    file.write_text(GOOD, encoding="utf-8")

    site: Site = load_site(file)

    assert site.site.data_dir == tmp_path / "data"

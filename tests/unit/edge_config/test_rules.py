"""Rule and mapping tables become rules and mappings, or mistakes with their line."""

import tomllib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import tomlkit
from hypothesis import given
from hypothesis import strategies as st

from edge.access.mapping import Lookup
from edge.config.errors import SiteError
from edge.config.site import Site, parse_site
from edge.rules.after_hours import AfterHours
from edge.rules.door import DoorForced
from edge.rules.tailgating import Tailgating
from wire.records import Severity
from wire.values import ObjectClass

BASE = """\
[site]
compound = "garden"
gateway = "gw-1"
name = "花园"
name_en = "Garden"
data_dir = "data"
[device_broker]
host = "h"
port = 1
username = "u"
[hub_broker]
host = "h"
port = 1
username = "u"
[http]
port = 1
[[gate]]
id = "south"
name = "南门"
name_en = "South"
[[camera]]
id = "cam"
gate = "south"
name = "c"
name_en = "c"
[[line]]
id = "in"
camera = "cam"
name = "l"
name_en = "l"
a = [0.5, 0.0]
b = [0.5, 1.0]
classes = ["person"]
[[zone]]
id = "yard"
camera = "cam"
name = "z"
name_en = "z"
corners = [[0.1, 0.1], [0.9, 0.1], [0.5, 0.9]]
classes = ["person", "vehicle"]
[[point]]
id = "door"
gate = "south"
line = "in"
kind = "door"
name = "p"
name_en = "p"
[[point]]
id = "side"
gate = "south"
kind = "door"
name = "p"
name_en = "p"
"""
MAPPING = """
[[mapping]]
id = "hik"
topic = "hik/+/event"
point = "side"
outcome = { places = ["a.major", "a.minor"], table = { "5:75" = "granted" }, otherwise = "ignore" }
occurred_at = { place = "dateTime" }
direction = "in"
"""


def site_with(tables: str) -> Site:
    return parse_site(BASE + tables, Path("/etc"))


def mistakes_of(tables: str) -> list[tuple[str, str]]:
    with pytest.raises(SiteError) as caught:
        site_with(tables)
    return [(mistake.where, mistake.expected.en) for mistake in caught.value.mistakes]


def test_gate_line_and_camera_follow_from_what_a_rule_watches() -> None:
    tailgating = '[[rule]]\nkind = "tailgating"\npoint = "door"\nhold_s = 0.5\n'
    forced = '[[rule]]\nkind = "door-forced"\npoint = "door"\nseverity = "warning"\n'

    rules = site_with(tailgating + forced).rules

    assert rules == (
        Tailgating(gate="south", point="door", line="in", hold_s=0.5),
        DoorForced(gate="south", point="door", camera="cam", severity=Severity.WARNING),
    )


def test_a_rule_may_ask_for_one_grant_per_card() -> None:
    table = '[[rule]]\nkind = "tailgating"\npoint = "door"\none_grant_per_card = true\n'

    (rule,) = site_with(table).rules

    assert rule.needs_credentials


def test_hours_are_by_the_wall_clock_of_the_site() -> None:
    table = (
        '[[rule]]\nkind = "after-hours"\nzone = "yard"\nclass = "vehicle"\n'
        "hours = { start = 22:30:00, end = 05:00:00 }\n"
    )

    (rule,) = site_with(table).rules

    assert isinstance(rule, AfterHours)
    assert str(rule.hours.zone) == "Asia/Shanghai"
    assert rule.hours.start.hour == 22
    assert rule.object_class is ObjectClass.VEHICLE
    assert (rule.gate, rule.line) == ("south", None)


@pytest.mark.parametrize(
    ("table", "where"),
    [
        ('kind = "tailgate"\npoint = "door"', "rule[0].kind"),
        ('point = "door"', "rule[0].kind"),
        ('kind = "tailgating"\npoint = "door"\nhold = 1', "rule[0].hold"),
        ('kind = "tailgating"\npoint = "gate"', "rule[0].point"),
        ('kind = "tailgating"', "rule[0].point"),
        ('kind = "tailgating"\npoint = "door"\nhold_s = -1', "rule[0].hold_s"),
        ('kind = "tailgating"\npoint = "door"\nhold_s = "soon"', "rule[0].hold_s"),
        ('kind = "tailgating"\npoint = "side"', "rule[0].line"),
        ('kind = "crowding"\nzone = "yard"\nlimit = 0', "rule[0].limit"),
        ('kind = "crowding"\nzone = "yard"', "rule[0].limit"),
        ('kind = "crowding"\nzone = "yard"\nlimit = "3"', "rule[0].limit"),
        ('kind = "tailgating"\npoint = "door"\nclass = "vehicle"', "rule[0].class"),
        ('kind = "after-hours"\nzone = "yard"\nhours = { start = 9 }', "rule[0].hours.end"),
    ],
)
def test_a_mistake_in_a_rule_names_its_key(table: str, where: str) -> None:
    assert where in [found for found, _ in mistakes_of(f"[[rule]]\n{table}\n")]


def test_two_rules_of_a_kind_for_one_subject_are_refused() -> None:
    table = '[[rule]]\nkind = "door-held"\npoint = "door"\n'

    assert mistakes_of(table + table) == [("rule[1]", "one rule of a kind for each subject")]


def test_a_mapping_reads_a_vendors_messages_for_one_point() -> None:
    (mapping,) = site_with(MAPPING).mappings

    assert (mapping.topic, mapping.point) == ("hik/+/event", "side")
    assert mapping.outcome == Lookup(("a.major", "a.minor"), {"5:75": "granted"}, "ignore")


def test_a_mapping_without_a_point_is_for_the_one_that_names_it() -> None:
    named = BASE.replace('id = "side"', 'id = "side"\nmapping = "hik"')

    (mapping,) = parse_site(named + MAPPING.replace('point = "side"\n', ""), Path("/etc")).mappings

    assert mapping.point == "side"


@pytest.mark.parametrize(
    ("good", "bad", "where"),
    [
        ('point = "side"\n', "", "mapping[0].point"),
        ('point = "side"', "point = { places = [] }", "mapping[0].point.places"),
        ('"granted"', '"open"', "mapping[0].outcome"),
        ("hik/+/event", "hik/+x/event", "mapping[0].topic"),
        ('"a.major", "a.minor"', "", "mapping[0].outcome.places"),
        ('direction = "in"', 'direction = "inward"', "mapping[0].direction"),
    ],
)
def test_a_mistake_in_a_mapping_names_its_key(good: str, bad: str, where: str) -> None:
    assert [found for found, _ in mistakes_of(MAPPING.replace(good, bad))] == [where]


def test_the_mistakes_of_all_rules_are_told_at_once() -> None:
    tailgating = '[[rule]]\nkind = "tailgating"\npoint = "side"\n'
    crowding = '[[rule]]\nkind = "crowding"\nzone = "yard"\nlimit = 0\n'

    assert [where for where, _ in mistakes_of(tailgating + crowding)] == [
        "rule[0].line",
        "rule[1].limit",
    ]


def test_the_mistakes_of_rules_and_mappings_are_told_beside_all_others() -> None:
    mapping = (
        MAPPING.replace("hik/+/event", "hik/#/event")
        .replace('"a.major"', '"a..major"')
        .replace('"dateTime"', '"dateTime", format = "soon"')
    )
    rules = (
        '[[rule]]\nkind = "crowding"\nzone = "yard"\nlimit = 0\n'
        '[[rule]]\nkind = "tailgating"\npoint = "nowhere"\n'
    )
    other = '[[gate]]\nid = "South Gate"\nname = "g"\nname_en = "g"\n'

    assert [where for where, _ in mistakes_of(mapping + rules + other)] == [
        "mapping[0].topic",
        "mapping[0].outcome",
        "mapping[0].occurred_at",
        "rule[0].limit",
        "rule[1].point",
        "gate[1].id",
    ]


RULES = """
[[rule]]
kind = "tailgating"
point = "door"
[[rule]]
kind = "crowding"
zone = "yard"
limit = 3
[[rule]]
kind = "after-hours"
line = "in"
hours = { start = 22:30:00, end = 05:00:00 }
"""


def places(node: object) -> Iterator[tuple[Any, Any]]:
    """Every container of a document with each of its keys."""
    keys = (
        list(node) if isinstance(node, dict) else range(len(node)) if isinstance(node, list) else ()
    )
    for key in keys:
        yield node, key
        yield from places(node[key])  # type: ignore[index]  # it has keys


@given(
    where=st.lists(st.integers(0, 200), min_size=1, max_size=3),
    what=st.sampled_from([0, -1, 1.5, True, "", "south", "x" * 300, [], [1], {}, {"id": []}]),
)
def test_whatever_stands_in_a_file_it_is_a_site_or_its_mistakes(
    where: list[int], what: object
) -> None:
    document = tomllib.loads(BASE + MAPPING + RULES)
    for index in where:
        spots = list(places(document))
        node, key = spots[index % len(spots)]
        node[key] = what

    with suppress(SiteError):
        parse_site(tomlkit.dumps(document), Path("/etc"))

"""What the documents show must be what the programs take."""

from __future__ import annotations

import re
from pathlib import Path

from edge.config.site import Site, load_site
from hub.config import load
from sim.site import Ports, Scene, gateway_file
from wire.records import RuleName

DOCS = Path(__file__).resolve().parents[3] / "docs"
GATES = "\n".join(
    f'[[gate]]\nid = "{gate}"\nname = "{gate}"\nname_en = "{gate}"' for gate in ("north", "south")
)


def examples(name: str) -> str:
    blocks: list[str] = re.findall(r"```toml\n(.*?)```", (DOCS / name).read_text(), re.DOTALL)
    return "\n".join(blocks)


def site_with(folder: Path, *tables: str) -> Site:
    """The demo's site with more tables."""
    ports = Ports(mqtt=1883, web=8420, gateway=9101, camera=9102, platform=9103)
    site = gateway_file(ports, folder, Scene("clip.avi", None), "gateway", None)
    file = folder / "site.toml"
    file.write_text("\n".join([site, *tables]))
    return load_site(file)


def test_the_mappings_of_the_readers_page_are_good(tmp_path: Path) -> None:
    loaded = site_with(tmp_path, GATES, examples("readers.md"))

    assert [point.mapping for point in loaded.points if point.mapping] == ["hikvision", "dahua"]


def test_the_rules_page_s_rules_are_good(tmp_path: Path) -> None:
    loaded = site_with(tmp_path, examples("rules.md"))

    assert [rule.name for rule in loaded.rules] == [
        RuleName.TAILGATING,
        RuleName.STATIONARY_VEHICLE,
        RuleName.CROWDING,
        RuleName.AFTER_HOURS,
        RuleName.DOOR_HELD,
        RuleName.CAMERA_SILENT,
    ]


def test_every_rule_stands_on_the_rules_page() -> None:
    page = (DOCS / "rules.md").read_text()

    assert [rule for rule in RuleName if f"| `{rule}` " not in page] == []


def test_the_hub_page_s_file_is_good(tmp_path: Path) -> None:
    file = tmp_path / "hub.toml"
    file.write_text(examples("hub.md"))
    secrets = {
        "ZHIAN_HUB_BROKER_PASSWORD": "made for this test",
        "ZHIAN_HUB_WEBHOOK_SECRET_COMMAND_PLATFORM": "whsec_" + "QUJD" * 10,
    }

    settings = load(file, secrets)

    assert settings.file.webhook[0].id == "command-platform"

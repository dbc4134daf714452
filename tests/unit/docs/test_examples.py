"""What the documents show must be what the programs take."""

from __future__ import annotations

import re
from pathlib import Path

from edge.config.site import load_site
from hub.config import load
from sim.site import Ports, Scene, gateway_file

DOCS = Path(__file__).resolve().parents[3] / "docs"
GATES = "\n".join(
    f'[[gate]]\nid = "{gate}"\nname = "{gate}"\nname_en = "{gate}"' for gate in ("north", "south")
)


def examples(name: str) -> str:
    blocks: list[str] = re.findall(r"```toml\n(.*?)```", (DOCS / name).read_text(), re.DOTALL)
    return "\n".join(blocks)


def test_the_mappings_of_the_readers_page_are_good(tmp_path: Path) -> None:
    ports = Ports(mqtt=1883, web=8420, gateway=9101, camera=9102, platform=9103)
    site = gateway_file(ports, tmp_path, Scene("clip.avi", None), "gateway", None)
    file = tmp_path / "site.toml"
    file.write_text("\n".join([site, GATES, examples("readers.md")]))

    loaded = load_site(file)

    assert [point.mapping for point in loaded.points if point.mapping] == ["hikvision", "dahua"]


def test_the_hub_page_s_file_is_good(tmp_path: Path) -> None:
    file = tmp_path / "hub.toml"
    file.write_text(examples("hub.md"))
    secrets = {
        "ZHIAN_HUB_BROKER_PASSWORD": "made for this test",
        "ZHIAN_HUB_WEBHOOK_SECRET_COMMAND_PLATFORM": "whsec_" + "QUJD" * 10,
    }

    settings = load(file, secrets)

    assert settings.file.webhook[0].id == "command-platform"

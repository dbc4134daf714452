from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

import wire
from wire.contract import ASYNCAPI_NAME, JSON_SCHEMA_NAME, asyncapi, documents, json_schema
from wire.topics import AccessTopic, Channel, FrameTopic, GatewayTopic, every_gateway

SCHEMA_FOLDER = Path(wire.__file__).parent / "schema"


def test_the_documents_are_current() -> None:
    found = {file.name: file.read_text(encoding="utf-8") for file in SCHEMA_FOLDER.glob("*.json")}

    assert found == dict(documents()), "run `python -m wire --write`"
    assert set(found) == {JSON_SCHEMA_NAME, ASYNCAPI_NAME}


def test_the_json_schema_is_one() -> None:
    Draft202012Validator.check_schema(json_schema())


def test_every_reference_leads_somewhere() -> None:
    for document in (json_schema(), asyncapi()):
        for reference in references(document):
            assert found_at(document, reference), reference


def test_the_channels_are_where_topics_are() -> None:
    names = {"compound": "garden", "gateway": "gate-1", "camera": "north", "point": "door"}
    addresses = {channel["address"].format(**names) for channel in asyncapi()["channels"].values()}

    assert addresses == {
        str(FrameTopic("garden", "north")),
        str(AccessTopic("garden", "door")),
        *(str(GatewayTopic("garden", "gate-1", channel)) for channel in Channel),
    }


def test_every_parameter_of_an_address_is_described() -> None:
    for channel in asyncapi()["channels"].values():
        assert set(channel["parameters"]) == set(re.findall(r"\{(\w+)\}", channel["address"]))


def test_only_state_is_retained() -> None:
    retained = {
        name
        for name, operation in asyncapi()["operations"].items()
        if operation["bindings"]["mqtt"]["retain"]
    }

    assert retained == {"send-birth", "send-death"}


def test_the_hub_hears_a_channel_of_all_gateways_with_one_filter() -> None:
    assert every_gateway(Channel.REPORT) == "zhian/v1/+/+/report"


def references(node: object) -> list[str]:
    match node:
        case {"$ref": str(reference)}:
            return [reference]
        case dict():
            return [each for value in node.values() for each in references(value)]
        case list():
            return [each for value in node for each in references(value)]
        case _:
            return []


def found_at(document: dict[str, Any], reference: str) -> bool:
    for step in reference.removeprefix("#/").split("/"):
        document = document.get(step, {})
    return bool(document)

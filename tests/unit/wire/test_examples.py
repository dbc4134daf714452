"""One recorded example of each kind of record and message, decoded for ever."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from types import UnionType
from typing import Final, get_args

import pytest
from jsonschema import Draft202012Validator

from wire.codec import decode, decode_command, decode_evidence, encode
from wire.contract import json_schema
from wire.messages import AccessEvent, Ack, AnyCommand, Birth, Death, Envelope, Evidence, Report
from wire.pictures import read_header
from wire.records import AnyRecord

EXAMPLES: Final = Path(__file__).parents[2] / "data" / "wire" / "v1"
DECODERS: Final[dict[str, Callable[[bytes], Envelope]]] = {
    "report": lambda payload: decode(Report, payload),
    "ack": lambda payload: decode(Ack, payload),
    "birth": lambda payload: decode(Birth, payload),
    "death": lambda payload: decode(Death, payload),
    "access_event": lambda payload: decode(AccessEvent, payload),
    "command": decode_command,
}
JSON_EXAMPLES: Final = sorted(EXAMPLES.glob("*.json"))


def message_of(example: Path) -> Envelope:
    return DECODERS[example.name.split(".")[0]](example.read_bytes())


def by_name(example: Path) -> str:
    return example.name


def tags(union: UnionType) -> set[str]:
    return {kind.__struct_config__.tag for kind in get_args(union)}


@pytest.mark.parametrize("example", JSON_EXAMPLES, ids=by_name)
def test_an_example_decodes_and_says_the_same_when_sent_again(example: Path) -> None:
    message = message_of(example)

    sent_again = DECODERS[example.name.split(".")[0]](encode(message))

    assert sent_again == message


@pytest.mark.parametrize("example", JSON_EXAMPLES, ids=by_name)
def test_an_example_is_what_the_json_schema_describes(example: Path) -> None:
    kind = type(message_of(example)).__name__
    schema = {**json_schema(), "$ref": f"#/$defs/{kind}"}
    validator = Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)

    validator.validate(json.loads(example.read_bytes()))


def test_the_picture_decodes_with_the_time_it_was_taken() -> None:
    payload = (EXAMPLES / "evidence.msgpack").read_bytes()

    evidence = decode_evidence(payload)

    assert encode(evidence) == payload
    assert read_header(evidence.picture).captured_at == evidence.captured_at


def test_every_kind_of_record_has_an_example() -> None:
    recorded = {example.name.split(".")[1] for example in EXAMPLES.glob("report.*.json")}

    assert recorded == tags(AnyRecord)


def test_every_kind_of_message_has_an_example() -> None:
    commands = {example.name.split(".")[1] for example in EXAMPLES.glob("command.*.json")}
    others = {type(message_of(example)) for example in JSON_EXAMPLES}

    assert commands == tags(AnyCommand)
    assert others == {Report, Ack, Birth, Death, AccessEvent, *get_args(AnyCommand)}


@pytest.mark.parametrize("kind", [Report, Ack, Birth, Death, AccessEvent, Evidence])
def test_the_schema_wants_the_version(kind: type[Envelope]) -> None:
    assert "schema" in json_schema()["$defs"][kind.__name__]["required"]

from __future__ import annotations

from pathlib import Path
from typing import Any

from hub.__main__ import openapi_text
from hub.api.application import PREFIX, describe

COMMITTED = Path(__file__).resolve().parents[3] / "hub" / "api" / "openapi.json"


def operations() -> dict[str, dict[str, Any]]:
    return {
        f"{method.upper()} {path.removeprefix(PREFIX)}": operation
        for path, methods in describe()["paths"].items()
        for method, operation in methods.items()
    }


def test_the_committed_document_is_that_of_the_code() -> None:
    assert COMMITTED.read_text(encoding="utf-8") == openapi_text(), (
        "run: python -m hub openapi --output hub/api/openapi.json"
    )


def test_every_operation_says_what_it_does_and_has_a_name_of_its_own() -> None:
    found = operations()

    assert all(operation["description"] for operation in found.values())
    assert len({operation["operationId"] for operation in found.values()}) == len(found)


def test_every_operation_that_answers_in_json_tells_its_refusals_in_our_form() -> None:
    others = {"read_evidence", "follow_events"}  # a picture and a stream
    for operation in operations().values():
        if operation["operationId"] in others:
            continue
        for status in ("401", "403", "404", "422"):
            content = operation["responses"][status]["content"]["application/json"]
            assert content["schema"] == {"$ref": "#/components/schemas/ProblemAnswer"}

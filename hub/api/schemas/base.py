"""What all schemas are made of, and the form of every refusal."""

from __future__ import annotations

from datetime import UTC
from typing import Annotated, Final

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from wire.values import EARLIEST, LATEST

MAX_ROW: Final = 2**53 - 1  # the largest whole number that JavaScript tells from its neighbours

Identifier = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{1,64}$")]
# PostgreSQL keeps no NUL in text; in what is one line, no other control character either.
OneLine = StringConstraints(pattern=r"^[^\x00-\x1f\x7f]+$")
Note = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=1000, pattern=r"^[^\x00]*$")
]
Limit = Annotated[int, Field(ge=1, le=200)]
Moment = Annotated[
    AwareDatetime,
    Field(ge=EARLIEST, lt=LATEST),
    AfterValidator(lambda at: at.astimezone(UTC)),  # whatever offset it was given with
]
Share = Annotated[float, Field(ge=0, le=1)]


class Answer(BaseModel):
    """Base of what the API gives."""

    model_config = ConfigDict(from_attributes=True, populate_by_name=True, frozen=True)


class Request(BaseModel):
    """Base of what the API takes; a key it does not know is a mistake."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Problem(Answer):
    """What is wrong, in both languages; where it is a field, which, found and expected."""

    zh: str
    en: str
    field: str | None = None
    found: str | None = None
    expected: str | None = None


class ProblemAnswer(Answer):
    """The body of every refusal."""

    detail: Problem


class Named(Answer):
    """Something of a site, named for programs and for people."""

    id: str
    name: str
    name_en: str

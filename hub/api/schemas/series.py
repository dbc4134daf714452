"""What is asked and answered over time: counts, access, occupancy."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Final, Self

from pydantic import AwareDatetime, Field, model_validator

from hub.api.schemas.base import Answer, Identifier, Moment, Note, Request, Share
from hub.domain.steps import Step
from wire.values import ObjectClass

LONGEST_SPAN: Final = timedelta(days=400)


class CountPoint(Answer):
    """Crossings in one step from `start`; open where nobody could see."""

    start: AwareDatetime
    count_in: int | None = Field(alias="in")
    count_out: int | None = Field(alias="out")
    coverage: Share


class CountSeries(Answer):
    """The steps of one line and class."""

    line: str
    gate: str
    object_class: ObjectClass = Field(alias="class")
    points: list[CountPoint]


class SpanQuery(Request):
    """Which site, from when to before when, in which steps."""

    site: Identifier
    start: Moment = Field(alias="from")
    end: Moment = Field(alias="to")
    step: Step

    @model_validator(mode="after")
    def _is_a_span(self) -> Self:
        if not timedelta(0) < self.end - self.start <= LONGEST_SPAN:
            raise ValueError(f"`to` after `from`, by at most {LONGEST_SPAN.days} days")
        return self


class CountQuery(SpanQuery):
    """Which lines and classes; all of them unless said."""

    object_class: ObjectClass | None = Field(default=None, alias="class")
    line: Identifier | None = None
    gate: Identifier | None = None


class Counts(Answer):
    """Crossings over `[from, to)`."""

    site: str
    step: Step
    start: AwareDatetime = Field(alias="from")
    end: AwareDatetime = Field(alias="to")
    timezone: str
    series: list[CountSeries]


class AccessQuery(SpanQuery):
    """Which access points; all of them unless said."""

    point: Identifier | None = None
    gate: Identifier | None = None


class AccessPoint(Answer):
    """What an access point did in one step from `start`; open where nothing was heard of it."""

    start: AwareDatetime
    granted: int | None
    denied: int | None
    forced: int | None
    held: int | None


class AccessSeries(Answer):
    """The steps of one access point."""

    point: str
    gate: str
    points: list[AccessPoint]


class Accesses(Answer):
    """What access points did over `[from, to)`."""

    site: str
    step: Step
    start: AwareDatetime = Field(alias="from")
    end: AwareDatetime = Field(alias="to")
    timezone: str
    series: list[AccessSeries]


class OccupancyNow(Answer):
    """People believed inside, as an interval."""

    low: int | None
    expected: int | None
    high: int | None
    coverage: Share
    corrected_at: AwareDatetime | None


class SiteOccupancy(OccupancyNow):
    """People believed inside one site."""

    site: str
    as_of: AwareDatetime | None


class OccupancyPoint(Answer):
    """People believed inside at the end of a step; open where it is not known."""

    at: AwareDatetime
    low: int | None
    expected: int | None
    high: int | None
    coverage: Share


class Occupancy(Answer):
    """Occupancy over time."""

    site: str
    step: Step
    points: list[OccupancyPoint]
    now: OccupancyNow


class Correction(Request):
    """How many people really were inside, as somebody counted them; now unless `at` is given."""

    site: Identifier
    people: Annotated[int, Field(ge=0, le=1_000_000)]
    at: Moment | None = None
    note: Note | None = None


class CorrectionMade(Answer):
    """A correction as it was kept."""

    site: str
    people: int
    at: AwareDatetime
    who: str
    note: str | None

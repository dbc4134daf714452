"""What the API takes and gives: snake_case JSON, times RFC 3339 in UTC.

Answers are read from the services' own values by attribute; `class` and `in`, which Python keeps
for itself, are `object_class` and `count_in` there. An open field means "not known", never zero.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Final, Literal, Self

from pydantic import (
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

from hub.domain.alerts import AlertAction, AlertState
from hub.domain.delivery import DeliveryState
from hub.domain.liveness import Liveness
from hub.domain.roles import Role
from hub.domain.steps import Step
from wire.records import CameraCondition, RuleName, Severity, SubjectKind
from wire.values import EARLIEST, LATEST, Direction, ObjectClass

LONGEST_SPAN: Final = timedelta(days=400)
MAX_ROW: Final = 2**53 - 1  # the largest whole number that JavaScript tells from its neighbours

Identifier = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{1,64}$")]
Username = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$")]
# PostgreSQL keeps no NUL in text; in what is one line, no other control character either.
OneLine = StringConstraints(pattern=r"^[^\x00-\x1f\x7f]+$")
DisplayName = Annotated[str, OneLine, StringConstraints(max_length=128)]
GivenUsername = Annotated[str, OneLine, StringConstraints(max_length=64)]
NewPassword = Annotated[str, StringConstraints(min_length=10, max_length=256)]
GivenPassword = Annotated[str, StringConstraints(min_length=1, max_length=256)]
Note = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=1000, pattern=r"^[^\x00]*$")
]
Cursor = Annotated[str, StringConstraints(max_length=128)]
Limit = Annotated[int, Field(ge=1, le=200)]
Moment = Annotated[AwareDatetime, Field(ge=EARLIEST, lt=LATEST)]
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


class SignIn(Request):
    """A name and a password."""

    username: GivenUsername
    password: GivenPassword


class PasswordChange(Request):
    """Somebody's own new password, and the present one as proof."""

    current: GivenPassword
    new: NewPassword


class NewUser(Request):
    """Somebody who may sign in from now on; the password is theirs to change."""

    username: Username
    display_name: DisplayName
    role: Role
    password: NewPassword


class UserChange(Request):
    """What changes of a user; what is left out stays."""

    display_name: DisplayName | None = None
    role: Role | None = None
    active: bool | None = None
    password: NewPassword | None = None


class User(Answer):
    """Who is signed in."""

    username: str
    display_name: str
    role: Role
    must_change_password: bool


class Account(User):
    """A user as an administrator sees one."""

    active: bool
    created_at: AwareDatetime
    last_sign_in_at: AwareDatetime | None


class Named(Answer):
    """Something of a site, named for programs and for people."""

    id: str
    name: str
    name_en: str


class Camera(Named):
    """A camera at a gate."""

    gate: str


class Line(Named):
    """A counting line; whether it counts towards occupancy."""

    gate: str
    camera: str
    counts_occupancy: bool


class Zone(Named):
    """A polygon on a camera's picture."""

    gate: str
    camera: str


class Point(Named):
    """A door or barrier with its reader."""

    gate: str
    kind: Literal["door", "barrier"]


class Site(Named):
    """A compound and what its gateways look after."""

    timezone: str
    gateways: list[str]
    gates: list[Named]
    cameras: list[Camera]
    lines: list[Line]
    zones: list[Zone]
    points: list[Point]


class Gateway(Answer):
    """A gateway's liveness, and how complete its records are in the hub."""

    site: str
    gateway: str
    liveness: Liveness
    last_seen: AwareDatetime | None
    session: int | None
    epoch: str | None
    software: str | None
    stored_up_to: int
    highest_number: int
    missing: int
    completeness: Share
    clock_offset_s: float | None
    outbox_records: int | None
    memory_bytes: int | None


class ClassFlow(Answer):
    """Crossings of one class at a gate, today by the site's clock and in the last hour."""

    object_class: ObjectClass = Field(alias="class")
    in_today: int
    out_today: int
    in_last_hour: int
    out_last_hour: int


class CameraNow(Named):
    """A camera's condition now."""

    state: CameraCondition | Literal["unknown"]
    since: AwareDatetime | None


class PointNow(Named):
    """An access point now; `state` says what its last event told of it."""

    kind: Literal["door", "barrier"]
    last_event_at: AwareDatetime | None
    state: str
    granted_today: int
    denied_today: int


class GateNow(Answer):
    """A gate now: who passed, how well it was seen, and what stands there."""

    site: str
    gate: str
    name: str
    name_en: str
    by_class: list[ClassFlow]
    coverage: Share | None
    last_window_end: AwareDatetime | None
    cameras: list[CameraNow]
    points: list[PointNow]
    open_alerts: int


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


class AlertQuery(Request):
    """Which alerts; `before` is the cursor that the page before gave."""

    state: AlertState | None = None
    site: Identifier | None = None
    gate: Identifier | None = None
    rule: RuleName | None = None
    start: Moment | None = Field(default=None, alias="from")
    end: Moment | None = Field(default=None, alias="to")
    before: Cursor | None = None
    limit: Limit = 50


class Subject(Answer):
    """What an alert is about."""

    kind: SubjectKind
    id: str


class Witness(Answer):
    """One fact for or against an alert; facts of the same pair explain each other."""

    fact: str
    source: str
    occurred_at: AwareDatetime
    direction: Direction | None
    object_class: ObjectClass | None = Field(alias="class")
    pair: int | None


class Reason(Answer):
    """What was measured, the limit it passed, and who saw it."""

    observed: float
    limit: float
    unit: str
    witnesses: list[Witness]


class EvidenceOfAlert(Answer):
    """A picture the alert asked for; it may still be on its way."""

    id: str
    available: bool
    captured_at: AwareDatetime | None


class DeliveryOfAlert(Answer):
    """How far one target has been told of the alert."""

    target: str
    state: DeliveryState
    attempts: int
    delivered_at: AwareDatetime | None


class AlertSummary(Answer):
    """An alert as a list shows it."""

    id: str
    site: str
    gate: str
    rule: RuleName
    subject: Subject
    severity: Severity
    state: AlertState
    since: AwareDatetime
    raised_at: AwareDatetime
    received_at: AwareDatetime
    updated_at: AwareDatetime
    condition_cleared_at: AwareDatetime | None
    reason: Reason
    evidence: list[EvidenceOfAlert]
    deliveries: list[DeliveryOfAlert]
    allowed: list[AlertAction]


class HistoryEntry(Answer):
    """One thing that happened to an alert."""

    at: AwareDatetime
    happened: str
    who: str | None
    note: str | None


class Alert(AlertSummary):
    """An alert with its history."""

    history: list[HistoryEntry]


class AlertPage(Answer):
    """Alerts, newest first; `next` is the cursor of the page after this one."""

    items: list[AlertSummary]
    next: str | None
    open_count: int


class AlertNote(Request):
    """Why somebody did it; may be left out."""

    note: Note | None = None


class EvidenceView(Answer):
    """Who looked at a picture, and when."""

    evidence_id: str
    who: str
    at: AwareDatetime


class DeliveryQuery(Request):
    """Which deliveries."""

    state: DeliveryState | None = None
    target: Identifier | None = None
    before: Annotated[int, Field(ge=1, le=MAX_ROW)] | None = None
    limit: Limit = 50


class Delivery(Answer):
    """One event on its way to one target."""

    id: int
    target: str
    event_id: str
    event_type: str
    alert_id: str
    state: DeliveryState
    attempts: int
    next_at: AwareDatetime
    delivered_at: AwareDatetime | None
    last_error: str | None


class DeliveryPage(Answer):
    """Deliveries, newest first; `next` is the cursor of the page after this one."""

    items: list[Delivery]
    next: int | None


class AlertEvent(Answer):
    """Live: an alert was raised or has changed."""

    id: str
    state: AlertState
    site: str
    gate: str
    rule: RuleName
    severity: Severity


class GateEvent(Answer):
    """Live: something at a site's gates has changed."""

    site: str


class GatewayEvent(Answer):
    """Live: a gateway's liveness has changed."""

    site: str
    gateway: str
    liveness: Liveness

"""The tables of a site file.

Every model is frozen, unknown keys are errors, and there is no default for an address or a secret.
What one table says of another (a camera's gate) is checked in `references`.
"""

from __future__ import annotations

from datetime import time
from pathlib import Path
from typing import Annotated, Final, Literal, Self
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    StringConstraints,
    Tag,
    ValidationInfo,
    model_validator,
)

from edge.config.geometry import is_simple
from edge.config.wanted import TABLE, TEXT, wanted
from wire.values import ID_PATTERN, Direction, ObjectClass

DEFAULT_TIMEZONE: Final = "Asia/Shanghai"


def _from_folder(path: Path, info: ValidationInfo) -> Path:
    """Read a relative path as lying beside the site file."""
    folder: Path = info.context["folder"] if info.context else Path()
    return folder / path.expanduser()


def _timezone(name: str) -> str:
    if name not in available_timezones():
        raise wanted("IANA 时区名，如 Asia/Shanghai", "an IANA time zone such as Asia/Shanghai")
    return name


def _window_s(window_s: int) -> int:
    """Let windows of all gateways begin together, on the hour among others."""
    if 3600 % window_s:
        raise wanted("能整除 3600 的秒数", "a number of seconds that divides 3600")
    return window_s


def _gateway(gateway: str) -> str:
    if gateway in {"camera", "access"}:
        raise wanted("除 camera、access 以外的标识", "any id but 'camera' and 'access'")
    return gateway


def _source(source: str, info: ValidationInfo) -> str:
    """Leave addresses and devices as they are; a file's path is relative to the site file."""
    if "://" not in source:
        return str(_from_folder(Path(source), info))
    url = urlsplit(source)
    if url.scheme not in {"rtsp", "rtsps"} or not url.hostname:
        raise wanted(
            "rtsp://主机/路径、/dev/videoN 或文件", "rtsp://host/path, /dev/videoN or a file"
        )
    if url.username is not None or url.password is not None:
        raise wanted(
            "地址中不写账号密码（用 username 和 password_file）",
            "an address without credentials (use username and password_file)",
        )
    return source


Identifier = Annotated[str, StringConstraints(pattern=ID_PATTERN)]
Label = Annotated[str, StringConstraints(min_length=1, max_length=128)]
Host = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9.:_-]{1,253}$")]
Port = Annotated[int, Field(ge=1, le=65535, strict=True)]
Flag = Annotated[bool, Field(strict=True)]
Fraction = Annotated[float, Field(ge=0, le=1, strict=True, allow_inf_nan=False)]
PointOnPicture = tuple[Fraction, Fraction]
Classes = Annotated[tuple[ObjectClass, ...], Field(min_length=1, max_length=3)]
FilePath = Annotated[Path, AfterValidator(_from_folder)]


class Table(BaseModel):
    """Base of all tables."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class Named(Table):
    """Base of what a site has: an id for programs, names for people."""

    id: Identifier
    name: Label
    name_en: Label


class Compound(Table):
    """`[site]`: which gateway this is, and its rhythm."""

    compound: Identifier
    gateway: Annotated[Identifier, AfterValidator(_gateway)]
    name: Label
    name_en: Label
    timezone: Annotated[str, AfterValidator(_timezone)] = DEFAULT_TIMEZONE
    data_dir: FilePath
    window_s: Annotated[int, Field(ge=1, le=3600, strict=True), AfterValidator(_window_s)] = 60
    lateness_s: Annotated[float, Field(ge=0, le=600, strict=True)] = 5.0
    heartbeat_s: Annotated[float, Field(ge=1, le=3600, strict=True)] = 30.0
    pseudonym_key_file: FilePath | None = None


class BrokerTable(Table):
    """`[device_broker]` and `[hub_broker]`: an MQTT broker; TLS where `ca_file` is given."""

    host: Host
    port: Port
    username: Annotated[str, StringConstraints(min_length=1, max_length=128)]
    ca_file: FilePath | None = None
    password_file: FilePath | None = None


class DetectorTable(Table):
    """`[detector]`: the network that is counted with."""

    model: Annotated[str, StringConstraints(min_length=1, max_length=128)] = "auto"
    models_dir: FilePath | None = None
    threads: Annotated[int, Field(ge=1, le=64, strict=True)] = 1
    min_score: Annotated[float, Field(gt=0, lt=1, strict=True)] | None = None


class HttpTable(Table):
    """`[http]`: where `/healthz` and `/metrics` are served."""

    host: Host = "127.0.0.1"
    port: Port


class GateTable(Named):
    """`[[gate]]`: a way in and out of the compound."""


class CameraTable(Named):
    """`[[camera]]`: `source` and what follows it is for `zhian edge camera` only."""

    gate: Identifier
    source: Annotated[str, StringConstraints(min_length=1), AfterValidator(_source)] | None = None
    username: Annotated[str, StringConstraints(min_length=1, max_length=128)] | None = None
    password_file: FilePath | None = None
    transport: Literal["tcp", "udp"] = "tcp"
    fps: Annotated[float, Field(gt=0, le=60, strict=True)] | None = None
    loop: Flag = False
    silent_after_s: Annotated[float, Field(ge=1, le=3600, strict=True)] = 10.0


class LineTable(Named):
    """`[[line]]`: a counting line; seen along a to b, `in` ends on the right hand."""

    camera: Identifier
    a: PointOnPicture
    b: PointOnPicture
    classes: Classes
    counts_occupancy: Flag = True

    @model_validator(mode="after")
    def _has_two_points(self) -> Self:
        if self.a == self.b:
            raise wanted("两个不同的点 a 和 b", "two different points a and b", f"{self.a} twice")
        return self


class ZoneTable(Named):
    """`[[zone]]`: a polygon on the picture."""

    camera: Identifier
    corners: Annotated[tuple[PointOnPicture, ...], Field(min_length=3, max_length=32)]
    classes: Classes

    @model_validator(mode="after")
    def _is_a_polygon(self) -> Self:
        if not is_simple(self.corners):
            raise wanted(
                "边不相交、面积大于零的多边形",
                "a polygon with an area whose sides do not cross",
                self.corners,
            )
        return self


class PointTable(Named):
    """`[[point]]`: an access point; `line` is the one that its passages cross."""

    gate: Identifier
    kind: Literal["door", "barrier"]
    line: Identifier | None = None
    mapping: Identifier | None = None


class HoursTable(Table):
    """`hours = { start = 22:00:00, end = 06:00:00 }`, by the wall clock of the site."""

    start: time
    end: time


class LookupTable(Table):
    """A word of ours, looked up by what stands in `places`; see `edge.access.mapping.Lookup`."""

    places: Annotated[tuple[str, ...], Field(min_length=1, max_length=8)]
    table: dict[str, str] = Field(default_factory=dict)
    otherwise: str | None = None


class TimeTable(Table):
    """When it happened; a time without a zone is of `timezone`, else of the site's."""

    place: str
    format: str = "iso"
    timezone: Annotated[str, AfterValidator(_timezone)] | None = None


def _text_or_table(value: object) -> str:
    return TABLE if isinstance(value, dict | LookupTable) else TEXT


Looked = Annotated[LookupTable, Tag(TABLE)]
PointOrLookup = Annotated[Annotated[Identifier, Tag(TEXT)] | Looked, Discriminator(_text_or_table)]
DirectionOrLookup = Annotated[
    Annotated[Direction, Tag(TEXT)] | Looked, Discriminator(_text_or_table)
]


class MappingTable(Table):
    """`[[mapping]]`: how a vendor's access events are read.

    Without `point` they are all of the one access point that names this mapping.
    """

    id: Identifier
    topic: Annotated[str, StringConstraints(min_length=1, max_length=256)]
    point: PointOrLookup | None = None
    outcome: LookupTable
    occurred_at: TimeTable
    event_id: Annotated[tuple[str, ...], Field(max_length=8)] = ()
    direction: DirectionOrLookup | None = None
    credential: str | None = None

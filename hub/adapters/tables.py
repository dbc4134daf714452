"""The hub's tables, the same on SQLite and PostgreSQL.

Times are `Instant`: whole microseconds since 1970 in a BIGINT, aware UTC in Python. So they are
exact, sort and subtract alike on both engines, and no session time zone can change them. JSON
columns hold what msgspec wrote and are read back through its types.

A thing of a compound is keyed by compound, gateway and its own id: ids are the site file's, and two
compounds may use the same ones.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND: Final = timedelta(microseconds=1)


def to_micros(at: datetime) -> int:
    """Return whole microseconds since 1970 of an aware time."""
    return (at - EPOCH) // MICROSECOND


def from_micros(micros: int) -> datetime:
    """Return the aware UTC time of `to_micros`."""
    return EPOCH + timedelta(microseconds=micros)


class Instant(TypeDecorator[datetime]):
    """An aware time, kept as microseconds since 1970."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Return what the database keeps."""
        return None if value is None else to_micros(value)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:  # noqa: ANN401, ARG002 - SQLAlchemy's signature
        """Return what Python sees."""
        return None if value is None else from_micros(value)


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

_Id = String(64)
_Label = String(128)
# SQLite gives out row numbers for INTEGER PRIMARY KEY alone, PostgreSQL has BIGSERIAL.
_RowNumber = BigInteger().with_variant(Integer, "sqlite")


def _of_gateway(*, primary_key: bool = True) -> tuple[Column[str], Column[str]]:
    return (
        Column("compound", _Id, primary_key=primary_key, nullable=False),
        Column("gateway", _Id, primary_key=primary_key, nullable=False),
    )


# --- the places and their gateways ------------------------------------------------------------

compounds = Table(
    "compounds",
    metadata,
    Column("compound", _Id, primary_key=True),
    Column("name", _Label, nullable=False),
    Column("name_en", _Label, nullable=False),
    Column("timezone", _Label, nullable=False),
)

gateways = Table(
    "gateways",
    metadata,
    *_of_gateway(),
    Column("session", BigInteger),  # NULL until a birth was heard
    Column("died_session", BigInteger),
    Column("epoch", _Id),
    Column("born_sent_at", Instant),
    Column("last_seen", Instant, nullable=False),
    Column("liveness", String(16), nullable=False),  # as last told to the feed
    Column("clock_offset_s", Float),
    Column("software", _Label),
    Column("heartbeat_s", Float, nullable=False),
    Column("window_s", Float, nullable=False),
    Column("inventory", Text, nullable=False),
    Column("health_at", Instant),
    Column("health", Text),
)

camera_states = Table(
    "camera_states",
    metadata,
    *_of_gateway(),
    Column("camera", _Id, primary_key=True),
    Column("state", String(16), nullable=False),
    Column("since", Instant, nullable=False),
)

# --- once only --------------------------------------------------------------------------------

epochs = Table(
    "epochs",
    metadata,
    *_of_gateway(),
    Column("epoch", _Id, primary_key=True),
    Column("first_seen_at", Instant, nullable=False),
)

ledger = Table(  # one row per run of stored numbers without a gap: as a rule one row an epoch
    "ledger",
    metadata,
    *_of_gateway(),
    Column("epoch", _Id, primary_key=True),
    Column("first", BigInteger, primary_key=True, autoincrement=False),
    Column("last", BigInteger, nullable=False),
)

unreadable = Table(
    "unreadable",
    metadata,
    Column("id", _RowNumber, primary_key=True, autoincrement=True),
    Column("received_at", Instant, nullable=False),
    Column("topic", String(256), nullable=False),
    Column("error", Text, nullable=False),
    Column("payload_bytes", BigInteger, nullable=False),
    Column("payload", LargeBinary, nullable=False),
)

# --- time series (the SQLite adapter's; an InfluxDB keeps its own) ------------------------------

count_windows = Table(
    "count_windows",
    metadata,
    Column("compound", _Id, primary_key=True),
    Column("start", Instant, primary_key=True, autoincrement=False),
    Column("gateway", _Id, primary_key=True),
    Column("line", _Id, primary_key=True),
    Column("object_class", String(16), primary_key=True),
    Column("end", Instant, nullable=False),
    Column("count_in", BigInteger, nullable=False),
    Column("count_out", BigInteger, nullable=False),
    Column("coverage", Float, nullable=False),
    sqlite_with_rowid=False,
)

zone_windows = Table(
    "zone_windows",
    metadata,
    Column("compound", _Id, primary_key=True),
    Column("start", Instant, primary_key=True, autoincrement=False),
    Column("gateway", _Id, primary_key=True),
    Column("zone", _Id, primary_key=True),
    Column("object_class", String(16), primary_key=True),
    Column("end", Instant, nullable=False),
    Column("mean", Float, nullable=False),
    Column("max", BigInteger, nullable=False),
    Column("dwell_mean_s", Float, nullable=False),
    Column("dwell_max_s", Float, nullable=False),
    Column("coverage", Float, nullable=False),
    sqlite_with_rowid=False,
)

access_windows = Table(
    "access_windows",
    metadata,
    Column("compound", _Id, primary_key=True),
    Column("start", Instant, primary_key=True, autoincrement=False),
    Column("gateway", _Id, primary_key=True),
    Column("point", _Id, primary_key=True),
    Column("end", Instant, nullable=False),
    Column("granted", BigInteger, nullable=False),
    Column("denied", BigInteger, nullable=False),
    Column("forced", BigInteger, nullable=False),
    Column("held", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

late_crossings = Table(
    "late_crossings",
    metadata,
    Column("compound", _Id, primary_key=True),
    Column("occurred_at", Instant, primary_key=True, autoincrement=False),
    Column("gateway", _Id, primary_key=True),
    Column("epoch", _Id, primary_key=True),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("line", _Id, nullable=False),
    Column("object_class", String(16), nullable=False),
    Column("direction", String(8), nullable=False),
    sqlite_with_rowid=False,
)

late_accesses = Table(
    "late_accesses",
    metadata,
    Column("compound", _Id, primary_key=True),
    Column("occurred_at", Instant, primary_key=True, autoincrement=False),
    Column("gateway", _Id, primary_key=True),
    Column("epoch", _Id, primary_key=True),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("point", _Id, nullable=False),
    Column("outcome", String(16), nullable=False),
    sqlite_with_rowid=False,
)

# --- occupancy --------------------------------------------------------------------------------

flows = Table(  # crossings by quarter of an hour, summed in the ledger's own transaction
    "flows",
    metadata,
    Column("compound", _Id, primary_key=True),
    Column("quarter", Instant, primary_key=True, autoincrement=False),
    Column("gateway", _Id, primary_key=True),
    Column("line", _Id, primary_key=True),
    Column("object_class", String(16), primary_key=True),
    Column("count_in", BigInteger, nullable=False),
    Column("count_out", BigInteger, nullable=False),
    Column("observed_s", Float, nullable=False),
    Column("last_end", Instant, nullable=False),  # 1970 while only late crossings are known
    sqlite_with_rowid=False,
)

occupancy_corrections = Table(
    "occupancy_corrections",
    metadata,
    Column("id", _RowNumber, primary_key=True, autoincrement=True),
    Column("compound", _Id, nullable=False),
    Column("at", Instant, nullable=False),
    Column("people", BigInteger, nullable=False),
    Column("who", _Id, nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("note", Text),
    Index(None, "compound", "at"),
)

occupancy_checkpoints = (
    Table(  # where the fold stood at a midnight; made again when the past changes
        "occupancy_checkpoints",
        metadata,
        Column("compound", _Id, primary_key=True),
        Column("at", Instant, primary_key=True, autoincrement=False),
        Column("balance", Text, nullable=False),
    )
)

# --- access and alerts ------------------------------------------------------------------------

access_exceptions = Table(
    "access_exceptions",
    metadata,
    *_of_gateway(),
    Column("epoch", _Id, primary_key=True),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("point", _Id, nullable=False),
    Column("exception", String(16), nullable=False),
    Column("occurred_at", Instant, nullable=False),
    Index(None, "compound", "occurred_at"),
)

alerts = Table(
    "alerts",
    metadata,
    Column("id", String(36), primary_key=True),  # the hub's own, made of the three that follow
    Column("compound", _Id, nullable=False),
    Column("gateway", _Id, nullable=False),
    Column("alert_id", _Id, nullable=False),  # the gateway's
    # The raising record may come after an update or a clearing: until then these are NULL and
    # nobody is shown the alert.
    Column("rule", String(32)),
    Column("subject_kind", String(16)),
    Column("subject_id", _Id),
    Column("gate", _Id),
    Column("severity", String(16)),
    Column("since", Instant),
    Column("raised_at", Instant),
    Column("received_at", Instant),
    Column("evidence", Text),
    Column("reason", Text),
    Column("reason_at", Instant),
    Column("state", String(16), nullable=False),
    Column("condition_cleared_at", Instant),
    Column("updated_at", Instant, nullable=False),
    UniqueConstraint("compound", "gateway", "alert_id"),
    Index(None, "raised_at", "id"),
    Index(None, "compound", "raised_at", "id"),
    Index(None, "state", "compound", "raised_at", "id"),
)

alert_history = Table(
    "alert_history",
    metadata,
    Column("id", _RowNumber, primary_key=True, autoincrement=True),
    Column("alert", String(36), ForeignKey("alerts.id"), nullable=False),
    Column("at", Instant, nullable=False),
    Column("happened", String(16), nullable=False),
    Column("who", _Id),
    Column("note", Text),
    Index(None, "alert", "at"),
)

evidence = Table(  # may come before its alert: no foreign key
    "evidence",
    metadata,
    *_of_gateway(),
    Column("evidence_id", _Id, primary_key=True),
    Column("alert", String(36), nullable=False),
    Column("camera", _Id, nullable=False),
    Column("captured_at", Instant, nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("picture", LargeBinary, nullable=False),
    Index(None, "alert"),
    Index(None, "received_at"),
)

evidence_views = Table(
    "evidence_views",
    metadata,
    Column("id", _RowNumber, primary_key=True, autoincrement=True),
    Column("alert", String(36), nullable=False),
    Column("evidence_id", _Id, nullable=False),
    Column("who", _Id, nullable=False),
    Column("at", Instant, nullable=False),
    Index(None, "alert", "at"),
)

# --- telling others -----------------------------------------------------------------------------

deliveries = Table(  # outbox: a row per target is written with the change it tells
    "deliveries",
    metadata,
    Column("id", _RowNumber, primary_key=True, autoincrement=True),
    Column("target", _Id, nullable=False),
    Column("event_id", String(128), nullable=False),
    Column("alert", String(36), ForeignKey("alerts.id"), nullable=False),
    Column("event", Text, nullable=False),  # CloudEvents 1.0, structured JSON
    Column("state", String(16), nullable=False),  # waiting, leased, delivered, dead
    Column("attempts", Integer, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("next_at", Instant, nullable=False),
    Column("lease", String(64)),
    Column("leased_until", Instant),
    Column("delivered_at", Instant),
    Column("last_error", Text),
    UniqueConstraint("target", "event_id"),
    Index(None, "state", "next_at"),
    Index(None, "alert", "target", "id"),
)

feed = Table(  # what the live stream tells, in the order it was committed
    "feed",
    metadata,
    Column("id", _RowNumber, primary_key=True, autoincrement=True),
    Column("at", Instant, nullable=False),
    Column("kind", String(16), nullable=False),  # alert, gate, gateway
    Column("compound", _Id, nullable=False),
    Column("data", Text, nullable=False),  # JSON, as it is sent
    Index(None, "at"),
    sqlite_autoincrement=True,  # a number once given is never given again, even after a trim
)

# --- people ---------------------------------------------------------------------------------------

users = Table(
    "users",
    metadata,
    Column("username", _Id, primary_key=True),
    Column("display_name", _Label, nullable=False),
    Column("role", String(16), nullable=False),
    Column("password_hash", Text, nullable=False),
    Column("must_change_password", Boolean, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("password_changed_at", Instant, nullable=False),
    Column("last_sign_in_at", Instant),
)

sessions = Table(
    "sessions",
    metadata,
    Column("token_hash", String(64), primary_key=True),  # SHA-256, hex; the token is not kept
    Column("username", _Id, ForeignKey("users.username"), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("last_used_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Index(None, "username"),
    Index(None, "expires_at"),
)

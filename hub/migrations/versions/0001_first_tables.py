"""The first tables.

Revision ID: 0001
Revises:
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


_RowNumber = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "access_exceptions",
        sa.Column("compound", sa.String(length=64), nullable=False),
        sa.Column("gateway", sa.String(length=64), nullable=False),
        sa.Column("epoch", sa.String(length=64), nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("point", sa.String(length=64), nullable=False),
        sa.Column("exception", sa.String(length=16), nullable=False),
        sa.Column("occurred_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(
            "compound", "gateway", "epoch", "number", name="pk_access_exceptions"
        ),
    )
    op.create_index(
        "ix_access_exceptions_compound_occurred_at",
        "access_exceptions",
        ["compound", "occurred_at"],
        unique=False,
    )
    op.create_table(
        "access_windows",
        sa.Column("compound", sa.String(length=64), nullable=False),
        sa.Column("start", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("gateway", sa.String(length=64), nullable=False),
        sa.Column("point", sa.String(length=64), nullable=False),
        sa.Column("end", sa.BigInteger(), nullable=False),
        sa.Column("granted", sa.BigInteger(), nullable=False),
        sa.Column("denied", sa.BigInteger(), nullable=False),
        sa.Column("forced", sa.BigInteger(), nullable=False),
        sa.Column("held", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("compound", "start", "gateway", "point", name="pk_access_windows"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "alerts",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("compound", sa.String(length=64), nullable=False),
        sa.Column("gateway", sa.String(length=64), nullable=False),
        sa.Column("alert_id", sa.String(length=64), nullable=False),
        sa.Column("rule", sa.String(length=32), nullable=True),
        sa.Column("subject_kind", sa.String(length=16), nullable=True),
        sa.Column("subject_id", sa.String(length=64), nullable=True),
        sa.Column("gate", sa.String(length=64), nullable=True),
        sa.Column("severity", sa.String(length=16), nullable=True),
        sa.Column("since", sa.BigInteger(), nullable=True),
        sa.Column("raised_at", sa.BigInteger(), nullable=True),
        sa.Column("received_at", sa.BigInteger(), nullable=True),
        sa.Column("evidence", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("reason_at", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("condition_cleared_at", sa.BigInteger(), nullable=True),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_alerts"),
        sa.UniqueConstraint(
            "compound", "gateway", "alert_id", name="uq_alerts_compound_gateway_alert_id"
        ),
    )
    op.create_index(
        "ix_alerts_compound_raised_at_id", "alerts", ["compound", "raised_at", "id"], unique=False
    )
    op.create_index("ix_alerts_raised_at_id", "alerts", ["raised_at", "id"], unique=False)
    op.create_index(
        "ix_alerts_state_compound_raised_at_id",
        "alerts",
        ["state", "compound", "raised_at", "id"],
        unique=False,
    )
    op.create_table(
        "camera_states",
        sa.Column("compound", sa.String(length=64), nullable=False),
        sa.Column("gateway", sa.String(length=64), nullable=False),
        sa.Column("camera", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("compound", "gateway", "camera", name="pk_camera_states"),
    )
    op.create_table(
        "compounds",
        sa.Column("compound", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=128), nullable=False),
        sa.Column("name_en", sa.String(length=128), nullable=False),
        sa.Column("timezone", sa.String(length=128), nullable=False),
        sa.PrimaryKeyConstraint("compound", name="pk_compounds"),
    )
    op.create_table(
        "count_windows",
        sa.Column("compound", sa.String(length=64), nullable=False),
        sa.Column("start", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("gateway", sa.String(length=64), nullable=False),
        sa.Column("line", sa.String(length=64), nullable=False),
        sa.Column("object_class", sa.String(length=16), nullable=False),
        sa.Column("end", sa.BigInteger(), nullable=False),
        sa.Column("count_in", sa.BigInteger(), nullable=False),
        sa.Column("count_out", sa.BigInteger(), nullable=False),
        sa.Column("coverage", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint(
            "compound", "start", "gateway", "line", "object_class", name="pk_count_windows"
        ),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "epochs",
        sa.Column("compound", sa.String(length=64), nullable=False),
        sa.Column("gateway", sa.String(length=64), nullable=False),
        sa.Column("epoch", sa.String(length=64), nullable=False),
        sa.Column("first_seen_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("compound", "gateway", "epoch", name="pk_epochs"),
    )
    op.create_table(
        "evidence",
        sa.Column("compound", sa.String(length=64), nullable=False),
        sa.Column("gateway", sa.String(length=64), nullable=False),
        sa.Column("evidence_id", sa.String(length=64), nullable=False),
        sa.Column("alert", sa.String(length=36), nullable=False),
        sa.Column("camera", sa.String(length=64), nullable=False),
        sa.Column("captured_at", sa.BigInteger(), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("picture", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("compound", "gateway", "evidence_id", name="pk_evidence"),
    )
    op.create_index("ix_evidence_alert", "evidence", ["alert"], unique=False)
    op.create_index("ix_evidence_received_at", "evidence", ["received_at"], unique=False)
    op.create_table(
        "evidence_views",
        sa.Column("id", _RowNumber, autoincrement=True, nullable=False),
        sa.Column("alert", sa.String(length=36), nullable=False),
        sa.Column("evidence_id", sa.String(length=64), nullable=False),
        sa.Column("who", sa.String(length=64), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_evidence_views"),
    )
    op.create_index("ix_evidence_views_alert_at", "evidence_views", ["alert", "at"], unique=False)
    op.create_table(
        "feed",
        sa.Column("id", _RowNumber, autoincrement=True, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("compound", sa.String(length=64), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_feed"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_feed_at", "feed", ["at"], unique=False)
    op.create_table(
        "flows",
        sa.Column("compound", sa.String(length=64), nullable=False),
        sa.Column("quarter", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("gateway", sa.String(length=64), nullable=False),
        sa.Column("line", sa.String(length=64), nullable=False),
        sa.Column("object_class", sa.String(length=16), nullable=False),
        sa.Column("count_in", sa.BigInteger(), nullable=False),
        sa.Column("count_out", sa.BigInteger(), nullable=False),
        sa.Column("observed_s", sa.Float(), nullable=False),
        sa.Column("last_end", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(
            "compound", "quarter", "gateway", "line", "object_class", name="pk_flows"
        ),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "gateways",
        sa.Column("compound", sa.String(length=64), nullable=False),
        sa.Column("gateway", sa.String(length=64), nullable=False),
        sa.Column("session", sa.BigInteger(), nullable=True),
        sa.Column("died_session", sa.BigInteger(), nullable=True),
        sa.Column("epoch", sa.String(length=64), nullable=True),
        sa.Column("born_sent_at", sa.BigInteger(), nullable=True),
        sa.Column("last_seen", sa.BigInteger(), nullable=False),
        sa.Column("liveness", sa.String(length=16), nullable=False),
        sa.Column("clock_offset_s", sa.Float(), nullable=True),
        sa.Column("software", sa.String(length=128), nullable=True),
        sa.Column("heartbeat_s", sa.Float(), nullable=False),
        sa.Column("window_s", sa.Float(), nullable=False),
        sa.Column("inventory", sa.Text(), nullable=False),
        sa.Column("health_at", sa.BigInteger(), nullable=True),
        sa.Column("health", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("compound", "gateway", name="pk_gateways"),
    )
    op.create_table(
        "late_accesses",
        sa.Column("compound", sa.String(length=64), nullable=False),
        sa.Column("occurred_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("gateway", sa.String(length=64), nullable=False),
        sa.Column("epoch", sa.String(length=64), nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("point", sa.String(length=64), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.PrimaryKeyConstraint(
            "compound", "occurred_at", "gateway", "epoch", "number", name="pk_late_accesses"
        ),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "late_crossings",
        sa.Column("compound", sa.String(length=64), nullable=False),
        sa.Column("occurred_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("gateway", sa.String(length=64), nullable=False),
        sa.Column("epoch", sa.String(length=64), nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("line", sa.String(length=64), nullable=False),
        sa.Column("object_class", sa.String(length=16), nullable=False),
        sa.Column("direction", sa.String(length=8), nullable=False),
        sa.PrimaryKeyConstraint(
            "compound", "occurred_at", "gateway", "epoch", "number", name="pk_late_crossings"
        ),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "ledger",
        sa.Column("compound", sa.String(length=64), nullable=False),
        sa.Column("gateway", sa.String(length=64), nullable=False),
        sa.Column("epoch", sa.String(length=64), nullable=False),
        sa.Column("first", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("compound", "gateway", "epoch", "first", name="pk_ledger"),
    )
    op.create_table(
        "occupancy_checkpoints",
        sa.Column("compound", sa.String(length=64), nullable=False),
        sa.Column("at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("balance", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("compound", "at", name="pk_occupancy_checkpoints"),
    )
    op.create_table(
        "occupancy_corrections",
        sa.Column("id", _RowNumber, autoincrement=True, nullable=False),
        sa.Column("compound", sa.String(length=64), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("people", sa.BigInteger(), nullable=False),
        sa.Column("who", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_occupancy_corrections"),
    )
    op.create_index(
        "ix_occupancy_corrections_compound_at",
        "occupancy_corrections",
        ["compound", "at"],
        unique=False,
    )
    op.create_table(
        "unreadable",
        sa.Column("id", _RowNumber, autoincrement=True, nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("topic", sa.String(length=256), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("payload_bytes", sa.BigInteger(), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_unreadable"),
    )
    op.create_table(
        "users",
        sa.Column("username", sa.String(length=64), nullable=False),
        sa.Column("display_name", sa.String(length=128), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("must_change_password", sa.Boolean(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("password_changed_at", sa.BigInteger(), nullable=False),
        sa.Column("last_sign_in_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("username", name="pk_users"),
    )
    op.create_table(
        "zone_windows",
        sa.Column("compound", sa.String(length=64), nullable=False),
        sa.Column("start", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("gateway", sa.String(length=64), nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("object_class", sa.String(length=16), nullable=False),
        sa.Column("end", sa.BigInteger(), nullable=False),
        sa.Column("mean", sa.Float(), nullable=False),
        sa.Column("max", sa.BigInteger(), nullable=False),
        sa.Column("dwell_mean_s", sa.Float(), nullable=False),
        sa.Column("dwell_max_s", sa.Float(), nullable=False),
        sa.Column("coverage", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint(
            "compound", "start", "gateway", "zone", "object_class", name="pk_zone_windows"
        ),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "alert_history",
        sa.Column("id", _RowNumber, autoincrement=True, nullable=False),
        sa.Column("alert", sa.String(length=36), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("happened", sa.String(length=16), nullable=False),
        sa.Column("who", sa.String(length=64), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["alert"], ["alerts.id"], name="fk_alert_history_alert_alerts"),
        sa.PrimaryKeyConstraint("id", name="pk_alert_history"),
    )
    op.create_index("ix_alert_history_alert_at", "alert_history", ["alert", "at"], unique=False)
    op.create_table(
        "deliveries",
        sa.Column("id", _RowNumber, autoincrement=True, nullable=False),
        sa.Column("target", sa.String(length=64), nullable=False),
        sa.Column("event_id", sa.String(length=128), nullable=False),
        sa.Column("alert", sa.String(length=36), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("next_at", sa.BigInteger(), nullable=False),
        sa.Column("lease", sa.String(length=64), nullable=True),
        sa.Column("leased_until", sa.BigInteger(), nullable=True),
        sa.Column("delivered_at", sa.BigInteger(), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["alert"], ["alerts.id"], name="fk_deliveries_alert_alerts"),
        sa.PrimaryKeyConstraint("id", name="pk_deliveries"),
        sa.UniqueConstraint("target", "event_id", name="uq_deliveries_target_event_id"),
    )
    op.create_index(
        "ix_deliveries_alert_target_id", "deliveries", ["alert", "target", "id"], unique=False
    )
    op.create_index("ix_deliveries_state_next_at", "deliveries", ["state", "next_at"], unique=False)
    op.create_table(
        "sessions",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("username", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("last_used_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["username"], ["users.username"], name="fk_sessions_username_users"
        ),
        sa.PrimaryKeyConstraint("token_hash", name="pk_sessions"),
    )
    op.create_index("ix_sessions_expires_at", "sessions", ["expires_at"], unique=False)
    op.create_index("ix_sessions_username", "sessions", ["username"], unique=False)


def downgrade() -> None:
    """Undo the change."""
    op.drop_index("ix_sessions_username", table_name="sessions")
    op.drop_index("ix_sessions_expires_at", table_name="sessions")
    op.drop_table("sessions")
    op.drop_index("ix_deliveries_state_next_at", table_name="deliveries")
    op.drop_index("ix_deliveries_alert_target_id", table_name="deliveries")
    op.drop_table("deliveries")
    op.drop_index("ix_alert_history_alert_at", table_name="alert_history")
    op.drop_table("alert_history")
    op.drop_table("zone_windows")
    op.drop_table("users")
    op.drop_table("unreadable")
    op.drop_index("ix_occupancy_corrections_compound_at", table_name="occupancy_corrections")
    op.drop_table("occupancy_corrections")
    op.drop_table("occupancy_checkpoints")
    op.drop_table("ledger")
    op.drop_table("late_crossings")
    op.drop_table("late_accesses")
    op.drop_table("gateways")
    op.drop_table("flows")
    op.drop_index("ix_feed_at", table_name="feed")
    op.drop_table("feed")
    op.drop_index("ix_evidence_views_alert_at", table_name="evidence_views")
    op.drop_table("evidence_views")
    op.drop_index("ix_evidence_received_at", table_name="evidence")
    op.drop_index("ix_evidence_alert", table_name="evidence")
    op.drop_table("evidence")
    op.drop_table("epochs")
    op.drop_table("count_windows")
    op.drop_table("compounds")
    op.drop_table("camera_states")
    op.drop_index("ix_alerts_state_compound_raised_at_id", table_name="alerts")
    op.drop_index("ix_alerts_raised_at_id", table_name="alerts")
    op.drop_index("ix_alerts_compound_raised_at_id", table_name="alerts")
    op.drop_table("alerts")
    op.drop_table("access_windows")
    op.drop_index("ix_access_exceptions_compound_occurred_at", table_name="access_exceptions")
    op.drop_table("access_exceptions")

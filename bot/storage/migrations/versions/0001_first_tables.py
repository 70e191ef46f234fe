"""The first tables, and the one row of the installation with its random salt."""

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "caseworkers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("name_key", sa.String(length=160), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("language", sa.String(length=20), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("public", sa.LargeBinary(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("passes", sa.Integer(), nullable=False),
        sa.Column("memory_mib", sa.Integer(), nullable=False),
        sa.Column("totp_wrapped", sa.LargeBinary(), nullable=False),
        sa.Column("totp_step", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_caseworkers")),
        sa.UniqueConstraint("name_key", name=op.f("uq_caseworkers_name_key")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "conversations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public", sa.LargeBinary(), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("language", sa.String(length=20), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("last_seq", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_message_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("state IN ('bot', 'waiting', 'owned', 'closed')", name=op.f("ck_conversations_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conversations")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_conversations_last_message_at"), "conversations", ["last_message_at"], unique=False)
    op.create_table(
        "installation",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("return_salt", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_installation")),
    )
    op.create_table(
        "log_in_failures",
        sa.Column("name_hash", sa.LargeBinary(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name_hash", name=op.f("pk_log_in_failures")),
    )
    op.create_table(
        "outbox",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_outbox_due_at"), "outbox", ["due_at"], unique=False)
    op.create_table(
        "team_keys",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team_keys")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "tombstones",
        sa.Column("conversation", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("conversation", name=op.f("pk_tombstones")),
    )
    op.create_table(
        "cases",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=10), nullable=False),
        sa.Column("conversation", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("urgency", sa.SmallInteger(), nullable=False),
        sa.Column("signals", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("waiting_since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("owner", sa.Integer(), nullable=True),
        sa.Column("seen_seq", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("outcome", sa.String(length=40), nullable=True),
        sa.CheckConstraint("(state = 'owned') = (owner IS NOT NULL)", name=op.f("ck_cases_owner")),
        sa.CheckConstraint("state IN ('waiting', 'owned', 'closed')", name=op.f("ck_cases_state")),
        sa.ForeignKeyConstraint(["owner"], ["caseworkers.id"], name=op.f("fk_cases_owner")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cases")),
        sa.UniqueConstraint("number", name=op.f("uq_cases_number")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_cases_state_urgency_waiting_since"),
        "cases",
        ["state", "urgency", "waiting_since"],
        unique=False,
    )
    op.create_index(
        "uq_cases_open",
        "cases",
        ["conversation"],
        unique=True,
        sqlite_where=sa.text("state <> 'closed'"),
        postgresql_where=sa.text("state <> 'closed'"),
    )
    op.create_table(
        "conversation_wraps",
        sa.Column("conversation", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("lookup", sa.LargeBinary(), nullable=True),
        sa.Column("team_key", sa.Integer(), nullable=True),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("kind IN ('token', 'code', 'team')", name=op.f("ck_conversation_wraps_kind")),
        sa.ForeignKeyConstraint(
            ["conversation"], ["conversations.id"], name=op.f("fk_conversation_wraps_conversation")
        ),
        sa.ForeignKeyConstraint(["team_key"], ["team_keys.id"], name=op.f("fk_conversation_wraps_team_key")),
        sa.PrimaryKeyConstraint("conversation", "kind", name=op.f("pk_conversation_wraps")),
        sa.UniqueConstraint("lookup", name=op.f("uq_conversation_wraps_lookup")),
    )
    op.create_table(
        "desk_sessions",
        sa.Column("lookup", sa.LargeBinary(), nullable=False),
        sa.Column("caseworker", sa.Integer(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["caseworker"], ["caseworkers.id"], name=op.f("fk_desk_sessions_caseworker")),
        sa.PrimaryKeyConstraint("lookup", name=op.f("pk_desk_sessions")),
    )
    op.create_index(op.f("ix_desk_sessions_caseworker"), "desk_sessions", ["caseworker"], unique=False)
    op.create_table(
        "invites",
        sa.Column("lookup", sa.LargeBinary(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("team_key", sa.Integer(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["team_key"], ["team_keys.id"], name=op.f("fk_invites_team_key")),
        sa.PrimaryKeyConstraint("lookup", name=op.f("pk_invites")),
    )
    op.create_table(
        "messages",
        sa.Column("conversation", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("sender", sa.String(length=10), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered", sa.Boolean(), nullable=False),
        sa.Column("client", sa.LargeBinary(), nullable=True),
        sa.Column("envelope", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["conversation"], ["conversations.id"], name=op.f("fk_messages_conversation")),
        sa.PrimaryKeyConstraint("conversation", "seq", name=op.f("pk_messages")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_messages_conversation_client"), "messages", ["conversation", "client"], unique=True)
    op.create_table(
        "team_wraps",
        sa.Column("team_key", sa.Integer(), nullable=False),
        sa.Column("caseworker", sa.Integer(), nullable=False),
        sa.Column("envelope", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["caseworker"], ["caseworkers.id"], name=op.f("fk_team_wraps_caseworker")),
        sa.ForeignKeyConstraint(["team_key"], ["team_keys.id"], name=op.f("fk_team_wraps_team_key")),
        sa.PrimaryKeyConstraint("team_key", "caseworker", name=op.f("pk_team_wraps")),
    )
    op.create_table(
        "case_whys",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("part", sa.String(length=10), nullable=False),
        sa.Column("envelope", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_whys_case_id")),
        sa.PrimaryKeyConstraint("case_id", "seq", "part", name=op.f("pk_case_whys")),
    )
    installation = sa.table("installation", sa.column("id", sa.Integer), sa.column("return_salt", sa.LargeBinary))
    op.bulk_insert(installation, [{"id": 1, "return_salt": secrets.token_bytes(16)}])


def downgrade() -> None:
    op.drop_table("case_whys")
    op.drop_table("team_wraps")
    op.drop_index(op.f("ix_messages_conversation_client"), table_name="messages")
    op.drop_table("messages")
    op.drop_table("invites")
    op.drop_index(op.f("ix_desk_sessions_caseworker"), table_name="desk_sessions")
    op.drop_table("desk_sessions")
    op.drop_table("conversation_wraps")
    op.drop_index(
        "uq_cases_open",
        table_name="cases",
        sqlite_where=sa.text("state <> 'closed'"),
        postgresql_where=sa.text("state <> 'closed'"),
    )
    op.drop_index(op.f("ix_cases_state_urgency_waiting_since"), table_name="cases")
    op.drop_table("cases")
    op.drop_table("tombstones")
    op.drop_table("team_keys")
    op.drop_index(op.f("ix_outbox_due_at"), table_name="outbox")
    op.drop_table("outbox")
    op.drop_table("log_in_failures")
    op.drop_table("installation")
    op.drop_index(op.f("ix_conversations_last_message_at"), table_name="conversations")
    op.drop_table("conversations")
    op.drop_table("caseworkers")

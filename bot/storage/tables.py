"""The tables. What is in them in plain: language code, urgency, signals, times, counts, case numbers, and the
names of caseworkers. Everything a person wrote or was told is in an `envelope`, every key in a `wrapped`.

`conversation_wraps` (keys, small, destroyed by a deletion) is apart from `messages` (bodies), so that backups
can treat the two differently: bodies may be kept long, the few copies of wraps must be short-lived.

The row of `conversations` is the lock of everything that belongs to it: whoever writes takes it first.
"""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
    TypeDecorator,
    text,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Utc(TypeDecorator[datetime]):
    """A time with its zone, always UTC. Without a zone it is refused: it would be somebody's local time."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


installation = Table(
    "installation",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("return_salt", LargeBinary, nullable=False),
)
"""One row. Also the lock of the team keys: shared to wrap to the current key, exclusive to change it."""

team_keys = Table(
    "team_keys",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("public", LargeBinary, nullable=False),
    Column("created_at", Utc, nullable=False),
    Column("retired_at", Utc),
    sqlite_autoincrement=True,
)

conversations = Table(
    "conversations",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("public", LargeBinary, nullable=False),
    Column("channel", String(20), nullable=False),
    Column("language", String(20)),
    Column("state", String(10), nullable=False),
    Column("last_seq", Integer, nullable=False, server_default=text("0")),
    Column("created_at", Utc, nullable=False),
    Column("last_message_at", Utc, nullable=False),
    CheckConstraint("state IN ('bot', 'waiting', 'owned', 'closed')", name="state"),
    Index(None, "last_message_at"),
    sqlite_autoincrement=True,  # an id is in what is sealed and in tombstones: never given twice
)

conversation_wraps = Table(
    "conversation_wraps",
    metadata,
    Column("conversation", ForeignKey("conversations.id"), primary_key=True),
    Column("kind", String(10), primary_key=True),
    Column("lookup", LargeBinary, unique=True),
    Column("team_key", ForeignKey("team_keys.id")),
    Column("wrapped", LargeBinary, nullable=False),
    CheckConstraint("kind IN ('token', 'code', 'team')", name="kind"),
)

messages = Table(
    "messages",
    metadata,
    Column("conversation", ForeignKey("conversations.id"), primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("sender", String(10), nullable=False),
    Column("at", Utc, nullable=False),
    Column("answered", Boolean, nullable=False),
    Column("client", LargeBinary),  # a hash of the client's id: an id can be anything that somebody types
    Column("envelope", LargeBinary, nullable=False),
    Index(None, "conversation", "client", unique=True),
    sqlite_with_rowid=False,
)

caseworkers = Table(
    "caseworkers",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(80), nullable=False),
    Column("name_key", String(160), nullable=False, unique=True),
    Column("role", String(20), nullable=False),
    Column("language", String(20)),
    Column("active", Boolean, nullable=False),
    Column("public", LargeBinary, nullable=False),
    Column("wrapped", LargeBinary, nullable=False),
    Column("salt", LargeBinary, nullable=False),
    Column("passes", Integer, nullable=False),
    Column("memory_mib", Integer, nullable=False),
    Column("totp_wrapped", LargeBinary, nullable=False),
    Column("totp_step", Integer, nullable=False),
    Column("created_at", Utc, nullable=False),
    sqlite_autoincrement=True,
)

team_wraps = Table(
    "team_wraps",
    metadata,
    Column("team_key", ForeignKey("team_keys.id"), primary_key=True),
    Column("caseworker", ForeignKey("caseworkers.id"), primary_key=True),
    Column("envelope", LargeBinary, nullable=False),
)

invites = Table(
    "invites",
    metadata,
    Column("lookup", LargeBinary, primary_key=True),
    Column("name", String(80), nullable=False),
    Column("role", String(20), nullable=False),
    Column("team_key", ForeignKey("team_keys.id"), nullable=False),
    Column("wrapped", LargeBinary, nullable=False),
    Column("expires_at", Utc, nullable=False),
)

desk_sessions = Table(
    "desk_sessions",
    metadata,
    Column("lookup", LargeBinary, primary_key=True),
    Column("caseworker", ForeignKey("caseworkers.id"), nullable=False, index=True),
    Column("wrapped", LargeBinary, nullable=False),
    Column("created_at", Utc, nullable=False),
    Column("seen_at", Utc, nullable=False),
)

log_in_failures = Table(
    "log_in_failures",
    metadata,
    Column("name_hash", LargeBinary, primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("last_at", Utc, nullable=False),
)

cases = Table(
    "cases",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("number", String(10), nullable=False, unique=True),
    Column("conversation", Integer, nullable=False),  # no foreign key: the case outlives a deleted conversation
    Column("state", String(10), nullable=False),
    Column("urgency", SmallInteger, nullable=False),  # the rank of core.model.Urgency, so that it sorts
    Column("signals", Text, nullable=False),
    Column("opened_at", Utc, nullable=False),
    Column("waiting_since", Utc, nullable=False),
    Column("closed_at", Utc),
    Column("owner", ForeignKey("caseworkers.id")),
    Column("seen_seq", Integer, nullable=False, server_default=text("0")),
    Column("outcome", String(40)),
    CheckConstraint("state IN ('waiting', 'owned', 'closed')", name="state"),
    CheckConstraint("(state = 'owned') = (owner IS NOT NULL)", name="owner"),
    Index(None, "state", "urgency", "waiting_since"),
    Index(
        "uq_cases_open",
        "conversation",
        unique=True,
        sqlite_where=text("state <> 'closed'"),
        postgresql_where=text("state <> 'closed'"),
    ),
    sqlite_autoincrement=True,
)

case_whys = Table(
    "case_whys",
    metadata,
    Column("case_id", ForeignKey("cases.id"), primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("part", String(10), primary_key=True),
    Column("envelope", LargeBinary, nullable=False),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("payload", Text, nullable=False),
    Column("created_at", Utc, nullable=False),
    Column("due_at", Utc, nullable=False, index=True),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    sqlite_autoincrement=True,
)

tombstones = Table(
    "tombstones",
    metadata,
    Column("conversation", Integer, primary_key=True, autoincrement=False),
    Column("deleted_at", Utc, nullable=False),
)
"""Conversations that were deleted: applied again after a backup is restored."""

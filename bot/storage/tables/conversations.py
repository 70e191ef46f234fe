"""The tables. What is in them in plain: language code, urgency, signals, times, counts, case numbers, and the
names of caseworkers. Everything a person wrote or was told is in an `envelope`, every key in a `wrapped`.

`conversation_wraps` (keys, small, destroyed by a deletion) is apart from `messages` (bodies), so that backups
can treat the two differently: bodies may be kept long, the few copies of wraps must be short-lived.

The row of `conversations` is the lock of everything that belongs to it: whoever writes takes it first.
"""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import (
    BigInteger,
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
    false,
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
    Column("renewal_due", Boolean, nullable=False, server_default=false()),  # somebody left who had the team's key
)
"""One row. Also the lock of the team keys: shared to wrap to the current key, exclusive to change it."""

team_keys = Table(
    "team_keys",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("public", LargeBinary, nullable=False),
    Column("created_at", Utc, nullable=False),
    Column("retired_at", Utc),
    Column("vouched", LargeBinary),  # says that this program wrote it (`sealing/vouching.py`)
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
    Column("counted", Boolean, nullable=False, server_default=false()),  # its language and topic are in the figures
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
    Column("ends_at", Utc, index=True),  # of a browser's token, unless it is used; nothing finer than the hour
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
    Column("held", Boolean, nullable=False, server_default=false()),  # sealed to `client` before it had a place
    Index(None, "conversation", "client", unique=True),
    sqlite_with_rowid=False,
)

pictures = Table(
    "pictures",
    metadata,
    Column("conversation", ForeignKey("conversations.id"), primary_key=True),
    Column("seq", Integer, primary_key=True),  # the place of the message that it belongs to
    Column("envelope", LargeBinary, nullable=False),
)
"""Pictures of the person, apart from `messages`: whoever reads a talk does not open them along."""

sheets = Table(
    "sheets",
    metadata,
    Column("conversation", ForeignKey("conversations.id"), primary_key=True),
    Column("asking", Boolean, nullable=False),
    Column("envelope", LargeBinary, nullable=False),
)
"""What a person answered in forms; `asking`: whether a question stands."""

caseworkers = Table(
    "caseworkers",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(80), nullable=False),
    Column("name_key", String(160), nullable=False, unique=True),
    Column("role", String(20), nullable=False),
    Column("language", String(20)),
    Column("active", Boolean, nullable=False),
    Column("pending", Boolean, nullable=False, server_default=false()),  # has set up; a colleague has yet to confirm
    Column("public", LargeBinary, nullable=False),
    Column("wrapped", LargeBinary, nullable=False),
    Column("salt", LargeBinary, nullable=False),
    Column("passes", Integer, nullable=False),
    Column("memory_mib", Integer, nullable=False),
    Column("totp_wrapped", LargeBinary, nullable=False),
    Column("totp_step", Integer, nullable=False),
    Column("created_at", Utc, nullable=False),
    Column("organisation", Integer, nullable=False, server_default=text("1")),
    Column("vouched", LargeBinary),
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
    Column("organisation", Integer, nullable=False, server_default=text("1")),
    Column("vouched", LargeBinary),
)

desk_sessions = Table(
    "desk_sessions",
    metadata,
    Column("lookup", LargeBinary, primary_key=True),
    Column("caseworker", ForeignKey("caseworkers.id"), nullable=False, index=True),
    Column("wrapped", LargeBinary, nullable=False),
    Column("created_at", Utc, nullable=False),
    Column("seen_at", Utc, nullable=False),
    Column("confirmed_at", Utc),  # when its password was last given
    Column("device", String(10), nullable=False, server_default=text("'other'")),
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
    Column("urgency", SmallInteger, nullable=False),  # the rank of domain.model.Urgency, so that it sorts
    Column("signals", Text, nullable=False),
    Column("opened_at", Utc, nullable=False),
    Column("waiting_since", Utc, nullable=False),
    Column("closed_at", Utc),
    Column("owner", ForeignKey("caseworkers.id")),
    Column("claimed_at", Utc),  # since when the owner owes the person a word
    Column("spoke_at", Utc),  # when the owner last wrote, since then
    Column("seen_seq", Integer, nullable=False, server_default=text("0")),
    Column("outcome", String(40)),
    Column("danger_at", Utc),  # until a person's first word is counted; see storage/figures.py
    Column("counted", SmallInteger, nullable=False, server_default=text("0")),
    Column("organisation", Integer, nullable=False, server_default=text("1")),  # 0: of every one; see organisations.py
    Column("heard_at", Utc),  # when somebody said that they have heard it; see `Case.unheard`
    Column("assigned_by", Integer),  # the coordinator who gave it to its owner, as long as they have it
    Column("handed_from", Integer),  # the organisation that gave it here, until somebody takes it
    Column("muted_until", Utc),  # of an owned case: until then what is no danger makes no sound
    CheckConstraint("state IN ('waiting', 'owned', 'closed')", name="state"),
    CheckConstraint("(state = 'owned') = (owner IS NOT NULL)", name="owner"),
    Index(None, "state", "organisation", "urgency", "waiting_since"),
    Index(None, "closed_at"),
    Index(None, "conversation"),
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

ladders = Table(
    "ladders",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("case_id", ForeignKey("cases.id"), nullable=False, index=True),
    Column("urgency", SmallInteger, nullable=False),
    Column("began_at", Utc, nullable=False),
    Column("rung", Integer, nullable=False, server_default=text("0")),  # the last one climbed; 0: none yet
    Column("due_at", Utc, nullable=False),  # when the next one is climbed
    Column("acknowledged_at", Utc),
    Column("ended_at", Utc),
    Column("ended", String(20)),
    CheckConstraint("(ended_at IS NULL) = (ended IS NULL)", name="ended"),
    Index(
        "uq_ladders_running",
        "case_id",
        unique=True,
        sqlite_where=text("ended_at IS NULL"),
        postgresql_where=text("ended_at IS NULL"),
    ),
    Index(None, "ended_at"),
    sqlite_autoincrement=True,  # an id is in links and in the names of what a person was told: never given twice
)
"""One climb of the ladder for one case, from the first on call to everyone."""

pages = Table(
    "pages",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("ladder", ForeignKey("ladders.id"), nullable=False),
    Column("rung", Integer, nullable=False),
    Column("addressee", Integer, nullable=False),  # a caseworker; 0: the team's own addresses
    Column("state", String(10), nullable=False),
    Column("made_at", Utc, nullable=False),
    Column("lease_until", Utc),
    Column("acknowledged_at", Utc),
    CheckConstraint("state IN ('due', 'sending', 'sent', 'failed', 'dropped')", name="state"),
    Index(None, "ladder", "rung", "addressee", unique=True),  # nobody is paged twice on one rung
    Index(None, "state"),
    sqlite_autoincrement=True,  # an id is in the link that was sent: never given twice
)

page_addresses = Table(
    "page_addresses",
    metadata,
    Column("caseworker", ForeignKey("caseworkers.id"), primary_key=True),
    Column("wrapped", LargeBinary, nullable=False),
)
"""Where a caseworker is paged and how the calendar calls them, under the key of the pages (not in the database)."""

phones = Table(
    "phones",
    metadata,
    Column("lookup", LargeBinary, primary_key=True),  # a hash of its address at the push service
    Column("caseworker", ForeignKey("caseworkers.id"), nullable=False, index=True),
    Column("session", LargeBinary, nullable=False, index=True),  # the last one in this browser: logging out ends both
    Column("device", String(10), nullable=False),
    Column("added_at", Utc, nullable=False),
    Column("wrapped", LargeBinary, nullable=False),
)
"""The browsers in which caseworkers are paged, under the key of the pages too."""

rota_overrides = Table(
    "rota_overrides",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("starts_at", Utc, nullable=False),
    Column("ends_at", Utc, nullable=False, index=True),
    Column("second", Boolean, nullable=False),
    Column("caseworker", ForeignKey("caseworkers.id"), nullable=False),
    Column("made_by", ForeignKey("caseworkers.id")),  # nothing: made by whoever runs the machine
    Column("made_at", Utc, nullable=False),
    CheckConstraint("starts_at < ends_at", name="order"),
    sqlite_autoincrement=True,
)

hole_warnings = Table(
    "hole_warnings",
    metadata,
    Column("starts_at", Utc, primary_key=True),
    Column("warned_at", Utc, nullable=False),
    Column("organisation", Integer, primary_key=True, server_default=text("1")),
)

shift_notices = Table(
    "shift_notices",
    metadata,
    Column("starts_at", Utc, primary_key=True),
    Column("caseworker", ForeignKey("caseworkers.id"), primary_key=True),
)
"""Shifts whose caseworker was told at their start how many wait."""

presence = Table(
    "presence",
    metadata,
    Column("caseworker", ForeignKey("caseworkers.id"), primary_key=True),
    Column("seen_at", Utc, nullable=False),
)
"""When a caseworker's desk last showed a sign of life: an open page is one, unlike for a session."""

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

telegram_chats = Table(
    "telegram_chats",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("lookup", LargeBinary, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("salt", LargeBinary, nullable=False),
    Column("conversation", Integer, nullable=False, unique=True),  # no foreign key: the chat is emptied after it
    Column("current", Boolean, nullable=False),
    Column("sent_seq", Integer, nullable=False),
    Column("trying_seq", Integer),
    Column("trying_after", LargeBinary),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("due_at", Utc, nullable=False),
    Column("blocked_at", Utc),
    Column("older", Boolean, nullable=False, server_default=false()),  # something there is too old to be deleted
    Index(None, "lookup"),
    sqlite_autoincrement=True,
)
"""Where the answers of a conversation go: a chat, under the delivery key, and how far it has them (`sent_seq`). What
is after that is the outbox; no text is in it twice."""

telegram_messages = Table(
    "telegram_messages",
    metadata,
    Column("chat", ForeignKey("telegram_chats.id", ondelete="CASCADE"), primary_key=True),
    Column("lookup", LargeBinary, primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
    Column("at", Utc, nullable=False, index=True),
    Column("delete_at", Utc, index=True),
    sqlite_with_rowid=False,
)
"""What stands in a chat and can still be deleted there, by its sealed number."""

telegram_updates = Table(
    "telegram_updates",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("at", Utc, nullable=False, index=True),
)
"""Updates that are handled, for as long as Telegram may bring them again."""

tombstones = Table(
    "tombstones",
    metadata,
    Column("conversation", Integer, primary_key=True, autoincrement=False),
    Column("deleted_at", Utc, nullable=False),
)
"""Conversations that were deleted: applied again after a backup is restored."""

runs = Table(
    "runs",
    metadata,
    Column("job", String(20), primary_key=True),
    Column("at", Utc, nullable=False),
    Column("counts", Text, nullable=False),
)
"""When a job (`upkeep`, `backup`, `restore`) last ended well, and how many of what it handled."""

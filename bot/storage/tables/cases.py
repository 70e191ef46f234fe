"""The tables of work on a case: whose it is, offers to a colleague, plans, notes, and what a caseworker can do."""

from __future__ import annotations

from sqlalchemy import Column, Date, ForeignKey, Integer, LargeBinary, SmallInteger, String, Table, Text

from bot.storage.tables.conversations import Utc, metadata

organisations = Table(
    "organisations",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(80), nullable=False),
    Column("name_key", String(160), nullable=False, unique=True),
    sqlite_autoincrement=True,
)
"""The centres that work on this installation; one is made with the schema. None is ever removed, so nothing that
names one needs a foreign key (which SQLite could not add to a table that is there)."""

case_offers = Table(
    "case_offers",
    metadata,
    Column("case_id", ForeignKey("cases.id"), primary_key=True),
    Column("colleague", ForeignKey("caseworkers.id"), nullable=False, index=True),
    Column("offered_at", Utc, nullable=False),
)
"""A case that its owner has offered to a colleague; there is none for a case that nobody owns."""

case_plans = Table(
    "case_plans",
    metadata,
    Column("case_id", ForeignKey("cases.id"), primary_key=True),
    Column("follow_up_on", Date, index=True),
    Column("envelope", LargeBinary),
)
"""When somebody looks at the case again (in plain, for calendars), and when and how its person is reached safely."""

case_notes = Table(
    "case_notes",
    metadata,
    Column("case_id", ForeignKey("cases.id"), primary_key=True),
    Column("name", LargeBinary, primary_key=True),  # a hash of the client's id, which the note is sealed to
    Column("author", ForeignKey("caseworkers.id"), nullable=False),
    Column("envelope", LargeBinary, nullable=False),
)
"""The time of a note is sealed with it."""

case_summaries = Table(
    "case_summaries",
    metadata,
    Column("case_id", ForeignKey("cases.id"), primary_key=True),
    Column("envelope", LargeBinary, nullable=False),
)

case_deadlines = Table(
    "case_deadlines",
    metadata,
    Column("case_id", ForeignKey("cases.id"), primary_key=True),
    Column("name", LargeBinary, primary_key=True),
    Column("due_on", Date, nullable=False, index=True),
    Column("envelope", LargeBinary, nullable=False),
)
"""The day is in plain, as that of a follow-up; what falls on it is sealed."""

held_replies = Table(
    "held_replies",
    metadata,
    Column("case_id", ForeignKey("cases.id"), primary_key=True),
    Column("name", LargeBinary, primary_key=True),  # `messages.client` of the message that it becomes
    Column("author", ForeignKey("caseworkers.id"), nullable=False),
    Column("due_at", Utc, nullable=False, index=True),
    Column("until_at", Utc, nullable=False),
    Column("envelope", LargeBinary, nullable=False),
)
"""What a caseworker wrote and holds until a time, sealed as a message is. The times are in plain: it goes out while
nobody is there who has a key. There is none for a case that is closed."""

case_links = Table(
    "case_links",
    metadata,
    Column("case_id", ForeignKey("cases.id"), primary_key=True),
    Column("name", LargeBinary, primary_key=True),
    Column("envelope", LargeBinary, nullable=False),
)
"""A link is two rows, one with each case. Which case it leads to is sealed: in plain it would tell that two persons
have to do with each other."""

caseworker_skills = Table(
    "caseworker_skills",
    metadata,
    Column("caseworker", ForeignKey("caseworkers.id"), primary_key=True),
    Column("capacity", SmallInteger),
    Column("languages", Text, nullable=False),
)
"""How many cases a caseworker has at once (nothing: as the setting has it), and the languages they read and write."""

partners = Table(
    "partners",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("organisation", Integer, nullable=False, index=True),
    Column("name", String(120), nullable=False),
    Column("phone", String(60), nullable=False),
    Column("hours", String(120), nullable=False),
    Column("languages", String(120), nullable=False),
    Column("note", String(300), nullable=False),
    sqlite_autoincrement=True,
)
"""Where an organisation sends people on. Of other organisations and of no person, so in plain."""

own_replies = Table(
    "own_replies",
    metadata,
    Column("caseworker", ForeignKey("caseworkers.id"), primary_key=True),
    Column("name", LargeBinary, primary_key=True),  # random; what is sealed is bound to it
    Column("envelope", LargeBinary, nullable=False),
)
"""Ready replies that a caseworker keeps for themselves, sealed to their own key: they may speak of how people write."""

organisation_replies = Table(
    "organisation_replies",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("organisation", Integer, nullable=False, index=True),
    Column("title", String(40), nullable=False),
    Column("text", String(600), nullable=False),
    Column("language", String(20), nullable=False),
    sqlite_autoincrement=True,
)
"""Ready replies that all of an organisation have. Of no person, and said to many, so in plain."""

aliases = Table(
    "aliases",
    metadata,
    Column("caseworker", ForeignKey("caseworkers.id"), primary_key=True),
    Column("name", String(24), nullable=False),
    Column("line", String(80), nullable=False),
)
"""What persons read of a caseworker: a first name or alias, and a line. It gives nobody any right, so no mark
(`people/vouched.py`) says that this program wrote it."""

opening_hours = Table(
    "opening_hours",
    metadata,
    Column("organisation", Integer, primary_key=True, autoincrement=False),
    Column("week", String(100), nullable=False),
    Column("closed", Text, nullable=False),
)
"""When its caseworkers usually read: seven days from Monday on, as `09:00-17:00` or nothing, with commas between; and
the days on which they do not, as ISO dates. What everybody who opens the page is told, so in plain."""

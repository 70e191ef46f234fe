"""The tables of keys that are not the team's: the recovery key, and who opens what was closed."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Integer, LargeBinary, SmallInteger, Table

from bot.storage.tables.conversations import Utc, metadata

recovery_keys = Table(
    "recovery_keys",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("public", LargeBinary, nullable=False),
    Column("halves", SmallInteger, nullable=False),  # on how many papers it is
    Column("created_at", Utc, nullable=False),
    Column("used_at", Utc),
    Column("team_key", ForeignKey("team_keys.id"), nullable=False),
    Column("vouched", LargeBinary, nullable=False),  # `public` again, under a key that only who has the team's key has
    Column("envelope", LargeBinary, nullable=False),  # the team's private key, sealed to `public`
    sqlite_autoincrement=True,  # an id is in what is sealed and on paper: never given twice
)
"""One row at most: the recovery key that is good now."""

closed_wraps = Table(
    "closed_wraps",
    metadata,
    # no foreign keys: the keys of a backup are restored before the bodies, and 0 is no caseworker
    Column("conversation", Integer, primary_key=True, autoincrement=False),
    Column("holder", Integer, primary_key=True, autoincrement=False, index=True),
    Column("envelope", LargeBinary, nullable=False),
)
"""The private key of a conversation without an open case, for each coordinator, and for the recovery key (holder 0)."""

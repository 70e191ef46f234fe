"""The tables of what is written down about the work: who did what, and counts. Nothing of a conversation is in them."""

from __future__ import annotations

from sqlalchemy import Column, Integer, LargeBinary, String, Table

from bot.storage.tables.conversations import Utc, metadata

audit_log = Table(
    "audit_log",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("at", Utc, nullable=False, index=True),
    Column("deed", String(20), nullable=False),
    Column("actor", Integer),  # no foreign keys: the log stands by itself
    Column("case_number", String(10), index=True),
    Column("subject", Integer),
    Column("detail", String(40), nullable=False),
    Column("reason", String(40), nullable=False),
    Column("before", LargeBinary, nullable=False),
    Column("moment", LargeBinary, nullable=False),
    Column("salt", LargeBinary),  # nothing: only the day of `at` is kept
)
"""Who did what (`domain/audit.py`); `before`: the hash of the row before."""

audit_head = Table(
    "audit_head",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("last", Integer, nullable=False),
    Column("hash", LargeBinary, nullable=False),
)
"""One row: where the log ends. Also the lock of whoever appends to it."""

figures = Table(
    "figures",
    metadata,
    Column("month", String(7), primary_key=True),
    Column("kind", String(20), primary_key=True),
    Column("key", String(40), primary_key=True),
    Column("count", Integer, nullable=False),
)
"""Counts of a month (`domain/statistics.py`), added to as things happen. No row of it leads to a case or a person."""

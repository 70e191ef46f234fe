"""The tables of logging in beside the password: passkeys, recovery codes, challenges that were used."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, LargeBinary, Table

from bot.storage.tables.conversations import Utc, metadata

passkeys = Table(
    "passkeys",
    metadata,
    Column("lookup", LargeBinary, primary_key=True),  # a hash of the credential's id
    Column("caseworker", ForeignKey("caseworkers.id"), nullable=False, index=True),
    Column("wrapped", LargeBinary, nullable=False),
    Column("sign_count", BigInteger, nullable=False),
    Column("created_at", Utc, nullable=False),
    Column("used_at", Utc),
)
"""Name, id and public key are wrapped under the caseworker's own key: whoever can write to the database adds none."""

recovery_codes = Table(
    "recovery_codes",
    metadata,
    Column("caseworker", ForeignKey("caseworkers.id"), primary_key=True),
    Column("hash", LargeBinary, primary_key=True),
)
"""A code that was used has no row any more."""

used_challenges = Table(
    "used_challenges",
    metadata,
    Column("hash", LargeBinary, primary_key=True),
    Column("expires_at", Utc, nullable=False, index=True),
)
"""Kept until they would have expired anyway."""

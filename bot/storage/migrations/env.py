"""Alembic's entry: the connection that `schema.upgrade` hands over, or one for the command line."""

from __future__ import annotations

import os

from alembic import context
from sqlalchemy import Connection

from bot.storage.database.engine import blocking_engine
from bot.storage.tables.conversations import metadata


def _run(connection: Connection) -> None:
    context.configure(connection=connection, target_metadata=metadata)
    with context.begin_transaction():
        context.run_migrations()


_given: Connection | None = context.config.attributes.get("connection")
if _given is not None:
    _run(_given)
else:
    with blocking_engine(os.environ["INLOOP_DATABASE_URL"]).begin() as _connection:
        _run(_connection)

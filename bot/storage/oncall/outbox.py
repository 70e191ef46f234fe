"""The outbox: what has to leave the house, written in the transaction that causes it, so that neither is
lost.

An item is leased, not removed, when it is taken: whoever dies with it loses the lease, and it is taken
again. So an item may be done twice, never zero times. Pages to whoever is on call are not here (`ladders`): they
must not be sent twice. Kind "owner" carries `{"case_number", "urgency", "caseworker"}`, kind "shift" `{"caseworker",
"waiting"}`, kind "hole" the times of a hole in the rota.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, insert, select, update

from bot.storage.database.part import Part
from bot.storage.tables.conversations import outbox


@dataclass(frozen=True, slots=True)
class OutboxItem:
    """One thing to do. `attempts` counts this one."""

    id: int
    kind: str
    payload: Mapping[str, Any]
    created_at: datetime
    attempts: int


class Outbox(Part):
    """See `Store`."""

    async def post(self, kind: str, payload: Mapping[str, Any]) -> None:
        """Something to do, at once."""
        now = self._clock()
        row = {"kind": kind, "payload": json.dumps(payload), "created_at": now, "due_at": now}
        async with self._db.write() as connection:
            await connection.execute(insert(outbox).values(**row))

    async def take_outbox(self, limit: int, lease: timedelta) -> list[OutboxItem]:
        """What is due, oldest first, for nobody else until the lease ends."""
        now = self._clock()
        due = select(outbox).where(outbox.c.due_at <= now).order_by(outbox.c.due_at, outbox.c.id).limit(limit)
        async with self._db.write() as connection:
            rows = (await connection.execute(self._db.locked(due, outbox, skip=True))).all()
            if rows:
                taken = outbox.c.id.in_([row.id for row in rows])
                leased = {"due_at": now + lease, "attempts": outbox.c.attempts + 1}
                await connection.execute(update(outbox).where(taken).values(**leased))
        return [OutboxItem(row.id, row.kind, json.loads(row.payload), row.created_at, row.attempts + 1) for row in rows]

    async def done(self, item_id: int) -> None:
        """It left; done twice is no error."""
        async with self._db.write() as connection:
            await connection.execute(delete(outbox).where(outbox.c.id == item_id))

    async def failed(self, item_id: int, retry_at: datetime) -> None:
        """It did not leave; it is due again at `retry_at`."""
        async with self._db.write() as connection:
            await connection.execute(update(outbox).where(outbox.c.id == item_id).values(due_at=retry_at))

"""What a person answered in forms, as one sealed sheet for each conversation.

It is written in the transaction of the turn it belongs to. In plain stands only whether a question is open, so that
a caseworker's claim can close it without a key.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import nacl.bindings as sodium
from sqlalchemy import Row, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.forms import EMPTY, Sheet
from bot.domain.model import Handoff
from bot.storage.database.part import Part, Person
from bot.storage.sealing.envelopes import KeyPair, open_envelope, seal
from bot.storage.sealing.message_body import BLOCK
from bot.storage.tables.conversations import cases, sheets


class Sheets(Part):
    """See `Store`."""

    async def sheet(self, person: Person) -> Sheet:
        """The conversation's sheet; an empty one when nothing was asked yet, or when it was deleted."""
        return await self.sheet_of(person.conversation, person.keys)

    async def sheet_stamps(self) -> dict[int, bytes]:
        """For each conversation with an open case that has a sheet: something that changes whenever the sheet does."""
        query = select(sheets.c.conversation, sheets.c.envelope).join(
            cases, cases.c.conversation == sheets.c.conversation
        )
        async with self._db.read() as connection:
            rows = await connection.execute(query.where(cases.c.state != Handoff.CLOSED.value))
            return {row.conversation: row.envelope[-16:] for row in rows}

    async def sheet_of(self, conversation: int, keys: KeyPair) -> Sheet:
        """The same, with the keys alone."""
        query = select(sheets).where(sheets.c.conversation == conversation)
        async with self._db.read() as connection:
            row = (await connection.execute(query)).first()
        return _opened(keys, row)


    async def change_sheet(self, person: Person, change: Callable[[Sheet], Sheet]) -> None:
        """Something of the sheet becomes another, whatever else has changed in it meanwhile; the question that stands
        goes on standing. Of a deleted conversation nothing is kept, and that is no error."""
        query = select(sheets).where(sheets.c.conversation == person.conversation)
        async with self._db.write() as connection:
            if not await self._lock(connection, person.conversation):
                return
            row = (await connection.execute(query)).first()
            asking = bool(row is not None and row.asking)
            await put_sheet(connection, person, change(_opened(person.keys, row)), asking=asking)


def _opened(keys: KeyPair, row: Row[Any] | None) -> Sheet:
    if row is None:
        return EMPTY
    padded = open_envelope(keys, row.envelope, sealed_sheet(row.conversation))
    return Sheet.loaded(json.loads(sodium.sodium_unpad(padded, BLOCK)), asking=row.asking)


async def put_sheet(connection: AsyncConnection, person: Person, sheet: Sheet, *, asking: bool) -> None:
    """Replace the sheet; without `asking` no question stands. The caller holds the conversation's row."""
    asking = asking and (sheet.form is not None or sheet.due)
    plain = json.dumps(sheet.dumped(), ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
    envelope = seal(person.keys.public, sodium.sodium_pad(plain, BLOCK), sealed_sheet(person.conversation))
    row = {"conversation": person.conversation, "asking": asking, "envelope": envelope}
    await connection.execute(delete(sheets).where(sheets.c.conversation == person.conversation))
    await connection.execute(insert(sheets).values(**row))


async def stop_asking(connection: AsyncConnection, conversation: int) -> None:
    """A caseworker asks from here on. The caller holds the conversation's row."""
    await connection.execute(update(sheets).where(sheets.c.conversation == conversation).values(asking=False))


def sealed_sheet(conversation: int) -> str:
    """The row a sheet is sealed to."""
    return f"sheet:{conversation}"

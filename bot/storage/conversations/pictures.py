"""Pictures of the person, each sealed with the conversation's key like a message, and stored with one (`turns.py`)."""

from __future__ import annotations

from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.database.errors import TooManyKept
from bot.storage.database.part import LARGEST, Part, Person, sealed_picture
from bot.storage.sealing.envelopes import open_envelope, seal
from bot.storage.tables.conversations import pictures

MOST = 20
"""Pictures of one conversation."""


class Pictures(Part):
    """See `Store`."""

    async def picture(self, person: Person, seq: int) -> bytes | None:
        """The picture of the message `seq`, opened; None when there is none (any more)."""
        of = (pictures.c.conversation == person.conversation, pictures.c.seq == min(seq, LARGEST))
        async with self._db.read() as connection:
            envelope = (await connection.execute(select(pictures.c.envelope).where(*of))).scalar()
        return None if envelope is None else open_envelope(person.keys, envelope, _bound(person, seq))


async def put_picture(connection: AsyncConnection, person: Person, seq: int, picture: bytes) -> None:
    """Store the picture of the message `seq`; the row of the conversation is held. Raises `TooManyKept`."""
    of = pictures.c.conversation == person.conversation
    if (await connection.execute(select(func.count()).select_from(pictures).where(of))).scalar_one() >= MOST:
        raise TooManyKept
    envelope = seal(person.keys.public, picture, _bound(person, seq))
    row = {"conversation": person.conversation, "seq": seq, "envelope": envelope}
    await connection.execute(insert(pictures).values(**row))


def _bound(person: Person, seq: int) -> str:
    return sealed_picture(person.conversation, seq)

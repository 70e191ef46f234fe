"""Ready replies that people keep: each caseworker their own, and an organisation those that all of it have.

A caseworker's own replies are sealed to their own key, which neither colleagues nor the machine have. Who is invited
anew gets a new key, which does not open the old replies: they are removed then. Who may change those of the
organisation is decided by the desk.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import asdict, dataclass

import nacl.bindings as sodium
from sqlalchemy import delete, func, insert, select, update

from bot.storage.database.errors import NotFound, SealingError, TooManyKept
from bot.storage.database.part import LARGEST, Part
from bot.storage.sealing.envelopes import KeyPair, open_envelope, seal
from bot.storage.sealing.message_body import BLOCK
from bot.storage.tables.cases import organisation_replies, own_replies

MOST = 60
"""Of one caseworker, and of one organisation."""
LONGEST = {"title": 40, "text": 600}
NAME_BYTES = 16


@dataclass(frozen=True, slots=True, repr=False)
class ReadyReply:
    """What is found by its title and put into a reply; `language`: what the text is written in."""

    title: str
    text: str
    language: str


class Replies(Part):
    """See `Store`."""

    async def own_replies(self, caseworker: int, own: KeyPair) -> list[tuple[str, ReadyReply]]:
        """A caseworker's own, with the name of each, by title; what `own` does not open is left out."""
        query = select(own_replies).where(own_replies.c.caseworker == caseworker)
        async with self._db.read() as connection:
            rows = (await connection.execute(query)).all()
        found = []
        for row in rows:
            try:
                padded = open_envelope(own, row.envelope, _sealed(caseworker, row.name))
            except SealingError:
                continue
            found.append((row.name.hex(), ReadyReply(**json.loads(sodium.sodium_unpad(padded, BLOCK)))))
        return sorted(found, key=_by_title)

    async def add_own_reply(self, caseworker: int, own: KeyPair, reply: ReadyReply) -> str:
        """Its name. Raises `TooManyKept`."""
        name, there = secrets.token_bytes(NAME_BYTES), select(func.count()).select_from(own_replies)
        row = {"caseworker": caseworker, "name": name, "envelope": _seal(caseworker, name, own, reply)}
        async with self._db.write() as connection:
            mine = there.where(own_replies.c.caseworker == caseworker)
            if (await connection.execute(mine)).scalar_one() >= MOST:
                raise TooManyKept
            await connection.execute(insert(own_replies).values(**row))
        return name.hex()

    async def set_own_reply(self, caseworker: int, own: KeyPair, name: str, reply: ReadyReply) -> None:
        """In place of what it was. Raises `NotFound`."""
        which = bytes.fromhex(name)
        mine = (own_replies.c.caseworker == caseworker, own_replies.c.name == which)
        async with self._db.write() as connection:
            new = update(own_replies).where(*mine).values(envelope=_seal(caseworker, which, own, reply))
            changed = await connection.execute(new)
        if changed.rowcount == 0:
            raise NotFound("there is no such reply")

    async def remove_own_reply(self, caseworker: int, name: str) -> None:
        """Raises `NotFound`."""
        mine = (own_replies.c.caseworker == caseworker, own_replies.c.name == bytes.fromhex(name))
        async with self._db.write() as connection:
            removed = await connection.execute(delete(own_replies).where(*mine))
        if removed.rowcount == 0:
            raise NotFound("there is no such reply")

    async def organisation_replies(self, organisation: int) -> list[tuple[str, ReadyReply]]:
        """Those of an organisation, with the id of each, by title."""
        query = select(organisation_replies).where(organisation_replies.c.organisation == organisation)
        async with self._db.read() as connection:
            rows = (await connection.execute(query)).all()
        return sorted(((str(row.id), ReadyReply(row.title, row.text, row.language)) for row in rows), key=_by_title)

    async def add_organisation_reply(self, organisation: int, reply: ReadyReply) -> str:
        """Its id. Raises `TooManyKept`."""
        r = organisation_replies.c
        there = select(func.count()).select_from(organisation_replies).where(r.organisation == organisation)
        async with self._db.write() as connection:
            if (await connection.execute(there)).scalar_one() >= MOST:
                raise TooManyKept
            new = insert(organisation_replies).values(organisation=organisation, **asdict(reply)).returning(r.id)
            return str((await connection.execute(new)).scalar_one())

    async def set_organisation_reply(self, organisation: int, reply_id: int, reply: ReadyReply) -> None:
        """In place of what it was. Raises `NotFound`."""
        r = organisation_replies.c
        mine = (r.id == min(reply_id, LARGEST), r.organisation == organisation)
        async with self._db.write() as connection:
            changed = await connection.execute(update(organisation_replies).where(*mine).values(**asdict(reply)))
        if changed.rowcount == 0:
            raise NotFound("there is no such reply")

    async def remove_organisation_reply(self, organisation: int, reply_id: int) -> None:
        """Raises `NotFound`."""
        r = organisation_replies.c
        mine = (r.id == min(reply_id, LARGEST), r.organisation == organisation)
        async with self._db.write() as connection:
            removed = await connection.execute(delete(organisation_replies).where(*mine))
        if removed.rowcount == 0:
            raise NotFound("there is no such reply")


def _by_title(kept: tuple[str, ReadyReply]) -> tuple[str, str]:
    return kept[1].title.casefold(), kept[0]


def _sealed(caseworker: int, name: bytes) -> str:
    """The row a reply is sealed to."""
    return f"reply:{caseworker}:{name.hex()}"


def _seal(caseworker: int, name: bytes, own: KeyPair, reply: ReadyReply) -> bytes:
    """Its length is hidden in steps, as that of a note."""
    plain = json.dumps(asdict(reply), ensure_ascii=False).encode("utf-8", "surrogatepass")
    return seal(own.public, sodium.sodium_pad(plain, BLOCK), _sealed(caseworker, name))

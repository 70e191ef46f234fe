"""A picture is kept as its message is: sealed, once, and gone with the conversation."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from bot.storage.conversations.pictures import MOST
from bot.storage.database.errors import Gone, SealingError, TooManyKept
from bot.storage.store import Store
from bot.storage.tables.conversations import pictures
from tests.contract.storage.test_stolen_disk import files_of, found
from tests.support.databases import Clock

PICTURE = b"\xff\xd8\xff" + b"kanarie-in-het-beeld" * 2000
KIND = {"kind": "picture", "kept": True}


async def _envelopes(store: Store) -> list[bytes]:
    async with store._db.read() as connection:
        return list((await connection.execute(select(pictures.c.envelope))).scalars())


async def test_it_comes_back_as_it_was(store: Store) -> None:
    person = (await store.create_conversation("nl")).person
    accepted = await store.accept(person, "one", "Foto", choice=KIND, picture=PICTURE, answered=True)
    assert await store.picture(person, accepted.seq) == PICTURE
    assert await store.picture(person, accepted.seq + 1) is None
    assert await store.picture(person, 2**60) is None
    (message,) = await store.messages(person)
    assert message.choice == KIND
    (envelope,) = await _envelopes(store)
    assert PICTURE[3:40] not in envelope


async def test_sent_twice_it_is_kept_once(store: Store) -> None:
    person = (await store.create_conversation("nl")).person
    first = await store.accept(person, "one", "Foto", choice=KIND, picture=PICTURE)
    again = await store.accept(person, "one", "Foto", choice=KIND, picture=b"other")
    assert (again.seq, again.repeated) == (first.seq, True)
    assert len(await _envelopes(store)) == 1
    assert await store.picture(person, first.seq) == PICTURE


async def test_nobody_else_opens_it_and_it_opens_in_no_other_place(store: Store) -> None:
    mine, other = [(await store.create_conversation("nl")).person for _ in range(2)]
    seq = (await store.accept(mine, "one", "Foto", choice=KIND, picture=PICTURE)).seq
    assert await store.picture(other, seq) is None
    async with store._db.write() as connection:
        await connection.execute(update(pictures).values(conversation=other.conversation))
    with pytest.raises(SealingError):
        await store.picture(other, seq)


async def test_there_is_an_end_and_then_nothing_is_kept(store: Store) -> None:
    person = (await store.create_conversation("nl")).person
    for number in range(MOST):
        await store.accept(person, f"{number}", "Foto", choice=KIND, picture=PICTURE)
    with pytest.raises(TooManyKept):
        await store.accept(person, "more", "Foto", choice=KIND, picture=PICTURE)
    assert len(await store.messages(person)) == len(await _envelopes(store)) == MOST
    assert (await store.accept(person, "words", "Hallo")).seq == MOST + 1


async def test_it_goes_with_the_conversation(store: Store) -> None:
    mine, other = [(await store.create_conversation("nl")).person for _ in range(2)]
    for person in (mine, other):
        await store.accept(person, "one", "Foto", choice=KIND, picture=PICTURE)
    await store.delete_conversation(mine.conversation)
    assert len(await _envelopes(store)) == 1
    assert await store.picture(mine, 1) is None
    assert await store.picture(other, 1) == PICTURE
    with pytest.raises(Gone):
        await store.accept(mine, "two", "Foto", choice=KIND, picture=PICTURE)


async def test_no_byte_of_it_is_left_in_the_sqlite_file(sqlite_file: str, clock: Clock) -> None:
    store = await Store.open(sqlite_file, clock=clock)
    mine, other = [(await store.create_conversation("nl")).person for _ in range(2)]
    for number in range(5):
        for person in (mine, other):
            await store.accept(person, f"{number}", "Foto", choice=KIND, picture=PICTURE)
    async with store._db.read() as connection:
        of_mine = select(pictures.c.envelope).where(pictures.c.conversation == mine.conversation)
        sealed = list((await connection.execute(of_mine)).scalars())
    needles = [raw[i : i + 24] for raw in sealed for i in (0, len(raw) // 2, len(raw) - 24)]
    assert len(found(needles, files_of(sqlite_file, None))) > len(needles) // 2, "the search itself does not work"
    assert found([b"kanarie-in-het-beeld"], files_of(sqlite_file, None)) == set()
    await store.delete_conversation(mine.conversation)
    assert found(needles, files_of(sqlite_file, None)) == set()
    assert await store.picture(other, 1) == PICTURE
    await store.close()

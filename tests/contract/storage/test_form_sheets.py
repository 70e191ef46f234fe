"""The sheet of a conversation: written with its turn, sealed, closed by a claim, gone with the conversation."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from bot.domain.forms import EMPTY, Form, Sheet
from bot.domain.handoff import IllegalMove
from bot.domain.model import CaseChange, Urgency
from bot.storage.database.errors import SealingError
from bot.storage.store import Store
from bot.storage.tables.conversations import sheets
from tests.support.databases import Clock
from tests.support.desk import join

ASKED = Sheet(Form("report", "where", {"what": "told"}), {"report.what": "four men"}, {"report": {"what": "told"}})


async def test_a_sheet_is_written_with_the_answer_it_belongs_to(store: Store) -> None:
    new = await store.create_conversation("nl")
    assert await store.sheet(new.person) == EMPTY
    accepted = await store.accept(new.person, "1", "four men")
    assert await store.answer(new.person, accepted.seq, [], sheet=ASKED)
    assert await store.sheet(new.person) == ASKED
    assert not await store.answer(new.person, accepted.seq, [], sheet=EMPTY), "a second answer changes nothing"
    assert await store.sheet(new.person) == ASKED


async def test_what_is_refused_leaves_the_sheet_as_it_was(store: Store) -> None:
    new = await store.create_conversation("nl")
    await store.accept(new.person, "1", "help", case=CaseChange(Urgency.EMERGENCY))
    await store.answer(new.person, 1, [], sheet=ASKED)
    await store.accept(new.person, "2", "no")
    with pytest.raises(IllegalMove):
        await store.answer(new.person, 2, [], cancel=True, sheet=EMPTY)
    assert await store.sheet(new.person) == ASKED


async def test_a_claim_closes_the_question_and_keeps_what_was_told(store: Store, clock: Clock) -> None:
    els = await join(store, clock, "Els")
    new = await store.create_conversation("nl")
    await store.accept(new.person, "1", "four men")
    await store.answer(new.person, 1, [], case=CaseChange(Urgency.NONE), sheet=ASKED)
    (case,) = await store.queue()
    stamps = await store.sheet_stamps()
    assert set(stamps) == {new.person.conversation}
    await store.claim(case.id, els.id)
    sheet = await store.sheet(await store.open_case(case.id, els.session.team))
    assert sheet.form is None
    assert sheet.lines("report") == [("what", "", "four men")]
    await store.accept(new.person, "2", "late words")
    await store.answer(new.person, 2, [], sheet=ASKED)
    assert (await store.sheet(new.person)).form is None, "nothing is asked while a caseworker owns the conversation"


async def test_a_stamp_changes_whenever_the_sheet_does(store: Store) -> None:
    new = await store.create_conversation("nl")
    seen = set()
    for number in range(3):
        accepted = await store.accept(new.person, f"{number}", "x")
        await store.answer(new.person, accepted.seq, [], case=CaseChange(Urgency.NONE), sheet=ASKED)
        seen.add((await store.sheet_stamps())[new.person.conversation])
    assert len(seen) == 3


async def test_nothing_of_it_can_be_read_or_moved_and_its_length_tells_little(store: Store) -> None:
    lengths = set()
    for words in ("the window", "the window" * 12):  # so long that chance does not make it of random bytes
        new, other = [await store.create_conversation("nl") for _ in range(2)]
        await store.accept(new.person, "1", words)
        await store.answer(new.person, 1, [], sheet=Sheet(words={"report.what": words}))
        async with store._db.read() as connection:
            query = select(sheets.c.envelope).where(sheets.c.conversation == new.person.conversation)
            envelope = (await connection.execute(query)).scalar_one()
        assert b"report" not in envelope and b"window" not in envelope
        lengths.add(len(envelope))
        async with store._db.write() as connection:
            row = {"conversation": other.person.conversation, "asking": True, "envelope": envelope}
            await connection.execute(sheets.insert().values(**row))
        with pytest.raises(SealingError):
            await store.sheet(other.person)
    assert len(lengths) == 1


async def test_a_sheet_goes_with_its_conversation(store: Store) -> None:
    new = await store.create_conversation("nl")
    await store.accept(new.person, "1", "four men")
    await store.answer(new.person, 1, [], sheet=ASKED)
    await store.delete_conversation(new.person.conversation)
    async with store._db.read() as connection:
        assert (await connection.execute(select(func.count()).select_from(sheets))).scalar_one() == 0

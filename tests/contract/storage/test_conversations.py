"""Conversations open with their own token or code, and are gone when they are deleted."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from bot.domain.model import CaseChange, Handoff, Outgoing, Sender, Urgency
from bot.storage.conversations.conversations import NewConversation
from bot.storage.database.errors import Gone, Taken
from bot.storage.sealing.return_codes import new_return_code
from bot.storage.store import Store
from bot.storage.tables.conversations import case_whys, conversation_wraps, conversations, messages

HELLO = Outgoing(Sender.BOT, "Hello.")


@pytest.fixture
async def new(store: Store) -> NewConversation:
    return await store.create_conversation("fr", "web")


async def test_a_token_opens_its_conversation(store: Store, new: NewConversation) -> None:
    await store.accept(new.person, "c1", "bonjour")
    person = await store.open_by_token(new.token)
    assert person == new.person
    assert (person.language, person.state) == ("fr", Handoff.BOT)
    assert [m.text for m in await store.messages(person)] == ["bonjour"]


@pytest.mark.parametrize("token", ["", "unknown", "x" * 5000, "\ud800"])
async def test_an_unknown_token_opens_nothing(store: Store, new: NewConversation, token: str) -> None:
    assert await store.open_by_token(token) is None
    assert await store.open_by_token(new.return_code) is None


async def test_a_token_that_was_given_up_opens_nothing_and_the_code_still_does(
    store: Store, new: NewConversation
) -> None:
    await store.accept(new.person, "c1", "bonjour")
    assert await store.end_access(new.token) == new.person.conversation
    assert await store.end_access(new.token) is None
    assert await store.open_by_token(new.token) is None
    again = await store.open_by_return_code(new.return_code)
    assert again is not None
    assert [m.text for m in await store.messages(again.person)] == ["bonjour"]
    assert await store.end_access(new.token) is None, "a page that is late"
    assert await store.open_by_token(again.token) is not None


async def test_a_token_or_a_code_is_used_once(store: Store) -> None:
    code = new_return_code("fr")
    made = await store.create_conversation("fr", token="t" * 43, code=code)
    assert made.return_code == code
    for token, other in (("t" * 43, None), (None, code)):
        with pytest.raises(Taken):
            await store.create_conversation("fr", token=token, code=other)
    assert await store.open_by_token("t" * 43) == made.person
    opened = await store.open_by_return_code(code)
    assert opened is not None
    assert opened.person == made.person


async def test_a_token_of_the_channels_own(store: Store) -> None:
    new = await store.create_conversation(None, "telegram", token="derived")
    assert new.token == "derived"
    assert await store.open_by_token("derived") == new.person


async def test_opening_costs_one_statement(store: Store, new: NewConversation) -> None:
    sent: list[str] = []
    from sqlalchemy import event

    await store.invite_first("Els")
    await store.open_by_token(new.token)
    event.listen(store._db.engine.sync_engine, "before_cursor_execute", lambda *a: sent.append(a[2]))
    await store.open_by_token(new.token)
    assert len(sent) == 1, sent


async def test_a_return_code_gives_a_new_token_and_ends_the_old(store: Store, new: NewConversation) -> None:
    await store.accept(new.person, "c1", "bonjour")
    back = await store.open_by_return_code(new.return_code.upper().replace(" ", "-"))
    assert back is not None
    assert back.token != new.token
    assert back.person == new.person
    assert await store.open_by_token(new.token) is None
    opened = await store.open_by_token(back.token)
    assert opened is not None
    assert [m.text for m in await store.messages(opened)] == ["bonjour"]
    again = await store.open_by_return_code(back.return_code)
    assert again is not None
    assert await store.open_by_token(back.token) is None
    assert await store.open_by_return_code("abandon ability able about above absent") is None
    assert await store.open_by_return_code("") is None


async def test_the_language_is_remembered(store: Store, new: NewConversation) -> None:
    await store.set_language(new.person, "ro")
    person = await store.open_by_token(new.token)
    assert person is not None
    assert person.language == "ro"
    await store.accept(person, "c1", "x")
    await store.answer(person, 1, [HELLO], language="bg")
    person = await store.open_by_token(new.token)
    assert person is not None
    assert person.language == "bg"


async def test_a_deleted_conversation_is_gone(store: Store, new: NewConversation) -> None:
    other = await store.create_conversation("fr")
    for one in (new, other):
        await store.accept(one.person, "c1", "x", case=CaseChange(Urgency.URGENT, why=("pattern",)))
        await store.answer(one.person, 1, [HELLO])
    await store.delete_conversation(new.person.conversation)
    await store.delete_conversation(new.person.conversation)
    assert await store.open_by_token(new.token) is None
    assert await store.open_by_return_code(new.return_code) is None
    with pytest.raises(Gone):
        await store.set_language(new.person, "ro")
    await store.rewrap(new.person)
    assert await store.tombstones() == [new.person.conversation]
    counts = {}
    for table in (conversation_wraps, messages, case_whys, conversations):
        async with store._db.read() as connection:
            query = select(func.count()).select_from(table)
            counts[table.name] = (await connection.execute(query)).scalar_one()
    assert counts == {"conversation_wraps": 2, "messages": 2, "case_whys": 1, "conversations": 1}
    assert len(await store.messages(other.person)) == 2
    await store.bury([new.person.conversation, other.person.conversation])
    assert await store.open_by_token(other.token) is None


async def test_a_number_is_never_given_twice(store: Store, new: NewConversation) -> None:
    await store.delete_conversation(new.person.conversation)
    again = await store.create_conversation(None)
    assert again.person.conversation > new.person.conversation

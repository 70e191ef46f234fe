"""Telegram chats in the store: the conversation is the outbox, and what is handled or too old is known."""

from __future__ import annotations

import asyncio

import pytest

from bot.domain.model import CaseChange, Outgoing, Sender, Urgency
from bot.storage.conversations.telegram_chats import Mark
from bot.storage.database.errors import Gone
from bot.storage.database.locks import Locks
from bot.storage.store import NewConversation, Store
from tests.support.databases import Clock

LOOKUP, SEALED, SALT = b"l" * 32, b"s" * 40, b"x" * 16


@pytest.fixture
async def new(store: Store) -> NewConversation:
    return await store.create_conversation("nl", "telegram", token="derived")


async def say(store: Store, new: NewConversation, name: str) -> int:
    return await store.say(new.person, name, Outgoing(Sender.BOT, name))


async def test_what_is_said_is_to_be_sent_until_it_is_out(store: Store, clock: Clock, new: NewConversation) -> None:
    chat = await store.put_in_chat(new.person.conversation, LOOKUP, SEALED, SALT)
    assert await store.unsent() == []
    seq = await say(store, new, "one")
    [waiting] = await store.unsent()
    assert (waiting.id, waiting.sent_seq, waiting.trying_seq) == (chat.id, 0, None)
    await store.trying(chat.id, seq, b"n" * 40)
    [doubtful] = await store.unsent()
    assert (doubtful.trying_seq, doubtful.trying_after) == (seq, b"n" * 40)
    await store.send_later(chat.id, clock.now.replace(hour=10), unsent=True)
    assert await store.unsent() == []
    clock.pass_by(hours=2)
    [again] = await store.unsent()
    assert (again.trying_seq, again.attempts) == (None, 1)
    await store.sent(chat.id, seq, [Mark(b"m" * 16, b"n" * 40)])
    assert await store.unsent() == []
    [mark] = await store.noted(chat.id)
    assert (mark.lookup, mark.chat) == (b"m" * 16, chat.id)


async def test_a_blocked_chat_waits_and_the_case_says_so(store: Store, clock: Clock, new: NewConversation) -> None:
    await store.put_in_chat(new.person.conversation, LOOKUP, SEALED, SALT)
    await store.accept(new.person, "1", "help", case=CaseChange(Urgency.URGENT))
    await say(store, new, "one")
    await store.set_blocked(LOOKUP, True)
    assert await store.unsent() == []
    [case] = await store.queue()
    assert (case.channel, case.reachable) == ("telegram", False)
    await store.set_blocked(LOOKUP, False)
    assert len(await store.unsent()) == 1
    assert (await store.queue())[0].reachable


async def test_what_was_told_elsewhere_is_not_told_again_and_the_old_talk_stays_reachable(
    store: Store, new: NewConversation
) -> None:
    first = await store.put_in_chat(new.person.conversation, LOOKUP, SEALED, SALT)
    web = await store.create_conversation("nl")
    last = await say(store, web, "on the web")
    moved = await store.open_by_return_code(web.return_code, "telegram", token="another")
    assert moved is not None
    second = await store.put_in_chat(web.person.conversation, LOOKUP, SEALED, b"y" * 16, sent_seq=moved.told)
    assert second.sent_seq == last
    assert [chat.id for chat in await store.chats(LOOKUP)] == [first.id, second.id]
    current = await store.chat(LOOKUP)
    assert current is not None and current.id == second.id
    await say(store, new, "to the old talk")
    assert [chat.id for chat in await store.unsent()] == [first.id]
    assert await store.open_by_token(web.token) is None
    again = await store.put_in_chat(web.person.conversation, LOOKUP, SEALED, b"z" * 16)
    assert again.id == second.id, "what stands in the chat is still known"


async def test_a_talk_that_went_on_in_another_chat_left_something_behind(store: Store, new: NewConversation) -> None:
    """Whoever deletes everything there is told so."""
    await store.put_in_chat(new.person.conversation, LOOKUP, SEALED, SALT)
    other = await store.put_in_chat(new.person.conversation, b"o" * len(LOOKUP), SEALED, SALT)
    again = await store.put_in_chat(new.person.conversation, other.lookup, SEALED, SALT)
    known = await store.chat_of(new.person.conversation)
    assert known is not None
    assert [chat.older for chat in (other, again, known)] == [True] * 3
    assert await store.chats(LOOKUP) == []


async def test_a_deleted_talk_leaves_a_chat_to_be_emptied(store: Store, new: NewConversation) -> None:
    chat = await store.put_in_chat(new.person.conversation, LOOKUP, SEALED, SALT)
    await store.note(chat.id, Mark(b"m" * 16, b"n" * 40))
    assert await store.left_behind() == []
    await store.delete_conversation(new.person.conversation)
    [left] = await store.left_behind()
    assert left.id == chat.id
    assert len(await store.noted(chat.id)) == 1
    await store.drop_chat(chat.id)
    assert await store.chat(LOOKUP) is None
    await store.sent(chat.id, 1)  # whoever was sending at that moment finds nothing, and that is no error


async def test_what_is_too_old_goes_and_is_remembered_as_left(store: Store, clock: Clock, new: NewConversation) -> None:
    chat = await store.put_in_chat(new.person.conversation, LOOKUP, SEALED, SALT)
    await store.note(chat.id, Mark(b"m" * 16, b"n" * 40))
    await store.handled(2**40)
    assert await store.is_handled(2**40)
    clock.pass_by(hours=49)
    await store.tidy_chats()
    assert await store.noted(chat.id) == []
    assert not await store.is_handled(2**40)
    found = await store.chat(LOOKUP)
    assert found is not None and found.older


async def test_a_danger_card_comes_up_for_deletion(store: Store, clock: Clock, new: NewConversation) -> None:
    chat = await store.put_in_chat(new.person.conversation, LOOKUP, SEALED, SALT)
    due = clock.now.replace(hour=10)
    await store.sent(chat.id, 1, [Mark(b"m" * 16, b"n" * 40)], due)
    assert await store.to_delete() == []
    clock.pass_by(hours=2)
    [(its_chat, mark)] = await store.to_delete()
    assert its_chat.id == chat.id
    await store.deleted(mark)
    assert await store.to_delete() == []


async def test_a_new_return_code_replaces_the_old(store: Store, new: NewConversation) -> None:
    code = await store.renew_return_code(new.person)
    assert await store.open_by_return_code(new.return_code) is None
    assert await store.open_by_return_code(code) is not None
    await store.delete_conversation(new.person.conversation)
    with pytest.raises(Gone):
        await store.renew_return_code(new.person)


async def test_a_lock_is_held_by_one_at_a_time_over_all_gateways(store: Store) -> None:
    here, there = store.locks(), store.locks()
    if store._db.is_sqlite:
        there = here  # one gateway: its locks are in its memory
    inside: list[int] = []

    async def enter(locks: Locks, number: int) -> None:
        async with locks.hold(b"chat"):
            inside.append(number)

    async with here.hold(b"chat"):
        others = [asyncio.create_task(enter(locks, n)) for n, locks in enumerate((there, here, there, here))]
        done, _ = await asyncio.wait(others, timeout=0.5)
        assert not done and not inside, "held here"
        async with asyncio.timeout(120), there.hold(b"another chat"):
            pass
    await asyncio.gather(*others)
    assert sorted(inside) == [0, 1, 2, 3], "each in its turn"
    assert here._here == {}
    await here.close()
    await there.close()

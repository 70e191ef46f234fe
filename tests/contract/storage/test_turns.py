"""What the person wrote is stored once and answered once, whoever asks how often."""

from __future__ import annotations

import asyncio
import gc
from typing import Any

import aiosqlite
import pytest

from bot.conversation.sessions import Sessions
from bot.domain.model import CaseChange, Choice, Handoff, Outgoing, Sender, Urgency
from bot.storage.conversations.turns import PAGE
from bot.storage.database.errors import Gone, SealingError
from bot.storage.database.part import Person
from bot.storage.sealing.envelopes import new_key_pair
from bot.storage.store import Store
from tests.support.databases import Clock

HELLO = Outgoing(Sender.BOT, "Hello. You can write in your language.", key="chat.hello")
CHOICES = Outgoing(
    Sender.BOT,
    "What do you need?",
    (Choice("", "A bed", {"intent": "shelter"}), Choice("", "A person", {"command": "handoff"})),
)


@pytest.fixture
async def person(store: Store) -> Person:
    return (await store.create_conversation("nl")).person


async def test_a_message_and_its_answer_are_read_back(store: Store, person: Person) -> None:
    accepted = await store.accept(person, "c1", "Ik heb hulp nodig 🙏\ud800")
    assert (accepted.seq, accepted.repeated, accepted.state, accepted.answered) == (
        1,
        False,
        Handoff.BOT,
        False,
    )
    assert await store.answer(person, 1, [HELLO, CHOICES], language="nl-BE")
    first, hello, choices = await store.messages(person)
    assert (first.seq, first.sender, first.text, first.answered) == (
        1,
        Sender.PERSON,
        "Ik heb hulp nodig 🙏\ud800",
        True,
    )
    assert (hello.seq, hello.sender, hello.text, hello.key) == (2, Sender.BOT, HELLO.text, "chat.hello")
    assert [c.label for c in choices.choices] == ["A bed", "A person"]
    assert [m.seq for m in await store.messages(person, after=1, limit=1)] == [2]
    assert await store.messages(person, after=10**30) == []


async def test_replies_can_come_with_the_message_itself(store: Store, person: Person) -> None:
    card = Outgoing(Sender.BOT, "Call 112.", urgency=Urgency.EMERGENCY, key="safety.emergency_card")
    accepted = await store.accept(person, "c1", "help", replies=[card, HELLO], answered=True)
    assert (accepted.seq, accepted.answered) == (1, True)
    assert [(m.seq, m.urgency) for m in await store.messages(person, after=1)] == [
        (2, Urgency.EMERGENCY),
        (3, Urgency.NONE),
    ]
    assert await store.unanswered(person) == []
    assert not await store.answer(person, 1, [HELLO])


async def test_the_same_client_id_changes_nothing(store: Store, person: Person) -> None:
    change = CaseChange(Urgency.URGENT, page=True)
    first = await store.accept(person, "c1", "one", replies=[HELLO])
    again = await store.accept(person, "c1", "two", replies=[HELLO], case=change)
    assert (again.seq, again.repeated, again.state) == (first.seq, True, Handoff.BOT)
    assert [m.text for m in await store.messages(person)] == ["one", HELLO.text]
    other = (await store.create_conversation(None)).person
    assert not (await store.accept(other, "c1", "another person's")).repeated


async def test_sixteen_deliveries_at_once_are_one_message(store: Store, person: Person) -> None:
    results = await asyncio.gather(*(store.accept(person, "c1", "x", replies=[HELLO]) for _ in range(16)))
    assert {r.seq for r in results} == {1}
    assert sorted(r.repeated for r in results) == [False] + [True] * 15
    assert [m.seq for m in await store.messages(person)] == [1, 2]


async def test_places_have_no_gaps_under_concurrency(store: Store, person: Person) -> None:
    async def turn(i: int) -> None:
        accepted = await store.accept(person, f"c{i % 20}", f"{i % 20}")
        await store.answer(person, accepted.seq, [HELLO])

    await asyncio.gather(*(turn(i) for i in range(40)))
    messages = await store.messages(person)
    assert [m.seq for m in messages] == list(range(1, 41))
    assert sorted(int(m.text) for m in messages if m.sender is Sender.PERSON) == list(range(20))


async def test_a_turn_is_answered_exactly_once(store: Store, person: Person) -> None:
    await store.accept(person, "c1", "x")
    said = await asyncio.gather(*(store.answer(person, 1, [HELLO]) for _ in range(16)))
    assert sorted(said) == [False] * 15 + [True]
    assert [m.seq for m in await store.messages(person)] == [1, 2]


async def test_what_was_not_answered_is_taken_up_in_order(store: Store, person: Person) -> None:
    for i in range(3):
        await store.accept(person, f"c{i}", f"{i}", choice={"intent": "shelter"} if i == 1 else None)
    await store.answer(person, 1, [HELLO])
    waiting = await store.unanswered(person)
    assert [(m.seq, m.text, m.answered, m.choice) for m in waiting] == [
        (2, "1", False, {"intent": "shelter"}),
        (3, "2", False, None),
    ]


async def test_only_the_persons_own_messages_are_answered(store: Store, person: Person) -> None:
    await store.accept(person, "c1", "x", replies=[HELLO])
    assert not await store.answer(person, 2, [HELLO])
    assert not await store.answer(person, 99, [HELLO])
    assert len(await store.messages(person)) == 2


async def test_a_choice_is_found_by_its_token_alone(store: Store, person: Person) -> None:
    await store.accept(person, "c1", "x", replies=[HELLO, CHOICES])
    offered = (await store.messages(person))[2].choices
    assert offered[0].token.startswith("3.")
    found = await store.find_choice(person, offered[1].token)
    assert found is not None
    assert (found.label, found.action) == ("A person", {"command": "handoff"})
    other = (await store.create_conversation(None)).person
    await store.accept(other, "c1", "x", replies=[HELLO, CHOICES])
    for wrong in (
        "",
        "3",
        "3.",
        "3.wrong",
        "1.x",
        "9" * 40,
        "-3.x",
        "٣.x",
        offered[0].token + "\ud800",
        "/intent{}",
    ):
        assert await store.find_choice(person, wrong) is None
    assert await store.find_choice(other, offered[1].token) is None


async def test_a_deleted_conversation_takes_no_message(store: Store, person: Person) -> None:
    await store.accept(person, "c1", "x")
    await store.delete_conversation(person.conversation)
    with pytest.raises(Gone):
        await store.accept(person, "c2", "x")
    with pytest.raises(Gone):
        await store.answer(person, 1, [HELLO])
    with pytest.raises(Gone):
        await store.say(person, "s1", Outgoing(Sender.SYSTEM, "x"))
    with pytest.raises(Gone):
        await store.notify(person.conversation, "s1", Outgoing(Sender.SYSTEM, "x"))
    assert await store.messages(person) == []


async def test_the_system_speaks_without_a_key_and_once(store: Store, person: Person) -> None:
    note = Outgoing(Sender.SYSTEM, "Nobody is at the desk now.")
    assert await store.notify(person.conversation, "late", note) == 1
    assert await store.notify(person.conversation, "late", note) == 1
    assert await store.say(person, "other", note) == 2
    assert [m.text for m in await store.messages(person)] == [note.text, note.text]
    with pytest.raises(ValueError, match="turns"):
        await store.say(person, "bot", Outgoing(Sender.PERSON, "x"))


async def test_another_key_does_not_read(store: Store, person: Person) -> None:
    await store.accept(person, "c1", "x")
    stranger = Person(person.conversation, new_key_pair(), None, Handoff.BOT)
    with pytest.raises(SealingError):
        await store.messages(stranger)


async def test_the_ordinary_turn_is_few_statements(store: Store, person: Person, statements: list[str]) -> None:
    await store.accept(person, "c1", "x")
    assert len(statements) <= 3, statements
    statements.clear()
    await store.answer(person, 1, [HELLO, CHOICES])
    assert len(statements) <= 4, statements


# Whoever is cut off while a connection is being opened leaves it to the garbage collector: Python 3.13 says so.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.filterwarnings("ignore:unclosed database:ResourceWarning")
async def test_whoever_is_cut_off_in_the_middle_leaves_nothing_half(store: Store, person: Person) -> None:
    cut = 0
    for steps in (*range(30), *range(30, 120, 3)):  # on a busy machine the later ones are done before they are cut off
        task = asyncio.ensure_future(store.accept(person, f"c{steps}", "x", replies=[HELLO], answered=True))
        for _ in range(steps):
            await asyncio.sleep(0)
        task.cancel()
        [ended] = await asyncio.gather(task, return_exceptions=True)
        cut += isinstance(ended, asyncio.CancelledError)
    assert cut > 5, "nobody was cut off"
    last = await store.accept(person, "last", "x")
    messages = await store.messages(person)
    assert [m.seq for m in messages] == list(range(1, last.seq + 1))
    kinds = [m.sender for m in messages[:-1]]
    assert kinds == [Sender.PERSON, Sender.BOT] * (len(kinds) // 2)
    again = await store.accept(person, "c117", "x", replies=[HELLO], answered=True)
    assert (await store.messages(person))[again.seq - 1].sender is Sender.PERSON
    gc.collect()


async def test_a_write_that_is_cut_off_lets_go_of_the_database_at_once(
    sqlite_file: str, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also while its statement is open and its exception is still held: SQLite keeps the lock of a closed connection
    as long as there is an open statement, and others would wait for the garbage collector."""
    reached, never = asyncio.Event(), asyncio.Event()

    async def waits(_cursor: aiosqlite.Cursor) -> list[Any]:
        reached.set()
        await never.wait()
        return []

    store = await Store.open(sqlite_file, clock=clock)
    person = (await store.create_conversation("nl")).person
    with monkeypatch.context() as slow:
        slow.setattr(aiosqlite.Cursor, "fetchall", waits)
        task = asyncio.ensure_future(store.accept(person, "c1", "x"))
        await reached.wait()
        task.cancel()
        [ended] = await asyncio.gather(task, return_exceptions=True)
    assert isinstance(ended, asyncio.CancelledError)
    assert (await store.accept(person, "c2", "y")).seq == 1
    await store.close()
    del ended


async def test_what_stood_before_a_message_is_known_after_its_process_died(store: Store) -> None:
    """Its "yes" is one to "are you safe?", and to no question of before."""
    new = await store.create_conversation("nl")
    safety = Outgoing(Sender.SYSTEM, "Safe?", (Choice("", "No", {"command": "unsafe"}),))
    offer = Outgoing(Sender.BOT, "A person?", (Choice("", "Yes", {"intent": "affirm", "question": "handoff"}),))
    seen = []
    for number, asked in enumerate((safety, offer, HELLO)):
        await store.say(new.person, f"asked:{number}", asked)
        accepted = await store.accept(new.person, f"c{number}", "ja")
        session, _ = await Sessions(store).get(new.token)
        assert session is not None
        earlier = session.before(accepted.seq, await store.messages(new.person))
        assert [text for _, text in earlier] == ["ja"] * number
        seen.append((session.safety, session.stood))
        await store.answer(new.person, accepted.seq, [])
    assert seen == [(True, None), (False, "handoff"), (False, None)]


async def test_a_conversation_of_any_length_is_opened_with_its_last_words(store: Store) -> None:
    """Its context is what was written last, and the question under the last thing that was said stands."""
    new = await store.create_conversation("nl")
    for number in range(PAGE):
        await store.say(new.person, f"said:{number}", HELLO)
    await store.accept(new.person, "c", "ja", answered=True)
    await store.say(new.person, "asked", Outgoing(Sender.SYSTEM, "Safe?", (Choice("", "No", {"command": "unsafe"}),)))
    session, _ = await Sessions(store).get(new.token)
    assert session is not None
    assert (session.earlier(), session.safety) == (("ja",), True)
    assert [message.seq for message in await store.talk(new.person)] == list(range(1, PAGE + 3))
    assert [message.seq for message in await store.talk(new.person, PAGE)] == [PAGE + 1, PAGE + 2]

"""What the desk translates is seen by danger too, with a real store and real packages: it raises, and never lowers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from bot import content
from bot.conversation.reassessment import READ
from bot.conversation.service import Service
from bot.conversation.sessions import Session, Sessions
from bot.desk.interpreter import Interpreter
from bot.desk.reassessment import NEWS, LateLook
from bot.desk.service import Desk
from bot.dialogue.client import Engine
from bot.domain.model import Case, CaseChange, Outgoing, Sender, Urgency
from bot.runtime.tasks import Tasks
from bot.runtime.wakeups import Live
from bot.security.rate_limits import Limits
from bot.storage.database.schema import upgrade
from bot.storage.store import Store
from bot.translation import Pool, Translator
from bot.understanding.service import Understanding
from tests.support.databases import Clock
from tests.support.desk import Colleague, join
from tests.support.two_sentences import CALM, Danger, Languages


@dataclass
class Talk:
    """Written to a gateway that looked at no translation, and claimed."""

    service: Service
    store: Store
    clock: Clock
    tasks: Tasks
    desk: Desk
    interpreter: Interpreter
    session: Session
    colleague: Colleague
    danger: Danger
    gate: asyncio.Event
    """Before it is open nothing is encoded."""
    fails: list[Exception]

    async def write(self, text: str) -> int:
        seq = await self.service.handle_message(self.session, str(uuid4()), text)
        await self.tasks.finish(30)
        return seq

    async def claimed(self) -> Case:
        asked = CaseChange(Urgency.NONE)
        await self.store.raise_afterwards(self.session.person, 1, "asked", asked)
        case = await self.case()
        return await self.desk.claim(self.colleague.session, case.id)

    async def case(self) -> Case:
        case = await self.store.case_of(self.session.person.conversation)
        assert case is not None
        return case

    async def read(self, *seqs: int, into: str = "en") -> None:
        readings = await self.interpreter.read(self.colleague.session, (await self.case()).id, seqs, into)
        assert all(reading.made is not None for reading in readings.values())
        await self.tasks.finish(30)

    async def opened(self) -> None:
        self.gate.set()
        await self.tasks.finish(30)

    async def press_safe(self) -> None:
        """The button under a card, as the gateway takes it."""
        said = await self.store.messages(self.session.person)
        token = [c.token for m in said for c in m.choices if c.action.get("command") == "safe"][-1]
        await self.service.handle_choice(self.session, str(uuid4()), token)
        await self.tasks.finish(30)

    async def cards(self) -> int:
        said = [message.key for message in await self.store.messages(self.session.person)]
        return said.count("safety.emergency")


@pytest.fixture
async def talk(tmp_path: Path, packages: Path, words: content.Catalogue) -> AsyncIterator[Talk]:
    url = f"sqlite+aiosqlite:///{tmp_path / 'inloop.db'}"
    await asyncio.to_thread(upgrade, url)
    clock, live, tasks = Clock(), Live(), Tasks()
    store = await Store.open(url, clock=clock)
    engine = Engine("http://127.0.0.1:9", "-", 0.2, asyncio.get_running_loop().time)  # nothing listens there
    gate, fails = asyncio.Event(), list[Exception]()
    gate.set()

    async def encode(_: str) -> None:
        await gate.wait()
        if fails:
            raise fails.pop()

    danger = Danger()
    understanding, sessions = Understanding(danger, Languages(), encode), Sessions(store)
    service = Service(
        store=store, words=words, understanding=understanding, engine=engine, live=live, sessions=sessions,
        tasks=tasks, limits=Limits(1000, 1000), max_text=4000,
    )  # fmt: skip
    desk = Desk(store=store, words=words, live=live, max_text=4000, clock=clock)
    translator = Translator(packages, Pool(1, 120, 1))
    look = LateLook(store, words, understanding, live, sessions, tasks, clock)
    interpreter = Interpreter(desk, translator, Languages(), look)
    colleague = await join(store, clock, "an")
    session = await service.session((await service.start("ro")).token)
    assert session is not None
    yield Talk(service, store, clock, tasks, desk, interpreter, session, colleague, danger, gate, fails)
    await tasks.finish(3)
    await translator.close()
    await engine.close()
    await store.close()


async def test_what_only_the_desks_translation_says_raises_the_case_and_shows_the_card(talk: Talk) -> None:
    seq = await talk.write(CALM)
    case = await talk.claimed()
    await talk.read(seq)
    raised = await talk.case()
    assert (raised.urgency, raised.signals) == (Urgency.EMERGENCY, ("confined",))
    assert READ in await talk.store.case_why(case.id, talk.session.person.keys)
    assert await talk.cards() == 1
    assert talk.session.urgency is Urgency.EMERGENCY, "so that the person's own word can lower it"
    await talk.read(seq)
    assert await talk.cards() == 1


async def test_it_lowers_nothing_and_a_calm_translation_raises_nothing(talk: Talk) -> None:
    seqs = [await talk.write("Vino la 14:30."), await talk.write("Sunt aici.")]
    await talk.claimed()
    await talk.read(*seqs)
    assert (await talk.case()).urgency is Urgency.URGENT
    assert await talk.cards() == 0


async def test_what_was_written_before_the_person_said_that_they_are_safe_raises_nothing(talk: Talk) -> None:
    seq = await talk.write(CALM)
    await talk.store.raise_afterwards(talk.session.person, seq, "other", CaseChange(Urgency.EMERGENCY))
    talk.session.urgency = Urgency.EMERGENCY
    safe = {"command": "safe"}
    await talk.store.accept(talk.session.person, "press", "I am safe", choice=safe, answered=True)
    await talk.store.set_urgency(talk.session.person, Urgency.URGENT)
    await talk.claimed()
    await talk.read(seq)
    assert (await talk.case()).urgency is Urgency.URGENT
    again = await talk.write(CALM)
    await talk.read(seq, again)
    assert (await talk.case()).urgency is Urgency.EMERGENCY, "what they wrote since then counts"


async def test_who_says_in_words_that_they_are_safe_says_it_too(talk: Talk) -> None:
    seq = await talk.write(CALM)
    await talk.store.say(talk.session.person, "reply", Outgoing(Sender.BOT, "Bine.", key="safety.safe_reply"))
    await talk.claimed()
    await talk.read(seq)
    assert (await talk.case()).urgency is Urgency.NONE


async def test_what_was_written_before_an_earlier_case_was_closed_is_no_news(talk: Talk) -> None:
    seq = await talk.write(CALM)
    case = await talk.claimed()
    await talk.desk.close(talk.colleague.session, case.id, "helped")
    await talk.write("Sunt aici.")
    await talk.store.raise_afterwards(talk.session.person, seq, "again", CaseChange(Urgency.NONE))
    await talk.desk.claim(talk.colleague.session, (await talk.case()).id)
    await talk.read(seq)
    assert (await talk.case()).urgency is Urgency.NONE


async def test_who_says_that_they_are_safe_while_it_is_looked_at_is_heard(talk: Talk) -> None:
    seq = await talk.write(CALM)
    case = await talk.claimed()
    talk.gate.clear()
    await talk.interpreter.read(talk.colleague.session, case.id, [seq], "en")
    safe = {"command": "safe"}
    await talk.store.accept(talk.session.person, "press", "I am safe", choice=safe, answered=True)
    await talk.opened()
    assert (await talk.case()).urgency is Urgency.NONE


async def test_a_higher_level_in_another_language_raises_again_with_its_own_card(talk: Talk) -> None:
    seq = await talk.write("Vino la 14:30.")  # urgent by itself, with a card
    await talk.claimed()
    await talk.store.raise_afterwards(talk.session.person, seq, "desk 1", CaseChange(Urgency.URGENT))
    talk.danger.more["Kom om 14:30."] = Urgency.EMERGENCY
    await talk.read(seq, into="nl")
    assert (await talk.case()).urgency is Urgency.EMERGENCY
    assert await talk.cards() == 1


async def test_what_the_desk_raised_falls_by_the_persons_word_in_a_session_that_does_not_know(talk: Talk) -> None:
    seq = await talk.write(CALM)
    await talk.claimed()
    talk.clock.pass_by(seconds=(NEWS + timedelta(seconds=1)).total_seconds())
    await talk.read(seq)  # no card: the session cannot know
    talk.session.urgency = Urgency.NONE
    await talk.write("Vino la 14:30.")
    await talk.press_safe()
    assert (await talk.case()).urgency is Urgency.URGENT


async def test_of_what_was_written_long_ago_the_caseworker_alone_is_told(talk: Talk) -> None:
    seq = await talk.write(CALM)
    await talk.claimed()
    talk.clock.pass_by(seconds=(NEWS + timedelta(seconds=1)).total_seconds())
    await talk.read(seq)
    assert (await talk.case()).urgency is Urgency.EMERGENCY
    assert await talk.cards() == 0


async def test_a_case_that_was_given_back_in_the_meantime_is_raised_and_a_closed_one_is_not(talk: Talk) -> None:
    seq = await talk.write(CALM)
    case = await talk.claimed()
    talk.gate.clear()
    await talk.interpreter.read(talk.colleague.session, case.id, [seq], "en")
    await talk.desk.release(talk.colleague.session, case.id)
    await talk.opened()
    assert (await talk.case()).urgency is Urgency.EMERGENCY

    await talk.desk.claim(talk.colleague.session, case.id)
    again = await talk.write(CALM)
    talk.gate.clear()
    await talk.interpreter.read(talk.colleague.session, case.id, [again], "en")
    await talk.desk.close(talk.colleague.session, case.id, "helped")
    await talk.opened()
    assert await talk.store.queue() == []


async def test_what_could_not_be_looked_at_is_looked_at_when_it_is_read_again(talk: Talk) -> None:
    seq = await talk.write(CALM)
    await talk.claimed()
    talk.fails.append(OSError())
    await talk.read(seq)
    assert (await talk.case()).urgency is Urgency.NONE
    await talk.read(seq)
    assert (await talk.case()).urgency is Urgency.EMERGENCY


async def test_a_deleted_conversation_is_not_raised(talk: Talk) -> None:
    seq = await talk.write(CALM)
    case = await talk.claimed()
    await talk.interpreter.read(talk.colleague.session, case.id, [seq], "en")
    await talk.service.forget(talk.session)
    await talk.tasks.finish(30)
    assert await talk.store.queue() == []

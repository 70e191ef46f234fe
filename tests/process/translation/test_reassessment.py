"""Danger's second look, through the person's door with a real store: it raises, and never lowers; without a translation
nothing is different."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import psutil
import pytest

from bot import content
from bot.conversation import reassessment
from bot.conversation.reassessment import READ, SecondLook
from bot.conversation.service import Service
from bot.conversation.sessions import Session, Sessions
from bot.dialogue.client import Engine
from bot.domain.model import Assessment, Case, Urgency
from bot.runtime.tasks import Tasks
from bot.runtime.wakeups import Live
from bot.security.rate_limits import Limits
from bot.storage.database.schema import upgrade
from bot.storage.store import Store
from bot.translation import Pool, Reason, Translator, Unavailable
from bot.understanding.service import Understanding
from tests.support.databases import Clock
from tests.support.desk import join
from tests.support.two_sentences import CALM, CRY, Danger, Languages, no_encoder


@dataclass
class House:
    service: Service
    store: Store
    tasks: Tasks
    session: Session
    look: SecondLook
    colleague: object

    async def write(self, text: str) -> None:
        await self.service.handle_message(self.session, str(uuid4()), text)
        await self.tasks.finish(30)

    async def case(self) -> Case | None:
        return await self.store.case_of(self.session.person.conversation)

    async def said(self) -> list[str]:
        return [m.key for m in await self.store.messages(self.session.person) if m.key]


@pytest.fixture
async def house(
    tmp_path: Path, packages: Path, words: content.Catalogue
) -> AsyncIterator[Callable[[Translator], object]]:
    url = f"sqlite+aiosqlite:///{tmp_path / 'inloop.db'}"
    await asyncio.to_thread(upgrade, url)
    store = await Store.open(url, clock=Clock())
    engine = Engine("http://127.0.0.1:9", "-", 0.2, asyncio.get_running_loop().time)  # nothing listens there
    understanding = Understanding(Danger(), Languages(), no_encoder)
    translators: list[Translator] = []
    looks: list[SecondLook] = []

    async def made(translator: Translator, pauses: tuple[float, ...] = (0, 0)) -> House:
        translators.append(translator)
        looks.append(SecondLook(translator, understanding, pauses))
        tasks = Tasks()
        service = Service(
            store=store, words=words, understanding=understanding, engine=engine, live=Live(), sessions=Sessions(store),
            tasks=tasks, limits=Limits(1000, 1000), max_text=4000, second_look=looks[-1],
        )  # fmt: skip
        colleague = await join(store, Clock(), f"an{len(translators)}") if len(translators) == 1 else None
        session = await service.session((await service.start("ro")).token)
        assert session is not None
        return House(service, store, tasks, session, looks[-1], colleague)

    yield made  # type: ignore[misc]
    for look in looks:
        look.stop()
    for translator in translators:
        await translator.close()
    await engine.close()
    await store.close()


async def test_what_only_the_translation_says_opens_a_case_and_shows_the_card(house, packages: Path) -> None:
    there = await house(Translator(packages, Pool(1, 120, 1)))
    await there.write(CALM)
    case = await there.case()
    assert case is not None
    assert (case.urgency, case.signals) == (Urgency.EMERGENCY, ("confined",))
    assert (await there.said()).count("safety.emergency") == 1
    assert READ in await there.store.case_why(case.id, there.session.person.keys)
    await there.write(CALM)
    assert (await there.said()).count("safety.emergency") == 1, "once, as long as nothing rises"


async def test_it_never_lowers_what_the_original_says(house, packages: Path) -> None:
    there = await house(Translator(packages, Pool(1, 120, 1)))
    await there.write("Vino la 14:30.")
    case = await there.case()
    assert case is not None
    assert case.urgency is Urgency.URGENT
    await there.write("Sunt aici.")
    assert (await there.case()).urgency is Urgency.URGENT


async def test_without_packages_or_with_a_dead_process_the_turn_is_the_same(house, tmp_path: Path) -> None:
    there = await house(Translator(tmp_path / "none", Pool(1, 120, 1)))
    await there.write(CALM)
    assert await there.case() is None
    assert "engine_down" in await there.said()


class Failing(Pool):
    """Refuses what it is asked for each of `reasons`, and then translates. `asked`: the sentences, in order."""

    def __init__(self, *reasons: Reason) -> None:
        super().__init__(1, 15, 1)
        self.reasons, self.asked = list(reasons), list[str]()
        self.at_once = self.most_at_once = 0

    async def run(self, steps: Sequence[str], sentences: list[str], *rest: Any, **more: Any) -> list[list[str]]:
        self.asked += sentences
        if self.reasons:
            raise Unavailable(self.reasons.pop(0))
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            return await super().run(steps, sentences, *rest, **more)
        finally:
            self.at_once -= 1

    async def until_asked(self, times: int) -> None:
        async with asyncio.timeout(120):
            while len(self.asked) < times:
                await asyncio.sleep(0)


@pytest.mark.parametrize("reason", [Reason.BUSY, Reason.SLOW, Reason.BROKEN])
async def test_a_translator_that_fails_costs_the_turn_nothing_and_is_asked_twice_more(
    house, packages: Path, reason: Reason, caplog: pytest.LogCaptureFixture
) -> None:
    pool = Failing(*[reason] * 9)
    there = await house(Translator(packages, pool))
    await there.write(CALM)
    assert await there.case() is None
    assert "engine_down" in await there.said()
    assert pool.asked == [CALM] * 3
    assert CALM not in caplog.text
    assert "second_look.missed" in caplog.messages


@pytest.mark.parametrize("reasons", [[Reason.BUSY], [Reason.SLOW], [Reason.BROKEN, Reason.BUSY]])
async def test_what_could_not_be_looked_at_is_looked_at_later(house, packages: Path, reasons: list[Reason]) -> None:
    there = await house(Translator(packages, Failing(*reasons)))
    await there.write(CALM)
    case = await there.case()
    assert case is not None
    assert case.urgency is Urgency.EMERGENCY
    assert (await there.said()).count("safety.emergency") == 1


class Saying(Pool):
    """Translates each sentence as it is told, whatever it is."""

    def __init__(self, *said: str) -> None:
        super().__init__(1, 15, 1)
        self.said = said

    async def run(self, steps: Sequence[str], sentences: list[str], *rest: Any, **more: Any) -> list[list[str]]:
        return [[text] for text in self.said]


@pytest.mark.parametrize(
    "bad", ["Nu stiu unde sunt acum.", "no " * 30, "I"], ids=["stayed as it was", "again and again", "a single word"]
)
async def test_a_sentence_that_went_wrong_hides_no_other(house, packages: Path, bad: str) -> None:
    there = await house(Translator(packages, Saying(bad, CRY)))
    await there.write(f"Nu stiu unde sunt acum. {CALM}")
    assert (await there.case()).urgency is Urgency.EMERGENCY
    made = await Translator(packages, Saying(bad, CRY)).translate(
        f"Nu stiu unde sunt acum. {CALM}", "ro", "en", conversation=1
    )
    assert (made.sound, made.text) == (CRY, f"{bad} {CRY}"), "and is itself not looked at"


class Killed(Pool):
    """Its process is killed while the first request is with it."""

    async def run(self, steps: Sequence[str], *rest: Any, **more: Any) -> list[list[str]]:
        (process,) = [psutil.Process(pid) for pid in self.pids] or [None]
        if process is None or self.killed:
            return await super().run(steps, *rest, **more)
        self.killed = True
        process.suspend()
        asked = asyncio.ensure_future(super().run(steps, *rest, **more))
        await asyncio.sleep(0)
        process.kill()
        return await asked

    killed = False


async def test_a_process_that_is_killed_over_a_message_is_only_a_delay(house, packages: Path) -> None:
    pool = Killed(1, 15, 1)
    translator = Translator(packages, pool)
    there = await house(translator)
    await translator.translate("Sunt aici.", "ro", "nl", conversation=0)
    await there.write(CALM)
    assert pool.killed
    assert (await there.case()).urgency is Urgency.EMERGENCY


async def test_what_waits_is_looked_at_in_its_order_and_takes_one_place_in_the_queue(house, packages: Path) -> None:
    texts = ["Mi-e foame.", CALM, "Sunt aici."]
    pool = Failing(*[Reason.BUSY] * 3)
    there = await house(Translator(packages, pool))
    found = await asyncio.gather(*(there.look.of(text, "ro", n, Assessment()) for n, text in enumerate(texts)))
    assert pool.asked == [*texts, *texts]
    assert pool.most_at_once == 1
    assert [assessment is not None for assessment in found] == [False, True, False]


async def test_a_reason_that_does_not_pass_is_not_tried_again(house, packages: Path) -> None:
    pool = Failing(Reason.MISSING)
    there = await house(Translator(packages, pool))
    await there.write(CALM)
    assert (pool.asked, await there.case()) == ([CALM], None)


async def test_a_deleted_conversation_is_not_looked_at_again_and_its_text_is_held_by_nobody(
    house, packages: Path
) -> None:
    pool = Failing(Reason.BUSY)
    there = await house(Translator(packages, pool), (600.0,))
    await there.service.handle_message(there.session, str(uuid4()), CALM)
    await pool.until_asked(1)
    await there.service.forget(there.session)
    async with asyncio.timeout(120):
        await there.tasks.finish(30)
    assert pool.asked == [CALM]
    assert not [task for task in asyncio.all_tasks() if "_look_again" in repr(task)]


async def test_a_stop_waits_for_no_later_look(house, packages: Path) -> None:
    pool = Failing(Reason.BUSY, Reason.BUSY)
    there = await house(Translator(packages, pool), (600.0,))
    await there.service.handle_message(there.session, str(uuid4()), CALM)
    await pool.until_asked(1)
    there.look.stop()
    await there.service.handle_message(there.session, str(uuid4()), "Sunt aici.")  # fails after the stop
    async with asyncio.timeout(120):
        await there.tasks.finish(30)
    assert pool.asked == [CALM, "Sunt aici."]


async def test_only_so_many_wait(house, packages: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reassessment, "WAITING", 1)
    there = await house(Translator(packages, Failing(Reason.BUSY, Reason.BUSY)), (600.0,))
    looks = [asyncio.ensure_future(there.look.of(text, "ro", 1, Assessment())) for text in (CALM, "Sunt aici.")]
    async with asyncio.timeout(120):
        done, waits = await asyncio.wait(looks, return_when=asyncio.FIRST_COMPLETED)
    assert ([look.result() for look in done], len(waits)) == ([None], 1)
    there.look.forget(1)
    await asyncio.wait(waits)


async def test_none_waits_for_long(house, packages: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reassessment, "LONGEST", 0.05)
    pool = Failing(Reason.BUSY)
    there = await house(Translator(packages, pool), (600.0,))
    async with asyncio.timeout(120):
        assert await there.look.of(CALM, "ro", 1, Assessment()) is None
    assert pool.asked == [CALM]


@pytest.mark.parametrize("elsewhere", [False, True])
async def test_a_deleted_conversation_is_not_raised_again(house, packages: Path, elsewhere: bool) -> None:
    there = await house(Translator(packages, Pool(1, 120, 1)))
    await there.service.handle_message(there.session, str(uuid4()), CALM)
    if elsewhere:  # by a command, of which this process knows nothing
        await there.store.delete_conversation(there.session.person.conversation)
    else:
        await there.service.forget(there.session)
    await there.tasks.finish(30)
    assert await there.store.queue() == []

"""Danger's second look, through the person's door with a real store: it raises, and never lowers; without a translation
nothing is different."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest

from bot import content
from bot.core.model import Assessment, Case, Urgency
from bot.dialogue.engine import Engine
from bot.limits import Limits
from bot.live.local import Live
from bot.second_look import READ, SecondLook
from bot.service import Service
from bot.sessions import Session, Sessions
from bot.storage.schema import upgrade
from bot.storage.store import Store
from bot.tasks import Tasks
from bot.translation import Pool, Reason, Translator, Unavailable
from bot.understanding import Understanding
from tests.support.databases import Clock
from tests.support.desk import join

CALM, CRY = "Mi-e frică.", "I am afraid."
"""As the real tiny model translates it."""


@dataclass(frozen=True)
class Detected:
    code: str | None = "ro"
    confidence: float = 1.0
    sure: bool = True


class Languages:
    def detect(self, text: str, *, chosen: str | None, hints: object = ()) -> Detected:
        return Detected("en") if text == CRY else Detected()


class Danger:
    """Knows one English sentence, and one Romanian."""

    def context(self, text: str, earlier: object, alone: object = None) -> None:
        """Fragments are not read together here."""

    def assess(self, text: str, **_: object) -> Assessment:
        if text == CRY:
            return Assessment(Urgency.EMERGENCY, ("confined",), ("pattern en",), 0.9)
        if text == "Vino la 14:30.":
            return Assessment(Urgency.URGENT, ("discovered",), ("pattern ro",), 0.9)
        return Assessment()


async def no_encoder(_: str) -> None:
    return None


@dataclass
class House:
    service: Service
    store: Store
    tasks: Tasks
    session: Session
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

    async def made(translator: Translator) -> House:
        translators.append(translator)
        tasks = Tasks()
        service = Service(
            store=store, words=words, understanding=understanding, engine=engine, live=Live(), sessions=Sessions(store),
            tasks=tasks, limits=Limits(1000, 1000), max_text=4000, second_look=SecondLook(translator, understanding),
        )  # fmt: skip
        colleague = await join(store, Clock(), f"an{len(translators)}") if len(translators) == 1 else None
        session = await service.session((await service.start("ro")).token)
        assert session is not None
        return House(service, store, tasks, session, colleague)

    yield made  # type: ignore[misc]
    for translator in translators:
        await translator.close()
    await engine.close()
    await store.close()


async def test_what_only_the_translation_says_opens_a_case_and_shows_the_card(house, packages: Path) -> None:
    there = await house(Translator(packages, Pool(1, 15, 1)))
    await there.write(CALM)
    case = await there.case()
    assert case is not None
    assert (case.urgency, case.signals) == (Urgency.EMERGENCY, ("confined",))
    assert (await there.said()).count("safety.emergency") == 1
    assert READ in await there.store.case_why(case.id, there.session.person.keys)
    await there.write(CALM)
    assert (await there.said()).count("safety.emergency") == 1, "once, as long as nothing rises"


async def test_it_never_lowers_what_the_original_says(house, packages: Path) -> None:
    there = await house(Translator(packages, Pool(1, 15, 1)))
    await there.write("Vino la 14:30.")
    case = await there.case()
    assert case is not None
    assert case.urgency is Urgency.URGENT
    await there.write("Sunt aici.")
    assert (await there.case()).urgency is Urgency.URGENT


async def test_without_packages_or_with_a_dead_process_the_turn_is_the_same(house, tmp_path: Path) -> None:
    there = await house(Translator(tmp_path / "none", Pool(1, 15, 1)))
    await there.write(CALM)
    assert await there.case() is None
    assert "engine_down" in await there.said()


class Dead:
    async def run(self, *_: object, **__: object) -> list[list[str]]:
        raise Unavailable(Reason.BROKEN)

    async def close(self) -> None:
        pass


async def test_a_translator_that_fails_costs_nothing(house, packages: Path) -> None:
    there = await house(Translator(packages, Dead()))  # type: ignore[arg-type]
    await there.write(CALM)
    assert await there.case() is None
    assert "engine_down" in await there.said()


async def test_a_deleted_conversation_is_not_raised_again(house, packages: Path) -> None:
    there = await house(Translator(packages, Pool(1, 15, 1)))
    await there.service.handle_message(there.session, str(uuid4()), CALM)
    await there.service.forget(there.session)
    await there.tasks.finish(30)
    assert await there.store.queue() == []

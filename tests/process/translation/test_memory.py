"""What was translated is kept in memory only, half an hour at most, and not at all once it is forgotten."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.translation import Pool, Translator
from bot.translation import memory as memories
from bot.translation.memory import CONVERSATIONS, SECONDS, TEXTS, Key, Memory
from tests.support.steady import Steady


def key(number: int) -> Key:
    return number.to_bytes(16), "nl", "en"


@pytest.fixture
def clock() -> Steady:
    return Steady()


@pytest.fixture
async def memory(clock: Steady) -> AsyncIterator[Memory[str]]:
    made = Memory[str](clock)
    yield made
    made.close()


async def test_each_text_is_kept_half_an_hour_and_no_longer_in_a_talk_that_goes_on(
    memory: Memory[str], clock: Steady
) -> None:
    for number in range(20):
        memory.of(1).put(key(number), str(number))
        clock.now += 200
    assert [number for number in range(20) if memory.of(1).get(key(number))] == list(range(12, 20))
    memory.tidy()
    assert len(memory) == 8


async def test_nothing_stays_when_nobody_asks(clock: Steady, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memories, "SECONDS", 0.05)
    memory = Memory[str]()
    for conversation in range(3):
        memory.of(conversation).put(key(conversation), "text")
    memory.of(9)  # what was asked for and could not be translated leaves nothing either
    async with asyncio.timeout(120):
        while memory._kept:
            await asyncio.sleep(0.01)
    assert memory._timer is None, "and then nothing runs"


async def test_it_goes_when_the_oldest_is_due_and_the_next_when_it_is(memory: Memory[str], clock: Steady) -> None:
    memory.of(1).put(key(1), "a")
    clock.now += SECONDS - 1
    memory.of(2).put(key(2), "b")
    clock.now += 1
    memory.tidy()
    assert len(memory) == 1
    loop = asyncio.get_running_loop()
    assert memory._timer is not None
    assert memory._timer.when() - loop.time() == pytest.approx(SECONDS - 1, abs=5)


async def test_it_has_a_limit_of_conversations_and_of_texts(memory: Memory[str]) -> None:
    for number in range(TEXTS + 5):
        memory.of(0).put(key(number), str(number))
    assert len(memory) == TEXTS
    assert memory.of(0).get(key(4)) is None
    for conversation in range(CONVERSATIONS):
        memory.of(1 + conversation).put(key(0), "a")
    assert len(memory) == CONVERSATIONS


async def test_forgotten_is_forgotten_while_a_translation_is_under_way(packages: Path) -> None:
    translator = Translator(packages, Pool(1, 120, 1))
    try:
        under_way = asyncio.ensure_future(translator.translate("Ik ben bang.", "nl", "en", conversation=7))
        other = asyncio.ensure_future(translator.translate("Ik ben bang.", "nl", "en", conversation=8))
        await asyncio.sleep(0)
        translator.forget(7)
        assert (await under_way).text == "I am afraid.", "who asked is answered"
        kept = await other
        assert len(translator._memory) == 1
        assert await translator.translate("Ik ben bang.", "nl", "en", conversation=8) is kept
        assert await translator.translate("Ik ben bang.", "nl", "en", conversation=7) is not await under_way
    finally:
        await translator.close()
    assert len(translator._memory) == 0

"""That somebody is writing: told to who listens, at most so often, and nothing of it is kept."""

from __future__ import annotations

import asyncio

from bot.runtime.writing import EVERY, Writing


def woken() -> asyncio.Future[None]:
    return asyncio.get_running_loop().create_future()


async def told(writing: Writing, reader: str, *where: int) -> list[int]:
    """What a stream of `reader` tells when these signs come, and then something else."""
    with writing.listening(reader) as signs:
        waiter = woken()
        for one in where:
            writing.tell("reader", one)
        found = []
        async with asyncio.timeout(120):
            async for one in signs.until(waiter, 60):
                found.append(one)
                if len(found) == len(set(where)):
                    waiter.set_result(None)
        return found


async def test_who_listens_is_told_once_of_each() -> None:
    assert sorted(await told(Writing(), "reader", 7, 9, 7)) == [7, 9]


async def test_nobody_else_is_and_nothing_waits_for_who_comes_later() -> None:
    writing = Writing()
    writing.tell("reader", 7)
    for reader in ("reader", "another"):
        with writing.listening(reader) as signs:
            if reader == "another":
                writing.tell("reader", 7)
            assert [one async for one in signs.until(woken(), 0.01)] == []


async def test_what_was_being_written_and_has_come_is_not_told_after_it() -> None:
    writing = Writing()
    with writing.listening("reader") as signs:
        writing.tell("reader", 7)
        signs.drop()
        assert [one async for one in signs.until(woken(), 0.01)] == []


async def test_a_message_is_not_held_up() -> None:
    """Whoever was woken for one goes and reads it, before any sign."""
    writing, waiter = Writing(), woken()
    waiter.set_result(None)
    with writing.listening("reader") as signs:
        writing.tell("reader", 7)
        assert [one async for one in signs.until(waiter, 60)] == []


def test_too_many_signs_are_dropped_and_where_it_is_off_all_of_them() -> None:
    now = [0.0]
    writing = Writing(now=lambda: now[0])
    assert writing.may("an") and writing.may("bart")
    now[0] += EVERY / 2
    assert not writing.may("an")
    now[0] += EVERY / 2
    assert writing.may("an")
    assert not Writing(on=False).may("an")

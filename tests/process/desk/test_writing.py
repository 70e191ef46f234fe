"""That the other side is writing: the owner of a case and its person see it of one another, and nobody else does."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest

from bot.runtime.writing import Writing
from tests.process.desk.test_standing import events
from tests.support.office import Office, Visitor


@asynccontextmanager
async def desk(client: httpx.AsyncClient) -> AsyncIterator[AsyncIterator[tuple[str, dict[str, object]]]]:
    async def read(lines: AsyncIterator[str]) -> AsyncIterator[tuple[str, dict[str, object]]]:
        name = ""
        async for line in lines:
            if line.startswith("event:"):
                name = line[6:].strip()
            elif line.startswith("data:"):
                yield name, json.loads(line[5:])

    async with client.stream("GET", "/desk/api/events") as answer:
        yield read(answer.aiter_lines())


async def signs(person: Visitor) -> int:
    return (await person.http.post("/api/writing", headers=person.headers)).status_code


async def test_each_sees_that_the_other_one_writes(office: Office) -> None:
    noor = await office.caseworker("Noor")
    person, case = await office.emergency()
    await noor.post(f"/desk/api/cases/{case}/claim")
    async with asyncio.timeout(120), desk(noor) as at_desk, events(person, "?state=1") as on_page:
        async for name, _ in at_desk:
            if name == "queue":
                assert await signs(person) == 204
            elif name == "writing":
                break
        async for name, data in on_page:
            if name == "state" and data["state"] == "here":
                assert (await noor.post(f"/desk/api/cases/{case}/writing")).status_code == 204
            elif name == "writing":
                assert data == {}
                break


async def test_nobody_else_can_say_so_or_is_told(office: Office) -> None:
    noor, eva = await office.caseworker("Noor"), await office.caseworker("Eva")
    person, case = await office.emergency()
    told: list[tuple[str, int]] = []
    office.live.writing.tell = lambda reader, where: told.append((reader, where))  # type: ignore[method-assign]
    assert await signs(person) == 204
    assert told == [], "nobody has the case"
    await noor.post(f"/desk/api/cases/{case}/claim")
    office.live.writing.may = lambda _: True  # type: ignore[method-assign]
    assert (await eva.post(f"/desk/api/cases/{case}/writing")).status_code == 409
    assert told == []
    await signs(person)
    await noor.post(f"/desk/api/cases/{case}/writing")
    assert told == [(f"desk:{office.colleagues[0].id}", case), (told[1][0], case)]
    await noor.post(f"/desk/api/cases/{case}/release")
    await signs(person)
    assert len(told) == 2


async def test_of_many_signs_few_are_passed_on_and_a_message_is_taken_all_the_same(office: Office) -> None:
    noor = await office.caseworker("Noor")
    person, case = await office.emergency()
    await noor.post(f"/desk/api/cases/{case}/claim")
    office.live.writing = Writing(now=lambda: 0.0)
    told: list[int] = []
    office.live.writing.tell = lambda _, where: told.append(where)  # type: ignore[method-assign]
    for _ in range(20):
        assert await signs(person) == 204
    assert told == [case]
    before = len(await person.messages())
    await person.write("They locked me in")
    assert len(await person.messages()) > before


@pytest.mark.parametrize("on", [True, False])
async def test_where_it_is_switched_off_no_page_sends_a_sign(office: Office, on: bool) -> None:
    html = (await office.browser().get("/")).text
    assert 'data-writing="1"' in html
    office.live.writing = Writing(on)
    noor = await office.caseworker("Noor")
    person, case = await office.emergency()
    await noor.post(f"/desk/api/cases/{case}/claim")
    told: list[int] = []
    office.live.writing.tell = lambda _, where: told.append(where)  # type: ignore[method-assign]
    await signs(person)
    assert bool(told) is on

"""A flood of alarms is one row of the queue that counts, and buries nobody."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from bot.security.alarm_floods import FREE
from bot.web.desk import router as desk_web
from bot.web.middleware.source import Source
from tests.process.desk.test_live import stream, until
from tests.support.office import LOCKED_IN, Office, Visitor

FROM = "X-From"


@pytest.fixture(autouse=True)
def sources(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a visitor of these tests comes from."""
    monkeypatch.setattr(Source, "account", lambda self, request: request.headers.get(FROM))


async def alarm(office: Office, source: str) -> Visitor:
    person = await office.visitor()
    person.headers[FROM] = source
    await person.write(LOCKED_IN)
    return person


async def rows(desk: httpx.AsyncClient) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await desk.get("/desk/api/queue")).json()["cases"]
    return found


async def test_a_flood_is_one_row_that_counts_behind_who_is_in_danger(office: Office) -> None:
    noor = await office.caseworker("Noor")
    for _ in range(FREE + 6):
        flooding = await alarm(office, "flood")
    real = await alarm(office, "elsewhere")
    for person in (real, flooding):  # nobody waits for a card
        assert any(message.get("urgency") == "emergency" for message in await person.messages())
    *alone, folded = await rows(noor)
    assert [row["alike"] for row in alone] == [0] * (FREE + 1)
    assert folded["alike"] == 5
    assert len(await office.store.queue()) == FREE + 7, "all of them are kept"

    assert (await noor.post(f"/desk/api/cases/{folded['id']}/claim")).status_code == 200
    waiting = [row for row in await rows(noor) if row["state"] == "waiting"]
    assert waiting[-1]["alike"] == 4 and waiting[-1]["id"] != folded["id"]

    await noor.post(f"/desk/api/cases/{folded['id']}/release")  # somebody has talked with them: no part of it any more
    again = {row["id"]: row["alike"] for row in await rows(noor)}
    assert again[folded["id"]] == 0 and again[waiting[-1]["id"]] == 4


async def test_the_row_opens_and_each_of_them_can_be_taken(office: Office) -> None:
    noor = await office.caseworker("Noor")
    for _ in range(FREE + 4):
        await alarm(office, "flood")
    *alone, folded = await rows(noor)
    others = (await noor.get(f"/desk/api/queue/{folded['id']}/alike")).json()["cases"]
    assert len(others) == folded["alike"] == 3
    assert {row["id"] for row in (*alone, folded, *others)} == {case.id for case in await office.store.queue()}
    assert not {"why", "kind", "readable"} & others[0].keys()
    assert (await noor.post(f"/desk/api/cases/{others[-1]['id']}/claim")).status_code == 200
    assert (await noor.get(f"/desk/api/queue/{alone[0]['id']}/alike")).json()["cases"] == []
    assert (await noor.get("/desk/api/queue/4711/alike")).status_code == 404


async def test_it_rings_until_all_that_came_was_heard_and_again_for_one_more(office: Office) -> None:
    noor = await office.caseworker("Noor")
    for _ in range(FREE + 3):
        await alarm(office, "flood")
    *alone, folded = await rows(noor)
    assert all(row["unheard"] for row in (*alone, folded))
    for row in (*alone, folded):
        assert (await noor.post(f"/desk/api/cases/{row['number']}/heard")).status_code == 204
    assert not any(row["unheard"] for row in await rows(noor))
    assert not any(case.unheard for case in await office.store.queue())
    await alarm(office, "flood")
    after = (await rows(noor))[-1]
    assert after["id"] == folded["id"] and after["unheard"] and after["alike"] == 3


async def test_the_next_case_is_one_beside_the_flood(office: Office) -> None:
    noor = await office.caseworker("Noor")
    for _ in range(FREE + 3):
        await alarm(office, "flood")
    first = [row["id"] for row in await rows(noor)][:FREE]
    await alarm(office, "elsewhere")
    alone = [row["id"] for row in await rows(noor) if not row["alike"]]
    taken = [(await noor.post("/desk/api/claims")).json()["id"] for _ in range(FREE + 1)]
    assert taken == [*first, alone[-1]]
    assert (await noor.post("/desk/api/claims")).status_code == 201, "and then the flood, one by one"


async def test_the_stream_folds_it_too(office: Office) -> None:
    noor = await office.caseworker("Noor")
    for _ in range(FREE + 4):
        await alarm(office, "flood")
    async with stream(noor) as events:
        data = await until(events, "queue")
    assert [row["alike"] for row in data["cases"]] == [0] * FREE + [3]


def test_a_long_queue_is_sent_less_often_but_not_seldom() -> None:
    assert desk_web.settle(0) == desk_web.settle(desk_web.ROWS) == desk_web.SETTLE
    assert desk_web.settle(2 * desk_web.ROWS) == 2 * desk_web.SETTLE
    assert desk_web.settle(10**6) == desk_web.SELDOM

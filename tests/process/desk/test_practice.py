"""A new caseworker does everything of a night with invented persons, and nothing of it reaches anybody."""

from __future__ import annotations

import asyncio
import sqlite3
import tempfile
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from bot.desk import practice
from tests.support.office import LOCKED_IN, Office

CANARY = "Quillonda waits behind the green stairs"
ROOM = "/desk/practice"


@pytest.fixture(autouse=True)
def rooms(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in which rooms are made."""
    folder = tmp_path / "rooms"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


async def begin(client: httpx.AsyncClient, language: str = "en") -> httpx.AsyncClient:
    """Another page of the same browser, at the practice desk: the same cookie, and the token of the room."""
    answer = await client.post(f"{ROOM}/begin", json={"language": language})
    assert answer.status_code == 204, answer.text
    page = httpx.AsyncClient(base_url=client.base_url.join(f"{ROOM}/"), timeout=120, trust_env=False)
    page.cookies = client.cookies
    session = await page.get("api/session")
    assert session.status_code == 200, session.text
    page.headers["X-Desk-Token"] = session.json()["token"]
    return page


@pytest.fixture
async def noor(office: Office) -> httpx.AsyncClient:
    return await office.caseworker("Noor")


@pytest.fixture
async def desk(noor: httpx.AsyncClient) -> AsyncIterator[httpx.AsyncClient]:
    page = await begin(noor)
    yield page
    await page.aclose()


async def queue(page: httpx.AsyncClient) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await page.get("api/queue")).json()["cases"]
    return found


async def texts(page: httpx.AsyncClient, case: int) -> list[str]:
    read = (await page.get(f"api/cases/{case}/messages")).json()["messages"]
    return [m["text"] for m in read if m["from"] == "person"]


async def reply(page: httpx.AsyncClient, case: int, words: str, name: str = "", **more: Any) -> httpx.Response:
    return await page.post(f"api/cases/{case}/messages", json={"id": name or str(uuid4()), "text": words} | more)


def kept(folder: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of the real database; of sessions not, whose end somebody who practises puts off."""
    [path] = folder.glob("*.db")
    with sqlite3.connect(path) as connection:
        named = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {
            name: sorted(connection.execute(f'SELECT * FROM "{name}"'), key=repr)
            for name in named
            if name != "desk_sessions"
        }


async def test_everything_of_a_night(desk: httpx.AsyncClient, office: Office) -> None:
    rows = await queue(desk)
    assert len(rows) == 5
    assert [(row["urgency"], row["unheard"]) for row in rows][:2] == [("emergency", True), ("none", False)]
    danger = rows[0]["id"]
    assert (await desk.post(f"api/cases/{danger}/heard")).status_code == 204
    assert not (await queue(desk))[0]["unheard"]
    assert (await desk.post("api/claims")).json()["id"] == danger
    assert await texts(desk, danger) == ["They have locked the door and I cannot get out. Please help."]

    name = str(uuid4())
    for _ in range(2):  # what is sent twice is answered once
        assert (await reply(desk, danger, CANARY, name)).status_code == 202
    assert (await texts(desk, danger))[1:] == ["I am alone now. They come back in the evening."]

    note = {"id": str(uuid4()), "text": CANARY}
    assert (await desk.post(f"api/cases/{danger}/notes", json=note)).status_code == 204
    assert CANARY in (await desk.get(f"api/cases/{danger}/notes")).text
    judged = {"urgency": "urgent", "reason": "help_there"}
    assert (await desk.put(f"api/cases/{danger}/urgency", json=judged)).status_code == 204
    hold = {"at": (office.clock() + timedelta(hours=2)).isoformat()}
    assert (await reply(desk, danger, "later", hold=hold)).json() == {"seq": None}
    [held] = (await desk.get(f"api/cases/{danger}/held")).json()["held"]
    assert (await desk.delete(f"api/cases/{danger}/held/{held['name']}")).status_code == 204

    assert (await desk.post(f"api/cases/{danger}/close", json={"outcome": "helped"})).status_code == 204
    assert danger not in [row["id"] for row in await queue(desk)]
    assert (await desk.post(f"api/cases/{danger}/reopen")).status_code == 200, "undone"
    [colleague] = (await desk.get("api/colleagues")).json()["colleagues"]
    assert colleague["refusal"] is None
    assert (await desk.post(f"api/cases/{danger}/transfer", json={"to": colleague["id"]})).status_code == 204


async def test_who_goes_silent_says_nothing_more(desk: httpx.AsyncClient) -> None:
    for row in (await queue(desk))[1:]:
        await desk.post(f"api/cases/{row['id']}/claim")
        if await texts(desk, row["id"]) == ["is somebody there"]:
            break
        await desk.post(f"api/cases/{row['id']}/release")
    for words in ("yes", "I am here", "are you there?"):
        await reply(desk, row["id"], words)
    assert await texts(desk, row["id"]) == ["is somebody there", "wait, somebody is coming"]


async def test_nothing_of_it_is_in_the_real_database(
    desk: httpx.AsyncClient, noor: httpx.AsyncClient, office: Office, tmp_path: Path
) -> None:
    before = kept(tmp_path)
    case = (await desk.post("api/claims")).json()["id"]
    await reply(desk, case, CANARY)
    await desk.post(f"api/cases/{case}/notes", json={"id": str(uuid4()), "text": CANARY})
    await desk.put("api/alias", json={"name": "Quillonda", "line": ""})
    await desk.put("api/session/language", json={"language": "fr"})
    await desk.post(f"api/cases/{case}/close", json={"outcome": "helped"})
    assert kept(tmp_path) == before, "cases, figures, audit, pages, presence: every row as it was"
    assert (await noor.get("/desk/api/queue")).json()["cases"] == []
    assert await office.store.take_outbox(9, timedelta(0)) == []


async def test_the_two_desks_of_one_browser_do_not_mix(
    desk: httpx.AsyncClient, noor: httpx.AsyncClient, office: Office
) -> None:
    _, real = await office.emergency()
    number = (await noor.get("/desk/api/queue")).json()["cases"][0]["number"]
    rows = await queue(desk)
    assert number not in [row["number"] for row in rows]
    assert rows[0]["number"] not in (await noor.get("/desk/api/queue")).text
    token = {"X-Desk-Token": noor.headers["X-Desk-Token"]}
    assert (await desk.post("api/claims", headers=token)).status_code == 403, "the token of the other desk"
    token = {"X-Desk-Token": desk.headers["X-Desk-Token"]}
    assert (await noor.post("/desk/api/claims", headers=token)).status_code == 403
    assert (await noor.post(f"/desk/api/cases/{real}/claim")).status_code == 200
    await desk.post("api/claims")
    read = (await noor.get(f"/desk/api/cases/{real}/messages")).json()["messages"]
    assert LOCKED_IN in [m["text"] for m in read]


async def test_each_has_a_room_of_their_own(desk: httpx.AsyncClient, office: Office) -> None:
    other = await begin(await office.caseworker("Jan"), "nl")
    case = (await other.post("api/claims")).json()["id"]
    assert (await texts(other, case))[0].startswith("Ze hebben de deur op slot")
    assert len([row for row in await queue(desk) if row["state"] == "waiting"]) == 5
    await other.aclose()


async def test_it_is_forgotten_at_its_end(desk: httpx.AsyncClient, noor: httpx.AsyncClient, rooms: Path) -> None:
    assert len(list(rooms.glob("inloop-practice-*"))) == 1
    assert (await desk.delete("api/session")).status_code == 204
    assert list(rooms.iterdir()) == []
    assert (await desk.get("api/queue")).status_code == 401
    assert (await noor.get("/desk/api/session")).status_code == 200, "the real session goes on"
    again = await begin(noor)
    assert (await noor.delete("/desk/api/session")).status_code == 204
    assert list(rooms.iterdir()) == [], "logging out ends it too"
    assert (await again.get("api/queue")).status_code == 401
    await again.aclose()


@pytest.mark.parametrize(("every", "times"), [(31, 1), (20, 12)])
async def test_it_ends_by_itself(
    desk: httpx.AsyncClient, noor: httpx.AsyncClient, office: Office, every: int, times: int
) -> None:
    """Half an hour in which nothing is done, or four hours in all."""
    for _ in range(times):
        assert (await desk.get("api/queue")).status_code == 200
        await desk.post("api/session/here")
        office.clock.pass_by(minutes=every)
    assert (await desk.get("api/queue")).status_code == 401


async def test_only_who_works_on_cases_practises(office: Office, noor: httpx.AsyncClient) -> None:
    stranger = office.browser()
    assert (await stranger.post(f"{ROOM}/begin", json={"language": "en"})).status_code == 401
    assert (await stranger.get(f"{ROOM}/api/queue")).status_code == 401
    admin = await office.caseworker("Ada", "administrator")
    assert (await admin.post(f"{ROOM}/begin", json={"language": "en"})).status_code == 403
    foreign = {"Origin": "https://elsewhere.example"}
    assert (await noor.post(f"{ROOM}/begin", json={"language": "en"}, headers=foreign)).status_code == 403
    assert (await noor.get(f"{ROOM}/api/queue")).status_code == 401, "nothing begins by itself"


async def test_no_more_rooms_than_there_is_memory_for(
    office: Office, noor: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(practice, "MOST_ROOMS", 1)
    for page in [await begin(noor), await begin(noor)]:  # one's own is replaced
        await page.aclose()
    jan = await office.caseworker("Jan")
    assert (await jan.post(f"{ROOM}/begin", json={"language": "en"})).status_code == 429


async def test_the_page_says_what_it_is(office: Office, noor: httpx.AsyncClient) -> None:
    for lang in ("en", "nl", "fr"):
        page = (await noor.get(f"{ROOM}?lang={lang}")).text
        word = office.words.label("desk.practice", lang)
        assert f"<title>{word} · " in page and 'id="practice"' in page
        assert word not in (await noor.get(f"/desk?lang={lang}")).text.split("<body")[0]


async def test_a_danger_rings_on_its_own_desk_alone(
    desk: httpx.AsyncClient, noor: httpx.AsyncClient, office: Office
) -> None:
    async def first(client: httpx.AsyncClient, path: str) -> str:
        async with client.stream("GET", path) as stream:
            async for line in stream.aiter_lines():
                if line.startswith("data: {"):
                    return line
        return ""

    async with asyncio.timeout(120):
        assert '"unheard": true' in await first(desk, "api/events")
        assert '"cases": []' in await first(noor, "/desk/api/events")

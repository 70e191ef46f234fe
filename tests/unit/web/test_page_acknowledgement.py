"""The link of a page: one tap on a phone without a log-in, signed, used once, over in time, and without any content."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from bot import content
from bot.domain.model import CaseChange, Urgency
from bot.oncall.page_links import Links
from bot.runtime.wakeups import Live
from bot.storage.database.schema import upgrade
from bot.storage.store import Store
from bot.web import errors, page_acknowledgement
from bot.web.middleware.guard import Guard
from tests.support.databases import Clock
from tests.support.oncall import KEY, PACES

TEXT = "he keeps us behind the blue door"


class Office:
    """A gateway's door for pages, and one page that was sent."""

    def __init__(self, store: Store, clock: Clock, http: httpx.AsyncClient, links: Links) -> None:
        self.store, self.clock, self.http, self.links = store, clock, http, links

    async def paged(self) -> tuple[str, str]:
        """The path of the link, and the number of the case."""
        person = (await self.store.create_conversation("nl")).person
        await self.store.accept(person, "1", TEXT, case=CaseChange(Urgency.EMERGENCY, ("confined",), page=True))
        (ladder,) = [each for each in await self.store.ladders() if each.rung == 0]
        await self.store.climb(ladder, 1, [1], timedelta(seconds=60))
        (sent,) = await self.store.take_pages(9, timedelta(seconds=6))
        await self.store.page_sent(sent)
        return f"/page/{self.links.sign(sent.id)}", sent.number


@pytest.fixture
async def office(tmp_path: Path, words: content.Catalogue) -> AsyncIterator[Office]:
    url = f"sqlite+aiosqlite:///{tmp_path / 'x.db'}"
    upgrade(url)
    clock = Clock()
    store = await Store.open(url, clock=clock)
    links = Links(KEY, timedelta(minutes=60), clock)
    app = FastAPI()
    errors.install(app)
    app.include_router(page_acknowledgement.router(links, store, PACES, words, Live()))
    app.add_middleware(Guard, max_body=65536, secure=False)
    transport, english = httpx.ASGITransport(app), {"Accept-Language": "en"}
    async with httpx.AsyncClient(transport=transport, base_url="http://test", headers=english) as http:
        yield Office(store, clock, http, links)
    await store.close()


async def held(office: Office) -> bool:
    return any((await office.store.called()).values())


async def test_opening_it_does_nothing_and_one_tap_acknowledges(office: Office) -> None:
    path, number = await office.paged()
    opened = await office.http.get(path)
    assert opened.status_code == 200
    assert number in opened.text and "I am coming" in opened.text
    assert not await held(office), "a messenger that shows a preview does not come"
    tapped = await office.http.post(path)
    assert tapped.status_code == 200 and "Noted" in tapped.text and "/desk" in tapped.text
    assert await held(office)


async def test_it_works_once(office: Office) -> None:
    path, _ = await office.paged()
    await office.http.post(path)
    for again in (await office.http.post(path), await office.http.get(path)):
        assert "already said they are coming" in again.text
        assert "<form" not in again.text


async def test_it_shows_nothing_of_the_case_but_its_number_and_urgency(office: Office) -> None:
    path, number = await office.paged()
    for answer in (await office.http.get(path), await office.http.post(path)):
        shown = re.sub(r"<[^>]+>", " ", answer.text)
        assert "blue door" not in shown and "confined" not in shown and "Locked" not in shown
        assert number in shown
        assert answer.headers["Cache-Control"] == "no-store" and answer.headers["Referrer-Policy"] == "no-referrer"
        assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
        assert "<script" not in answer.text


async def test_it_expires(office: Office) -> None:
    path, _ = await office.paged()
    office.clock.pass_by(minutes=60)
    for answer in (await office.http.get(path), await office.http.post(path)):
        assert answer.status_code == 410
        assert "expired" in answer.text
    assert not await held(office)


async def test_a_case_that_was_deleted_or_taken_is_over(office: Office) -> None:
    path, _ = await office.paged()
    (case,) = await office.store.queue()
    await office.store.delete_conversation(case.conversation)
    for answer in (await office.http.get(path), await office.http.post(path)):
        assert "already taken or closed" in answer.text


@pytest.mark.parametrize("change", ["another page", "later", "cut", "nonsense", "empty", "other key", "long"])
async def test_what_nobody_signed_does_nothing(office: Office, change: str) -> None:
    path, _ = await office.paged()
    token = path.rpartition("/")[2]
    other = Links(b"o" * 32, timedelta(minutes=60), office.clock)
    forged = {
        "another page": token[:8] + ("A" if token[8] != "A" else "B") + token[9:],
        "later": token[:14] + ("_" if token[14] != "_" else "-") + token[15:],
        "cut": token[:-4],
        "nonsense": "é~!",
        "empty": "AAAA",
        "other key": other.sign(1),
        "long": "A" * 99,
    }[change]
    for answer in (await office.http.get(f"/page/{forged}"), await office.http.post(f"/page/{forged}")):
        assert answer.status_code == 404
    assert not await held(office)


async def test_a_page_of_a_database_that_was_restored_is_unknown(office: Office) -> None:
    answer = await office.http.post(f"/page/{office.links.sign(12345)}")
    assert answer.status_code == 404

"""The page pays for a new talk by itself while very many begin, and never stands still meanwhile."""

from __future__ import annotations

import asyncio
import hashlib
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from bot.content import Catalogue
from bot.security import proof_of_work
from tests.browser.conftest import SMALL, Phone
from tests.support.databases import Clock
from tests.support.house import served

WORK = 'const work = await import("/static/work.js");'


@pytest.fixture
def crowded(tmp_path: Path) -> Iterator[str]:
    """A gateway where as many have begun as may without a cost."""
    loop, ready, found = asyncio.new_event_loop(), threading.Event(), []
    ends = asyncio.Event()

    async def run() -> None:
        async with served(tmp_path, Clock(), conversations=1) as (url, _):
            found.append(url)
            ready.set()
            await ends.wait()

    thread = threading.Thread(target=lambda: loop.run_until_complete(run()), daemon=True)
    thread.start()
    assert ready.wait(120)
    assert httpx.post(found[0] + "/api/conversations", json={"language": "en"}).status_code == 201
    assert httpx.post(found[0] + "/api/conversations", json={"language": "en"}).status_code == 428
    yield found[0]
    loop.call_soon_threadsafe(ends.set)
    thread.join(30)
    loop.close()


@pytest.fixture
def page(browser: Browser, crowded: str) -> Iterator[Page]:
    phone = Phone(browser, crowded)
    yield phone.page
    assert phone.errors == []
    phone.context.close()


def test_the_talk_begins_and_nobody_notices(crowded: str, page: Page) -> None:
    asked = []

    def note(answer) -> None:
        if answer.url.endswith("/api/conversations"):
            asked.append(answer.status)

    page.on("response", note)
    page.goto(crowded)
    page.locator("[lang=en]").first.click()
    page.locator("#start").click()
    expect(page.locator("#log li")).to_have_count(1)
    assert asked == [428, 201]


def test_its_hashes_are_those_of_everybody_else(crowded: str, page: Page) -> None:
    page.goto(crowded)
    for text in ("", "abc", "a" * 55, "a" * 56, "a" * 64, "16.1700000000.1700000300.AbC-_:3:123456789"):
        found = page.evaluate(f"async (text) => {{ {WORK} return [...work.sha256(text)]; }}", text)
        assert b"".join(word.to_bytes(4, "big") for word in found) == hashlib.sha256(text.encode()).digest()
    paid = page.evaluate(f"async () => {{ {WORK} return work.solve('10 abc'); }}")
    challenge, _, numbers = paid.partition("~")
    assert challenge == "abc"
    assert proof_of_work.solved("abc", 10, numbers.split("."))


def test_the_page_answers_while_it_works(crowded: str, page: Page) -> None:
    """Everything else has its turn after a few steps, counted by a clock that moves only when it is read: once in
    sixteen hashes. How long those take is no matter of this machine's other work."""
    page.goto(crowded)
    longest, turns = page.evaluate("""async () => {
        const work = await import("/static/work.js");
        let reads = 0, longest = 0, at = 0, turns = 0, done = false;
        performance.now = () => ++reads;
        const look = () => {
            longest = Math.max(longest, reads - at);
            at = reads;
            turns++;
            if (!done) setTimeout(look, 0);
        };
        setTimeout(look, 0);
        await work.solve("16 abc");
        done = true;
        return [longest, turns];
    }""")
    assert longest < 40, f"{longest} times sixteen hashes in one go"
    assert turns > 20


def test_without_scripts_a_page_says_how_long_and_holds_what_was_typed(
    crowded: str, browser: Browser, words: Catalogue
) -> None:
    phone = Phone(browser, crowded, scripts=False, size=SMALL)
    page = phone.page
    page.goto(crowded)
    page.get_by_role("button", name="Français").click()
    page.locator("#return summary").click()
    page.locator("#code").fill("rien de tel")
    page.locator("#restore button").click()
    expect(page.locator("#note")).to_have_text(words.label("visitor.many_begin", "fr"))
    for selector in ("#retry", "#leave", "a[href='tel:112']"):
        expect(page.locator(selector).first).to_be_in_viewport()
    assert page.url.startswith(crowded + "/talk")
    assert "rien" not in page.url
    seconds = int((page.locator("#wait").text_content() or "").removeprefix("0:"))
    page.locator("#retry").click()
    expect(page.locator("#wait")).to_be_visible()
    time.sleep(seconds)
    page.locator("#retry").click()
    expect(page.locator("#note")).to_contain_text(words.label("visitor.code_six", "fr"))  # it was tried
    phone.context.close()

"""A picture from the page of the visitor, pressed and chosen as people do."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from bot.content import Catalogue
from tests.browser.conftest import Phone
from tests.support.databases import Clock
from tests.support.house import served
from tests.support.pictures import picture


@pytest.fixture
def taking(tmp_path: Path) -> Iterator[str]:
    """A gateway that takes pictures."""
    loop, ready, found = asyncio.new_event_loop(), threading.Event(), []
    ends = asyncio.Event()

    async def run() -> None:
        async with served(tmp_path, Clock(), pictures=True) as (url, _):
            found.append(url)
            ready.set()
            await ends.wait()

    thread = threading.Thread(target=lambda: loop.run_until_complete(run()), daemon=True)
    thread.start()
    assert ready.wait(120)
    yield found[0]
    loop.call_soon_threadsafe(ends.set)
    thread.join(30)
    loop.close()


@pytest.mark.parametrize("scripts", [True, False])
def test_a_picture_is_sent_and_the_page_says_what_becomes_of_it(
    browser: Browser, taking: str, words: Catalogue, scripts: bool
) -> None:
    phone = Phone(browser, taking, scripts=scripts)
    file = {"name": "IMG_0001.JPG", "mimeType": "image/jpeg", "buffer": picture()}
    said = words.labels("picture", "en")
    if scripts:
        page = phone.start("en")
        page.locator("#picture").click()
        form = page.locator("#picture-form")
    else:
        page = phone.choose("en")
        page.locator("[name=do][value=start]").click()
        page.locator("#pictures summary").click()
        form = page.locator("#pictures")
    expect(form).to_contain_text(said["explained"])
    form.locator("input[type=file]").set_input_files(file)
    form.locator("button.primary").click()
    expect(page.locator("#log li.person")).to_contain_text("Picture")
    expect(page.locator("#log li.bot").last).to_contain_text("A caseworker sees it when they open this chat")
    assert phone.errors == []
    phone.context.close()

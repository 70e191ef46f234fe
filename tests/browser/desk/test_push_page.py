"""Pages to the browser that a caseworker has in their pocket: the desk on a home screen, and what an iPhone is told."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from bot.content import Catalogue
from tests.browser.desk.test_page import chromium, phone, pictures  # noqa: F401 - fixtures
from tests.support.office import Office, open_office

IPHONE = "delete window.PushManager; Object.defineProperty(navigator, 'standalone', { value: false });"
"""A page in Safari that was not put on the home screen."""


@pytest.fixture
async def paging(tmp_path: Path, sqlite_template: Path, words: Catalogue) -> AsyncIterator[Office]:
    async with open_office(tmp_path, sqlite_template, words, web_push=True) as made:
        yield made


async def test_the_desk_can_be_put_on_a_home_screen(
    paging: Office, chromium: Browser, pictures: Path  # noqa: F811
) -> None:
    noor = await phone(paging, chromium, pictures, "home")
    page = await noor.open()
    line = await noor.context.new_cdp_session(page)
    found = await line.send("Page.getAppManifest")
    assert found["errors"] == []
    assert found["manifest"]["startUrl"] == found["manifest"]["scope"] == f"{paging.url}/desk"
    assert (await (await page.request.get(found["url"])).json())["display"] == "standalone"
    (icon,) = found["manifest"]["icons"]
    assert (await page.request.get(icon["url"])).headers["content-type"] == "image/png"
    await page.locator("#menu-open").click()
    await expect(page.locator("#push")).to_have_text(paging.words.label("desk.push_on", "en"))


async def test_an_iphone_is_told_that_it_is_called_on_the_home_screen_alone(
    paging: Office, chromium: Browser, pictures: Path  # noqa: F811
) -> None:
    noor = await phone(paging, chromium, pictures, "iphone")
    await noor.page.add_init_script(IPHONE)
    page = await noor.open()
    await page.locator("#menu-open").click()
    await expect(page.locator("#push-note")).to_have_text(paging.words.label("desk.push_home", "en"))
    await expect(page.locator("#push")).to_be_hidden()
    await noor.looked_at("push-home")

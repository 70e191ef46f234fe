"""The handover of a shift on a phone, in a real browser."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from tests.browser.desk.test_page import chromium, phone, pictures  # noqa: F401 - fixtures
from tests.support.office import LOCKED_IN, Office


@pytest.mark.parametrize(("colours", "lang"), [("light", "en"), ("dark", "nl")])
async def test_a_shift_is_handed_over(
    office: Office, chromium: Browser, pictures: Path, colours: str, lang: str  # noqa: F811
) -> None:
    def words(key: str) -> str:
        return office.words.label(f"desk.{key}", lang)

    held = await phone(office, chromium, pictures, f"handover-{colours}", colours=colours)
    eva = await office.caseworker("Eva")
    _, case = await office.emergency("ro")
    number = (await eva.post(f"/desk/api/cases/{case}/claim")).json()["number"]
    await office.emergency()
    page = await held.open(f"/desk?lang={lang}")
    await page.locator("#menu-open").click()
    await page.locator("#rota-open").click()
    await page.locator("#handover").click()
    await expect(page.locator("#open li")).to_have_count(2)
    await expect(page.locator("#open li", has_text=number)).to_contain_text("Eva")
    await expect(page.locator("#due")).to_have_text(words("handover_none"))
    await expect(page.locator("#done li")).to_contain_text(f"Eva · {words('deed_claimed')}")
    assert LOCKED_IN not in await page.content()
    await held.looked_at("handover")
    await page.evaluate("window.print = () => { window.printed = true; }")
    await page.locator("#print").click()
    assert await page.evaluate("window.printed")
    await page.emulate_media(media="print")
    await expect(page.locator("#which")).to_be_hidden()
    await expect(page.locator("#open li").first).to_be_visible()
    await held.context.close()

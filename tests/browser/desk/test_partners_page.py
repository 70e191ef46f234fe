"""The list of partner organisations: kept under Manage, and put into a reply by a tap, in a real browser."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from tests.browser.desk.test_page import chromium, phone, pictures  # noqa: F401 - fixtures
from tests.support.office import Office


@pytest.mark.parametrize(("colours", "lang"), [("light", "en"), ("dark", "nl")])
async def test_from_the_list_into_the_reply(
    office: Office, chromium: Browser, pictures: Path, colours: str, lang: str  # noqa: F811
) -> None:
    def words(key: str) -> str:
        return office.words.label(f"desk.{key}", lang)

    held = await phone(office, chromium, pictures, f"partners-{colours}", colours=colours)
    _, case = await office.emergency()
    page = await held.open(f"/desk/manage?lang={lang}#partners")
    await page.locator("#partner-name").fill("House of women")
    await page.locator("#partner-phone").fill("+32 2 555 01 01")
    await page.locator("#partner-hours").fill("9-17")
    await page.locator("#partner-note").fill("ask Ana")
    await page.locator("#partner-form .primary").click()
    row = page.locator("#partners-list li")
    await expect(row).to_contain_text("ask Ana")
    await held.looked_at("partners")
    await row.locator("button").first.click()
    await expect(page.locator("#partner-name")).to_have_value("House of women")
    await page.locator("#partner-languages").fill("fr, ar")
    await page.locator("#partner-form .primary").click()
    await expect(row).to_contain_text("fr, ar")

    await page.goto(f"{office.url}/desk?lang={lang}")
    await page.locator("#group-emergency li.row button").first.click()
    await page.locator("#text").fill("Call them:")
    await page.locator("#canned-open").click()
    await expect(page.locator("#refer-list li")).to_have_count(1)
    await expect(page.locator("#refer h3")).to_have_text(words("partners"))
    await page.locator("#refer-list button").scroll_into_view_if_needed()
    await held.looked_at("refer")
    await page.locator("#refer-list button").click()
    await expect(page.locator("#text")).to_have_value(
        "Call them:\nHouse of women: +32 2 555 01 01\n9-17 · fr, ar"
    )
    await expect(page.locator("#text")).to_be_focused()
    # while a ready reply is looked at, the list gives way
    await page.locator("#canned-open").click()
    await page.locator("#canned-list button").first.click()
    await expect(page.locator("#refer")).to_be_hidden()
    await page.locator("#canned [data-close]").click()

    await page.goto(f"{office.url}/desk/manage?lang={lang}#partners")
    await row.locator("button.danger").click()
    await row.locator("button.danger").click()
    await expect(row).to_have_count(0)
    await held.context.close()
    assert (await office.store.case(case)) is not None

"""Somebody who abuses is muted on a small phone, and unmuted; a coordinator sees it in the list."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from tests.browser.desk.test_case_work_page import at_desk
from tests.browser.desk.test_page import chromium, pictures  # noqa: F401 - fixtures
from tests.support.office import LOCKED_IN, Office


@pytest.mark.parametrize("lang", ["en", "nl"])
async def test_it_is_quiet_until_a_danger(
    office: Office, chromium: Browser, pictures: Path, lang: str  # noqa: F811
) -> None:
    label = office.words.label
    noor = await at_desk(office, chromium, pictures, "Noor", lang=lang)
    jan = await at_desk(office, chromium, pictures, "Jan", lang=lang)
    page, until = jan.page, label("desk.mute_until", lang)
    person, case = await office.emergency(lang)
    await page.locator("#group-emergency .primary").click()
    await expect(page.locator("#log li.person")).to_be_visible()
    await page.locator("#about > summary").click()
    await page.locator("#mute-open").click()
    await page.locator("#mute-hours").select_option("4")
    await page.locator("#mute-why").select_option("insults")
    await jan.looked_at("mute")
    await page.evaluate("document.documentElement.style.fontSize = '200%'")
    await jan.looked_at("mute-large")
    await page.evaluate("document.documentElement.style.fontSize = ''")
    await page.locator("#mute-form .primary").click()
    await expect(page.locator("#case-facts")).to_contain_text(until)
    others = noor.page.locator("#group-others li.row")
    await noor.page.reload()
    await expect(others).to_contain_text(until)
    await noor.looked_at("mute-colleague")

    await page.locator("#back").click()
    await person.write("you are all the same")
    row = page.locator("#group-mine li.row")
    await expect(row).to_contain_text(until)
    await expect(row.locator(".unread")).to_have_count(0)
    await person.write(LOCKED_IN)
    await expect(row.locator(".unread")).to_contain_text("2")
    await expect(row).not_to_contain_text(until)
    await expect(page.locator("#news")).to_have_class("emergency")

    await noor.page.reload()
    await others.locator("button", has_text=label("desk.mute", lang)).click()
    await noor.page.locator("#mute-why").select_option("spam")
    await noor.page.locator("#mute-form .primary").click()
    await expect(noor.page.locator("#mute")).to_be_hidden()
    await expect(row).to_contain_text(until)
    await row.locator("button").first.click()
    await page.locator("#about > summary").click()
    await page.locator("#mute-open").click()
    await page.locator("#mute-end").click()
    await expect(page.locator("#case-facts")).not_to_contain_text(until)
    assert not (await office.store.case(case)).muted(office.clock())  # type: ignore[union-attr]

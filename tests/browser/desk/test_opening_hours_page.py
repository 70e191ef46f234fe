"""Opening hours in a real browser: set under Manage, and read by a person outside of them, on both kinds of page."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from bot.domain.escalation import Hours
from bot.domain.opening_hours import OpeningHours
from tests.browser.conftest import SMALL
from tests.browser.desk.test_page import chromium, phone, pictures  # noqa: F401 - fixtures
from tests.process.desk.test_opening_hours import SAID, at
from tests.support.office import LOCKED_IN, Office

DAYS = 7


@pytest.mark.parametrize(("colours", "lang", "monday"), [("light", "en", "Monday"), ("dark", "nl", "maandag")])
async def test_a_coordinator_sets_them(
    office: Office, chromium: Browser, pictures: Path, colours: str, lang: str, monday: str  # noqa: F811
) -> None:
    def words(key: str) -> str:
        return office.words.label(f"desk.{key}", lang)

    held = await phone(office, chromium, pictures, f"hours-{colours}", colours=colours)
    page = await held.open(f"/desk/manage?lang={lang}#hours")
    await expect(page.locator("#hours-week legend")).to_have_count(DAYS)
    await expect(page.locator("#hours-week legend").first).to_have_text(monday)
    await page.locator("#hours-0-from").fill("09:00")
    save = page.locator("#hours-form .primary")
    await save.click()
    await expect(page.locator("#hours-fault")).to_have_text(words("hours_wrong"))
    await expect(page.locator("#hours-0-until")).to_be_focused()
    await page.locator("#hours-0-until").fill("17:00")
    await page.locator("#hours-5-from").fill("18:00")
    await page.locator("#hours-5-until").fill("00:00")
    await page.locator("#hours-day").fill("2026-12-25")
    await page.locator("#hours-add").click()
    await page.locator("#hours-day").fill("2026-12-24")  # not added: meant all the same
    await save.click()
    await expect(page.locator("#hours-saved")).to_have_text(words("saved"))
    await expect(page.locator("#hours-fault")).to_have_text("")
    await held.looked_at("hours")
    kept = await office.store.opening_hours(1)
    assert [day.written if day else "" for day in kept.week] == ["09:00-17:00", *[""] * 4, "18:00-24:00", ""]
    assert sorted(day.isoformat() for day in kept.closed) == ["2026-12-24", "2026-12-25"]
    await page.reload()
    await expect(page.locator("#hours-5-until")).to_have_value("00:00")
    await expect(page.locator("#hours-closed li")).to_have_count(2)
    await page.locator("#hours-closed button").first.click()
    await save.click()
    await expect(page.locator("#hours-saved")).to_have_text(words("saved"))
    assert [day.isoformat() for day in (await office.store.opening_hours(1)).closed] == ["2026-12-25"]
    await held.context.close()


@pytest.mark.parametrize("scripts", [True, False])
async def test_a_person_reads_them_before_they_wait_and_not_in_danger(
    office: Office, chromium: Browser, pictures: Path, scripts: bool  # noqa: F811
) -> None:
    day = Hours.read("09:00-17:00")
    await office.store.set_opening_hours(1, OpeningHours((day,) * 5 + (None, None)))
    at(office, "2026-12-28T20:00")
    words = office.words
    usually = words.say("hours.usually", "ar", hours=SAID["ar"])
    context = await chromium.new_context(
        viewport=SMALL, has_touch=True, is_mobile=True, locale="nl", java_script_enabled=scripts,
    )  # fmt: skip
    page = await context.new_page()

    async def seen(name: str) -> None:
        await page.screenshot(path=pictures / f"visitor-hours-{name}-{'scripts' if scripts else 'plain'}.png")
        if scripts:
            assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name

    await page.goto(office.url + "/")
    await page.locator("[name=language][value=ar]").click()
    await expect(page.locator("#nobody")).to_have_text(f"{usually} {words.say('hours.until_then', 'ar')}")
    await seen("before")
    await page.locator("#start").click()
    await page.get_by_role("button", name=words.topic_label("talk_to_human", "ar")).last.click()
    await expect(page.locator("#log li.bot .text").last).to_contain_text(usually)
    await seen("offer")
    await page.get_by_role("button", name=words.label("choices.yes", "ar"), exact=True).click()
    await expect(page.locator("#status")).to_contain_text(usually)
    await expect(page.locator("#status")).to_be_in_viewport(ratio=1)
    await seen("waits")
    await page.locator("#text").fill(LOCKED_IN)
    await page.locator("#write .primary").click()
    await expect(page.locator("#log li.emergency")).to_have_count(1)
    await expect(page.locator("#status")).not_to_contain_text(usually)
    await context.close()

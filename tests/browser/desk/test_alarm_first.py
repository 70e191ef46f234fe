"""A case opens at what the person wrote, and not at what the program said after it."""

from __future__ import annotations

from pathlib import Path

from playwright.async_api import Browser, Page, expect

from tests.browser.desk.test_page import chromium, phone, pictures  # noqa: F401 - fixtures
from tests.support.office import LOCKED_IN, Office

PHONE = {"width": 360, "height": 640}
SEEN = """name => {
  const [a, b] = [name, "#talk"].map(one => document.querySelector(one).getBoundingClientRect());
  return a.top >= b.top && a.bottom <= b.bottom;
}"""


async def taken(page: Page) -> None:
    await page.locator("#group-emergency li.row button").click()
    await expect(page.locator("#log li.person").first).to_be_visible()


async def test_what_raised_the_alarm_is_pinned_and_where_reading_begins(
    office: Office, chromium: Browser, pictures: Path  # noqa: F811
) -> None:
    held = await phone(office, chromium, pictures, "pinned")
    page = held.page
    await page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    person = await office.visitor("ar")
    for word in range(12):
        await person.write(f"we talk of something else {word}")
    await person.write(LOCKED_IN)
    for word in range(12):
        await person.write(f"are you there {word}")
    await held.open("/desk?lang=nl")
    await taken(page)
    await expect(page.locator("#pin")).to_contain_text(LOCKED_IN)
    await expect(page.locator("#log li.alarm > .text")).to_have_text(LOCKED_IN)
    assert await page.evaluate(SEEN, "#log li.alarm")
    await held.looked_at("alarm")
    await page.locator("#talk").evaluate("node => { node.scrollTop = node.scrollHeight; }")
    assert not await page.evaluate(SEEN, "#log li.alarm")
    await page.locator("#pin").click()
    assert await page.evaluate(SEEN, "#log li.alarm")

    await page.locator("#back").click()
    await person.write("he is coming back")
    await expect(page.locator("#group-mine .unread")).to_be_visible()
    await page.locator("#group-mine li.row button").click()
    await expect(page.locator("#log li.person").last).to_contain_text("he is coming back")
    assert await page.evaluate(SEEN, "#log > li.person:last-of-type"), "what is new"


async def test_the_program_says_one_line_until_it_is_asked_for_more(
    office: Office, chromium: Browser, pictures: Path  # noqa: F811
) -> None:
    held = await phone(office, chromium, pictures, "folded")
    page = held.page
    await office.emergency("ar")
    await held.open("/desk?lang=nl")
    await taken(page)
    folded = page.locator("#log li.program")
    card = page.locator("#log li.emergency").first
    await expect(card).to_be_hidden()
    joined = office.words.say("handoff.joined", "nl")
    await expect(folded.last.locator("summary .gist").first).to_have_text(joined)
    await held.looked_at("folded")
    await folded.last.locator("summary").first.click()
    await expect(card).to_be_visible()
    await held.looked_at("unfolded")

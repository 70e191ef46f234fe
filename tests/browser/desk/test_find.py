"""Finding a case in a long queue, and the queue beside the case on a large screen."""

from __future__ import annotations

from pathlib import Path

from playwright.async_api import Browser, expect

from tests.browser.desk.test_page import chromium, phone, pictures, waiting  # noqa: F401 - fixtures
from tests.support.office import LOCKED_IN, Office

LAPTOP = {"width": 1280, "height": 800}


async def test_a_case_is_found_by_words_and_by_what_it_is(
    office: Office, chromium: Browser, pictures: Path  # noqa: F811
) -> None:
    held = await phone(office, chromium, pictures, "find")
    page = held.page
    await page.set_viewport_size({"width": 360, "height": 640})
    for _ in range(5):
        await waiting(office)
    await held.open("/desk?lang=nl")
    await expect(page.locator("#group-waiting li.row")).to_have_count(5)
    await expect(page.locator("#find")).to_be_hidden()  # few are seen at a glance
    _, last = await waiting(office)
    _, danger = await office.emergency("fr")
    found, loud = await office.store.case(last), await office.store.case(danger)
    assert found is not None and loud is not None
    await page.reload()
    await expect(page.locator("#find")).to_be_visible()
    rows = page.locator("#queue li.row:visible")
    await page.locator("#find-text").fill(found.number.replace("-", "").lower())
    await expect(rows).to_have_count(1)
    await expect(rows).to_contain_text(found.number)
    await expect(page.locator("#find-shown")).to_contain_text("1 / 7")
    await held.looked_at("found")
    # what a search hides does not hide that somebody is in danger
    await expect(page.locator("#show-new")).to_contain_text(loud.number)
    await page.locator("#find-all").click()
    await expect(rows).to_have_count(7)
    await page.locator("#find-text").fill("frans")
    await expect(rows).to_have_count(1)
    await page.locator("#find-text").fill("")
    await page.locator("#find-which").select_option("mine")
    await expect(rows).to_have_count(1)
    await expect(rows).to_contain_text(loud.number)  # an emergency that nobody has stays, whatever is chosen
    await office.emergency("fr")
    await expect(rows).to_have_count(2)
    await page.locator("#find-which").select_option("lang en")
    await expect(rows).to_have_count(8)
    await page.locator("#find-which").select_option("hour")
    await expect(rows).to_have_count(2)


async def test_on_a_laptop_the_queue_stands_beside_the_case(
    office: Office, chromium: Browser, pictures: Path  # noqa: F811
) -> None:
    held = await phone(office, chromium, pictures, "panes")
    page = held.page
    await page.set_viewport_size(LAPTOP)  # type: ignore[arg-type]
    for _ in range(12):
        await waiting(office)
    _, case = await office.emergency("ar")
    found = await office.store.case(case)
    assert found is not None
    await held.open("/desk?lang=nl")
    await expect(page.locator("#pick")).to_be_visible()
    await held.looked_at("laptop-queue")
    await page.locator("#group-emergency li.row button").click()
    await expect(page.locator("#log li.person .text")).to_have_text(LOCKED_IN)
    await expect(page.locator("#group-mine li[aria-current]")).to_contain_text(found.number)
    await expect(page.locator("#group-waiting li.row").first).to_be_visible()
    await expect(page.locator("#about-all")).to_be_visible()
    await expect(page.locator("#pick")).to_be_hidden()
    assert await page.evaluate("document.documentElement.scrollHeight <= innerHeight"), "each pane scrolls for itself"
    await held.looked_at("laptop-case")

    # a new emergency is drawn beside the case, and moves nothing that is read
    await page.locator("#text").fill("Ik ben er.")
    before = await page.locator("#text").bounding_box()
    await office.emergency()
    await expect(page.locator("#group-emergency li.row")).to_have_count(1)
    await expect(page.locator("#text")).to_have_value("Ik ben er.")
    after = await page.locator("#text").bounding_box()
    assert before is not None and after is not None and before["y"] == after["y"]
    # another case is one press away, and the draft stays where it was
    await page.locator("#group-emergency li.row button").click()
    await expect(page.locator("#group-mine li.row")).to_have_count(2)
    await expect(page.locator("#text")).to_have_value("")
    await page.locator("#group-mine li.row:not([aria-current]) button").click()
    await expect(page.locator("#text")).to_have_value("Ik ben er.")
    await page.set_viewport_size({"width": 880, "height": 700})
    await expect(page.locator("#queue")).to_be_hidden()
    await expect(page.locator("#case")).to_be_visible()
    assert held.errors == []


async def test_three_likely_replies_stand_above_the_field(
    office: Office, chromium: Browser, pictures: Path  # noqa: F811
) -> None:
    held = await phone(office, chromium, pictures, "likely")
    page = held.page
    person, _ = await office.emergency("ar")
    await held.open("/desk?lang=nl")
    await page.locator("#group-emergency li.row button").click()
    likely = page.locator("#likely button")
    await expect(likely).to_have_count(3)
    said = [office.words.say(f"canned.{key}", "nl") for key in ("welcome", "safe_now", "where", "call_now")]
    assert await likely.all_text_contents() == said[:3]
    await held.looked_at("likely")
    await likely.nth(1).click()  # nothing goes to a person unseen
    await expect(page.locator("#canned-person")).to_have_text(office.words.say("canned.safe_now", "ar"))
    await expect(page.locator("#canned-list")).to_be_hidden()
    await page.locator("#canned-send").click()
    await expect(page.locator("#log li.caseworker > .text")).to_have_text(office.words.say("canned.safe_now", "ar"))
    await expect(likely).to_have_text([said[0], said[2], said[3]])
    assert (await person.messages())[-1]["text"] == office.words.say("canned.safe_now", "ar")
    await page.set_viewport_size({"width": 360, "height": 640})
    await expect(page.locator("#likely")).to_be_hidden()  # half of a small screen is the talk

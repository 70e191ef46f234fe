"""A person and their caseworker, each on a page: that the other one is writing, and nothing of what."""

from __future__ import annotations

from pathlib import Path

from playwright.async_api import Browser, Page, Request, expect

from tests.browser.conftest import SMALL
from tests.browser.desk.test_page import chromium, phone, pictures  # noqa: F401 - fixtures
from tests.support.office import LOCKED_IN, Office, office  # noqa: F401 - a fixture


def signs(page: Page) -> list[Request]:
    """The signs that a page sends from here on."""
    found: list[Request] = []
    page.on("request", lambda request: found.append(request) if request.url.endswith("/writing") else None)
    return found


async def test_each_side_sees_that_the_other_one_writes(
    office: Office, chromium: Browser, pictures: Path  # noqa: F811
) -> None:  # fmt: skip
    desk = await phone(office, chromium, pictures, "writing")
    context = await chromium.new_context(viewport=SMALL, locale="ar")
    person, label = await context.new_page(), office.words.label
    await person.clock.install()
    await person.goto(office.url + "/")
    await person.locator("[name=language][value=ar]").click()
    await person.locator("#start").click()
    sent = signs(person)
    await expect(person.locator("#log li.bot")).to_have_count(1)
    await person.locator("#text").press_sequentially(LOCKED_IN)
    await person.keyboard.press("Enter")
    await expect(person.locator("#log li.emergency")).to_be_visible()
    assert sent == [], "in danger nothing but the message goes out"

    await desk.page.set_viewport_size({"width": 360, "height": 640})
    await desk.open("/desk?lang=nl")
    await desk.page.locator("#group-emergency li.row button").click()
    await expect(person.locator("#status.status_owned")).to_be_visible()
    told = signs(desk.page)
    await desk.page.locator("#text").press_sequentially("Ik ben")
    time = person.locator("#status-time")
    await expect(time).to_have_text("· " + label("visitor.writing", "ar"))
    await expect(time).to_be_in_viewport(ratio=1)
    await person.screenshot(path=pictures / "visitor-writing.png")
    assert [request.post_data for request in told] == [None], "one sign for many keys, and no word in it"
    await person.clock.fast_forward(6001)
    await expect(time).to_have_text("")

    writes = desk.page.locator("#writes")
    await person.locator("#text").press_sequentially("hier")
    await expect(writes).to_have_text(label("desk.writing", "nl"))
    await desk.looked_at("writes")
    assert [request.post_data for request in sent] == [None]
    await person.keyboard.press("Enter")
    await expect(desk.page.locator("#log li.person")).to_have_count(2)
    await expect(writes).to_have_text("")

    await person.clock.fast_forward(5000)
    await person.evaluate("document.body.removeAttribute('data-writing')")  # where the organisation wants none
    await person.locator("#text").press_sequentially("nog")
    assert len(sent) == 1
    await context.close()

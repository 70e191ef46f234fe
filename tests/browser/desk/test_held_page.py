"""A reply that is sent later, on a small phone: held until the safe hours, taken back, sent at once, gone out."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from bot.desk.held_replies import HeldSending
from bot.domain.held_replies import Hold
from bot.domain.model import Outgoing, Sender
from bot.runtime.wakeups import DESK
from tests.browser.desk.test_case_work_page import at_desk, told
from tests.browser.desk.test_page import chromium, pictures  # noqa: F401 - fixtures
from tests.support.office import Office

TEXT = "The door opens at eight, ask for Noor."


@pytest.mark.parametrize("lang", ["en", "nl", "fr"])
async def test_a_reply_is_held_until_the_safe_hours(
    office: Office,
    chromium: Browser,  # noqa: F811
    pictures: Path,  # noqa: F811
    lang: str,
) -> None:
    label = office.words.label
    noor = await at_desk(office, chromium, pictures, "Noor", lang=lang)
    page, sending = noor.page, HeldSending(office.store, office.live)
    foreign = lang == "fr"
    person, case = await office.emergency("en" if foreign else lang)
    await page.locator("#group-emergency .primary").click()
    await expect(page.locator("#log li.person")).to_be_visible()
    async with page.expect_response("**/notes"):  # by then the fields of the plan are filled in
        await page.locator("#notes-open").click()
    # it is 10:00 in Brussels by the office's clock
    await page.locator("#plan-start").fill("10:10")
    await page.locator("#plan-end").fill("10:30")
    await page.locator("#plan-form .primary").click()
    await expect(page.locator("#notes-done")).to_have_text(label("desk.saved", lang))
    await page.locator("#notes [data-close]").click()
    await expect(page.locator("#outside")).to_contain_text("10:10")

    await expect(page.locator("#later-open")).to_be_hidden()
    await page.locator("#text").fill(TEXT)
    await noor.looked_at("later-button")
    cut = "[...document.querySelectorAll('#write button')].filter((node) => node.scrollWidth > node.clientWidth).length"
    assert await page.evaluate(cut) == 0, "no word on a button is cut"
    await page.locator("#later-open").click()
    await expect(page.locator("#later-at")).to_have_value("2026-11-03T10:10")
    await noor.looked_at("later")
    await page.evaluate("document.documentElement.style.fontSize = '200%'")
    await noor.looked_at("later-large")
    await page.evaluate("document.documentElement.style.fontSize = ''")
    await page.locator("#later-at").fill("2026-11-03T09:00")
    await page.evaluate("document.querySelector('#later-at').min = ''")  # as browsers do that do not know it
    await page.locator("#later-form .primary").click()
    await expect(page.locator("#later-error")).to_have_text(label("desk.hold_wrong", lang))
    await page.locator("#later-at").fill("2026-11-03T10:10")
    await page.locator("#later-form .primary").click()
    held = page.locator("#log li.held")
    if foreign:  # the person reads another language: asked once, and until then it says that it will be held
        await expect(page.locator("#foreign")).to_be_visible()
        await expect(page.locator("#holding")).to_contain_text("10:10")
        await noor.looked_at("holding")
        await page.locator("#reply").click()
    await expect(held.locator(".text")).to_have_text(TEXT)
    await expect(held.locator(".head")).to_contain_text(label("desk.hold_until", lang))
    await expect(held.locator(".head")).to_contain_text("10:10 · Noor")
    await expect(page.locator("#text")).to_have_value("")
    await expect(page.locator("#holding")).to_be_hidden()
    assert await told(person, "caseworker") == []
    [kept] = await office.store.held(case, await office.store.open_case(case, office.colleagues[0].session.team))
    assert (kept.until_at - kept.due_at).total_seconds() == 20 * 60, "not after the safe hours"
    await noor.looked_at("held")
    await page.locator("#more-open").click()
    await expect(page.locator("#hold-dropped")).to_have_text(label("desk.hold_dropped", lang))
    await page.locator("#more > [data-close]").click()

    await held.locator("button").last.click()
    await expect(page.locator("#text")).to_have_value(TEXT)
    await expect(held).to_have_count(0)
    await page.locator("#later-open").click()
    await page.locator("#later-form .primary").click()
    await held.locator("button").first.click()
    await expect(held.locator("button").first).to_have_text(label("desk.end_access_sure", lang))
    assert await told(person, "caseworker") == [], "a thumb that slips sends nothing"
    await held.locator("button").first.click()
    await expect(held).to_have_count(0)
    await expect(page.locator("#log li.caseworker .text")).to_have_text([TEXT])

    await page.locator("#text").fill("Second")
    await page.locator("#later-open").click()
    await page.locator("#later-form .primary").click()
    await expect(held).to_have_count(1)
    office.clock.pass_by(minutes=12)
    assert await sending.once() == 1
    await expect(page.locator("#log li.caseworker .text")).to_have_text([TEXT, "Second"])
    await expect(held).to_have_count(0)
    assert await told(person, "caseworker") == [TEXT, "Second"]


async def test_what_could_not_go_out_says_so(office: Office, chromium: Browser, pictures: Path) -> None:  # noqa: F811
    noor = await at_desk(office, chromium, pictures, "Noor")
    page = noor.page
    _, case = await office.emergency()
    await page.locator("#group-emergency .primary").click()
    await expect(page.locator("#log li.person")).to_be_visible()
    session = office.colleagues[0].session
    person = await office.store.open_case(case, session.team)
    until = Hold(office.clock() - timedelta(minutes=5), office.clock() - timedelta(minutes=1))  # the gateway was down
    await office.store.hold(case, person, session.caseworker, "a", Outgoing(Sender.CASEWORKER, TEXT), until)
    await page.reload()
    await expect(page.locator("#log li.held .missed")).to_contain_text(office.words.label("desk.hold_missed", "en"))
    await noor.looked_at("held-missed")
    await page.locator("#back").click()
    mark = page.locator("#group-mine li.row .missed")
    await expect(mark).to_have_text(office.words.label("desk.reply_missed", "en"))
    await noor.looked_at("queue-missed")
    await office.store.drop_held(case, session.caseworker, (await office.store.held(case, person))[0].name)
    office.live.wake(DESK)
    await expect(mark).to_have_count(0)

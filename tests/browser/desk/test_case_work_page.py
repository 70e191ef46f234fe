"""Whole cases in a real browser: by a caseworker with a phone in one hand, and by one at a laptop without a mouse. Two
colleagues, a transfer, ready-made replies, notes, a follow-up, back to the bot, a closed case taken up again."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, Route, expect

from tests.browser.desk.test_page import Phone, chromium, pictures  # noqa: F401 - fixtures
from tests.support.office import Office, Visitor

SMALL = {"width": 360, "height": 640}
LAPTOP = {"width": 1280, "height": 720}


async def at_desk(
    office: Office, chromium: Browser, pictures: Path, name: str, *, laptop: bool = False, lang: str = "en"  # noqa: F811
) -> Phone:
    """A new colleague's browser, with the desk open."""
    context = await chromium.new_context(
        viewport=LAPTOP if laptop else SMALL,  # type: ignore[arg-type]
        has_touch=not laptop, is_mobile=not laptop, locale="en-GB", timezone_id="Europe/Brussels",
    )  # fmt: skip
    await office.caseworker(name)
    await context.add_cookies([{"name": "desk", "value": office.colleagues[-1].cookie, "url": office.url + "/desk"}])
    shown = f"work-{name.lower()}-{'laptop' if laptop else lang}"
    held = Phone(office, context, await context.new_page(), pictures, shown)
    await held.open(f"/desk?lang={lang}")
    return held


async def told(person: Visitor, sender: str) -> list[object]:
    return [m["text"] for m in await person.messages() if m["from"] == sender]


async def press(page: Page, name: str) -> None:
    """Sees the button of that name, goes to it with Tab, as somebody without a mouse does, and presses Enter."""
    named = "(node.getAttribute('aria-label') || node.textContent).trim().startsWith(name)"
    seen = f"[...document.querySelectorAll('button')].some((node) => node.checkVisibility() && {named})"
    await page.wait_for_function(f"name => {seen}", arg=name)
    for _ in range(80):
        await page.keyboard.press("Tab")
        if await page.evaluate(
            f"name => {{ const node = document.activeElement; return node?.tagName === 'BUTTON' && {named}; }}", name
        ):
            await page.keyboard.press("Enter")
            return
    raise AssertionError(f"no Tab leads to {name!r}")


@pytest.mark.parametrize("lang", ["en", "nl"])
async def test_a_whole_case_on_a_small_phone(
    office: Office, chromium: Browser, pictures: Path, lang: str  # noqa: F811
) -> None:
    say, label = office.words.say, office.words.label
    noor = await at_desk(office, chromium, pictures, "Noor", lang=lang)
    eva = await at_desk(office, chromium, pictures, "Eva", lang=lang)
    page = noor.page
    person, case = await office.emergency("ar")
    await page.locator("#group-emergency .primary").click()
    await expect(page.locator("#log li.person")).to_be_visible()

    await page.locator("#canned-open").click()
    await expect(page.locator("#canned-list button")).to_have_count(15)
    await noor.looked_at("canned")
    await page.locator("#canned-list button", has_text=say("canned.safe_now", lang)).click()
    await expect(page.locator("#canned-person")).to_have_text(say("canned.safe_now", "ar"))
    assert await told(person, "caseworker") == [], "nothing is sent unseen"
    await noor.looked_at("canned-look")
    await page.locator("#canned-send").click()
    said = page.locator("#log li.caseworker")
    await expect(said.locator(".text")).to_have_text(say("canned.safe_now", "ar"))
    await expect(said.locator(".was")).to_have_text(say("canned.safe_now", lang))
    assert await told(person, "caseworker") == [say("canned.safe_now", "ar")]

    await page.locator("#notes-open").click()
    await page.locator("#note-text").fill("Speaks softly, the door is locked from outside.")
    await page.locator("#note-form .primary").click()
    await expect(page.locator("#notes-list .note")).to_have_text("Speaks softly, the door is locked from outside.")
    await page.locator("#plan-day").fill("2026-12-03")
    await page.locator("#plan-how").fill("Only here, never by phone")
    hour = await page.evaluate("new Date().getHours()")
    await page.locator("#plan-start").fill(f"{(hour + 2) % 24:02}:00")
    await page.locator("#plan-end").fill(f"{(hour + 3) % 24:02}:00")
    await noor.looked_at("notes")
    await page.locator("#plan-form .primary").click()
    await expect(page.locator("#notes-done")).to_have_text(label("desk.saved", lang))
    await page.locator("#notes [data-close]").click()
    await expect(page.locator("#outside")).to_contain_text(label("desk.outside_window", lang))
    await expect(page.locator("#plan-line")).to_contain_text("Only here, never by phone")
    await noor.looked_at("case")

    await page.locator("#more-open").click()
    await expect(page.locator("#colleagues button")).to_contain_text("Eva")
    await noor.looked_at("more")
    await page.locator("#colleagues button").click()
    await expect(page.locator("#offered")).to_contain_text("Eva")
    await noor.looked_at("offered")

    theirs = eva.page
    row = theirs.locator("#group-offered li.row")
    await expect(row).to_contain_text("Noor")
    await eva.looked_at("offer")
    await row.locator(".primary").click()
    await expect(theirs.locator("#log li.person .text")).to_have_text("They locked me in")
    await expect(page.locator("#note")).to_have_text(f"{label('desk.taken_by', lang)}: Eva")
    await expect(page.locator("#log li")).to_have_count(0)
    for name in ("#pin", "#about", "#plan-line", "#summary-line"):
        await expect(page.locator(name)).to_be_hidden()
    assert (await told(person, "system"))[-1] == say("handoff.transferred", "ar")
    await theirs.locator("#notes-open").click()
    await expect(theirs.locator("#notes-list .note")).to_contain_text("the door is locked")
    await theirs.locator("#notes [data-close]").click()

    await theirs.locator("#more-open").click()
    await theirs.locator("#to-bot").click()
    await theirs.locator("#sure-yes").click()
    await expect(theirs.locator("#queue")).to_be_visible()
    await expect(theirs.locator("#group-mine li.row:not(.gone)")).to_have_count(0)
    assert (await told(person, "system"))[-1] == say("handoff.returned_to_bot", "ar")
    await theirs.locator("#follow-ups summary").click()
    await theirs.locator("#closed summary").click()
    await eva.looked_at("lists")
    await theirs.locator("#follow-ups-list button", has_text=label("desk.reopen", lang)).click()
    await expect(theirs.locator("#log li.person .text")).to_have_text("They locked me in")
    assert (await told(person, "system"))[-1] == say("handoff.joined", "ar")
    stored = await office.store.case(case)
    assert stored is not None and stored.owner_name == "Eva"


async def test_a_whole_case_at_a_laptop_without_a_mouse(
    office: Office, chromium: Browser, pictures: Path  # noqa: F811
) -> None:
    say = office.words.say
    noor = await at_desk(office, chromium, pictures, "Noor", laptop=True)
    await office.caseworker("Eva")
    await office.store.at_desk(office.colleagues[1].id)
    eva = office.clients[-1]
    page, keys = noor.page, noor.page.keyboard
    await press(page, "Menu")
    await press(page, "My languages and cases")
    await expect(page.locator("#skills-capacity")).to_have_value("4")
    await keys.press("Tab")
    await keys.press("Space")
    while await page.evaluate("document.activeElement.id") != "skills-capacity":
        await keys.press("Tab")
    await keys.press("Control+a")
    await keys.type("2")
    await noor.looked_at("skills")
    await keys.press("Enter")
    await expect(page.locator("#skills")).to_be_hidden()

    person, case = await office.emergency("sq")
    await expect(page.locator("#show-new")).to_be_visible()
    await press(page, "Take the next case")
    await expect(page.locator("#log li.person")).to_be_visible()
    await page.locator("#text").focus()
    await keys.type("/")
    first = say("canned.welcome", "en")
    await expect(page.locator("#canned-list button").first).to_be_focused()
    assert await page.evaluate("document.activeElement.textContent") == first
    await keys.press("ArrowDown")
    await keys.press("ArrowDown")
    await keys.press("ArrowUp")
    await noor.looked_at("canned")
    await keys.press("Enter")
    await expect(page.locator("#canned-send")).to_be_focused()
    await keys.press("Enter")
    await expect(page.locator("#log li.caseworker .text")).to_have_text(say("canned.safe_now", "sq"))
    await expect(page.locator("#text")).to_be_focused()
    await keys.type("I see you.")
    await keys.press("Control+Enter")  # in English, to somebody who writes Albanian: it is asked first
    await expect(page.locator("#text")).to_have_value("I see you.")
    await keys.press("Control+Enter")
    await expect(page.locator("#log li.caseworker .text").last).to_have_text("I see you.")
    await press(page, "Notes")
    await page.keyboard.press("Tab")
    await keys.type("Asks for a doctor.")
    await press(page, "Save")
    await expect(page.locator("#notes-list .note")).to_have_text("Asks for a doctor.")
    await noor.looked_at("notes")
    await keys.press("Escape")
    await press(page, "Give back or close")
    await press(page, "Eva")
    await expect(page.locator("#offered")).to_contain_text("Eva")
    await press(page, "Keep it")
    await expect(page.locator("#offered")).to_be_hidden()
    await press(page, "Give back or close")
    await press(page, "Eva")
    await expect(page.locator("#offered")).to_contain_text("Eva")
    await noor.looked_at("offered")
    assert (await eva.post(f"/desk/api/cases/{case}/transfer/accept")).status_code == 200
    # By name where the queue told first whose it is now.
    await expect(page.locator("#note")).to_have_text(re.compile("^(Taken by: Eva|This case is not yours.)$"))
    await expect(page.locator("#text")).to_be_disabled()
    assert (await told(person, "system"))[-1] == say("handoff.transferred", "sq")
    await press(page, "Back to the queue")
    assert (await eva.post(f"/desk/api/cases/{case}/close", json={"outcome": "helped"})).status_code == 204
    await page.evaluate("document.activeElement.blur()")
    await page.reload()
    await expect(page.locator("#closed summary")).to_be_visible()
    await page.locator("#closed summary").focus()
    await keys.press("Enter")
    await press(page, "Open again")
    await expect(page.locator("#log li.caseworker")).to_have_count(2)
    await press(page, "Give back or close")
    await press(page, "Helped or referred")
    await page.locator("#sure-yes").focus()  # an emergency: it is asked first
    async with page.expect_response(f"**/cases/{case}/close"):  # until then it can be undone
        await keys.press("Enter")
        await expect(page.locator("#queue")).to_be_visible()
    assert (await told(person, "system"))[-1] == say("handoff.closed", "sq")
    assert noor.errors == []


async def test_an_answer_that_comes_late_puts_nothing_over_what_was_typed(
    office: Office, chromium: Browser, pictures: Path  # noqa: F811
) -> None:
    noor = await at_desk(office, chromium, pictures, "Noor", laptop=True)
    page, client = noor.page, await office.caseworker("Eva")
    _, case = await office.emergency()
    await client.post(f"/desk/api/cases/{case}/claim")
    plan = {"follow_up_on": None, "start": "09:00", "end": "17:00", "how": "Only here"}
    assert (await client.put(f"/desk/api/cases/{case}/plan", json=plan)).status_code < 300
    eva = office.colleagues[-1]
    await page.context.add_cookies([{"name": "desk", "value": eva.cookie, "url": office.url + "/desk"}])
    await page.goto(f"{office.url}/desk?lang=en#case={case}")
    await expect(page.locator("#plan-line")).to_contain_text("Only here")
    held: list[Route] = []

    async def hold(route: Route) -> None:
        if route.request.method == "GET":
            held.append(route)
        else:
            await route.continue_()

    await page.route(f"**/cases/{case}/plan", hold)
    async with page.expect_request(f"**/cases/{case}/plan"):
        await page.locator("#notes-open").click()
    await page.locator("#plan-start").fill("20:30")
    async with page.expect_response(f"**/cases/{case}/notes"):
        for route in held:
            await route.continue_()
    await expect(page.locator("#plan-start")).to_have_value("20:30")
    await expect(page.locator("#plan-end")).to_have_value("17:00")
    await expect(page.locator("#plan-how")).to_have_value("Only here")

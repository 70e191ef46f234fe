"""What is heard at the desk, and until when: an emergency rings until somebody has acknowledged it, whatever happens to
the page meanwhile."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, Route, expect

from bot.security.alarm_floods import FREE
from bot.web.middleware.source import Source
from tests.browser.desk.test_card_page import ON, RECORDED
from tests.browser.desk.test_page import Phone, chromium, phone, pictures, waiting  # noqa: F401 - fixtures
from tests.support.office import Office

TONES = """(() => {
  const kind = window.AudioContext.prototype, make = kind.createOscillator;
  window.tones = 0;
  kind.createOscillator = function () { window.tones += 1; return make.call(this); };
})()"""
"""Counts what the page plays."""
AGAIN = 16_000
"""Milliseconds after which what is not acknowledged has rung once more; the page's clock is moved, nobody waits."""


async def listening(
    office: Office, chromium: Browser, pictures: Path, name: str = "Noor"  # noqa: F811
) -> Phone:
    """A colleague's desk whose tones are counted, and whose clock the test moves."""
    held = await phone(office, chromium, pictures, name)
    await held.page.clock.install()
    await held.page.add_init_script(TONES)
    await held.open()
    return held


async def tap(page: Page) -> None:
    """A touch where nothing is to be pressed: from here on a browser lets the page be heard."""
    await page.locator("#heading").click()


async def rings(page: Page) -> bool:
    """Whether the page rings when the time comes."""
    before = await page.evaluate("tones")
    await page.clock.fast_forward(AGAIN)
    return await page.evaluate("tones") > before


async def test_an_emergency_that_nobody_acknowledged_rings_after_a_reload(
    office: Office, chromium: Browser, pictures: Path  # noqa: F811
) -> None:
    held = await listening(office, chromium, pictures)
    page, sound = held.page, held.page.locator("#sound-off")
    await office.emergency()
    [case] = await office.store.queue()
    await expect(page.locator("#show-new")).to_contain_text(case.number)
    await expect(sound).to_have_text(office.words.label("desk.sound_is_off", "en"))
    await held.looked_at("silent")
    await sound.click()
    await expect(sound).to_be_hidden()
    assert await rings(page)
    for path in ("/desk?lang=en", "/desk?lang=nl"):  # the desk in another language is a page of its own
        await held.open(path)
        await expect(page.locator("#show-new")).to_contain_text(case.number)
        await expect(page.locator("#news")).to_have_class("emergency")
        await expect(sound).to_be_visible()
        await tap(page)
        await expect(sound).to_be_hidden()
        await page.wait_for_function("() => tones > 0")  # at once, when it can be heard again
        assert await rings(page)
    await page.locator("#acknowledge").click()
    await expect(page.locator("#news")).not_to_have_class("emergency")
    assert not await rings(page)


async def test_what_one_desk_acknowledges_is_silent_at_the_others(
    office: Office, chromium: Browser, pictures: Path  # noqa: F811
) -> None:
    noor = await listening(office, chromium, pictures)
    eva = await listening(office, chromium, pictures, "Eva")
    await office.emergency()
    [case] = await office.store.queue()
    for held in (noor, eva):
        await expect(held.page.locator("#show-new")).to_contain_text(case.number)
        await held.page.locator("#sound-off").click()
        await expect(held.page.locator("#sound-off")).to_be_hidden()
        assert await rings(held.page)
    await noor.page.locator("#acknowledge").click()
    for held in (noor, eva):
        await expect(held.page.locator("#news")).not_to_have_class("emergency")
        await expect(held.page.locator("#group-emergency li.row")).to_contain_text(case.number)
        assert not await rings(held.page)
    assert not (await office.store.queue())[0].unheard
    await eva.page.reload()
    await expect(eva.page.locator("#group-emergency li.row")).to_contain_text(case.number)
    await expect(eva.page.locator("#show-new")).to_be_hidden()
    await tap(eva.page)
    await expect(eva.page.locator("#sound-off")).to_be_hidden()
    assert not await rings(eva.page)


async def test_a_flood_is_one_row_that_opens_and_rings_again_for_one_more(
    office: Office, chromium: Browser, pictures: Path, monkeypatch: pytest.MonkeyPatch  # noqa: F811
) -> None:
    monkeypatch.setattr(Source, "account", lambda self, request: "one source")
    held = await listening(office, chromium, pictures)
    page, label = held.page, office.words.label
    for _ in range(FREE + 3):
        await office.emergency()
    rows = page.locator("#group-emergency li.row")
    await held.open()
    await expect(rows).to_have_count(FREE + 1)
    more = rows.last.locator("details")
    await expect(more.locator("summary")).to_have_text(f"{label('desk.alarms_alike', 'en')}: 2")
    await page.locator("#sound-off").click()
    assert await rings(page)

    # Heard, and one more comes before the gateway has said that nothing rings any more.
    async def on_the_way(route: Route) -> None:
        await route.fulfill(status=204)

    await page.route("**/heard", on_the_way)
    await page.locator("#acknowledge").click()
    await expect(page.locator("#news")).not_to_have_class("emergency")
    assert not await rings(page)
    await office.emergency()
    await expect(more.locator("summary")).to_have_text(f"{label('desk.alarms_alike', 'en')}: 3")
    await expect(page.locator("#news")).to_have_class("emergency")
    assert await rings(page)

    await page.unroute("**/heard")
    await page.locator("#acknowledge").click()
    await expect(page.locator("#news")).not_to_have_class("emergency")
    await more.locator("summary").click()
    await expect(more.locator("li")).to_have_count(3)
    await held.looked_at("flood")
    number = await more.locator("li .number").last.text_content()
    await more.locator("li button").last.click()
    await expect(page.locator("#case")).to_be_visible()
    [taken] = [case for case in await office.store.queue() if case.owner is not None]
    assert taken.number == number


async def test_a_new_person_and_a_new_word_are_heard_softly_until_switched_off(
    office: Office, chromium: Browser, pictures: Path  # noqa: F811
) -> None:
    label = office.words.label
    held = await listening(office, chromium, pictures)
    page = held.page
    await held.context.grant_permissions(["notifications"], origin=office.url)
    await page.add_init_script(RECORDED + ON)
    await page.reload()
    await expect(page.locator("#nobody")).to_be_visible()  # the queue was read: what comes now is new
    await tap(page)
    await expect(page.locator("#sound-off")).to_be_hidden()

    async def told(kind: str, number: str) -> None:
        title = label(f"desk.{kind}", "en")
        wanted = {"body": number, "tag": f"{number} {kind}", "requireInteraction": False}
        await page.wait_for_function("tag => standing().some(([, one]) => one.tag === tag)", arg=wanted["tag"])
        assert [title, wanted] in await page.evaluate("standing()"), "and nothing else"

    person, _ = await waiting(office)
    [case] = await office.store.queue()
    await told("new_waiting", case.number)
    await page.wait_for_function("() => tones === 2")
    assert not await rings(page), "nobody is in danger: once is enough"
    await page.locator("li.row button").click()
    await expect(page.locator("#log li.person").first).to_be_visible()
    await page.wait_for_function("() => standing().length === 0")
    await page.locator("#back").click()
    await person.write("are you there")
    await told("new_word", case.number)
    await page.wait_for_function("() => tones === 3")

    await page.locator("#menu-open").click()
    for what in ("tell_new", "tell_word"):
        await page.get_by_label(label(f"desk.{what}", "en")).uncheck()
    await held.looked_at("told")
    await page.locator("#menu > [data-close]").click()
    await person.write("hello")
    await expect(page.locator("li.row .unread")).to_have_text(f"2 {label('desk.unread', 'en')}")
    await waiting(office)
    await expect(page).to_have_title(f"2 {label('desk.unread', 'en')} · (1) Desk")
    assert await page.evaluate("[tones, standing().length]") == [3, 1]
    await page.reload()
    await page.locator("#menu-open").click()
    await expect(page.locator("#tell_new")).not_to_be_checked()
    await expect(page.locator("#tell_word")).not_to_be_checked()

"""The card of a case, and what goes between centres, in a real browser: on a phone, and at a laptop without a mouse;
two tabs stay the same; a draft survives a reload; a notification says level and number and nothing else."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from playwright.async_api import Browser, Route, expect

from tests.browser.desk.test_case_work_page import at_desk, press, told
from tests.browser.desk.test_page import Phone, chromium, pictures  # noqa: F401 - fixtures
from tests.process.desk.test_referrals import quiet_case, stranger
from tests.support.office import LOCKED_IN, Office

RECORDED = """(() => {
  const real = window.Notification;
  window.told = []; window.standing = () => window.told.filter(({ closed }) => !closed).map(({ what }) => what);
  window.Notification = class extends real {
    constructor(...what) { super(...what); this.entry = { what, closed: false }; window.told.push(this.entry); }
    close() { this.entry.closed = true; super.close(); }
  };
})()"""
"""The browser's own notifications, and a list of what they were made with."""
AS_ON_A_PHONE = """(() => {
  const real = window.Notification;
  window.Notification = class {
    constructor() { throw new TypeError("Illegal constructor."); }
    static get permission() { return real.permission; }
    static requestPermission() { return real.requestPermission(); }
  };
  const worker = () => navigator.serviceWorker.getRegistration("/static/");
  const kind = window.ServiceWorkerRegistration.prototype, show = kind.showNotification;
  let line = Promise.resolve();
  const inTurn = (work) => line = line.then(work, work);
  kind.showNotification = function (...what) { return inTurn(() => show.apply(this, what)); };
  const standing = () => inTurn(async () => (await (await worker())?.getNotifications()) ?? []);
  window.until = async (wanted) => {
    for (let tries = 0; tries < 200; tries++) {
      if (await wanted()) return true;
      await new Promise((again) => setTimeout(again, 50));
    }
    return false;
  };
  window.standing = async () => (await standing()).map(({ title, body, tag, data }) => ({ title, body, tag, data }));
})()"""
"""What Chrome on Android says of a page that makes its notification itself. Chrome forgets one that is shown while
somebody asks which there are, so the test does not ask meanwhile; nor does the desk."""
SLOW = """;(() => {
  const real = navigator.serviceWorker.getRegistration.bind(navigator.serviceWorker);
  const register = navigator.serviceWorker.register.bind(navigator.serviceWorker);
  const held = new Promise((done) => { window.letGo = done; });
  window.looking = 0;
  window.early = false;
  navigator.serviceWorker.register = (...what) => { window.early ||= window.looking > 0; return register(...what); };
  navigator.serviceWorker.getRegistration = async (...what) => {
    window.looking++;
    try { await held; return await real(...what); } finally { window.looking--; }
  };
})()"""
"""A phone that looks for its worker until it is let go. `early`: whether it began to show something before."""

ON = ";localStorage.setItem('notify', 'on');"
"""Notifications were switched on earlier."""


async def may_notify(
    office: Office, chromium: Browser, pictures: Path, script: str, *, laptop: bool = False  # noqa: F811
) -> Phone:
    """A colleague's desk that may show notifications, opened anew with `script` before its own."""
    noor = await at_desk(office, chromium, pictures, "Noor", laptop=laptop)
    await noor.context.grant_permissions(["notifications"], origin=office.url)
    await noor.page.add_init_script(script)
    await noor.page.reload()
    return noor


@pytest.mark.parametrize(("lang", "colours"), [("en", "light"), ("nl", "dark")])
async def test_the_card_of_a_case_on_a_small_phone(
    office: Office, chromium: Browser, pictures: Path, lang: str, colours: str  # noqa: F811
) -> None:
    label = office.words.label
    noor = await at_desk(office, chromium, pictures, "Noor", lang=lang)
    await noor.page.emulate_media(color_scheme=colours)  # type: ignore[arg-type]
    page = noor.page
    (person, _), (_, other) = await office.emergency("ar"), await office.emergency()
    linked = await office.store.case(other)
    assert linked is not None
    mine = page.locator("#group-emergency li.row", has_not_text=linked.number)
    await mine.locator(".primary").click()
    await expect(page.locator("#log li.person")).to_be_visible()
    second = await noor.context.new_page()
    await second.goto(page.url)
    await expect(second.locator("#log li.person")).to_be_visible()

    await page.locator("#notes-open").click()
    await page.locator("#summary").fill("Waits at the station")
    await page.reload()
    await page.locator("#notes-open").click()
    await expect(page.locator("#summary")).to_have_value("Waits at the station")  # a draft survives a reload
    await page.locator("#summary-form .primary").click()
    await expect(page.locator("#notes-done")).to_have_text(label("desk.saved", lang))
    await page.locator("#deadline-kind").select_option("reflection")
    await expect(page.locator("#deadline-label")).to_have_text(label("desk.deadline_begins", lang))
    await page.locator("#deadline-day").fill("2026-11-26")
    await page.locator("#deadline-form button").click()
    await expect(page.locator("#deadlines li")).to_contain_text(label("desk.deadline_reflection", lang))
    await page.locator("#link-number").fill(linked.number)
    await page.locator("#link-form button").click()
    await expect(page.locator("#links li")).to_contain_text(linked.number)
    await noor.looked_at(f"card-notes-{colours}")
    await page.locator("#code-renew").scroll_into_view_if_needed()
    await noor.looked_at(f"card-notes-end-{colours}")
    await page.locator("#code-renew").click()
    assert not [m for m in await person.messages() if "return_code" in m], "the first tap asks"
    await page.locator("#code-renew").click()
    await expect(page.locator("#notes-done")).to_have_text(label("desk.saved", lang))
    [new] = [m for m in await person.messages() if "return_code" in m]
    await page.locator("#notes > [data-close]").click()
    await expect(page.locator("#log")).to_contain_text(label("desk.code_shown", lang))
    assert str(new["return_code"]) not in await page.content()
    await expect(page.locator("#summary-line")).to_have_text("Waits at the station")
    await expect(page.locator("#card-line")).to_contain_text(linked.number)
    await noor.looked_at(f"card-case-{colours}")

    await expect(second.locator("#summary-line")).to_have_text("Waits at the station")  # two tabs stay the same
    await expect(second.locator("#card-line")).to_contain_text(linked.number)
    await second.locator("#notes-open").click()
    await second.locator("#links button").click()
    await expect(second.locator("#links li")).to_have_count(0)
    await expect(page.locator("#card-line")).not_to_contain_text(linked.number)


async def test_a_case_goes_to_another_centre_and_comes_back_to_nobodys_eyes(
    office: Office, chromium: Browser, pictures: Path  # noqa: F811
) -> None:
    say, label = office.words.say, office.words.label
    noor = await at_desk(office, chromium, pictures, "Noor")
    await stranger(office)
    context = await chromium.new_context(viewport={"width": 360, "height": 640}, has_touch=True, is_mobile=True)
    cookie = {"name": "desk", "value": office.colleagues[-1].cookie, "url": office.url + "/desk"}
    await context.add_cookies([cookie])  # type: ignore[list-item]
    omar = Phone(office, context, await context.new_page(), pictures, "centre-omar")
    await omar.open("/desk?lang=en")
    await expect(omar.page.locator("#nobody")).to_be_visible()
    person, _ = await office.emergency("ar")
    page = noor.page
    await page.locator("#group-emergency .primary").click()
    await expect(page.locator("#log li.person")).to_be_visible()
    await page.locator("#more-open").click()
    give = page.locator("#centres").get_by_role("button", name="PAG-ASA", exact=True)
    await expect(give).to_be_enabled()
    await noor.looked_at("centres")
    await page.locator("#centres .quiet").click()
    await expect(page.locator("#centres .hint")).to_have_text(label("desk.centre_asked", "en"))
    assert (await told(person, "system"))[-1] == say("centres.ask", "ar", centre="PAG-ASA")
    await give.click()
    await expect(page.locator("#centres button").first).to_contain_text(label("desk.end_access_sure", "en"))
    await page.locator("#centres button").first.click()
    await expect(page.locator("#queue")).to_be_visible()
    assert (await told(person, "system"))[-1] == say("handoff.handed_over", "ar", centre="PAG-ASA")
    await expect(page.locator("#nobody")).to_be_visible()
    row = omar.page.locator("#group-emergency li.row")
    await expect(row).to_contain_text(f"{label('desk.from_centre', 'en')} Inloop")
    await omar.looked_at("centres-queue")
    await row.locator(".primary").click()
    await expect(omar.page.locator("#log li.person .text")).to_have_text(LOCKED_IN)


async def test_the_card_at_a_laptop_without_a_mouse(
    office: Office, chromium: Browser, pictures: Path  # noqa: F811
) -> None:
    label = office.words.label
    noor = await at_desk(office, chromium, pictures, "Noor", laptop=True)
    await stranger(office)
    await office.emergency()
    page = noor.page
    await press(page, label("desk.claim", "en"))
    await expect(page.locator("#log li.person")).to_be_visible()
    await press(page, label("desk.notes", "en"))
    await expect(page.locator("#notes-title")).to_be_focused()
    await page.locator("#summary").focus()
    await page.keyboard.type("Waits at the station")
    await page.keyboard.press("Enter")
    await expect(page.locator("#summary-line")).to_have_text("Waits at the station")
    await page.locator("#deadline-day").focus()
    await page.keyboard.type("05012027")
    await page.locator("#deadline-kind").focus()
    await page.keyboard.press("End")
    await press(page, label("desk.deadline_add", "en"))
    await expect(page.locator("#deadlines li")).to_contain_text(label("desk.deadline_other", "en"))
    await noor.looked_at("card-notes")
    await press(page, label("desk.remove", "en"))
    await expect(page.locator("#deadlines li")).to_have_count(0)
    await expect(page.locator("#notes-title")).to_be_focused()
    await page.keyboard.press("Escape")
    await press(page, label("desk.actions", "en"))
    await expect(page.locator("#centres button").first).to_be_visible()
    await noor.looked_at("centres-laptop")
    await press(page, "PAG-ASA")
    await page.keyboard.press("Enter")
    await expect(page.locator("#queue")).to_be_visible()


async def test_a_new_emergency_is_notified_by_level_and_number(
    office: Office, chromium: Browser, pictures: Path  # noqa: F811
) -> None:
    label = office.words.label
    noor = await may_notify(office, chromium, pictures, RECORDED, laptop=True)
    page = noor.page
    await page.locator("#menu-open").click()
    await expect(page.locator("#notify")).to_have_text(label("desk.notify_on", "en"))
    await noor.looked_at("notify")
    await page.locator("#notify").click()
    await expect(page.locator("#notify")).to_have_text(label("desk.notify_off", "en"))
    await page.locator("#menu > [data-close]").click()
    _, case = await office.emergency()
    found = await office.store.case(case)
    assert found is not None
    await expect(page.locator("#show-new")).to_be_visible()
    await page.wait_for_function("number => standing().some(([, { tag }]) => tag === number)", arg=found.number)
    [(title, options)] = [n for n in await page.evaluate("told.map(({ what }) => what)") if n[1]["tag"] == found.number]
    assert title == label("desk.urgency_emergency", "en")
    assert options == {"body": found.number, "tag": found.number, "requireInteraction": True}, "and nothing else"
    eva = await office.caseworker("Eva")
    await eva.post(f"/desk/api/cases/{case}/claim")
    await page.wait_for_function("number => !standing().some(([, { tag }]) => tag === number)", arg=found.number)


async def test_a_phone_shows_it_through_a_worker_that_goes_when_it_is_turned_off(
    office: Office, chromium: Browser, pictures: Path  # noqa: F811
) -> None:
    label = office.words.label
    noor = await may_notify(office, chromium, pictures, AS_ON_A_PHONE)
    page = noor.page
    assert await page.evaluate("navigator.serviceWorker.getRegistrations().then((all) => all.length)") == 0
    await page.locator("#menu-open").click()
    await page.locator("#notify").click()
    await expect(page.locator("#notify")).to_have_text(label("desk.notify_off", "en"))
    await page.locator("#menu > [data-close]").click()
    _, case = await office.emergency()
    found = await office.store.case(case)
    assert found is not None
    stands = "([number, so]) => until(async () => (await standing()).some(({ tag }) => tag === number) === so)"
    assert await page.evaluate(stands, [found.number, True])
    [shown] = [one for one in await page.evaluate("standing()") if one["tag"] == found.number]
    assert shown == {
        "title": label("desk.urgency_emergency", "en"), "body": found.number, "tag": found.number, "data": None,
    }, "and nothing else"  # fmt: skip
    eva = await office.caseworker("Eva")
    await eva.post(f"/desk/api/cases/{case}/claim")
    assert await page.evaluate(stands, [found.number, False])
    await page.locator("#menu-open").click()
    await page.locator("#notify").click()
    await expect(page.locator("#notify")).to_have_text(label("desk.notify_on", "en"))
    assert await page.evaluate("until(async () => !(await navigator.serviceWorker.getRegistrations()).length)")
    assert noor.errors == []


async def test_a_phone_keeps_no_call_that_is_over(
    office: Office, chromium: Browser, pictures: Path  # noqa: F811
) -> None:
    """The page that showed it was thrown away meanwhile, or somebody has logged out."""
    noor = await may_notify(office, chromium, pictures, AS_ON_A_PHONE + ON)
    page = noor.page
    (_, first), (_, second) = await office.emergency(), await office.emergency()
    tags = "(wanted) => until(async () => String((await standing()).map(({ tag }) => tag).sort()) === String(wanted))"
    numbers = [case.number for case in await office.store.queue()]
    assert await page.evaluate(tags, sorted(numbers))
    await page.goto("about:blank")
    eva = await office.caseworker("Eva")
    await eva.post(f"/desk/api/cases/{first}/claim")
    await noor.open()
    left = await office.store.case(second)
    assert left is not None
    assert await page.evaluate(tags, [left.number])
    await page.locator("#menu-open").click()
    await page.locator("#logout").click()
    await expect(page.locator("#login")).to_be_visible()
    assert await page.evaluate(tags, [])


async def test_a_call_that_comes_while_old_ones_are_looked_for_stands(
    office: Office, chromium: Browser, pictures: Path  # noqa: F811
) -> None:
    """A page that is opened closes what an earlier one has shown; a slow phone is still looking when a call comes."""
    noor = await may_notify(office, chromium, pictures, AS_ON_A_PHONE + SLOW + ON)
    page = noor.page
    assert await page.evaluate("until(() => window.looking > 0)")
    await office.emergency()
    [case] = await office.store.queue()
    await expect(page.locator("#shout")).to_contain_text(case.number)
    stands = "(wanted) => until(async () => String((await standing()).map(({ tag }) => tag)) === String(wanted))"
    await page.evaluate("letGo()")
    assert await page.evaluate("until(() => window.looking === 0)")
    assert await page.evaluate(stands, [case.number])
    assert not await page.evaluate("window.early"), "shown while it was looked for what is to be closed"


async def test_the_call_of_ones_own_case_stands_until_it_is_over(
    office: Office, chromium: Browser, pictures: Path  # noqa: F811
) -> None:
    noor = await may_notify(office, chromium, pictures, RECORDED + ON, laptop=True)
    page = noor.page
    person, case = await quiet_case(office)
    await page.locator("li.row button").first.click()
    await expect(page.locator("#log li.person").first).to_be_visible()
    await person.write(LOCKED_IN)
    found = await office.store.case(case)
    assert found is not None
    stands = "(number) => standing().some(([, { tag }]) => tag === number)"
    await page.wait_for_function(stands, arg=found.number)
    await office.emergency()  # the queue changes
    await page.wait_for_function("() => standing().length === 2")
    assert await page.evaluate(stands, found.number)


async def test_the_desk_starts_that_worker_and_no_other(
    office: Office, chromium: Browser, pictures: Path  # noqa: F811
) -> None:
    noor = await at_desk(office, chromium, pictures, "Noor")
    for attempt in (
        "navigator.serviceWorker.register('/static/desk.js')",
        "trustedTypes.createPolicy('another', { createScriptURL: (address) => address })",
        "trustedTypes.createPolicy('desk-worker', { createScriptURL: (address) => address })",
    ):
        refused = f"async () => {{ try {{ await {attempt}; return ''; }} catch (error) {{ return error.name; }} }}"
        assert await noor.page.evaluate(refused) == "TypeError", attempt


async def test_without_permission_the_title_and_the_sound_say_the_same(
    office: Office, chromium: Browser, pictures: Path  # noqa: F811
) -> None:
    label = office.words.label
    noor = await at_desk(office, chromium, pictures, "Noor")
    page = noor.page
    await page.add_init_script("Notification.requestPermission = async () => 'denied';")
    await page.reload()
    await page.locator("#menu-open").click()
    await page.locator("#notify").click()
    await expect(page.locator("#notify-note")).to_have_text(label("desk.notify_blocked", "en"))
    await expect(page.locator("#notify")).to_have_text(label("desk.notify_on", "en"))
    await noor.looked_at("notify-blocked")
    await page.locator("#menu > [data-close]").click()
    await office.emergency()
    await expect(page.locator("#news.emergency")).to_be_visible()
    await expect(page).to_have_title(f"⚠ 1 · {label('desk.title', 'en')}")


async def test_somebody_who_writes_in_another_case_is_marked(
    office: Office, chromium: Browser, pictures: Path  # noqa: F811
) -> None:
    noor = await at_desk(office, chromium, pictures, "Noor")
    page = noor.page
    first, _ = await office.emergency()
    await page.locator("#group-emergency .primary").click()
    await expect(page.locator("#log li.person")).to_be_visible()
    await page.locator("#back").click()
    await office.emergency()
    await page.locator("#show-new").click()
    await expect(page.locator("#log li.person")).to_be_visible()
    await expect(page.locator("#back-unread")).to_be_hidden()
    await first.write("Are you still there?")
    await expect(page.locator("#back-unread")).to_have_text("1")
    await noor.looked_at("unread-elsewhere")


async def test_what_was_read_is_not_marked_however_quickly_somebody_goes_back(
    office: Office, chromium: Browser, pictures: Path  # noqa: F811
) -> None:
    noor = await at_desk(office, chromium, pictures, "Noor")
    page = noor.page
    asked: asyncio.Queue[Route] = asyncio.Queue()
    await page.route("**/messages?*", asked.put)
    await office.emergency()
    await page.locator("#group-emergency .primary").click()
    first = await asyncio.wait_for(asked.get(), 120)
    await office.emergency()  # the queue changes meanwhile, so that the case is read once more after this
    await expect(page.locator("#shout")).not_to_be_empty()
    await first.continue_()
    await expect(page.locator("#log li.person")).to_be_visible()
    await asyncio.wait_for(asked.get(), 120)  # and that answer does not come
    await page.locator("#back").click()
    async with asyncio.timeout(120):
        while any(case.unread for case in await office.store.queue() if case.owner is not None):
            await asyncio.sleep(0.05)

"""The desk in a real browser, as a phone has it."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.async_api import Browser, BrowserContext, Page, Route, async_playwright, expect

from bot.domain.model import CaseChange, Urgency
from bot.storage.store import Knock, LogInFailed
from tests.browser.conftest import ARGUMENTS, PATIENCE
from tests.support.desk import PASSWORD
from tests.support.office import LOCKED_IN, Office, Visitor

PHONE = {"width": 390, "height": 844}


@pytest.fixture
async def chromium() -> AsyncIterator[Browser]:
    path = os.environ.get("INLOOP_TEST_BROWSER")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        await browser.close()


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    folder = Path(os.environ.get("INLOOP_TEST_PICTURES") or tmp_path)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


class Phone:
    """A caseworker's phone, logged in as the office's colleague of that name."""

    def __init__(
        self, office: Office, context: BrowserContext, page: Page, pictures: Path, name: str
    ) -> None:
        self.office, self.context, self.page = office, context, page
        self.pictures, self.name = pictures, name
        self.errors: list[str] = []
        page.set_default_timeout(PATIENCE)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", lambda m: self.errors.append(m.text) if "Content Security" in m.text else None)

    async def open(self, path: str = "/desk?lang=en") -> Page:
        await self.page.goto(self.office.url + path)
        return self.page

    async def looked_at(self, picture: str) -> None:
        """Takes a picture; no fault by axe, no fault of a script, and every target is large enough for a thumb."""
        await self.page.screenshot(path=self.pictures / f"desk-{picture}-{self.name}.png")
        # Not as a <script>: the page's own policy lets none in.
        await self.page.evaluate(f"() => {{ {AXE_SCRIPT} ; }}")
        found = await self.page.evaluate(
            "async () => (await axe.run()).violations.map(v => [v.id, v.nodes.map(n => n.html)])"
        )
        assert found == [], found
        small = await self.page.evaluate(
            """() => [...document.querySelectorAll("button, a, input, textarea, summary")]
              .filter(n => n.checkVisibility() && !n.closest(".sr"))
              .map(n => [n.outerHTML.slice(0, 80), n.getBoundingClientRect()])
              .filter(([, box]) => box.width && (box.height < 48 || box.width < 48)).map(([name]) => name)"""
        )
        assert small == []
        wide = await self.page.evaluate("() => document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, "nothing hangs over the side"
        assert self.errors == []


class Answers:
    """A route on which all arrives and, while `lost`, no answer comes back; it heals with post number `heals`."""

    def __init__(self, heals: int | None = None) -> None:
        self.heals = heals
        self.lost = False
        self.posts = 0

    async def __call__(self, route: Route) -> None:
        self.posts += route.request.method == "POST"
        self.lost = self.lost and self.posts != self.heals
        answer = await route.fetch()
        await (route.abort() if self.lost else route.fulfill(response=answer))


async def phone(
    office: Office,
    chromium: Browser,
    pictures: Path,
    name: str,
    *,
    colours: str = "light",
    log_in: bool = True,
) -> Phone:
    context = await chromium.new_context(
        viewport=PHONE, has_touch=True, is_mobile=True, color_scheme=colours, locale="en-GB",  # type: ignore[arg-type]
    )  # fmt: skip
    if log_in:
        await office.caseworker(name)
        cookie = office.colleagues[-1].cookie
        place = {"domain": urlsplit(office.url).hostname, "path": "/desk", "httpOnly": True}  # as the gateway sets it
        await context.add_cookies([{"name": "desk", "value": cookie, **place}])  # type: ignore[list-item]
    return Phone(office, context, await context.new_page(), pictures, name)


async def waiting(office: Office) -> tuple[Visitor, int]:
    """A person who asks for a person, without danger, and the id of their case."""
    before = {case.id for case in await office.store.queue()}
    person = await office.visitor()
    opened = await office.store.open_by_token(person.headers["Authorization"].removeprefix("Bearer "))
    assert opened is not None
    await office.store.accept(opened, "ask", "please", case=CaseChange(Urgency.NONE), answered=True)
    office.live.wake("desk")
    return person, next(case.id for case in await office.store.queue() if case.id not in before)


@pytest.mark.parametrize(("colours", "lang"), [("light", "en"), ("dark", "nl")])
async def test_a_night_at_the_desk(
    office: Office, chromium: Browser, pictures: Path, colours: str, lang: str
) -> None:
    held = await phone(office, chromium, pictures, colours, colours=colours)
    asker = await office.visitor("fr")
    await asker.write("hello")
    person, case = await office.emergency("en")
    _, other = await office.emergency(None)
    office.clock.pass_by(minutes=4)
    page = await held.open(f"/desk?lang={lang}")
    await expect(page.locator("#group-emergency li.row")).to_have_count(2)
    await expect(page).to_have_title(f"⚠ 2 · {office.words.label('desk.title', lang)}")
    await held.looked_at("queue")
    await page.locator("#menu-open").click()
    await expect(page.locator("#manage")).to_have_text(office.words.label("desk.manage", lang))
    await held.looked_at("menu")
    await page.locator("#menu [data-close]").click()
    await page.locator("#group-emergency li.row button").first.click()
    await expect(page.locator("#log li.person .text")).to_have_text("They locked me in")
    await page.locator("#text").fill("I am Noor. Are you alone now?\nYou can write yes or no.")
    await held.looked_at("case")
    await page.locator("#write .primary").click()
    if lang != "en":  # the desk's language is not the person's: it is asked about once
        await expect(page.locator("#foreign-what")).not_to_be_empty()
        await page.locator("#write .primary").click()
    await expect(page.locator("#log li.caseworker .text")).to_contain_text("I am Noor.")
    await person.write("yes. he sleeps")
    await expect(page.locator("#log li.person .text").last).to_have_text("yes. he sleeps")
    await person.write("مرحبا، أنا خائفة جدا")
    await expect(page.locator("#log li.person .text")).to_have_count(3)
    await held.looked_at("talk")
    await page.locator("#more-open").click()
    await held.looked_at("more")
    await page.locator("#more [data-close]").click()
    await page.locator("#back").click()
    await expect(page.locator("#group-mine li.row")).to_have_count(1)
    await held.looked_at("mine")
    assert (await office.store.case(case)).owner_name == colours  # type: ignore[union-attr]
    assert (await office.store.case(other)).owner is None  # type: ignore[union-attr]


async def test_news_moves_nothing_and_an_emergency_is_loud(
    office: Office, chromium: Browser, pictures: Path
) -> None:
    held = await phone(office, chromium, pictures, "news")
    await office.emergency()
    await waiting(office)
    page = await held.open()
    button, below = page.locator("#group-emergency li.row button"), page.locator("#group-waiting li.row button")
    await expect(button).to_have_count(1)
    await page.locator("#acknowledge").click()
    await expect(page.locator("#news")).not_to_have_class("emergency")
    before = await button.bounding_box(), await below.bounding_box()
    _, new = await office.emergency()
    found = await office.store.case(new)
    assert found is not None
    await expect(page.locator("#show-new")).to_contain_text("New emergency")
    await expect(page.locator("#shout")).to_contain_text(found.number)
    await expect(page).to_have_title("⚠ 2 · Desk")
    rows = page.locator("#group-emergency li.row")
    await expect(rows).to_have_count(2)  # at once, though somebody is looking
    await expect(rows.last).to_contain_text(found.number)
    after = await button.first.bounding_box(), await below.bounding_box()
    assert after == before, "what the thumb is about to touch has not moved"
    await held.looked_at("news")
    await page.locator("#acknowledge").click()
    await waiting(office)
    await expect(page.locator("#whisper")).to_contain_text("New in the queue: 1")
    await expect(below).to_have_count(1)
    await page.locator("#show-new").click()
    await expect(below).to_have_count(2)
    await expect(below.last).to_be_focused()
    await expect(page.locator("#show-new")).to_be_hidden()


async def test_the_first_emergency_takes_the_place_that_is_kept_free(
    office: Office, chromium: Browser, pictures: Path
) -> None:
    held = await phone(office, chromium, pictures, "free")
    await waiting(office)
    page = await held.open()
    row = page.locator("#group-waiting li.row button")
    await expect(page.locator(".free-place")).to_have_text(office.words.label("desk.no_emergency", "en"))
    await held.looked_at("free")
    before = await row.bounding_box()
    await page.locator("#heading").click()  # somebody is there
    await office.emergency()
    await expect(page.locator("#group-emergency li.row")).to_be_visible()
    assert await row.bounding_box() == before


async def test_pressing_the_bar_opens_the_case_that_calls(
    office: Office, chromium: Browser, pictures: Path
) -> None:
    """The older emergency was seen; the bar tells of the other one, and opens it, also from within a case."""
    held = await phone(office, chromium, pictures, "bar")
    await office.emergency()
    page = await held.open()
    await page.locator("#acknowledge").click()
    bar = page.locator("#show-new")
    for inside in (False, True):
        _, new = await office.emergency()
        found = await office.store.case(new)
        assert found is not None
        await expect(bar).to_contain_text(found.number)
        await expect(bar).to_contain_text(office.words.label("desk.claim", "en"))
        if inside:
            await held.looked_at("bar")
        await bar.click()
        await expect(page.locator("#heading")).to_have_text(found.number)
        await expect(page.locator("#log li.person .text")).to_have_text(LOCKED_IN)
        await expect(bar).to_be_hidden()
        stored = await office.store.case(new)
        assert stored is not None and stored.owner_name == "bar"


async def test_the_numbers_of_two_new_emergencies_are_whole_on_a_small_phone(
    office: Office, chromium: Browser, pictures: Path
) -> None:
    held = await phone(office, chromium, pictures, "two-emergencies")
    await held.page.set_viewport_size({"width": 360, "height": 640})
    await office.emergency()
    await office.emergency()
    for language in office.words.languages:
        page = await held.open(f"/desk?lang={language.code}")
        await expect(page.locator("#show-new .whole")).to_contain_text("·")
        await page.evaluate("() => sessionStorage.clear()")  # so that they ring again in the next language
        bar, whole = page.locator("#show-new"), page.locator("#show-new .whole")
        outer, inner = await bar.bounding_box(), await whole.bounding_box()
        assert outer and inner
        assert outer["y"] <= inner["y"] and inner["y"] + inner["height"] <= outer["y"] + outer["height"], language.code
        assert outer["x"] <= inner["x"] and inner["x"] + inner["width"] <= outer["x"] + outer["width"], language.code


async def test_a_case_that_a_colleague_took_stays_in_its_place_and_says_so(
    office: Office, chromium: Browser, pictures: Path
) -> None:
    held = await phone(office, chromium, pictures, "taken")
    eva = await office.caseworker("Eva")
    _, case = await office.emergency()
    page = await held.open()
    row = page.locator("#group-emergency li.row")
    await expect(row).to_have_count(1)
    await row.click(position={"x": 5, "y": 5})  # somebody is there
    await eva.post(f"/desk/api/cases/{case}/claim")
    await expect(row).to_contain_text("Taken by: Eva")
    await expect(row.locator("button")).to_be_disabled()
    await held.looked_at("taken")


async def test_a_claim_that_comes_too_late_is_told(office: Office, chromium: Browser, pictures: Path) -> None:
    held = await phone(office, chromium, pictures, "late")
    eva = await office.caseworker("Eva")
    _, case = await office.emergency()
    page = await held.open()
    await expect(page.locator("#group-emergency li.row")).to_have_count(1)
    await page.route("**/desk/api/events", lambda route: route.abort())
    await page.context.set_offline(False)
    office.live.wake = lambda topic: None  # type: ignore[method-assign]
    await eva.post(f"/desk/api/cases/{case}/claim")
    await page.locator("#group-emergency li.row button").click()
    await expect(page.locator("#group-emergency li.row")).to_contain_text("Taken by: Eva")
    assert await page.evaluate("location.hash") == ""


async def test_a_draft_survives_a_reload_and_a_reply_whose_answer_was_lost_is_said_once(
    office: Office, chromium: Browser, pictures: Path
) -> None:
    held = await phone(office, chromium, pictures, "draft")
    person, case = await office.emergency()
    page = await held.open()
    answers = Answers(heals=2)
    await page.route(f"**/cases/{case}/messages*", answers)
    await page.locator("#group-emergency li.row button").click()
    await page.locator("#text").fill("Stay where you are")
    await page.reload()
    await expect(page.locator("#text")).to_have_value("Stay where you are")
    await expect(page.locator("#log li.person .text")).to_have_text("They locked me in")
    answers.lost = True
    await page.locator("#write .primary").click()
    await expect(page.locator("#log li.unsent .text")).to_have_text("Stay where you are")
    await held.looked_at("unsent")
    await page.reload()
    await expect(page.locator("#log li.unsent .text")).to_have_text("Stay where you are")
    # What is under way is called sending, and not unsent: it has arrived when it is answered.
    async with page.expect_response(lambda answer: answer.request.method == "POST" and "/messages" in answer.url):
        await page.locator("#log li.unsent button").click()
    await expect(page.locator("#log li.unsent")).to_have_count(0)
    await expect(page.locator("#log li.caseworker")).to_have_count(1)
    assert answers.posts == 2
    assert [m["text"] for m in await person.messages() if m["from"] == "caseworker"] == ["Stay where you are"]


async def test_a_reply_that_is_read_in_the_conversation_is_not_called_unsent(
    office: Office, chromium: Browser, pictures: Path
) -> None:
    held = await phone(office, chromium, pictures, "read")
    person, case = await office.emergency()
    page = await held.open()
    answers = Answers()
    await page.route(f"**/cases/{case}/messages*", answers)
    await page.locator("#group-emergency li.row button").click()
    await expect(page.locator("#log li.person .text")).to_have_text("They locked me in")
    answers.lost = True
    await page.locator("#text").fill("Stay where you are")
    await page.locator("#write .primary").click()
    await expect(page.locator("#log li.unsent .text")).to_have_text("Stay where you are")
    answers.lost = False
    await person.write("are you there")
    await expect(page.locator("#log li.person .text").last).to_have_text("are you there")
    await expect(page.locator("#log li.unsent")).to_have_count(0)
    await expect(page.locator("#log li.caseworker .text")).to_have_text("Stay where you are")
    await page.reload()
    await expect(page.locator("#log li.person")).to_have_count(2)
    await expect(page.locator("#log li.caseworker")).to_have_count(1)
    assert answers.posts == 1, "nobody had to send it again"


async def test_by_keyboard_alone(office: Office, chromium: Browser, pictures: Path) -> None:
    held = await phone(office, chromium, pictures, "keys")
    person, _ = await office.emergency()
    page = await held.open()
    await expect(page.locator("#group-emergency li.row")).to_have_count(1)

    async def tab_to(selector: str) -> None:
        for _ in range(12):
            if await page.evaluate("s => document.activeElement.matches(s)", selector):
                return
            await page.keyboard.press("Tab")
        raise AssertionError(selector)

    await tab_to("li.row button")
    outline = await page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid", "the focus is seen"
    await page.keyboard.press("Enter")
    await expect(page.locator("#log li.person")).to_have_count(1)
    await tab_to("#text")
    await page.keyboard.type("First line")
    await page.keyboard.press("Enter")
    await page.keyboard.type("second line")
    await page.keyboard.press("Control+Enter")
    await expect(page.locator("#log li.caseworker:not([data-pending]) .text")).to_have_text(
        "First line\nsecond line"
    )
    assert (await person.messages())[-1]["text"] == "First line\nsecond line"


async def test_the_end_of_a_session_is_loud_and_keeps_the_draft(
    office: Office, chromium: Browser, pictures: Path
) -> None:
    held = await phone(office, chromium, pictures, "expired")
    await office.emergency()
    page = await held.open()
    await page.locator("#group-emergency li.row button").click()
    await page.locator("#text").fill("I am looking for a")
    await office.store.log_out(office.colleagues[0].cookie)
    office.live.wake("desk")
    await expect(page.locator("#login-error")).to_have_text(office.words.label("desk.error_expired", "en"))
    assert (await page.title()).startswith("⚠")
    await expect(page.locator("#log li")).to_have_count(0)
    await held.looked_at("expired")


async def test_log_in_and_invitation_pages(office: Office, chromium: Browser, pictures: Path) -> None:
    held = await phone(office, chromium, pictures, "in", log_in=False)
    secret = await office.store.invite_first("Noor")
    page = await held.open(f"/desk/invite/{secret}?lang=en")
    await expect(page.locator(".qr img")).to_be_visible()
    assert await page.evaluate("document.querySelector('.qr img').naturalWidth") > 100
    await held.looked_at("invite")
    await page.locator("#password").fill("a long sentence for the night")
    await page.locator("#code").fill("000000")
    await page.locator("#accept .primary").click()
    await expect(page.locator("#fault")).to_have_text(office.words.label("desk.invite_refused", "en"))
    page = await held.open("/desk/invite/nothing?lang=en")
    await held.looked_at("invite-gone")
    page = await held.open()
    await page.locator("#name").fill("Noor")
    await page.locator("#password").fill("a long sentence for the night")
    await page.locator("#code").fill("000000")
    await page.locator("#login .primary").click()
    await expect(page.locator("#login-error")).to_have_text(office.words.label("desk.error_login", "en"))
    await held.looked_at("login")


async def test_a_page_says_that_somebody_is_there_when_it_is_touched(
    office: Office, chromium: Browser, pictures: Path
) -> None:
    held = await phone(office, chromium, pictures, "Noor")
    page = await held.open()
    said: list[str] = []
    page.on("request", lambda request: "/session/here" in request.url and said.append(request.method))
    await expect(page.locator("#nobody")).to_be_visible()
    await page.evaluate("dispatchEvent(new Event('online'))")
    assert said == []
    async with page.expect_response(lambda answer: "/session/here" in answer.url) as told:
        await page.locator("#nobody").click()
    assert (await told.value).status == 204
    await page.keyboard.press("Tab")
    await page.keyboard.press("Tab")
    assert said == ["POST"], "once a minute is enough"


async def test_a_new_phone_does_the_work_of_a_log_in_unseen(
    office: Office, chromium: Browser, pictures: Path
) -> None:
    """While strangers guess at the name."""
    await office.caseworker("Noor")
    for _ in range(5):
        with pytest.raises(LogInFailed):
            await office.store.log_in("Noor", "guess guess guess", "000000", Knock(paid=True))
    office.clock.pass_by(seconds=30)
    held = await phone(office, chromium, pictures, "new", log_in=False)
    page = await held.open()
    statuses: list[int] = []
    page.on("response", lambda answer: answer.url.endswith("/desk/login") and statuses.append(answer.status))
    await page.locator("#name").fill("Noor")
    await page.locator("#password").fill(PASSWORD)
    await page.locator("#code").fill(office.colleagues[0].totp.at(office.clock()))
    await page.locator("#login .primary").click()
    await expect(page.locator("#queue")).to_be_visible()
    assert statuses == [428, 200]


async def test_a_case_of_ones_own_that_turns_into_an_emergency_is_told(
    office: Office, chromium: Browser, pictures: Path
) -> None:
    held = await phone(office, chromium, pictures, "worse")
    person, case = await waiting(office)
    page = await held.open()
    await page.locator("#group-waiting li.row button").click()
    await expect(page.locator("#case-facts .badge.none")).to_be_visible()
    await expect(page.locator("#log li.person")).to_be_visible()
    await page.locator("#back").click()
    _, other = await office.emergency()
    found = await office.store.case(case)
    assert found is not None
    await expect(page).to_have_title("⚠ 1 · Desk")
    await page.locator("#acknowledge").click()
    await person.write(LOCKED_IN)
    await expect(page.locator("#show-new")).to_contain_text(found.number)
    await expect(page.locator("#show-new")).to_contain_text(office.words.label("desk.open", "en"))
    await expect(page).to_have_title("1 new · ⚠ 2 · Desk")
    await expect(page.locator("#shout")).to_contain_text(office.words.label("desk.new_emergency", "en"))
    groups = await page.locator("#queue > div:not([hidden])").evaluate_all("nodes => nodes.map(({ id }) => id)")
    assert groups == ["group-mine", "group-emergency"], "one's own on top"
    await held.looked_at("worse-queue")
    eva = await office.caseworker("Eva")
    await eva.post(f"/desk/api/cases/{other}/claim")
    await page.reload()
    await expect(page.locator("#show-new")).to_contain_text(found.number)
    await page.locator("#show-new").click()
    await expect(page.locator("#case-facts .badge.emergency")).to_be_visible()
    await expect(page.locator("#show-new")).to_be_hidden()
    await expect(page.locator("#news")).not_to_have_class("emergency")
    await held.looked_at("worse")


@pytest.mark.parametrize("lang", ["en", "nl"])
async def test_a_coordinator_sees_a_quiet_line_about_facts_that_are_due(
    office: Office, chromium: Browser, pictures: Path, lang: str
) -> None:
    office.clock.pass_by(days=1000)
    coordinator = await phone(office, chromium, pictures, "Noor")
    page = await coordinator.open(f"/desk?lang={lang}")
    due = office.words.stale(office.clock().date())
    await expect(page.locator("#facts-count")).to_have_text(
        f"{office.words.label('desk.facts_due', lang)}: {len(due)}"
    )
    await expect(page.locator("#facts-list")).to_be_hidden()
    await coordinator.looked_at(f"facts-{lang}")
    await page.locator("#facts-count").click()
    await expect(page.locator("#facts-list li")).to_have_count(len(due))
    await expect(page.locator("#facts-list")).to_contain_text(office.words.fact("stop_phone"))
    await coordinator.looked_at(f"facts-open-{lang}")
    colleague = await phone(office, chromium, pictures, "Eva")
    await colleague.open(f"/desk?lang={lang}")
    await expect(colleague.page.locator("#nobody")).to_be_visible()
    await expect(colleague.page.locator("#facts")).to_be_hidden()

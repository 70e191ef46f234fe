"""Reading aloud: only where the device has a voice of the language, after a warning, and silent when it must be."""

from __future__ import annotations

from playwright.async_api import Browser, Page, Route, expect

from bot import content
from tests.browser.conftest import SMALL
from tests.browser.desk.test_page import chromium  # noqa: F401 - a fixture
from tests.browser.test_for_everyone import VOICES
from tests.support.office import Office, office  # noqa: F401 - a fixture


class Device:
    """A phone with a Dutch voice of its own; `asked`: what its page has asked for."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.asked: list[str] = []
        self.errors: list[str] = []
        page.on("request", lambda request: self.asked.append(request.url.rpartition("/")[2]))
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", lambda m: self.errors.append(m.text) if "Content Security" in m.text else None)

    async def begin(self, office: Office, lang: str) -> None:  # noqa: F811
        await self.page.add_init_script(VOICES)
        await self.page.route("https://www.meteo.be/**", lambda route: route.fulfill(body="<title>Weather</title>"))
        await self.page.goto(office.url + "/")
        await self.page.locator(f"[name=language][value={lang}]").click()
        await self.page.locator("#start").click()
        await expect(self.page.locator("#log li.bot")).to_have_count(1)

    async def spoken(self) -> list[object]:
        found: list[object] = await self.page.evaluate("window.spoken")
        return found

    @property
    def listen(self):  # type: ignore[no-untyped-def]
        return self.page.locator("#log li.bot .listen").first


async def device(chromium: Browser, office: Office, lang: str) -> Device:  # noqa: F811
    context = await chromium.new_context(viewport=SMALL, locale=lang)
    made = Device(await context.new_page())
    await made.begin(office, lang)
    return made


async def test_the_first_time_it_warns_and_then_it_reads(
    office: Office, chromium: Browser, words: content.Catalogue  # noqa: F811
) -> None:  # fmt: skip
    phone = await device(chromium, office, "nl")
    page, warning = phone.page, words.label("visitor.listen_warning", "nl")
    await expect(phone.listen).to_be_visible()
    assert "listen.js" not in phone.asked, "loaded when it is used"
    await phone.listen.click()
    said = page.locator("#log li.bot .hint", has_text=warning)
    await expect(said).to_be_visible()
    assert [one for one in await phone.spoken() if one != "cancel"] == []
    await phone.listen.click()
    await expect(phone.listen).to_contain_text(words.label("visitor.listen_stop", "nl"))
    await expect(said).to_have_count(0)
    (voice, text) = (await phone.spoken())[-1]  # type: ignore[misc]
    assert voice == "nl-NL" and words.say("welcome", "nl").splitlines()[0] in text
    await phone.listen.click()
    await expect(phone.listen).to_contain_text(words.label("visitor.listen", "nl"))
    assert (await phone.spoken())[-1] == "cancel"
    await page.reload()
    await expect(page.locator("#log li.bot")).to_have_count(1)
    await phone.listen.click()
    await expect(phone.listen).to_contain_text(words.label("visitor.listen_stop", "nl"))
    await expect(page.locator(".hint", has_text=warning)).to_have_count(0)
    assert phone.errors == []


async def test_it_is_silent_at_once_when_one_leaves_or_turns_the_page_away(
    office: Office, chromium: Browser  # noqa: F811
) -> None:  # fmt: skip
    phone = await device(chromium, office, "nl")
    page = phone.page
    await page.evaluate("sessionStorage.setItem('aloud', '1')")
    for away in ("visibilitychange", "pagehide"):
        await phone.listen.click()
        await page.wait_for_function("window.spoken.at(-1) !== 'cancel' && window.spoken.length > 0")
        await page.evaluate("Object.defineProperty(document, 'hidden', { value: true, configurable: true })")
        await page.evaluate(f"dispatchEvent(new Event('{away}'))")
        assert (await phone.spoken())[-1] == "cancel", away
        await page.evaluate("Object.defineProperty(document, 'hidden', { value: false, configurable: true })")
        await phone.listen.click()  # it still called itself "stop"
    await phone.listen.click()
    await page.wait_for_function("window.spoken.at(-1) !== 'cancel'")
    # The page has gone when it can be asked again: it notes in a name, which outlives it, what it did last.
    await page.evaluate("speechSynthesis.cancel = () => { window.name = 'silent'; }")
    await page.locator("#leave").click()
    await expect(page).to_have_title("Weather")
    assert await page.evaluate("window.name") in {"silent", ""}
    assert phone.errors == []


async def test_who_has_left_before_it_was_loaded_hears_nothing(office: Office, chromium: Browser) -> None:  # noqa: F811
    phone = await device(chromium, office, "nl")
    page = phone.page
    await page.evaluate("sessionStorage.setItem('aloud', '1')")
    held: list[Route] = []

    async def hold(route: Route) -> None:
        held.append(route)

    await page.route("**/listen.js", hold)
    async with page.expect_request("**/listen.js"):
        await phone.listen.click()
    await page.evaluate("Object.defineProperty(document, 'hidden', { value: true, configurable: true })")
    await held[0].continue_()
    await page.wait_for_function("import('./static/listen.js').then(() => true)")
    assert [one for one in await phone.spoken() if one != "cancel"] == []


async def test_without_a_voice_of_the_language_there_is_no_button(office: Office, chromium: Browser) -> None:  # noqa: F811
    phone = await device(chromium, office, "ar")
    await expect(phone.page.locator("#log li.bot .text").first).to_be_visible()
    await expect(phone.listen).to_be_hidden()
    assert "listen.js" not in phone.asked

"""What a browser has on its disk once it is closed: nothing of what was said, and nothing that opens the talk."""

from __future__ import annotations

import base64
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, quote_plus

import httpx
import pytest
from playwright.sync_api import BrowserContext, Page, Playwright, Route, expect, sync_playwright

from tests.browser.conftest import ARGUMENTS
from tests.support.gateway import Gateway, running, wait_for
from tests.support.ports import free_port
from tests.support.telegram import environment, telegram

pytestmark = pytest.mark.night  # gateways and browsers of its own, which are closed and killed

DEAD = {"INLOOP_ENGINE_URL": "http://127.0.0.1:9", "INLOOP_ENGINE_SECRET": "s" * 20}
STORAGE = Path("Default", "Session Storage")


def opened(playwright: Playwright, profile: Path, *, scripts: bool) -> BrowserContext:
    """A browser that keeps its profile in a folder."""
    return playwright.chromium.launch_persistent_context(
        profile, executable_path=os.environ.get("INLOOP_TEST_BROWSER"), args=[*ARGUMENTS, "--headless=new"],
        java_script_enabled=scripts,
    )  # fmt: skip


def on_disk(profile: Path, part: Path = Path()) -> bytes:
    """Return every byte of every file."""
    return b"".join(file.read_bytes() for file in sorted((profile / part).rglob("*")) if file.is_file())


def encodings(secret: str) -> list[bytes]:
    """Return the ways in which a browser may write a text."""
    texts = {secret, quote(secret), quote_plus(secret)}
    return [text.encode(name) for text in texts for name in ("utf-8", "utf-16-le")]


def found(secret: str, written: bytes) -> bool:
    return any(raw in written for raw in encodings(secret))


def test_a_browser_that_was_closed_has_written_nothing_that_was_sent(tmp_path: Path) -> None:
    """Whoever gets the phone, and can read its files, finds no words, no draft, and nothing that opens the talk. The
    addresses show that the browser has written down what it knows of its tabs."""
    profile, secrets = tmp_path / "profile", list[str]()
    with running(tmp_path, free_port(), engine=False, env=DEAD) as gateway, sync_playwright() as playwright:
        browser = opened(playwright, profile, scripts=False)
        page = browser.pages[0]
        page.goto(gateway.url + "/")
        page.get_by_role("button", name="English").click()
        page.locator("#start").click()
        for text in ("is it free CANARY1", "who are you CANARY2"):
            page.locator("#text").fill(text)
            page.locator("#write .primary").click()
            expect(page.locator("#log li.person .text").last).to_have_text(text)
            secrets.append(page.locator("[name=slip]").first.input_value())
        secrets.append(page.locator("#return-code").text_content() or "")
        page.locator("#text").fill("half a thought CANARY3")
        page.locator("#look").click()
        expect(page.locator("#text")).to_have_value("half a thought CANARY3")
        browser.close()
    written = on_disk(profile)
    assert b"/talk" in written
    for secret in ("CANARY", *secrets):
        assert secret
        assert not found(secret, written)


@pytest.fixture(scope="module")
def with_bot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """With a bot, so that there is a link into Telegram too."""
    folder = tmp_path_factory.mktemp("gateway")
    with telegram() as wire:
        env = DEAD | environment(wire, folder)
        with running(folder, free_port(), engine=False, env=env) as gateway:
            wait_for("the bot knows its name", lambda: "telegram" in gateway.log or wire.calls)
            yield gateway


def written_down(profile: Path, page: Page, name: str) -> None:
    """Wait until the browser has written what the page keeps under a name: as it is now, each text as UTF-16."""
    now = page.evaluate("name => [...sessionStorage[name]].map((letter) => letter.charCodeAt(0))", name)
    box = b"".join(code.to_bytes(2, "little") for code in now)
    assert box
    latin = bytes(now) if max(now) < 256 else box  # a browser may write a byte for a letter
    wait_for("the storage is on the disk", lambda: any(way in on_disk(profile, STORAGE) for way in (box, latin)))


class Talk:
    """A talk with scripts, as far as half a thought and a message that cannot go; what must not be found of it."""

    def __init__(self, gateway: Gateway, browser: BrowserContext) -> None:
        self.page = page = browser.pages[0]
        page.goto(gateway.url + "/")
        page.get_by_role("button", name="English").click()
        with page.expect_response(lambda answer: answer.url.endswith("/api/conversations")) as answer:
            page.locator("#start").click()
        told = answer.value.json()
        self.token, self.code = told["token"], told["return_code"]
        raw = base64.b64decode(told["key"])
        self.secrets = [
            self.code, *(" ".join(pair) for pair in zip(self.code.split(), self.code.split()[1:], strict=False)),
            told["key"], raw.hex(), raw.decode("latin-1"), told["telegram"].partition("start=")[2], "CANARY",
        ]  # fmt: skip
        assert len(self.code.split()) == 6
        assert told["telegram"]
        self._write("is it free CANARY1")
        expect(page.locator("#log li.bot")).to_have_count(2)
        page.route("**/api/messages", self._stop)
        self._write("who are you CANARY2")
        expect(page.locator("#log li.waiting")).to_have_count(1)
        page.locator("#text").fill("half a thought CANARY3")
        page.reload()  # and once more with what comes back
        expect(page.locator("#text")).to_have_value("half a thought CANARY3")
        expect(page.locator("#log li.waiting")).to_have_count(1)
        expect(page.locator("#return-code")).to_have_text(self.code)
        page.locator("#text").press_sequentially(" CANARY4")
        expect(page.locator("#telegram")).to_have_attribute("href", "tg://resolve?domain=" + told["telegram"]
            .removeprefix("https://t.me/").replace("?start=", "&start="))  # fmt: skip

    def _write(self, text: str) -> None:
        self.page.locator("#text").fill(text)
        self.page.keyboard.press("Enter")

    def _stop(self, route: Route) -> None:
        route.abort()

    def nothing_of_it(self, written: bytes) -> None:
        assert [secret for secret in self.secrets if found(secret, written)] == []


def refused(gateway: Gateway, token: str) -> bool:
    return httpx.get(gateway.url + "/api/key", headers={"Authorization": f"Bearer {token}"}).status_code == 401


@pytest.mark.parametrize("how", ["leave", "shift", "tab", "killed"])
def test_what_a_page_with_scripts_kept_says_nothing_and_opens_nothing(
    with_bot: Gateway, tmp_path: Path, how: str
) -> None:
    """After leaving, after the tab was closed and after the browser has died, the files hold the token and what is
    sealed. The token shows that the browser has written down what the page kept, and that it would be found."""
    profile = tmp_path / "profile"
    with sync_playwright() as playwright:
        browser = opened(playwright, profile, scripts=True)
        browser.route("https://www.meteo.be/**", lambda route: route.fulfill(body="<title>Weather</title>"))
        talk = Talk(with_bot, browser)
        for name in ("token", "code", "telegram", "draft", "queue"):
            written_down(profile, talk.page, name)
        if how == "leave":
            talk.page.locator("#leave").click()
            expect(talk.page).to_have_title("Weather")
        elif how == "shift":
            for _ in range(3):
                talk.page.keyboard.press("Shift")
            expect(talk.page).to_have_title("Weather")
        elif how == "tab":
            browser.new_page()
            talk.page.close()
        if how == "killed":
            kill(profile)
        browser.close()
    written = on_disk(profile)
    assert found(talk.token, written)
    talk.nothing_of_it(written)
    if how in {"leave", "shift"}:
        wait_for("the key cannot be had", lambda: refused(with_bot, talk.token))
    else:  # as the upkeep ends it after a day, or the code
        again = httpx.post(with_bot.url + "/api/conversations/restore", json={"return_code": talk.code})
        assert again.status_code == 201
        assert refused(with_bot, talk.token)


def kill(profile: Path) -> None:
    """End the browser of a profile at once, with all that it has started: it was started in a group of its own."""
    own = [
        int(entry.name) for entry in Path("/proc").iterdir()
        if entry.name.isdigit() and f"--user-data-dir={profile}".encode() in _command(entry)
    ]  # fmt: skip
    assert own
    for number in own:
        try:
            os.kill(number, signal.SIGKILL)
        except ProcessLookupError:
            continue  # it went with another


def _command(process: Path) -> bytes:
    try:
        return (process / "cmdline").read_bytes()
    except OSError:
        return b""


def test_the_search_finds_what_a_page_keeps_in_clear(with_bot: Gateway, tmp_path: Path) -> None:
    """The same talk, with its draft and its code kept as they are."""
    profile = tmp_path / "profile"
    with sync_playwright() as playwright:
        browser = opened(playwright, profile, scripts=True)
        talk = Talk(with_bot, browser)
        talk.page.evaluate(
            "([code]) => { sessionStorage.clear_code = code; sessionStorage.words = 'CANARY'; }", [talk.code]
        )
        for name in ("clear_code", "words"):
            written_down(profile, talk.page, name)
        browser.close()
    written = on_disk(profile)
    assert found(talk.code, written)
    assert found("CANARY", written)
    with pytest.raises(AssertionError):
        talk.nothing_of_it(written)


def test_where_nothing_can_be_sealed_nothing_is_kept(with_bot: Gateway, tmp_path: Path) -> None:
    """An old browser, or a plain address: the talk goes on, and what is not sent goes with the page."""
    with sync_playwright() as playwright:
        browser = opened(playwright, tmp_path / "profile", scripts=True)
        browser.add_init_script("Object.defineProperty(crypto, 'subtle', { value: undefined })")
        page = browser.pages[0]
        page.goto(with_bot.url + "/")
        page.get_by_role("button", name="English").click()
        page.locator("#start").click()
        expect(page.locator("#log li.bot")).to_have_count(1)
        with page.expect_response(lambda answer: "/static/sealed.js" in answer.url):
            page.reload()
        page.route("**/api/messages", lambda route: route.abort())
        page.locator("#text").fill("is it free")
        page.keyboard.press("Enter")
        page.locator("#text").fill("half a thought")
        expect(page.locator("#log li.waiting")).to_have_count(1)
        kept = page.evaluate("Object.keys(sessionStorage).sort()")
        assert not {"code", "telegram", "draft", "queue"} & set(kept)
        assert "token" in kept
        page.unroute("**/api/messages")
        expect(page.locator("#log li.bot")).to_have_count(2)
        browser.close()

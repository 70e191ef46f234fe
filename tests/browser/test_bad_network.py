"""A bad network: what is typed waits, goes once and in order, outlives a reload; the first load is small."""

from __future__ import annotations

import time

import pytest
from playwright.sync_api import Browser, Route, expect

from bot.content import Catalogue
from tests.browser.conftest import SMALL, Phone
from tests.support.gateway import Gateway

SLOW_3G = {"offline": False, "latency": 400, "downloadThroughput": 400_000 / 8, "uploadThroughput": 400_000 / 8}
"""400 kbit/s and 400 ms there and back: WebPageTest's "3G Slow"."""

MESSAGES = "**/api/messages"

LIMIT = 20_000
"""Bytes of the first load, headers and the words of the phone's language included."""


def begin(phone: Phone) -> None:
    phone.page.goto(phone.url + "/")
    phone.page.get_by_role("button", name="English").click()
    phone.page.locator("#start").click()
    expect(phone.page.locator("#log li.bot")).to_have_count(1)


def write(phone: Phone, text: str) -> None:
    phone.page.locator("#text").fill(text)
    phone.page.keyboard.press("Enter")


def test_what_waits_and_what_is_half_written_outlives_a_reload(house: Gateway, browser: Browser) -> None:
    phone = Phone(browser, house.url, locale="en", size=SMALL)
    page = phone.page
    begin(phone)
    page.route(MESSAGES, lambda route: route.abort())
    write(phone, "is it free")
    write(phone, "who are you")
    page.locator("#text").fill("half a thought")
    expect(page.locator("#log li.waiting")).to_have_count(2)
    page.reload()
    expect(page.locator("#log li.waiting")).to_have_count(2)
    expect(page.locator("#text")).to_have_value("half a thought")
    page.unroute(MESSAGES)
    expect(page.locator("#log li.bot")).to_have_count(3)
    assert page.locator("#log li.person .text").all_inner_texts() == ["is it free", "who are you"]
    page.reload()
    expect(page.locator("#log li.bot")).to_have_count(3)
    assert page.locator("#log li.person .text").all_inner_texts() == ["is it free", "who are you"]
    expect(page.locator("#log li.waiting")).to_have_count(0)
    phone.context.close()


def test_after_a_reload_without_a_network_it_comes_back_with_the_network(house: Gateway, browser: Browser) -> None:
    """What is kept opens with a key that the gateway tells: until it does there is nothing to see of it, and what is
    written meanwhile goes after it."""
    phone = Phone(browser, house.url, locale="en", size=SMALL)
    page = phone.page
    begin(phone)
    page.locator("#menu-open").click()
    code = page.locator("#return-code").text_content() or ""
    page.locator("#menu-close").click()
    page.route("**/api/**", lambda route: route.abort())
    write(phone, "is it free")
    page.locator("#text").fill("half a thought")
    expect(page.locator("#log li.waiting")).to_have_count(1)
    for _ in range(2):  # a second reload takes nothing away
        page.reload()
        expect(page.locator("#status.connection_lost")).to_be_visible()
        expect(page.locator("#text")).to_have_value("")
    write(phone, "who are you")
    page.locator("#text").fill("and more")
    page.unroute("**/api/**")
    expect(page.locator("#log li.bot")).to_have_count(3)
    expect(page.locator("#log li.person .text")).to_have_text(["is it free", "who are you"])
    expect(page.locator("#text")).to_have_value("half a thought\nand more")
    expect(page.locator("#return-code")).to_have_text(code)
    phone.context.close()


def test_a_gateway_that_tells_no_key_holds_up_no_message(house: Gateway, browser: Browser) -> None:
    phone = Phone(browser, house.url, locale="en", size=SMALL)
    page = phone.page
    begin(phone)
    page.route(MESSAGES, lambda route: route.abort())
    write(phone, "is it free")
    expect(page.locator("#log li.waiting")).to_have_count(1)
    page.route("**/api/key", lambda route: route.fulfill(status=500, json={"error": {"code": "failed"}}))
    page.unroute(MESSAGES)
    page.reload()
    write(phone, "he is hitting me now")
    expect(page.locator("#log li.emergency")).to_have_count(1)
    page.unroute("**/api/key")
    expect(page.locator("#log li.person:not(.waiting) .text")).to_have_text(["he is hitting me now", "is it free"])
    phone.context.close()


def test_a_tab_that_slept_too_long_shows_nothing_and_still_sends_what_waited(
    house: Gateway, browser: Browser, words: Catalogue
) -> None:
    phone = Phone(browser, house.url, locale="en", size=SMALL)
    page = phone.page
    begin(phone)
    code = page.locator("#return-code").text_content()
    write(phone, "is it free")
    expect(page.locator("#log li.bot")).to_have_count(2)
    page.route("**/api/**", lambda route: route.abort())
    write(phone, "who are you")
    expect(page.locator("#log li.waiting")).to_have_count(1)
    page.evaluate("sessionStorage.setItem('seen', Date.now() - 31 * 60_000)")
    page.unroute("**/api/**")
    page.reload()
    expect(page.locator("#note")).to_have_text(words.label("visitor.page_closed", "en"))
    expect(page.locator("#start")).to_be_enabled()
    assert "is it free" not in page.content()
    assert page.evaluate("[sessionStorage.token, sessionStorage.code, sessionStorage.queue]") == [None] * 3
    page.locator("#return summary").click()
    page.locator("#code").fill(code or "")
    page.locator("#restore button").click()
    expect(page.locator("#log li.person .text").last).to_have_text("who are you")
    phone.context.close()


def test_what_waited_in_a_tab_that_slept_keeps_nobody_out_and_arrives(house: Gateway, browser: Browser) -> None:
    """The gateway cannot take it for now: another talk can begin, and stays when the first one's message has gone."""
    phone = Phone(browser, house.url, locale="en", size=SMALL)
    page = phone.page
    begin(phone)
    code = page.locator("#return-code").text_content() or ""
    broken = "**/api/messages"
    page.route(broken, lambda route: route.fulfill(status=500, json={"error": {"code": "failed"}}))
    write(phone, "who are you")
    expect(page.locator("#log li.waiting")).to_have_count(1)
    page.evaluate("sessionStorage.setItem('seen', Date.now() - 31 * 60_000)")
    page.reload()
    expect(page.locator("#start")).to_be_enabled()
    page.locator("#start").click()
    expect(page.locator("#log li.bot")).to_have_count(1)
    token = page.evaluate("sessionStorage.token")
    with page.expect_response(lambda answer: answer.url.endswith("/api/messages") and answer.status == 202):
        page.unroute(broken)
    expect(page.locator("#log li.person")).to_have_count(0)
    page.reload()
    expect(page.locator("#log li.bot")).to_have_count(1)
    assert page.evaluate("[sessionStorage.token, sessionStorage.queue]") == [token, None]
    other = Phone(browser, house.url, locale="en", size=SMALL)
    other.page.goto(house.url + "/")
    other.page.get_by_role("button", name="English").click()
    other.page.locator("#return summary").click()
    other.page.locator("#code").fill(code)
    other.page.locator("#restore button").click()
    expect(other.page.locator("#log li.person .text")).to_have_text("who are you")
    for one in (phone, other):
        one.context.close()


def test_a_message_that_was_too_slow_goes_again(house: Gateway, browser: Browser) -> None:
    """The gateway ends a request whose body does not come in time with 408: nothing of it was kept."""
    phone = Phone(browser, house.url, locale="en", size=SMALL)
    page = phone.page
    begin(phone)
    slow = {"error": {"code": "too_slow"}}
    page.route("**/api/messages", lambda route: route.fulfill(status=408, json=slow), times=2)
    write(phone, "is it free")
    expect(page.locator("#log li.bot")).to_have_count(2)
    expect(page.locator("#log li.waiting")).to_have_count(0)
    assert page.locator("#log li.person .text").all_inner_texts() == ["is it free"]
    phone.context.close()


def test_what_is_not_taken_comes_back_before_what_was_written_since(house: Gateway, browser: Browser) -> None:
    phone = Phone(browser, house.url, locale="en", size=SMALL)
    page = phone.page
    begin(phone)
    held: list[Route] = []
    page.route("**/api/messages", lambda route: held.append(route), times=1)  # noqa: PLW0108 - it must be a function
    write(phone, "he took it")
    page.locator("#text").fill("are you there")
    expect(page.locator("#log li.waiting")).to_have_count(1)
    held[0].fulfill(status=413, json={"error": {"code": "too_long"}})
    expect(page.locator("#log li.waiting")).to_have_count(0)
    expect(page.locator("#text")).to_have_value("he took it\nare you there")
    page.reload()
    expect(page.locator("#text")).to_have_value("he took it\nare you there")
    phone.context.close()


def test_an_answer_that_is_lost_and_then_a_reload_doubles_nothing(house: Gateway, browser: Browser) -> None:
    phone = Phone(browser, house.url, locale="en", size=SMALL)
    page = phone.page
    begin(phone)

    def lose(route: Route) -> None:
        route.fetch()  # it arrives
        route.abort()  # and nobody hears of it

    page.route("**/api/messages", lose)
    with page.expect_event("requestfailed"):
        write(phone, "is it free")
    page.unroute("**/api/messages")
    with page.expect_response(lambda answer: answer.url.endswith("/api/messages") and answer.status == 202):
        page.reload()
    expect(page.locator("#log li.bot")).to_have_count(2)
    expect(page.locator("#log li.waiting")).to_have_count(0)
    assert page.locator("#log li.person .text").all_inner_texts() == ["is it free"]
    phone.context.close()


def test_what_cannot_begin_is_said_and_a_language_waits_for_the_network(
    house: Gateway, browser: Browser, words: Catalogue
) -> None:
    phone = Phone(browser, house.url, locale="en", size=SMALL)
    page = phone.page
    page.goto(house.url + "/")
    page.wait_for_load_state()
    phone.context.set_offline(True)
    other = page.get_by_role("button", name="Nederlands")
    other.click()
    expect(other).to_have_attribute("aria-busy", "true")
    phone.context.set_offline(False)
    expect(page.locator("#before")).to_be_visible()
    phone.context.set_offline(True)
    page.locator("#start").click()
    expect(page.locator("#note")).to_have_text(words.label("visitor.connection_lost", "nl"))
    phone.context.set_offline(False)
    page.locator("#start").click()
    expect(page.locator("#log li.bot")).to_have_count(1)
    phone.context.close()


@pytest.mark.parametrize(("locale", "code"), [("en", "en"), ("ru", "ru"), ("en", "uk"), ("ru", "uk")])
def test_the_first_load_is_small_and_on_slow_3g_soon_usable(
    house: Gateway, browser: Browser, locale: str, code: str
) -> None:
    """Until a talk can be begun; ru and uk are the languages whose words weigh most. What a talk says besides comes
    while one reads."""
    phone = Phone(browser, house.url, locale=locale, size=SMALL)
    phone.context.unroute("**/*")  # a request that is looked at here would not be slowed down there
    page = phone.page
    page.goto("about:blank")
    network = phone.context.new_cdp_session(page)
    network.send("Network.enable")
    network.send("Network.setCacheDisabled", {"cacheDisabled": True})
    network.send("Network.emulateNetworkConditions", SLOW_3G)
    sizes: dict[str, float] = {}
    names: dict[str, str] = {}
    network.on("Network.requestWillBeSent", lambda e: names.update({e["requestId"]: e["request"]["url"]}))
    network.on("Network.loadingFinished", lambda e: sizes.update({e["requestId"]: e["encodedDataLength"]}))
    began = time.monotonic()
    page.goto(house.url + "/", wait_until="load")  # who presses before goes on without scripts
    page.locator(f"[name=language][value={code}]").click()
    chosen = time.monotonic() - began
    expect(page.locator("#start")).to_be_visible()
    usable = time.monotonic() - began
    loaded = {names[number].removeprefix(house.url): size for number, size in sizes.items()}
    loaded = {name: size for name, size in loaded.items() if not name.endswith("/within")}
    print(f"first load on slow 3G: a language can be chosen after {chosen:.2f} s, the next page after {usable:.2f} s")
    print({name.partition("?")[0]: int(size) for name, size in loaded.items()}, int(sum(loaded.values())))
    assert any(name.startswith("/static/visitor.js") for name in loaded)
    assert sum(loaded.values()) <= LIMIT
    assert chosen <= 3
    phone.context.close()

"""Behind a proxy that shows the gateway below a path, with scripts and without; and what Tor Browser is told."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Browser, expect

from bot.content import Catalogue
from tests.browser.conftest import SMALL, Phone
from tests.support.answers import pattern
from tests.support.gateway import Gateway, running
from tests.support.ports import free_port
from tests.support.site import proxy

ONION = "http://" + "a2" * 28 + ".onion/"


@pytest.fixture(scope="module")
def behind(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Gateway]]:
    """(where people reach it, the gateway)"""
    port = free_port()
    with proxy(f"http://127.0.0.1:{port}", "/chat") as origin:
        env = {"INLOOP_PUBLIC_URL": origin + "/chat", "INLOOP_ONION_URL": ONION}
        with running(tmp_path_factory.mktemp("behind"), port, env=env) as house:
            yield origin, house


def test_the_chat_works_below_a_path(behind: tuple[str, Gateway], browser: Browser, words: Catalogue) -> None:
    origin, _ = behind
    phone = Phone(browser, origin + "/chat/", locale="en", size=SMALL)
    page = phone.page
    page.goto(origin + "/chat/")
    page.get_by_role("button", name="English").click()
    page.locator("#start").click()
    page.locator("#text").fill("is it free")
    page.keyboard.press("Enter")
    expect(page.locator("#log li.bot .text").last).to_have_text(pattern(words, "cost", "en"))
    assert page.locator("#leave").evaluate("link => link.href") == origin + "/chat/leave"
    page.locator("#leave").click()
    expect(page).to_have_title("Weather")
    assert phone.elsewhere == ["https://www.meteo.be/"], "nothing was asked for outside of the path"
    assert not phone.errors
    phone.context.close()


def test_without_scripts_too(behind: tuple[str, Gateway], browser: Browser, words: Catalogue) -> None:
    origin, _ = behind
    phone = Phone(browser, origin + "/chat/", locale="en", size=SMALL, scripts=False)
    page = phone.page
    page.goto(origin + "/chat/")
    page.get_by_role("button", name="English").click()
    page.get_by_role("button", name=words.label("visitor.choose_language", "en")).click()
    page.get_by_role("button", name="English").click()
    page.locator("#start").click()
    page.locator("#text").fill("is it free")
    page.locator("#write .primary").click()
    expect(page.locator("#log li.bot .text").last).to_have_text(pattern(words, "cost", "en"))
    page.goto(origin + "/chat/talk")
    expect(page.get_by_role("button", name="English")).to_be_visible()
    assert page.url.startswith(origin + "/chat/")
    assert not phone.elsewhere
    phone.context.close()


@pytest.mark.parametrize("own", [True, False])
def test_an_old_browser_names_the_origin_of_the_proxy(behind: tuple[str, Gateway], own: bool) -> None:
    origin, house = behind
    for sent in [origin, ONION.rstrip("/"), house.url] if own else ["http://evil.example", "null", ""]:
        answer = httpx.post(origin + "/chat/talk", data={"language": "en"}, headers={"Origin": sent})
        assert answer.status_code == (200 if own else 403), sent


def test_tor_browser_is_told_of_the_onion_service_on_the_first_page_only(
    behind: tuple[str, Gateway], gateway: Gateway
) -> None:
    origin, _ = behind
    assert httpx.get(origin + "/chat/").headers["onion-location"] == ONION
    answer = httpx.post(origin + "/chat/talk", data={"language": "en"})
    assert "onion-location" not in answer.headers, "going there would lose the talk"
    assert "onion-location" not in httpx.get(gateway.url + "/").headers

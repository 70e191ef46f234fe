"""The chat on a page of another site: opened, written in, left, and Back shows nothing of the talk."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, FrameLocator, Locator, Page, Route, expect

from bot.content import Catalogue
from tests.browser.conftest import SMALL, Phone
from tests.support.gateway import Gateway, running
from tests.support.ports import free_port
from tests.support.site import site

PAGE = """<!doctype html><html lang="en"><meta name="viewport" content="width=device-width">
<title>Help for workers</title><h1>Help for workers</h1>
<p><a href="/before">about us</a></p>{script}"""


@dataclass(frozen=True)
class Sites:
    """The gateway, a site that may show it, and one that may not."""

    house: Gateway
    friend: str
    stranger: str


@pytest.fixture(scope="module")
def sites(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sites]:
    port = free_port()
    script = f'<script defer src="http://127.0.0.1:{port}/embed.js"></script>'
    pages = {"/": PAGE.format(script=script), "/before": "<title>Before</title>", "/own-frame": PAGE.format(
        script=f'<iframe width=360 height=600 sandbox="allow-scripts allow-forms allow-same-origin" '
        f'src="http://127.0.0.1:{port}/"></iframe>')}  # fmt: skip
    with site(pages) as friend, site(pages) as stranger:
        env = {"INLOOP_EMBED_SITES": f'["{friend}"]'}
        with running(tmp_path_factory.mktemp("embed"), port, env=env) as house:
            yield Sites(house, friend, stranger)


def visitor(sites: Sites, browser: Browser) -> Phone:
    phone = Phone(browser, sites.house.url, locale="en", size=SMALL, sites=(sites.friend, sites.stranger))
    phone.page.goto(sites.friend + "/before")
    phone.page.goto(sites.friend + "/")
    return phone


def in_english(frame: FrameLocator) -> None:
    """Pressed when the scripts are there. Who presses sooner goes in by the door without scripts: other pages."""
    button = frame.get_by_role("button", name="English")
    loaded = "new Promise((done) => addEventListener('load', () => done(true)))"
    assert button.evaluate(f"() => document.readyState === 'complete' || {loaded}")
    button.click()


def open_and_write(phone: Phone) -> FrameLocator:
    phone.page.get_by_role("button", name="Chat").click()
    frame = phone.page.frame_locator("iframe")
    in_english(frame)
    frame.locator("#start").click()
    frame.locator("#text").fill("my secret question: is it free")
    frame.locator("#send").click()
    expect(frame.locator("#log li.person")).to_have_count(1)
    expect(frame.locator("#log li.bot")).to_have_count(2)
    return frame


def tap(page: Page, what: Locator) -> None:
    """With a finger, on whatever lies there."""
    box = what.bounding_box()
    assert box
    assert box["y"] >= 0 and box["y"] + box["height"] <= SMALL["height"]
    page.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


def keys_reach_the_frame(page: Page, frame: FrameLocator) -> None:
    """The frame is another process of the browser: keys go to the page around it until that one has the focus."""
    frame.locator("#text").focus()
    for _ in range(200):
        page.keyboard.press("x")
        if frame.locator("#text").input_value():
            return
    raise AssertionError("no key arrives in the frame")


def nothing_is_left(phone: Phone, friend: str) -> None:
    """Left by replacing: Back is what came before, and the site's own page begins a new talk."""
    page = phone.page
    expect(page).to_have_title("Weather")
    page.go_back()
    expect(page).to_have_title("Before")
    page.go_forward()
    expect(page).to_have_title("Weather")
    page.goto(friend + "/")
    page.get_by_role("button", name="Chat").click()
    frame = page.frame_locator("iframe")
    expect(frame.get_by_role("button", name="English")).to_be_visible()
    assert "secret" not in "".join(part.content() for part in page.frames)
    kept = "() => { try { return sessionStorage.length; } catch { return 0; } }"  # may be refused to frames
    assert page.frames[-1].evaluate(kept) == 0


def test_write_leave_and_back_shows_nothing(sites: Sites, browser: Browser) -> None:
    phone = visitor(sites, browser)
    frame = open_and_write(phone)
    tap(phone.page, frame.locator("#leave"))
    nothing_is_left(phone, sites.friend)
    assert set(phone.elsewhere) == {"https://www.meteo.be/"}
    assert not phone.errors
    phone.context.close()


def test_three_times_shift_leaves_from_inside_the_frame_and_from_around_it(
    sites: Sites, browser: Browser, pictures: Path
) -> None:
    for around in (False, True):
        phone = visitor(sites, browser)
        frame = open_and_write(phone)
        phone.page.screenshot(path=pictures / "15-embed.png")
        if around:
            phone.page.get_by_role("button", name="Chat").focus()
        else:
            keys_reach_the_frame(phone.page, frame)
        for _ in range(3):
            phone.page.keyboard.press("Shift")
        nothing_is_left(phone, sites.friend)
        phone.context.close()


def test_a_frame_that_may_not_leave_the_page_is_left_alone_in_it(sites: Sites, browser: Browser) -> None:
    """A site that made its own frame: the frame goes to the harmless page, and the talk is forgotten."""
    phone = visitor(sites, browser)
    phone.page.goto(sites.friend + "/own-frame")
    frame = phone.page.frame_locator("iframe")
    in_english(frame)
    frame.locator("#start").click()
    expect(frame.locator("#log li.bot")).to_have_count(1)
    frame.locator("#leave").click()
    expect(frame.locator("body")).to_have_text("sunny")
    phone.context.close()


def test_a_site_that_is_not_named_shows_no_chat(sites: Sites, browser: Browser) -> None:
    phone = visitor(sites, browser)
    phone.page.goto(sites.stranger + "/")
    with phone.page.expect_console_message(lambda m: "frame-ancestors" in m.text):
        phone.page.get_by_role("button", name="Chat").click()
    way = phone.page.get_by_role("link", name="Chat")
    expect(way).to_have_attribute("href", sites.house.url + "/")
    expect(way).to_have_attribute("rel", "noreferrer noopener")
    expect(phone.page.locator("iframe")).to_have_count(0)
    phone.context.close()


def test_the_button_closes_the_frame_and_says_that_something_came(sites: Sites, browser: Browser) -> None:
    phone = visitor(sites, browser)
    phone.page.get_by_role("button", name="Chat").click()
    frame, button = phone.page.frame_locator("iframe"), phone.page.get_by_role("button", name="Chat")
    in_english(frame)
    frame.locator("#start").click()
    expect(frame.locator("#log li.bot")).to_have_count(1)
    expect(button).to_have_attribute("aria-expanded", "true")
    chat, below = phone.page.locator("iframe").bounding_box(), button.bounding_box()
    assert chat and below
    assert chat["y"] >= 0 and chat["y"] + chat["height"] <= below["y"], "neither lies over the other"
    on_their_way: list[Route] = []

    def hold(route: Route) -> None:
        on_their_way.append(route)

    phone.page.route("**/api/messages", hold)
    frame.locator("#text").fill("is it free")
    frame.locator("#send").click()
    expect(frame.locator("#log li.waiting")).to_have_count(1)
    button.click()
    expect(phone.page.locator("iframe")).to_be_hidden()
    expect(button).to_have_text("Chat")
    for route in on_their_way:
        route.continue_()
    expect(button).to_have_text("Chat \u25cf")
    button.click()
    expect(phone.page.locator("iframe")).to_be_visible()
    expect(button).not_to_contain_text("\u25cf")
    phone.context.close()


def test_only_the_visitors_pages_can_be_framed_and_only_by_the_sites_named(sites: Sites, gateway: Gateway) -> None:
    for path in ("/", "/leave"):
        answer = httpx.get(sites.house.url + path)
        assert f"frame-ancestors {sites.friend};" in answer.headers["content-security-policy"] + ";"
        assert "x-frame-options" not in answer.headers
    for path in ("/desk", "/api/messages", "/page/x", "/words/en"):
        answer = httpx.get(sites.house.url + path)
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
        assert answer.headers["x-frame-options"] == "DENY"
        assert answer.headers["cross-origin-resource-policy"] == "same-origin"
    assert httpx.get(sites.house.url + "/embed.js").headers["cross-origin-resource-policy"] == "cross-origin"
    assert httpx.get(gateway.url + "/embed.js").status_code == 404, "no site is named: no script"


def test_without_a_press_the_script_asks_for_nothing(sites: Sites, browser: Browser, words: Catalogue) -> None:
    phone = Phone(browser, sites.house.url, locale="en", size=SMALL, sites=(sites.friend,))
    asked: list[str] = []
    phone.page.on("request", lambda request: asked.append(request.url))
    phone.page.goto(sites.friend + "/")
    expect(phone.page.get_by_role("button", name="Chat")).to_be_visible()
    assert [url for url in asked if url.startswith(sites.house.url)] == [sites.house.url + "/embed.js"]
    assert phone.context.cookies() == []
    phone.context.close()

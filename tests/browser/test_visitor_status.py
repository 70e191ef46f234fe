"""The line under the bar: who answers, how long one waits, whether there is a connection. Always in view and true."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from bot.content import Catalogue
from tests.browser.conftest import SMALL, Phone
from tests.support.caseworker import Caseworker, first
from tests.support.gateway import Gateway, running
from tests.support.ports import free_port

DANGER = "hij slaat mij nu met een riem"


@pytest.fixture(scope="module")
def colleague(house: Gateway) -> Iterator[Caseworker]:
    """With an open desk: the pages of this house reach nobody."""
    found = first(house)
    with found.http.stream("GET", "/desk/api/events") as desk:
        next(desk.iter_lines())
        yield found


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """Nobody is at the desk, and nobody can be called."""
    env = {"INLOOP_ENGINE_URL": "http://127.0.0.1:9", "INLOOP_ENGINE_SECRET": "s" * 20, "INLOOP_PAGE_URLS": "[]"}
    with running(tmp_path_factory.mktemp("alone"), free_port(), engine=False, env=env) as started:
        yield started


def says(page: Page, word: str) -> None:
    """The line says `word`, and one can see it."""
    expect(page.locator("#status-word")).to_have_text(word)
    expect(page.locator("#status-word")).to_be_in_viewport(ratio=1)


def test_it_is_true_after_a_danger_card_and_without_scrolling(
    house: Gateway, browser: Browser, words: Catalogue, colleague: Caseworker
) -> None:
    phone = Phone(browser, house.url, locale="nl", size=SMALL)
    page = phone.page
    page.goto(house.url + "/")
    expect(page.locator("#status")).to_be_hidden()
    page.locator("[name=language][value=nl]").click()
    page.locator("#start").click()
    says(page, words.label("visitor.status_bot", "nl"))
    page.locator("#text").fill(DANGER)
    page.keyboard.press("Enter")
    says(page, words.label("visitor.status_waiting", "nl"))
    expect(page.locator("#log li.emergency .call").first).to_be_in_viewport(ratio=1)

    case = colleague.wait_for_case()["id"]
    assert colleague.claim(case).status_code == 200
    says(page, words.label("visitor.status_owned", "nl"))
    expect(page.locator("#status-time")).to_have_text("")
    page.reload()
    says(page, words.label("visitor.status_owned", "nl"))

    phone.context.set_offline(True)
    page.locator("#text").fill("nog een keer, hij slaat mij nu")
    page.keyboard.press("Enter")
    says(page, words.label("visitor.connection_lost", "nl"))
    expect(page.locator("#log li.waiting .who")).to_have_text(words.label("visitor.sending", "nl"))
    phone.context.set_offline(False)
    expect(page.locator("#log li.person:not(.waiting)")).to_have_count(2)
    says(page, words.label("visitor.status_owned", "nl"))

    colleague.release(case)
    says(page, words.label("visitor.status_waiting", "nl"))
    assert colleague.claim(case).status_code == 200
    colleague.reply(case, "Ik ben er.")
    colleague.close(case)
    says(page, words.label("visitor.status_bot", "nl"))
    phone.context.close()


@pytest.mark.parametrize(("lang", "scripts"), [("nl", True), ("ar", True), ("nl", False)])
def test_a_caseworker_who_has_set_a_name_is_called_by_it(
    house: Gateway, browser: Browser, words: Catalogue, colleague: Caseworker, pictures: Path, lang: str, scripts: bool
) -> None:
    """At once, also with letters twice as large; and not any more when they take the name away."""
    line = "Ik spreek Nederlands en een beetje Frans."
    assert colleague.http.put("/desk/api/alias", json={"name": "Maria", "line": line}).status_code == 204
    phone = Phone(browser, house.url, locale=lang, size=SMALL, scripts=scripts)
    page = phone.start(lang)
    page.locator("#text").fill(DANGER)
    page.locator("#write .primary").click()
    expect(page.locator("#log li.emergency")).to_have_count(1)
    case = colleague.wait_for_case()["id"]
    assert colleague.claim(case).status_code == 200
    if not scripts:
        page.locator("[name=do][value=look]").first.click()
    label = words.label("visitor.status_named", lang, name="Maria").replace("\u2068", "").replace("\u2069", "")
    named = label.replace("Maria", "\u2068?Maria\u2069?")
    status = page.locator("#status-word" if scripts else "#status")
    expect(status).to_have_text(re.compile(f"^{named}$"))
    expect(status).to_be_in_viewport(ratio=1)
    notice = page.locator("#log li.system").last
    expect(notice).to_contain_text("Maria")
    expect(notice).to_contain_text(line)
    page.screenshot(path=pictures / f"visitor-named-{lang}-{scripts}.png")
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    expect(status).to_be_in_viewport(ratio=1)
    page.screenshot(path=pictures / f"visitor-named-{lang}-{scripts}-large.png")
    assert phone.errors == []
    if scripts:
        assert colleague.http.put("/desk/api/alias", json={}).status_code == 204
        says(page, words.label("visitor.status_owned", lang))
    colleague.close(case)
    colleague.http.put("/desk/api/alias", json={})
    phone.context.close()


@pytest.mark.parametrize("done", ["called", "coming", "nobody"])
def test_who_waits_reads_what_is_done_about_it(house: Gateway, browser: Browser, words: Catalogue, done: str) -> None:
    """And for how long, also after somebody has said that they come."""
    standing = {"state": "asked", "since": None, "called": done != "nobody", "coming": done == "coming"}
    standing |= {"nobody": done == "nobody", "since": "2027-01-01T10:00:00+00:00", "now": "2027-01-01T10:04:05+00:00"}
    asked = {"seq": 1, "from": "system", "text": "x", "choices": [], "handoff": "waiting"}
    body = f"data: {json.dumps(asked)}\n\nevent: state\ndata: {json.dumps(standing)}\n\n"
    phone = Phone(browser, house.url, locale="nl", size=SMALL)
    page = phone.page
    page.clock.install()
    page.route("**/api/events?*", lambda route: None)  # nothing new comes after this
    page.route("**/api/events?*", lambda route: route.fulfill(body=body, content_type="text/event-stream"), times=1)
    phone.start("nl")
    says(page, words.label(f"visitor.status_{done}", "nl"))
    expect(page.locator("#status-time")).to_have_text("· " + words.label("visitor.minutes", "nl", count="4"))
    page.clock.fast_forward("01:00")
    expect(page.locator("#status-time")).to_have_text("· " + words.label("visitor.minutes", "nl", count="5"))
    phone.context.close()


@pytest.mark.parametrize("scripts", [True, False])
def test_who_waits_though_nobody_can_come_reads_so(
    alone: Gateway, browser: Browser, words: Catalogue, scripts: bool
) -> None:
    phone = Phone(browser, alone.url, locale="nl", size=SMALL, scripts=scripts)
    page = phone.start("nl")
    page.locator("#text").fill(DANGER)
    page.locator("#write .primary").click()
    expect(page.locator("#status")).to_contain_text(words.label("visitor.status_nobody", "nl"))
    expect(page.locator("#status")).to_be_in_viewport(ratio=1)
    phone.context.close()


def test_a_line_that_becomes_longer_covers_no_number(alone: Gateway, browser: Browser) -> None:
    """With letters twice as large "a program answers" has one line, and what is said after a danger two."""
    phone = Phone(browser, alone.url, locale="ar", size=SMALL)
    page = phone.page
    page.goto(alone.url + "/")
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    page.locator("[name=language][value=ar]").click()
    page.locator("#start").click()
    page.locator("#text").fill("هو يضربني الآن")
    page.locator("#write .primary").click()
    expect(page.locator("#status.status_nobody")).to_be_visible()
    bar, call = page.locator(".bar"), page.locator("#log .call").first
    covered = "([bar, call]) => call.getBoundingClientRect().top < bar.getBoundingClientRect().bottom"
    page.wait_for_function(f"(all) => !({covered})(all)", arg=[bar.element_handle(), call.element_handle()])
    phone.context.close()


def test_what_went_wrong_is_said_above_the_field(house: Gateway, browser: Browser, words: Catalogue) -> None:
    """And goes with the next message that arrives."""
    phone = Phone(browser, house.url, locale="nl", size=SMALL)
    page = phone.start("nl")
    page.locator("#text").fill(DANGER)
    page.keyboard.press("Enter")
    expect(page.locator("#log li.emergency")).to_have_count(1)
    page.evaluate(
        """() => {
          const data = new DataTransfer();
          data.items.add(new File(["x"], "x.png", { type: "image/png" }));
          const paste = new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true });
          document.getElementById("text").dispatchEvent(paste);
        }"""
    )
    expect(page.locator("#state")).to_have_text(words.say("unread_kind", "nl"))
    expect(page.locator("#state")).to_be_in_viewport(ratio=1)
    page.locator("#text").fill("is het gratis")
    page.keyboard.press("Enter")
    expect(page.locator("#state")).to_have_text("")
    phone.context.close()


@pytest.mark.usefixtures("colleague")
def test_without_scripts_it_stands_there_too(house: Gateway, browser: Browser, words: Catalogue) -> None:
    phone = Phone(browser, house.url, locale="nl", size=SMALL, scripts=False)
    page = phone.start("nl")
    expect(page.locator("#status")).to_have_text(words.label("visitor.status_bot", "nl"))
    page.locator("#text").fill(DANGER)
    page.locator("#write .primary").click()
    expect(page.locator("#status")).to_contain_text(words.label("visitor.status_waiting", "nl"))
    expect(page.locator("#status")).to_be_in_viewport(ratio=1)
    phone.context.close()


@pytest.mark.parametrize("scripts", [True, False])
def test_that_only_text_can_be_sent_is_said_before_one_tries(
    house: Gateway, browser: Browser, words: Catalogue, scripts: bool
) -> None:
    phone = Phone(browser, house.url, locale="nl", size=SMALL, scripts=scripts)
    page = phone.start("nl")
    said = page.locator("#log .hint", has_text=words.label("visitor.text_only", "nl"))
    expect(said).to_be_visible()
    page.locator("#text").fill("is het gratis")
    page.locator("#write .primary").click()
    expect(page.locator("#log li.bot")).to_have_count(2)
    expect(said).to_have_count(1)
    phone.context.close()

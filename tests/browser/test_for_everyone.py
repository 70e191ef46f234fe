"""For everyone: axe in every language, light and dark, large text, forced colours, keyboard alone, reading aloud."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from bot.content import Catalogue
from tests.browser.conftest import SMALL, Phone
from tests.support.answers import about, pattern
from tests.support.gateway import ROOT, Gateway, running
from tests.support.ports import free_port

LANGUAGES = [entry["code"] for entry in yaml.safe_load((ROOT / "content/languages.yml").read_text())["languages"]]
DANGER = "Help! He is hitting me right now, I am locked in and bleeding"
DESKTOP = {"width": 1280, "height": 800}


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """Without the engine: these pages need it not, and a danger is seen without it."""
    env = {"INLOOP_ENGINE_URL": "http://127.0.0.1:9", "INLOOP_ENGINE_SECRET": "s" * 20}
    with running(tmp_path_factory.mktemp("alone"), free_port(), engine=False, env=env) as started:
        yield started


def choose(page: Page, language: str) -> None:
    page.locator(f"button[name=language][value={language}]").click()


def clean(page: Page, where: str) -> None:
    page.wait_for_load_state("load")  # a page whose style has not come yet has the browser's own colours
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        found = Axe().run(page)
        assert found.violations_count == 0, (where, scheme, found.generate_report())


def talk(page: Page, language: str) -> None:
    choose(page, language)
    page.locator("#start").click()
    expect(page.locator("#log li.bot").first).to_be_visible()


@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_nothing_in_any_language(alone: Gateway, browser: Browser, language: str) -> None:
    phone = Phone(browser, alone.url, locale=language, size=SMALL)
    page = phone.page
    page.goto(alone.url + "/")
    choose(page, language)
    expect(page.locator("#before")).to_be_visible()
    clean(page, "before")
    page.locator("#start").click()
    page.locator("#text").fill(DANGER)
    page.keyboard.press("Enter")
    expect(page.locator("#log li.emergency a.call[href='tel:112']")).to_be_visible()
    clean(page, "danger")
    page.locator("#menu-open").click()
    clean(page, "menu")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    phone.context.close()


@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_nothing_on_the_pages_without_scripts(alone: Gateway, browser: Browser, language: str) -> None:
    phone = Phone(browser, alone.url, locale=language, size=SMALL)
    page = phone.page
    page.route("**/visitor.js*", lambda route: route.abort())  # so that axe, a script itself, can look
    page.goto(alone.url + "/")
    choose(page, language)
    expect(page.locator("#start")).to_be_visible()
    clean(page, "before")
    page.locator("#start").click()
    page.locator("#text").fill(DANGER)
    page.locator("#write .primary").click()
    expect(page.locator("#log li.emergency a[href='tel:112']")).to_be_visible()
    clean(page, "danger")
    page.locator("#menu > summary").click()
    page.locator("#menu .danger").click()
    expect(page.locator("#new.alarm")).to_be_visible()
    clean(page, "sure?")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    phone.context.close()


@pytest.mark.parametrize("language", ["nl", "tr", "hu", "ar", "vi", "bg"])
def test_with_letters_twice_as_large_everything_is_still_there(
    alone: Gateway, browser: Browser, pictures: Path, language: str
) -> None:
    phone = Phone(browser, alone.url, locale=language, size=SMALL)
    page = phone.page
    page.goto(alone.url + "/")
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "languages"
    talk(page, language)
    page.locator("#text").fill(DANGER)
    page.keyboard.press("Enter")
    expect(page.locator("#log li.emergency")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "talk"
    for wanted in ("#leave", "#text", "#send"):
        box = page.locator(wanted).bounding_box()
        assert box, wanted
        assert box["x"] >= 0 and box["x"] + box["width"] <= 360, wanted
        assert box["y"] >= 0 and box["y"] + box["height"] <= 640, wanted
    bars = page.evaluate("[...document.querySelectorAll('.bar, #write')].map((bar) => bar.offsetHeight)")
    assert sum(bars) <= 320, "half of the screen is for the talk"
    said = page.locator("#leave span").last  # the other buttons may keep to their signs
    inside = "(word) => word.offsetTop + word.offsetHeight / 2 < word.parentNode.offsetHeight"
    assert said.evaluate(inside), "one reads it"
    if language in {"nl", "ar"}:
        page.screenshot(path=pictures / f"16-large-{language}.png")
    phone.context.close()


def test_in_forced_colours_what_can_be_pressed_has_an_edge(alone: Gateway, browser: Browser, pictures: Path) -> None:
    phone = Phone(browser, alone.url, locale="nl", size=SMALL, forced_colors="active")
    page = phone.page
    page.goto(alone.url + "/")
    talk(page, "nl")
    page.locator("#text").fill("hij slaat mij nu")
    page.keyboard.press("Enter")
    expect(page.locator("#log li.emergency")).to_be_visible()
    for wanted in ("#leave", "#menu-open", "#send", "#text", "#log .call", "#log .text"):
        style = "node => [getComputedStyle(node).borderTopStyle, parseFloat(getComputedStyle(node).borderTopWidth)]"
        kind, width = page.locator(wanted).first.evaluate(style)
        assert kind != "none" and width >= 1, wanted
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    page.screenshot(path=pictures / "17-forced-colours.png")
    phone.context.close()


def test_a_screen_reader_is_told_of_what_comes(alone: Gateway, browser: Browser, words: Catalogue) -> None:
    """What the browser hands to assistive technology: a log that is read out as it grows, and what was there stays the
    same nodes, since whatever is put anew is read again."""
    phone = Phone(browser, alone.url, locale="en", size=SMALL)
    page = phone.page
    page.goto(alone.url + "/")
    talk(page, "en")
    page.evaluate("window.earlier = document.querySelector('#log li.bot')")
    page.locator("#text").fill(DANGER)
    page.keyboard.press("Enter")
    expect(page.locator("#log li.emergency")).to_be_visible()
    tree = phone.context.new_cdp_session(page)
    tree.send("Accessibility.enable")
    nodes = {node["nodeId"]: node for node in tree.send("Accessibility.getFullAXTree")["nodes"]}
    [log] = [node for node in nodes.values() if node.get("role", {}).get("value") == "log"]
    told = {one["name"]: one["value"].get("value") for one in log["properties"]}
    assert (told["live"], told["relevant"], told.get("busy", False)) == ("polite", "additions", False)

    def said(node: dict[str, Any]) -> str:
        below = " ".join(said(nodes[child]) for child in node.get("childIds", []) if child in nodes)
        return f"{node.get('name', {}).get('value', '')} {below}"

    assert words.fact("emergency_phone") in said(log)
    assert page.evaluate("document.querySelector('#log li.bot') === window.earlier && window.earlier.isConnected")
    assert any(node.get("role", {}).get("value") == "status" for node in nodes.values()), "and what is sent or waits"
    leave = [node for node in nodes.values() if node.get("role", {}).get("value") == "link"]
    assert any(words.label("visitor.leave_now", "en") in node["name"]["value"] for node in leave)
    phone.context.close()


def test_a_whole_talk_by_keyboard_alone(house: Gateway, browser: Browser, words: Catalogue) -> None:
    phone = Phone(browser, house.url, locale="en", size=DESKTOP)
    page = phone.page
    page.goto(house.url + "/")

    def tab_to(wanted: str) -> None:
        for _ in range(60):
            page.keyboard.press("Tab")
            if page.evaluate("wanted => document.activeElement.matches(wanted)", wanted):
                edge = page.evaluate("getComputedStyle(document.activeElement).outlineWidth")
                assert edge == "3px", "one sees where one is"
                return
        raise AssertionError(f"no way to {wanted}")

    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "leave", "the way out comes first"
    tab_to("[value=en]")
    page.keyboard.press("Enter")
    expect(page.locator("#before")).to_be_visible()
    tab_to("#start")
    page.keyboard.press("Enter")
    expect(page.locator("#text")).to_be_focused()
    page.keyboard.type("is it free")
    page.keyboard.press("Enter")
    expect(page.locator("#log li.bot .text").last).to_have_text(pattern(words, "cost", "en"))
    for _ in range(10):
        page.keyboard.press("Shift+Tab")
        if page.evaluate("document.activeElement.closest('#log .bot .choices') !== null"):
            break
    page.keyboard.press("Enter")
    expect(page.locator("#log li.bot")).to_have_count(3)
    tab_to("#menu-open")
    page.keyboard.press("Enter")
    expect(page.locator("#menu")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#menu")).to_be_hidden()
    expect(page.locator("#menu-open")).to_be_focused()
    tab_to("#leave")
    page.keyboard.press("Enter")
    expect(page).to_have_title("Weather")
    phone.context.close()


VOICES = """
  const voice = (lang, localService) => ({ lang, localService, name: lang });
  const synthesis = new EventTarget();
  window.spoken = [];
  Object.assign(synthesis, {
    getVoices: () => [voice("en-GB", false), voice("nl_BE", false), voice("nl-NL", true), voice("ar-SA", false)],
    speak: (said) => window.spoken.push([said.voice.lang, said.text]),
    cancel: () => window.spoken.push("cancel"),
  });
  Object.defineProperty(window, "speechSynthesis", { value: synthesis });
  window.SpeechSynthesisUtterance = function (text) { this.text = text; };
"""
"""A device with a Dutch voice of its own, and others that send the words to somebody."""


def test_reading_aloud_is_offered_only_with_a_voice_on_the_device(
    house: Gateway, browser: Browser, words: Catalogue
) -> None:
    phone = Phone(browser, house.url, locale="nl", size=SMALL)
    page = phone.page
    page.add_init_script(VOICES)
    page.goto(house.url + "/")
    for language, offered in (("en", False), ("ar", False), ("nl", True)):
        choose(page, language)
        expect(page.locator("#before")).to_be_visible()
        expect(page.locator("#before .listen")).to_be_visible(visible=offered)
        if not offered:
            page.locator("#other-language").click()
    page.locator("#start").click()
    page.locator("#text").fill("is het gratis")
    page.keyboard.press("Enter")
    expect(page.locator("#log li.bot")).to_have_count(2)
    assert page.locator("#log li.person .listen").count() == 0
    last = page.locator("#log li.bot").last
    listen = last.get_by_role("button", name=words.label("visitor.listen", "nl"))
    listen.click()  # it warns, once: `test_visitor_listen.py`
    expect(last).to_contain_text(words.label("visitor.listen_warning", "nl"))
    listen.click()
    expect(last.get_by_role("button", name=words.label("visitor.listen_stop", "nl"))).to_be_visible()
    lang, said = page.evaluate("window.spoken.at(-1)")
    assert lang == "nl-NL"
    assert any(text in said for text in about(words, "cost", "nl"))
    assert words.topic_label("talk_to_human", "nl") in said, "the buttons are read too"
    last.get_by_role("button", name=words.label("visitor.listen_stop", "nl")).click()
    expect(listen).to_be_visible()  # stopping waits for the script that reads aloud
    assert page.evaluate("window.spoken.at(-1)") == "cancel"
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    phone.context.close()


def test_on_a_desktop_the_way_out_is_in_view_too(house: Gateway, browser: Browser) -> None:
    phone = Phone(browser, house.url, locale="zh-CN", size=DESKTOP, is_mobile=False)
    page = phone.page
    page.goto(house.url + "/")
    talk(page, "zh")
    for text in ("要付钱吗？", "你们是谁？", "我需要地方住", "我想和真人谈谈"):
        before = page.locator("#log li.bot").count()
        page.locator("#text").fill(text)
        page.keyboard.press("Enter")
        expect(page.locator("#log li.bot")).not_to_have_count(before)
    box = page.locator("#leave").bounding_box()
    assert box
    assert box["y"] >= 0 and box["y"] + box["height"] <= 800
    phone.context.close()


@pytest.mark.parametrize("language", ["nl", "ar"])
def test_nothing_looks_like_a_warning_or_touches_that_is_none(alone: Gateway, browser: Browser, language: str) -> None:
    """The field's ring has the colour of tea; the code stands where a line begins; "yes" apart from its question."""
    phone = Phone(browser, alone.url, locale=language, size=SMALL)
    page = phone.page
    page.goto(alone.url + "/")
    talk(page, language)
    page.locator("#text").focus()
    ring = page.locator("#text").evaluate("(node) => getComputedStyle(node).outlineColor")
    expect(page.locator("#send")).to_have_css("background-color", ring)
    page.locator("#menu-open").click()
    expect(page.locator("#ask-person")).to_be_in_viewport(ratio=1)  # it opens at its beginning
    expect(page.locator("#return-code")).to_have_css("text-align", "right" if language == "ar" else "start")
    page.locator("#delete").click()
    question, yes = page.locator("#delete-sure span").bounding_box(), page.locator("#delete-yes").bounding_box()
    assert question and yes and question["y"] + question["height"] + 6 <= yes["y"]
    phone.context.close()

"""Between a language that is written from right to left and one that is not, on the desk and on the person's page.

There is no tiny package of Arabic: those of Romanian are labelled as such. What they make of Arabic is no translation
that anybody could use, but it goes the whole way of one, and it is in Latin letters.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, expect

from bot.content import Catalogue
from tests.browser.conftest import SMALL, Phone
from tests.browser.test_translation import log_in, packages, readable  # noqa: F401 - a fixture
from tests.support.gateway import Gateway, running
from tests.support.ports import free_port

DANGER = "هو يضربني الآن والباب مقفل، ساعدوني"
WITH_AN_AMOUNT = "أنا هنا. معي 250 يورو."
ASKED = "Ik ben hier. Ik bel je om 14:30."
READ = "أنا هنا. سأتصل بك الساعة 14:30."


@pytest.fixture(scope="module")
def of_arabic(packages: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:  # noqa: F811
    folder = tmp_path_factory.mktemp("of-arabic")
    for package in packages.iterdir():
        own = folder / package.name.replace("ro", "ar")
        shutil.copytree(package, own, ignore=shutil.ignore_patterns("inloop.json"))
        told = json.loads((own / "metadata.json").read_text("utf-8"))
        labels = {key: "ar" for key in ("from_code", "to_code") if told[key] == "ro"}
        (own / "metadata.json").write_text(json.dumps(told | labels), "utf-8")
    return folder


@pytest.fixture(scope="module")
def house(of_arabic: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    env = {"INLOOP_TRANSLATION_DIR": str(of_arabic)}
    with running(tmp_path_factory.mktemp("directions"), free_port(), engine=False, env=env) as started:
        yield started


def direction(of: Locator) -> str:
    found: str = of.evaluate("node => getComputedStyle(node).direction")
    return found


def test_arabic_is_read_from_right_to_left_and_its_translation_from_left_to_right(
    house: Gateway, browser: Browser, words: Catalogue, pictures: Path
) -> None:
    person = Phone(browser, house.url, locale="ar", scripts=False, size=SMALL)
    page = person.page
    page.goto(house.url + "/")
    page.get_by_role("button", name="العربية").click()
    page.locator("#start").click()
    for text in (DANGER, WITH_AN_AMOUNT):
        page.locator("#text").fill(text)
        page.locator("#write .primary").click()
        expect(page.locator("#log li.person .text").last).to_have_text(text)

    night = Phone(browser, house.url, locale="nl-BE")
    desk = log_in(house, night, words)
    desk.get_by_role("button", name=words.label("desk.claim", "nl")).first.click()
    for text in (DANGER, WITH_AN_AMOUNT):
        item = desk.locator("#log li.person", has_text=text)
        original, made = item.locator(":scope > .text"), item.locator(".translation .text")
        expect(original).to_have_attribute("lang", "ar")
        expect(made).to_have_text(re.compile("^[A-Z][a-z]"))
        expect(item.locator(".translation .head").first).to_contain_text("Arabisch → Engels → Nederlands")
        assert (direction(original), direction(made)) == ("rtl", "ltr")
        above, below = original.bounding_box(), made.bounding_box()
        assert above and below and above["y"] < below["y"]
    expect(item.locator(".translation .doubts")).to_contain_text(words.label("desk.doubt_numbers", "nl"))
    item.scroll_into_view_if_needed()
    desk.wait_for_timeout(250)  # the short fade of a new message, for the picture's sake only
    desk.screenshot(path=pictures / "28-arabic-translated.png")
    readable(desk)

    # The other way, with what the caseworker makes of it.
    desk.locator("#text").fill(ASKED)
    desk.locator("#reply").click()
    expect(desk.locator("#draft-text")).not_to_be_empty()
    expect(desk.locator("#draft-looked")).to_be_enabled()
    desk.locator("#draft-text").fill(READ)
    expect(desk.locator("#draft-looked")).to_be_enabled()
    assert [direction(desk.locator(f"#draft-{what}")) for what in ("text", "back")] == ["rtl", "ltr"]
    desk.locator("#draft-looked").check()
    desk.locator("#draft-send").click()
    sent = desk.locator("#log li.caseworker:not([data-pending])")
    expect(sent.locator(":scope > .text")).to_have_text(READ)
    assert [direction(sent.locator(what)) for what in (":scope > .text", ".was")] == ["rtl", "ltr"]

    page.locator("#look").click()
    got = page.locator("#log li.caseworker").last
    expect(got.locator(".text")).to_have_text(READ)
    marked = words.labels("visitor", "ar")["translated_from"].replace("{language}", "Nederlands")
    expect(got.locator("p.translated").first).to_have_text(marked)
    got.locator("summary").click()
    expect(got.locator(".original")).to_have_text(ASKED)
    assert [direction(got.locator(what)) for what in (".text", ".original")] == ["rtl", "ltr"]
    page.screenshot(path=pictures / "29-arabic-without-scripts.png")
    for phone in (person, night):
        assert not phone.elsewhere and not phone.errors
        phone.context.close()

"""Every state of the visitor's page in five scripts, drawn on a sheet for each: letters as they are on light, and twice
as large on dark. In each of them the way out is seen, and nothing is wider than the screen."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from bot.content import Catalogue
from tests.browser.conftest import SMALL, Phone
from tests.support.gateway import Gateway

SCRIPTS = {
    "nl": ("ben ik een slachtoffer van uitbuiting?", "hij slaat mij nu en ik kan niet weg"),
    "ru": ("я жертва эксплуатации?", "он меня сейчас бьёт, я не могу уйти"),
    "ar": ("هل أنا ضحية استغلال؟", "هو يضربني الآن ولا أستطيع الخروج"),
    "zh": ("我是被剥削的受害者吗？", "他现在在打我，我出不去"),
    "vi": ("tôi có phải là nạn nhân bị bóc lột không?", "anh ta đang đánh tôi, tôi không ra ngoài được"),
}
ROWS = {"100-light": (False, False), "200-dark": (True, True)}
LARGE = "addEventListener('DOMContentLoaded', () => { document.documentElement.style.fontSize = '200%'; })"

Shots = dict[str, dict[tuple[str, str], bytes]]


def said(page: Page, text: str) -> None:
    count = page.locator("#log li.bot, #log li.system").count()
    page.locator("#text").fill(text)
    page.locator("#send").click()
    expect(page.locator("#log li.waiting")).to_have_count(0)
    expect(page.locator("#log li.bot, #log li.system").nth(count)).to_be_attached()


def choose(page: Page, label: str) -> None:
    page.locator("#log .choices button", has_text=label).last.click()
    expect(page.locator("#log li.waiting")).to_have_count(0)


def walk(phone: Phone, words: Catalogue, code: str) -> Iterator[str]:
    """Goes from state to state, and says which one is on the screen."""
    page, (asks, danger) = phone.page, SCRIPTS[code]
    page.goto(phone.url + "/")
    yield "first-page"
    page.locator("[name=do][value=about_program]:visible").click()
    expect(page.locator("#about-title")).to_be_visible()
    yield "what-it-is"
    page.locator("#about-close").click()
    page.locator("button.own").click()
    expect(page.locator("#start")).to_be_visible()
    yield "before"
    page.locator("#start").click()
    expect(page.locator("#log li.bot")).to_have_count(1)
    yield "greeting"
    said(page, asks)
    yield "answer"
    choose(page, words.label("choices.start_self_check", code))
    expect(page.locator("#log .step").last).to_be_visible()
    choose(page, words.label("choices.no", code))
    expect(page.locator("#log .step")).to_have_count(2)
    yield "form"
    choose(page, words.label("choices.stop", code))
    page.locator("#menu-open").click()
    yield "menu"
    page.locator("#ask-person").click()
    choose(page, words.label("choices.yes", code))
    expect(page.locator("#status.waits")).to_be_visible()
    yield "waiting"
    said(page, danger)
    expect(page.locator("#log li.emergency")).to_be_visible()
    yield "danger"
    said(page, danger)
    yield "safety-mode"


def sheet(browser: Browser, shots: dict[tuple[str, str], bytes]) -> bytes:
    """A row for each size, a column for each script."""
    page = browser.new_page(viewport={"width": 252 * len(SCRIPTS), "height": 444 * len(ROWS)})
    cells = (f'<img width=240 src="data:image/png;base64,{base64.b64encode(shots[row, code]).decode()}">'
             for row in ROWS for code in SCRIPTS)  # fmt: skip
    page.set_content(f"<body style='margin:0;display:grid;grid-template-columns:repeat({len(SCRIPTS)},240px);gap:12px;"
                     f"padding:6px;background:#888'>{''.join(cells)}")  # fmt: skip
    page.wait_for_function("[...document.images].every((image) => image.complete)")
    picture = page.screenshot()
    page.close()
    return picture


@pytest.fixture(scope="module")
def shots(browser: Browser, pictures: Path) -> Iterator[Shots]:
    """What the tests of this file have seen; put side by side at the end."""
    found: Shots = {}
    yield found
    for number, (state, seen) in enumerate(found.items(), 50):
        if len(seen) == len(ROWS) * len(SCRIPTS):
            (pictures / f"{number}-{state}.png").write_bytes(sheet(browser, seen))


@pytest.mark.parametrize("code", SCRIPTS)
@pytest.mark.parametrize("row", ROWS)
def test_every_state_is_whole(
    house: Gateway, browser: Browser, words: Catalogue, shots: Shots, row: str, code: str
) -> None:
    large, dark = ROWS[row]
    phone = Phone(browser, house.url, locale=code, size=SMALL, dark=dark, reduced_motion="reduce")
    if large:
        phone.page.add_init_script(LARGE)
    for state in walk(phone, words, code):
        assert phone.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), state
        expect(phone.page.locator("#leave")).to_be_in_viewport(ratio=1)
        shots.setdefault(state, {})[row, code] = phone.page.screenshot()
    assert not phone.errors
    phone.context.close()

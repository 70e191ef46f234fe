"""Three persons, each from the first page to a caseworker, on a cheap phone: what docs/walkthrough.md shows.

`INLOOP_TEST_PICTURES=docs/pictures make test ARGS="tests/browser/test_three_persons.py"` takes its pictures anew.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from bot.content import Catalogue
from tests.browser.conftest import SMALL, Phone
from tests.support.caseworker import Caseworker, first
from tests.support.gateway import Gateway

MOST_BYTES = 600_000
"""Of all pictures together."""


@dataclass(frozen=True)
class Person:
    """What somebody writes before they ask for a person, or because of what a caseworker is called, and what the
    caseworker then says."""

    name: str
    lang: str
    writes: tuple[str, ...]
    asks: bool
    reply: str


PERSONS = (
    Person(
        "cleaner", "ro",
        ("fac curat în case și șefa nu m-a plătit de trei luni", "mi-a luat și buletinul"),
        asks=True, reply="Bună seara, sunt Maria. Vă ascult. Luați-vă timp.",
    ),
    Person(
        "farm", "ar",
        ("أعمل في مزرعة ولا أقبض أجري", "صاحب العمل يضربني الآن ولا أستطيع الخروج"),
        asks=False, reply="أنا هنا معك. هل يمكنك الكتابة الآن دون أن يراك أحد؟",
    ),
    Person(
        "nurse", "nl",
        ("ik ben verpleegkundige, ik denk dat een patiënte wordt uitgebuit", "mag ik dat zeggen? ik heb beroepsgeheim"),
        asks=True, reply="Dag, fijn dat u schrijft. Vertel gerust, zonder haar naam.",
    ),
)  # fmt: skip


@pytest.fixture(scope="module")
def colleague(house: Gateway) -> Iterator[Caseworker]:
    """Maria, with an open desk."""
    found = first(house)
    assert found.http.put("/desk/api/alias", json={"name": "Maria", "line": ""}).status_code == 204
    with found.http.stream("GET", "/desk/api/events") as desk:
        next(desk.iter_lines())
        yield found


@pytest.fixture
def take(browser: Browser, pictures: Path) -> Iterator[Callable[[Page, str], None]]:
    """Takes a picture as WebP, which Chromium itself makes."""
    maker = browser.new_page()

    def taken(page: Page, name: str) -> None:
        page.wait_for_timeout(250)  # the short fade of a new message, for the picture's sake only
        png = base64.b64encode(page.screenshot(scale="css")).decode()
        webp = maker.evaluate(
            """async (png) => {
              const image = new Image();
              image.src = "data:image/png;base64," + png;
              await image.decode();
              const canvas = document.createElement("canvas");
              Object.assign(canvas, { width: image.width, height: image.height });
              canvas.getContext("2d").drawImage(image, 0, 0);
              return canvas.toDataURL("image/webp", 0.8).split(",")[1];
            }""",
            png,
        )
        (pictures / f"walk-{name}.webp").write_bytes(base64.b64decode(webp))

    yield taken
    maker.close()


def write(page: Page, text: str) -> None:
    """Writes, and waits until something is said to it."""
    said = page.locator("#log li[data-seq]:is(.bot, .system)")  # and not the offer to keep the code
    count = said.count()
    page.locator("#text").fill(text)
    page.locator("#send").click()
    expect(page.locator("#log li.waiting")).to_have_count(0)
    expect(said.nth(count)).to_be_attached()


@pytest.mark.parametrize("person", PERSONS, ids=lambda person: person.name)
def test_from_the_first_page_to_a_caseworker(
    house: Gateway, browser: Browser, words: Catalogue, colleague: Caseworker, pictures: Path, person: Person,
    take: Callable[[Page, str], None],
) -> None:  # fmt: skip
    phone = Phone(browser, house.url, locale=person.lang, size=SMALL, reduced_motion="reduce")
    page, number = phone.page, 0

    def seen(what: str) -> None:
        nonlocal number
        number += 1
        take(page, f"{person.name}-{number}-{what}")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), what
        expect(page.locator("#leave")).to_be_in_viewport(ratio=1)

    page.goto(house.url + "/")
    seen("first-page")
    page.locator("button.own").click()
    expect(page.locator("#start")).to_be_visible()
    seen("before")
    page.locator("#start").click()
    expect(page.locator("#log li.bot")).to_have_count(1)
    seen("greeting")
    for text in person.writes:
        write(page, text)
        seen("answer")
    if person.asks:
        page.locator("#menu-open").click()
        page.locator("#ask-person").click()
        yes = words.label("choices.yes", person.lang)
        page.locator("#log .choices button", has_text=yes).last.click()
        expect(page.locator("#status.waits")).to_be_visible()
        expect(page.locator("#log .step").last).to_be_visible()
        seen("waiting")
    else:
        expect(page.locator("#log li.emergency .call").first).to_be_in_viewport(ratio=1)
    case = colleague.wait_for_case()["id"]
    assert colleague.claim(case).status_code == 200
    expect(page.locator("#status.status_owned")).to_be_visible()
    seen("somebody-is-here")
    assert colleague.http.post(f"/desk/api/cases/{case}/writing").status_code == 204
    expect(page.locator("#status-time")).to_contain_text(words.label("visitor.writing", person.lang))
    seen("writing")
    colleague.reply(case, person.reply)
    last = page.locator("#log li.caseworker .text").last
    expect(last).to_have_text(person.reply)
    expect(last).to_be_in_viewport(ratio=1)
    seen("reply")
    colleague.close(case)
    assert phone.errors == []
    phone.context.close()
    taken = list(pictures.glob("walk-*.webp"))
    assert sum(path.stat().st_size for path in taken) <= MOST_BYTES

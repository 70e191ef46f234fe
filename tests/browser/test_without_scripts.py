"""The whole talk in a browser that runs no script, on the smallest phone: also Back, after leaving and without."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, Error, expect

from bot.content import Catalogue
from tests.browser.conftest import SMALL, Phone
from tests.browser.test_translation import bilingual, packages  # noqa: F401 - fixtures
from tests.support.answers import pattern
from tests.support.caseworker import first
from tests.support.gateway import Gateway

DANGER = "il me frappe maintenant, je ne peux pas sortir"


def old_phone(house: Gateway, browser: Browser, locale: str = "fr-BE") -> Phone:
    return Phone(browser, house.url, locale=locale, scripts=False, size=SMALL)


def begin(phone: Phone, language: str = "Français") -> None:
    phone.page.goto(phone.url + "/")
    phone.page.get_by_role("button", name=language).click()
    phone.page.locator("#start").click()
    expect(phone.page.locator("#log li.bot")).to_have_count(1)


def send(phone: Phone, text: str) -> None:
    phone.page.locator("#text").fill(text)
    phone.page.locator("#write .primary").click()
    expect(phone.page.locator("#log li.person .text").last).to_have_text(text)
    phone.page.wait_for_load_state()


def in_view(phone: Phone, selector: str) -> bool:
    """Wholly on the screen, and nothing lies over the middle of it."""
    return bool(
        phone.page.locator(selector).first.evaluate(
            """node => { const box = node.getBoundingClientRect();
              const at = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
              return box.top >= 0 && box.bottom <= innerHeight && node.contains(at); }"""
        )
    )


def back(phone: Phone) -> str:
    """What is on the screen after Back, and after saying yes to "send the form again?"."""
    seen = ""
    for go in (phone.page.go_back, phone.page.reload):
        with suppress(Error):  # the browser's own page, which asks
            go(timeout=5000)
        seen += phone.page.content()
    return seen


def test_the_whole_talk_and_nothing_of_it_after_leaving(
    house: Gateway, browser: Browser, words: Catalogue, pictures: Path
) -> None:
    phone = old_phone(house, browser)
    page = phone.page
    begin(phone)
    expect(page).to_have_title("Chat")
    send(phone, "est-ce que c'est gratuit ?")
    expect(page.locator("#log li.bot .text").last).to_have_text(pattern(words, "cost", "fr"))
    page.screenshot(path=pictures / "12-without-scripts.png")
    send(phone, DANGER)
    assert in_view(phone, "#log li.emergency a[href='tel:112']"), "the page opens at the card"
    assert in_view(phone, "#leave")
    page.screenshot(path=pictures / "13-without-scripts-danger.png")
    page.evaluate("scrollTo(0, 0)")
    assert in_view(phone, "main > .calls a[href='tel:112']")
    page.locator("#menu > summary").click()
    assert in_view(phone, "#leave"), "the menu is not over the way out"
    code = page.locator("#return-code").text_content()
    assert code
    assert page.url.startswith(house.url + "/talk")
    assert phone.context.cookies() == []

    page.locator("#leave").click()
    expect(page).to_have_title("Weather")
    for _ in range(5):
        seen = back(phone)
        assert "gratuit ?" not in seen
        assert "frappe" not in seen
        assert code not in seen
    assert phone.elsewhere[0] == "https://www.meteo.be/"
    assert set(phone.elsewhere) == {"https://www.meteo.be/"}

    page.goto(house.url + "/")
    page.get_by_role("button", name="Français").click()
    page.locator("#return summary").click()
    page.locator("#code").fill(code)
    page.locator("#restore button").click()
    expect(page.locator("#log li.person")).to_have_count(2)
    phone.context.close()


def test_what_is_typed_is_kept_while_one_looks_for_news(house: Gateway, browser: Browser) -> None:
    phone = old_phone(house, browser)
    begin(phone)
    phone.page.locator("#text").fill("une moitié de phrase")
    phone.page.locator("#look").click()
    expect(phone.page.locator("#text")).to_have_value("une moitié de phrase")
    phone.context.close()


def test_the_talk_disappears_with_the_press_and_not_with_the_answer(house: Gateway, browser: Browser) -> None:
    phone = old_phone(house, browser)
    begin(phone)
    send(phone, "est-ce que c'est gratuit ?")
    phone.page.route("**/talk*", lambda route: route.fulfill(status=204))  # the page stays, as while nothing answers
    phone.page.locator("#leave").click()
    expect(phone.page.locator("main")).to_have_css("visibility", "hidden")
    expect(phone.page.locator("#write")).to_have_css("visibility", "hidden")
    phone.page.unroute("**/talk*")
    phone.page.locator("#leave").click()
    expect(phone.page).to_have_title("Weather")
    phone.context.close()


def test_buttons_and_the_language_on_the_first_page_work_by_keyboard(
    house: Gateway, browser: Browser, words: Catalogue
) -> None:
    phone = old_phone(house, browser)
    begin(phone)
    send(phone, "est-ce que c'est gratuit ?")
    button = phone.page.get_by_role("button", name=words.topic_label("talk_to_human", "fr"))
    button.focus()
    phone.page.keyboard.press("Enter")
    expect(phone.page.locator("#log li.bot .text").last).to_have_text(words.say("handoff.offer", "fr"))
    phone.context.close()


@pytest.mark.parametrize("language", ["العربية", "中文"])
def test_other_scripts_fit_the_smallest_screen(
    house: Gateway, browser: Browser, pictures: Path, language: str
) -> None:
    phone = old_phone(house, browser, "ar" if language == "العربية" else "zh-CN")
    begin(phone, language)
    send(phone, {"العربية": "هل المساعدة مجانية؟", "中文": "要付钱吗？"}[language])
    assert phone.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert in_view(phone, "#leave")
    if language == "العربية":
        assert phone.page.locator("html").get_attribute("dir") == "rtl"
        phone.page.screenshot(path=pictures / "14-without-scripts-arabic.png")
    phone.context.close()


def test_what_a_machine_translated_is_marked_with_the_original_at_one_tap(
    bilingual: Gateway, browser: Browser, words: Catalogue, pictures: Path  # noqa: F811
) -> None:
    phone = old_phone(bilingual, browser, "ro-RO")
    begin(phone, "Română")
    send(phone, "Mă bate acum și nu pot să ies, ajutor!")
    colleague = first(bilingual)
    case = f"/desk/api/cases/{colleague.wait_for_case()['id']}"
    assert colleague.http.post(f"{case}/claim").status_code == 200
    written = "Blijf waar je bent. Ik bel je om 14:30."
    draft = colleague.http.post(f"{case}/drafts", json={"text": written, "own": "nl"}).json()
    changed = draft["text"].replace("14", "15")
    colleague.http.post(f"{case}/drafts/back", json={"text": changed, "original": written, "own": "nl"})
    for text in (draft["text"], changed):
        body = {"id": str(uuid4()), "text": text, "translated": {"text": written, "own": "nl", "looked": True}}
        assert colleague.http.post(f"{case}/messages", json=body).status_code == 202

    phone.page.locator("#look").click()
    right, wrong = phone.page.locator("#log li.caseworker").all()
    for item, text in ((right, "Rămâi unde ești. Te sun la 14:30."), (wrong, "Rămâi unde ești. Te sun la 15:30.")):
        expect(item.locator(".text")).to_have_text(text)
        marked = words.label("visitor.translated_from", "ro", language="Nederlands")
        expect(item.locator("p.translated").first).to_have_text(marked)
        expect(item.locator(".original")).to_be_hidden()
        item.locator("summary").click()
        expect(item.locator(".original")).to_have_text(written)
        expect(item.locator(".original")).to_have_attribute("lang", "nl")
    expect(right.locator(".doubtful")).to_have_count(0)
    expect(wrong.locator(".doubtful")).to_have_text(words.label("visitor.translation_doubtful", "ro"))
    wrong.scroll_into_view_if_needed()
    phone.page.screenshot(path=pictures / "30-translated-without-scripts.png")
    assert phone.elsewhere == []
    phone.context.close()

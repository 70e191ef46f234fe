"""The visitor page in a real browser: right to left, keyboard, reload, return code, deletion, leaving, axe."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Route, expect

from bot.content import Catalogue
from tests.browser.conftest import SMALL, Phone
from tests.support.answers import pattern
from tests.support.gateway import Gateway, wait_for


def begin(phone: Phone, language: str = "English") -> None:
    phone.page.goto(phone.url + "/")
    phone.page.get_by_role("button", name=language).click()
    phone.page.locator("#start").click()
    expect(phone.page.locator("#log li.bot")).to_have_count(1)


def ask(phone: Phone, text: str, answers: int = 2) -> None:
    phone.page.locator("#text").fill(text)
    phone.page.keyboard.press("Enter")
    expect(phone.page.locator("#log li.bot")).to_have_count(answers)


def test_a_reload_keeps_the_talk_and_the_draft(house: Gateway, browser: Browser) -> None:
    phone = Phone(browser, house.url)
    begin(phone)
    ask(phone, "is it free")
    phone.page.locator("#text").fill("half a thought")
    phone.page.reload()
    expect(phone.page.locator("#log li.bot")).to_have_count(2)
    expect(phone.page.locator("#text")).to_have_value("half a thought")


def test_the_return_code_opens_the_talk_on_another_phone(house: Gateway, browser: Browser, words: Catalogue) -> None:
    phone = Phone(browser, house.url)
    begin(phone)
    ask(phone, "is it free")
    phone.page.locator("#menu-open").click()
    code = phone.page.locator("#return-code").text_content()
    assert code
    other = Phone(browser, house.url)
    other.page.goto(house.url + "/")
    other.page.get_by_role("button", name="English").click()
    other.page.locator("#return summary").click()
    other.page.locator("#code").fill("this is not it")
    other.page.locator("#restore button").click()
    expect(other.page.locator("#restore-error")).to_contain_text(words.label("visitor.code_six", "en"))
    other.page.locator("#code").fill(code)
    other.page.locator("#restore button").click()
    expect(other.page.locator("#log li.bot")).to_have_count(2)


def test_a_picture_is_not_dropped_without_a_word_and_a_long_text_comes_back(
    house: Gateway, browser: Browser, words: Catalogue
) -> None:
    phone = Phone(browser, house.url)
    begin(phone)
    phone.page.evaluate(
        """() => {
          const data = new DataTransfer();
          data.items.add(new File(["x"], "x.png", { type: "image/png" }));
          const paste = new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true });
          document.getElementById("text").dispatchEvent(paste);
        }"""
    )
    expect(phone.page.locator("#state")).to_have_text(words.say("unread_kind", "en"))
    phone.page.evaluate("document.getElementById('text').removeAttribute('maxlength')")
    phone.page.locator("#text").fill("x" * 5000)
    phone.page.keyboard.press("Enter")
    expect(phone.page.locator("#state")).to_have_text(words.say("errors.too_long", "en"))
    expect(phone.page.locator("#text")).to_have_value("x" * 5000)


def test_what_is_deleted_is_gone_from_the_page(house: Gateway, browser: Browser, words: Catalogue) -> None:
    phone = Phone(browser, house.url)
    begin(phone)
    ask(phone, "is it free")
    phone.page.locator("#menu-open").click()
    phone.page.locator("#delete").click()
    phone.page.locator("#delete-yes").click()
    expect(phone.page.locator("#before")).to_be_visible()
    expect(phone.page.locator("#note")).to_have_text(words.say("forget.done", "en"))
    assert phone.page.evaluate("sessionStorage.getItem('token')") is None
    assert "free" not in phone.page.locator("#log").inner_text()


def test_three_times_shift_leaves_and_the_tab_keeps_nothing(house: Gateway, browser: Browser) -> None:
    phone = Phone(browser, house.url)
    begin(phone)
    token = phone.page.evaluate("sessionStorage.token")
    for _ in range(3):
        phone.page.keyboard.press("Shift")
    expect(phone.page).to_have_title("Weather")
    bearer = {"Authorization": f"Bearer {token}"}  # as somebody finds it in the browser's files
    wait_for("the token is dead", lambda: httpx.get(house.url + "/api/messages", headers=bearer).status_code == 401)
    phone.page.goto(house.url + "/")
    expect(phone.page.get_by_role("button", name="English")).to_be_visible()
    assert phone.page.evaluate("sessionStorage.length") == 0


def test_a_card_is_shown_though_nothing_can_be_kept(house: Gateway, browser: Browser, pictures: Path) -> None:
    phone = Phone(browser, house.url)
    begin(phone)
    answers = [0]

    def full(route: Route) -> None:
        answers[0] += 1
        if answers[0] > 2:
            route.continue_()
            return
        card = {"seq": 0, "from": "system", "text": "Call 112 now.", "choices": [], "urgency": "emergency"}
        route.fulfill(status=503, json={"error": {"code": "not_kept", "message": ""}, "card": card})

    phone.page.route("**/api/messages", full)
    phone.page.locator("#text").fill("is it free")
    phone.page.keyboard.press("Enter")
    card = phone.page.locator("#log li.system.emergency")
    expect(card).to_have_count(1)
    expect(card.locator("a.call[href='tel:112']")).to_be_in_viewport()
    phone.page.screenshot(path=pictures / "full-disk.png")
    expect(phone.page.locator("#log li.person:not(.waiting)")).to_have_count(1)
    expect(phone.page.locator("#log li.bot")).to_have_count(2)


def test_messages_typed_without_a_network_wait_and_are_sent_once(house: Gateway, browser: Browser) -> None:
    phone = Phone(browser, house.url)
    begin(phone)
    phone.context.set_offline(True)
    for text in ("is it free", "who are you"):
        phone.page.locator("#text").fill(text)
        phone.page.keyboard.press("Enter")
    expect(phone.page.locator("#log li.waiting")).to_have_count(2)
    phone.context.set_offline(False)
    expect(phone.page.locator("#log li.person:not(.waiting)")).to_have_count(2)
    expect(phone.page.locator("#log li.bot")).to_have_count(3)
    assert phone.page.locator("#log li.person .text").all_inner_texts() == ["is it free", "who are you"]


def test_the_page_reads_from_right_to_left_in_arabic(
    house: Gateway, browser: Browser, words: Catalogue, pictures: Path
) -> None:
    phone = Phone(browser, house.url, locale="ar")
    phone.page.goto(house.url + "/")
    phone.page.get_by_role("button", name="العربية").click()
    expect(phone.page.locator("html")).to_have_attribute("dir", "rtl")
    phone.page.locator("#start").click()
    expect(phone.page.locator("#log li.bot")).to_have_count(1)
    ask(phone, "هل المساعدة مجانية؟")
    expect(phone.page.locator("#log li.bot .text").last).to_have_text(pattern(words, "cost", "ar"))
    bot = phone.page.locator("#log li.bot").last.bounding_box()
    mine = phone.page.locator("#log li.person").last.bounding_box()
    assert bot and mine
    assert mine["x"] < 30, "one's own messages stand at the end of the line: left"
    assert bot["x"] + bot["width"] > 360
    assert phone.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    phone.page.wait_for_timeout(250)
    phone.page.screenshot(path=pictures / "11-arabic.png")
    ask(phone, words.topic_label("about_us", "ar"), 3)
    told = phone.page.locator("#log li.bot .text").last
    assert "Payoke" in words.answer("about_us", "ar").text, "a Latin name stands in it"
    expect(told).to_have_attribute("dir", "rtl")


@pytest.mark.parametrize("language", ["nl", "ar"])
def test_a_telephone_number_is_never_broken_over_two_lines(
    house: Gateway, browser: Browser, words: Catalogue, language: str
) -> None:
    phone = Phone(browser, house.url, size=SMALL)
    begin(phone, words.language(language).name)
    start = phone.page.locator("#log li.bot").first.get_by_role("button")
    assert words.topic_label("talk_to_human", language) in start.all_inner_texts(), "a person is one tap away"
    danger = {"nl": "hij slaat me nu", "ar": "هو يضربني الآن"}
    phone.page.locator("#text").fill(danger[language])
    phone.page.keyboard.press("Enter")
    expect(phone.page.locator("#log li.emergency, #log li.urgent")).to_have_count(1)
    numbers = phone.page.locator("#log .number")
    assert numbers.count() >= 2
    whole = "[...document.querySelectorAll('#log .number')].every((n) => n.getClientRects().length === 1)"
    assert phone.page.evaluate(whole)
    links = phone.page.locator("#log .text a.number").evaluate_all("(all) => all.map((a) => a.getAttribute('href'))")
    assert {"tel:112", "tel:101"} <= set(links), "what is said can be pressed"
    app = phone.page.locator("#log .text span.number", has_text=words.fact("emergency_app", language))
    expect(app.first, "who cannot speak and touches the name of the app calls nobody").to_be_attached()
    label = phone.page.locator("#log .calls a").last
    expect(label).to_have_text(words.label("visitor.call_stop", language))
    box = label.bounding_box()
    assert box and box["height"] < 90, "the label is not squeezed beside its number"


@pytest.mark.parametrize("topic", ["residence_permit", "cost"])
def test_an_answer_is_read_from_its_beginning_and_a_short_one_is_seen_whole(
    house: Gateway, browser: Browser, words: Catalogue, topic: str
) -> None:
    phone = Phone(browser, house.url, size=SMALL)
    begin(phone, words.language("nl").name)
    if topic == "residence_permit":  # longer than the screen, whatever stands in it
        phone.page.evaluate("document.documentElement.style.fontSize = '150%'")
    ask(phone, {"residence_permit": "kan mijn verblijfskaart verlengd worden", "cost": "wat kost het"}[topic])
    answer = phone.page.locator("#log li.bot").last
    expect(answer.locator(".text")).to_have_text(pattern(words, topic, "nl"))
    whole = "(li) => [li.getBoundingClientRect().top, document.querySelector('.bar').getBoundingClientRect().bottom]"
    top, bar = answer.evaluate(whole)
    assert top >= bar - 1, "the way out is not over the first line"
    expect(answer.locator(".who")).to_be_in_viewport(ratio=1)
    seen = answer.get_by_role("button").last
    if topic == "cost":
        expect(seen).to_be_in_viewport(ratio=1)
    else:
        expect(seen).not_to_be_in_viewport()


@pytest.mark.parametrize(
    ("said", "level"),
    [("nog 40 klanten en dan is mijn visum betaald", "urgent"), ("hij slaat mij nu met een riem", "emergency")],
)
def test_what_is_said_with_the_card_does_not_push_the_numbers_out_of_sight(
    house: Gateway, browser: Browser, words: Catalogue, said: str, level: str
) -> None:
    phone = Phone(browser, house.url, size=SMALL)
    begin(phone, words.language("nl").name)
    phone.page.locator("#text").fill(said)
    phone.page.keyboard.press("Enter")
    expect(phone.page.locator(f"#log li.{level} ~ li").first).to_be_attached()
    numbers = phone.page.locator(f"#log li.{level} .calls a")
    for number in (numbers.first, numbers.last):
        expect(number).to_be_in_viewport(ratio=1)


@pytest.mark.parametrize(
    ("language", "typed"),
    [
        ("العربية", "3afak bghit n3ref wach hadchi normal walla la hit ana mab9itch 3arfa chno ndir"),
        ("Français", "2 mois que je suis ici et personne ne me dit combien de temps je dois encore rester"),
        ("English", "12 34 56 78 90 " * 12),
        ("العربية", "ا" * 90 + " " + "q" * 90),
    ],
)
def test_whatever_somebody_types_the_page_is_as_wide_as_the_phone(
    house: Gateway, browser: Browser, language: str, typed: str
) -> None:
    """Else a phone shows an empty half of it, and the way out is beside the screen."""
    phone = Phone(browser, house.url, size=SMALL)
    begin(phone, language)
    phone.page.locator("#text").fill(typed)
    phone.page.locator("#write button.primary").click()
    expect(phone.page.locator("#log li.bot").nth(1)).to_be_visible()  # so it is drawn as it came back
    expect(phone.page.locator("#log li.person")).to_contain_text(typed.strip())
    wide = phone.page.evaluate("[document.scrollingElement.scrollWidth, document.scrollingElement.clientWidth]")
    assert wide[0] == wide[1], wide
    inside = "(n) => { const at = n.getBoundingClientRect(); return at.left >= 0 && at.right <= innerWidth; }"
    assert phone.page.evaluate(f"[...document.querySelectorAll('#log li.person, #log li.person *')].every({inside})")
    expect(phone.page.locator("#leave")).to_be_in_viewport(ratio=1)


@pytest.mark.parametrize("dark", [False, True])
def test_a_language_whose_words_are_on_their_way_is_readable_meanwhile(
    house: Gateway, browser: Browser, dark: bool
) -> None:
    phone = Phone(browser, house.url, dark=dark)
    phone.page.goto(house.url + "/")
    on_their_way: list[Route] = []

    def hold(route: Route) -> None:
        on_their_way.append(route)

    phone.page.route("**/words/nl", hold)
    phone.page.get_by_role("button", name="Nederlands").click()
    expect(phone.page.locator("[aria-busy=true]")).to_have_count(1)
    found = Axe().run(phone.page)
    assert found.violations_count == 0, found.generate_report()
    for route in on_their_way:
        route.continue_()
    expect(phone.page.locator("#start")).to_be_visible()
    phone.context.close()


@pytest.mark.parametrize("dark", [False, True])
def test_axe_finds_nothing(house: Gateway, browser: Browser, dark: bool) -> None:
    phone = Phone(browser, house.url, dark=dark)
    phone.page.goto(house.url + "/")
    found = [("languages", Axe().run(phone.page))]
    phone.page.get_by_role("button", name="Nederlands").click()
    expect(phone.page.locator("#start")).to_be_visible()  # the words have come: until then the languages are there
    found.append(("before", Axe().run(phone.page)))
    phone.page.locator("#start").click()
    expect(phone.page.locator("#log li.bot")).to_have_count(1)
    ask(phone, "wie zijn jullie")
    phone.page.locator("#text").fill("hij slaat mij nu")
    phone.page.keyboard.press("Enter")
    expect(phone.page.locator("#log li.emergency")).to_have_count(1)
    found.append(("chat", Axe().run(phone.page)))
    phone.page.locator("#menu-open").click()
    found.append(("menu", Axe().run(phone.page)))
    for name, result in found:
        assert result.violations_count == 0, (name, result.generate_report())


def test_the_exit_is_in_view_wherever_one_is(house: Gateway, browser: Browser) -> None:
    phone = Phone(browser, house.url)
    phone.page.set_viewport_size({"width": 360, "height": 640})
    begin(phone)
    for number, text in enumerate(("who are you", "is it free", "where can i sleep", "will you tell the police"), 2):
        ask(phone, text, number)
    box = phone.page.locator("#leave").bounding_box()
    assert box
    assert box["y"] >= 0 and box["y"] + box["height"] <= 640
    assert box["width"] >= 44 and box["height"] >= 44
    covered = phone.page.evaluate(
        "([x, y]) => document.elementFromPoint(x, y).closest('#leave') !== null",
        [box["x"] + box["width"] / 2, box["y"] + box["height"] / 2],
    )
    assert covered, "nothing lies over it"
    assert phone.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_no_keyboard_covers_the_first_words_and_who_uses_keys_can_type_at_once(
    house: Gateway, browser: Browser
) -> None:
    phone = Phone(browser, house.url, size=SMALL)
    phone.page.goto(house.url + "/")
    phone.page.locator("[name=language][value=en]").tap()
    phone.page.locator("#start").tap()
    expect(phone.page.locator("#log li.bot")).to_have_count(1)
    expect(phone.page.locator("#chat")).to_be_focused()
    phone.page.reload()
    expect(phone.page.locator("#log li.bot")).to_have_count(1)
    expect(phone.page.locator("#text")).not_to_be_focused()
    phone.context.close()
    with_keys = Phone(browser, house.url, size=SMALL)
    with_keys.page.goto(house.url + "/")
    with_keys.page.locator("[name=language][value=en]").press("Enter")
    expect(with_keys.page.locator("#start")).to_be_visible()  # a key pressed before goes to the language once more
    with_keys.page.locator("#start").press("Enter")
    expect(with_keys.page.locator("#text")).to_be_focused()
    with_keys.context.close()

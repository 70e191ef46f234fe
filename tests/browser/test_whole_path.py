"""The whole path as two people walk it: someone asks in French, is answered, writes a danger and sees the card; a
caseworker logs in, sees it on top, claims, replies; the person reads it; the bot stays silent; the case is closed."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pyotp
import pytest
from playwright.sync_api import Browser, Page, expect

from bot.content import Catalogue
from tests.browser.conftest import Phone
from tests.support.answers import pattern
from tests.support.gateway import Gateway, Visitor, wait_for

PASSWORD = "une longue phrase pour la nuit"


def write(page: Page, text: str) -> None:
    page.locator("#text").fill(text)
    page.locator("#write button.primary").click()


def last(page: Page, sender: str):
    return page.locator(f"#log li.{sender} .text").last


@pytest.mark.smoke
def test_the_whole_path(house: Gateway, browser: Browser, words: Catalogue, pictures: Path) -> None:
    def picture(page: Page, name: str) -> None:
        page.wait_for_timeout(250)  # the short fade of a new message, for the picture's sake only
        page.screenshot(path=pictures / f"{name}.png")

    # Somebody else waits already, without danger: the danger must come before them.
    earlier = Visitor(house.url, "en")
    earlier.ask("can a real person talk to me please")
    earlier.choose(words.label("choices.yes", "en"))

    phone = Phone(browser, house.url)
    person = phone.page
    person.goto(house.url + "/")
    expect(person).to_have_title("Chat")
    picture(person, "01-languages")
    person.get_by_role("button", name="Français").click()
    expect(person.locator("#before-text")).to_contain_text("programme")
    picture(person, "02-before")
    person.locator("#start").click()
    expect(last(person, "bot")).to_contain_text("Payoke")
    write(person, "bonsoir, est-ce que vous avez un endroit sûr où dormir ?")
    expect(last(person, "bot")).to_have_text(pattern(words, "shelter", "fr"))
    picture(person, "03-answer")
    write(person, "il a fermé la porte à clé, je ne peux pas sortir et il va revenir me frapper")
    card = person.locator("#log li.system.emergency")
    expect(card).to_contain_text("112")
    expect(card).to_contain_text("078 055 800")
    expect(card.locator("a.call").first).to_have_attribute("href", "tel:112")
    picture(person, "04-danger")

    night = Phone(browser, house.url, locale="nl-BE", dark=True)
    desk = night.page
    link = wait_for("the printed link", lambda: re.search(r"(/desk/invite/\S+)", house.log))
    desk.goto(house.url + link.group(1) + "?lang=nl")
    picture(desk, "05-invite")
    secret = desk.locator("#totp").get_attribute("value")
    assert secret
    desk.locator("#password").fill(PASSWORD)
    desk.locator("#code").fill(pyotp.TOTP(secret).now())
    desk.get_by_role("button", name=words.label("desk.accept_invite", "nl")).click()
    expect(desk.locator("#done")).to_be_visible()
    desk.goto(house.url + "/desk?lang=nl")
    desk.locator("#name").fill("coordinator")
    desk.locator("#password").fill(PASSWORD)
    desk.locator("#code").fill(pyotp.TOTP(secret).at(time.time(), counter_offset=1))
    desk.get_by_role("button", name=words.label("desk.login", "nl")).click()
    rows = desk.locator("#queue li.row")
    expect(rows).to_have_count(2)
    expect(rows.first).to_contain_text(words.label("desk.urgency_emergency", "nl"))
    expect(rows.first).to_contain_text(words.label("desk.signal_confined", "nl"))
    picture(desk, "06-queue")
    rows.first.get_by_role("button", name=words.label("desk.claim", "nl")).click()
    expect(desk.locator("#log")).to_contain_text("il a fermé la porte à clé")
    picture(desk, "07-case")
    expect(last(person, "system")).to_have_text(words.say("handoff.joined", "fr"))
    desk.locator("#text").fill("Je suis là. Êtes-vous seule en ce moment ?")
    desk.locator("#write button.primary").click()
    expect(desk.locator("#foreign")).to_contain_text(words.label("desk.send_anyway", "nl"))
    desk.locator("#write button.primary").click()
    expect(last(person, "caseworker")).to_have_text("Je suis là. Êtes-vous seule en ce moment ?")
    bot_said = person.locator("#log li.bot").count()
    write(person, "oui pour le moment. est-ce que c'est gratuit ?")
    expect(desk.locator("#log")).to_contain_text("est-ce que c'est gratuit ?")
    picture(person, "08-reply")
    desk.locator("#text").fill("Oui, tout est gratuit. Restez en ligne avec le 112, je reste ici.")
    desk.locator("#write button.primary").click()
    expect(last(person, "caseworker")).to_contain_text("tout est gratuit")
    assert person.locator("#log li.bot").count() == bot_said, "the bot is silent while a caseworker owns it"
    picture(desk, "09-desk-talk")
    desk.get_by_role("button", name=words.label("desk.actions", "nl")).click()
    desk.locator("[data-outcome=helped]").click()
    desk.locator("#sure-yes").click()
    expect(last(person, "system")).to_have_text(words.say("handoff.closed", "fr"))
    expect(desk.locator("#queue li.row:not(.gone)")).to_have_count(1)
    write(person, "merci beaucoup")
    expect(last(person, "bot")).to_have_text(pattern(words, "thanks", "fr"))
    picture(person, "10-closed")

    for page in (phone, night):
        assert not page.elsewhere, "no request leaves the machine"
        assert not page.errors

    # Leaving: at once, to the harmless page; Back shows nothing of the talk.
    person.locator("#leave").click()
    expect(person).to_have_title("Weather")
    assert phone.elsewhere == ["https://www.meteo.be/"]
    person.go_back()
    person.wait_for_load_state()
    assert "gratuit" not in person.content()
    person.goto(house.url + "/")
    expect(person.get_by_role("button", name="Français")).to_be_visible()
    assert person.evaluate("sessionStorage.length") == 0
    phone.context.close()
    night.context.close()

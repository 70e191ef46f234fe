"""A person writes Romanian, a caseworker reads Dutch beside it, replies in Dutch and sees it translated back; the
person reads Romanian and can see the Dutch. Then the process dies; and without a package nothing is translated.
"""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pyotp
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Route, expect

from bot.content import SEVERAL, Catalogue
from bot.translation import install
from tests.browser.conftest import Phone
from tests.support.gateway import ROOT, Gateway, Visitor, running, wait_for
from tests.support.ports import free_port

PASSWORD = "een lange zin voor de nacht"
SMALL = {"width": 360, "height": 640}


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("packages")
    for archive in sorted((ROOT / "tests/support/translation").glob("*.argosmodel")):
        install(archive, folder)
    return folder


@pytest.fixture(scope="module")
def bilingual(packages: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    env = {"INLOOP_TRANSLATION_DIR": str(packages)}
    with running(tmp_path_factory.mktemp("bilingual"), free_port(), engine=False, env=env) as started:
        yield started


def log_in(house: Gateway, phone: Phone, words: Catalogue) -> Page:
    """The first caseworker, in Dutch."""
    page = phone.page
    page.set_viewport_size(SMALL)
    link = wait_for("the printed link", lambda: re.search(r"(/desk/invite/\S+)", house.log))
    page.goto(house.url + link.group(1) + "?lang=nl")
    secret = page.locator("#totp").get_attribute("value")
    assert secret
    page.locator("#password").fill(PASSWORD)
    page.locator("#code").fill(pyotp.TOTP(secret).now())
    page.get_by_role("button", name=words.label("desk.accept_invite", "nl")).click()
    expect(page.locator("#done")).to_be_visible()
    page.goto(house.url + "/desk?lang=nl")
    page.locator("#name").fill("coordinator")
    page.locator("#password").fill(PASSWORD)
    page.locator("#code").fill(pyotp.TOTP(secret).at(time.time(), counter_offset=1))
    page.get_by_role("button", name=words.label("desk.login", "nl")).click()
    expect(page.locator("#queue")).to_be_visible()
    return page


def write(page: Page, text: str) -> None:
    page.locator("#text").fill(text)
    page.locator("#write button.primary").click()


@contextmanager
def queue_is_late(desk: Page) -> Iterator[None]:
    """The desk is opened anew, and knows nothing of its cases, nor of their languages, in this block."""
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    desk.route("**/desk/api/events", hold)
    desk.reload()
    yield
    for route in held:
        route.continue_()
    desk.unroute("**/desk/api/events", hold)


def readable(page: Page) -> None:
    found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa"]}).response["violations"]
    assert not found, [(v["id"], [n["html"] for n in v["nodes"]]) for v in found]


def test_two_people_who_share_no_language(
    bilingual: Gateway, browser: Browser, words: Catalogue, pictures: Path
) -> None:
    def picture(page: Page, name: str) -> None:
        page.wait_for_timeout(250)  # the short fade of a new message, for the picture's sake only
        page.screenshot(path=pictures / f"{name}.png")

    phone = Phone(browser, bilingual.url, locale="ro-RO")
    person = phone.page
    person.set_viewport_size(SMALL)
    person.goto(bilingual.url + "/")
    person.get_by_role("button", name="Română").click()
    person.locator("#start").click()
    expect(person.locator("#log li.bot").first).to_be_visible()
    write(person, "Mă bate acum și nu pot să ies, ajutor!")
    expect(person.locator("#log li.emergency")).to_contain_text("112")
    write(person, "Nu pot să ies afară. Am 250 de euro.")

    night = Phone(browser, bilingual.url, locale="nl-BE")
    desk = log_in(bilingual, night, words)
    desk.get_by_role("button", name=words.label("desk.claim", "nl")).first.click()
    read = desk.locator("#log li.person").last
    expect(read.locator(":scope > .text")).to_have_text("Nu pot să ies afară. Am 250 de euro.")
    expect(read.locator(":scope > .text")).to_have_attribute("lang", "ro")
    made = read.locator(".translation")
    expect(made).to_contain_text("Ik kan niet naar buiten.")
    expect(made).to_contain_text(words.label("desk.translation", "nl"))
    read.scroll_into_view_if_needed()
    picture(desk, "20-translated")
    readable(desk)

    # In danger: not sent before the back-translation was looked at.
    desk.locator("#text").fill("Blijf waar je bent. Ik bel je om 14:30.")
    expect(desk.locator("#reply")).to_have_text(words.label("desk.translate", "nl"))
    desk.locator("#reply").click()
    expect(desk.locator("#draft-back")).to_have_text("Blijf waar je bent. Ik bel je om 14:30.")
    expect(desk.locator("#draft-text")).to_have_value("Rămâi unde ești. Te sun la 14:30.")
    expect(desk.locator("#draft-send")).to_be_disabled()
    picture(desk, "21-back-translation")
    readable(desk)

    # A change is checked and translated back, and has to be looked at again.
    desk.locator("#draft-looked").check()
    expect(desk.locator("#draft-send")).to_be_enabled()
    desk.locator("#draft-text").fill("Rămâi unde ești. Te sun la 15:30.")
    expect(desk.locator("#draft-send")).to_be_disabled()
    expect(desk.locator("#draft-doubts")).to_contain_text(words.label("desk.doubt_numbers", "nl"))
    picture(desk, "22-doubt")
    desk.locator("#draft-more").click()
    desk.locator("#draft-others .other", has_text="14:30").first.click()
    expect(desk.locator("#draft-doubts")).to_be_empty()
    expect(desk.locator("#draft-looked")).to_be_enabled()
    desk.locator("#draft-looked").check()
    chosen = desk.locator("#draft-text").input_value()
    desk.locator("#draft-send").click()
    expect(desk.locator("#draft")).to_be_hidden()
    expect(desk.locator("#log li.caseworker .was")).to_have_text("Blijf waar je bent. Ik bel je om 14:30.")

    got = person.locator("#log li.caseworker").last
    expect(got.locator(".text")).to_have_text(chosen)
    expect(got.locator("p.translated").first).to_contain_text("neerlandeză")
    got.locator("summary").click()
    expect(got.locator(".original")).to_have_text("Blijf waar je bent. Ik bel je om 14:30.")
    picture(person, "23-person-reads")
    readable(person)

    # The translating process dies: messages go on, and the next one is translated by a new process.
    workers = [process for process in bilingual.children() if "bot.translation.engine.worker" in process.cmdline()]
    assert workers, "there is one that can die"
    for process in workers:
        process.kill()
    _, alive = psutil.wait_procs(workers, 15)
    assert not alive
    write(person, "Mi-e frică.")
    last = desk.locator("#log li.person").last
    expect(last.locator(":scope > .text")).to_have_text("Mi-e frică.")
    expect(last.locator(".translation")).to_have_count(1)  # translated, or that it could not be
    again = last.get_by_role("button", name=words.label("desk.retry", "nl"))
    if again.count():
        again.click()
    expect(last.locator(".translation")).to_contain_text("Ik ben bang.")

    # Before the page knows what language the person writes: nothing goes out in one's own by accident.
    with queue_is_late(desk):
        expect(last.locator(":scope > .text")).to_have_text("Mi-e frică.")
        desk.locator("#text").fill("Ik heb geen geld.")
        desk.locator("#reply").click()
        expect(desk.locator("#draft-back")).to_have_text("Ik heb geen geld.")
        expect(desk.locator("#draft-send")).to_be_disabled()
        expect(desk.locator("#draft-to")).to_be_empty()
    expect(desk.locator("#draft-to")).to_have_text("(Roemeens)")
    expect(desk.locator("#draft-back")).to_have_text("Ik heb geen geld.")
    assert "Ik heb geen geld." not in person.locator("#log").inner_text()

    # Untranslated on purpose: straight out, as it is.
    desk.locator("#text").fill("Sunt aici.")
    desk.locator("#reply").click()
    desk.locator("#draft-plain").click()
    expect(person.locator("#log li.caseworker .text").last).to_have_text("Sunt aici.")
    assert person.locator("#log li.caseworker").last.locator(".translated").count() == 0

    # Arabic has no package here: the original stands, right to left, and it is said that it is not translated.
    arabic = Visitor(bilingual.url, "ar")
    arabic.write("هو يضربني الآن والباب مقفل، ساعدوني")
    assert any(m.get("urgency") for m in arabic.messages())
    desk.get_by_role("button", name=words.label("desk.claim", "nl")).first.click()
    unread = desk.locator("#log li.person").last
    expect(unread.locator(".translation")).to_have_text(words.label("desk.missing_missing", "nl"))
    assert unread.locator(":scope > .text").evaluate("node => getComputedStyle(node).direction") == "rtl"
    expect(desk.locator("#translating")).to_be_hidden()
    picture(desk, "24-no-package")
    desk.locator("#text").fill("أنا هنا")
    desk.locator("#reply").click()
    expect(desk.locator("#log li.caseworker .text").last).to_have_text("أنا هنا")
    wait_for("the reply", lambda: arabic.messages()[-1]["text"] == "أنا هنا")

    for page in (phone, night):
        assert not page.elsewhere, "no request leaves the machine"
        assert not page.errors
        page.context.close()


def test_without_any_package_everything_goes_on(
    browser: Browser, words: Catalogue, packages: Path, tmp_path: Path
) -> None:
    """The packages are taken away under the feet of a gateway, and then it starts without."""
    own = tmp_path / "packages"
    shutil.copytree(packages, own)
    env = {"INLOOP_TRANSLATION_DIR": str(own)}
    with running(tmp_path, free_port(), engine=False, env=env) as house:
        shutil.rmtree(own)
        person = Visitor(house.url, "ro")
        person.write("Mă bate acum și nu pot să ies, ajutor!")
        night = Phone(browser, house.url, locale="nl-BE")
        desk = log_in(house, night, words)
        desk.get_by_role("button", name=words.label("desk.claim", "nl")).first.click()
        item = desk.locator("#log li.person").last
        expect(item.locator(":scope > .text")).to_have_text("Mă bate acum și nu pot să ies, ajutor!")
        expect(item.locator(".translation")).to_have_text(words.label("desk.missing_missing", "nl"))
        desk.reload()  # the case that was open opens again, and the page learns what there is
        expect(item.locator(".translation")).to_have_text(words.label("desk.missing_missing", "nl"))
        expect(desk.locator("#reply")).to_have_text(words.label("desk.reply", "nl"))
        expect(desk.locator("#translating")).to_be_hidden()
        desk.locator("#text").fill("Sunt aici.")
        desk.locator("#reply").click()
        expect(desk.locator("#foreign")).to_be_visible()  # nothing here tells Romanian from Dutch
        desk.locator("#reply").click()
        wait_for("the reply", lambda: person.messages()[-1]["text"] == "Sunt aici.")

        assert house.stop() == 0
        house.start(engine=False)
        # What is written before the page knows all this is looked at; when it does, it stays, and one press sends it.
        with queue_is_late(desk):
            expect(item.locator(".translation")).to_have_text(words.label("desk.missing_missing", "nl"))
            desk.locator("#text").fill("Vă sun.")
            desk.locator("#reply").click()
            expect(desk.locator("#draft-back")).to_have_text(words.label("desk.missing_missing", "nl"))
        expect(desk.locator("#draft")).to_be_hidden()
        expect(desk.locator("#reply")).to_have_text(words.label("desk.reply", "nl"))
        expect(desk.locator("#translating")).to_be_hidden()
        expect(desk.locator("#text")).to_have_value("Vă sun.")
        assert person.messages()[-1]["text"] == "Sunt aici."
        desk.locator("#reply").click()
        wait_for("the next reply", lambda: person.messages()[-1]["text"] == "Vă sun.")
        night.context.close()


def test_while_nobody_knows_what_can_be_translated_a_reply_is_looked_at_first(
    browser: Browser, words: Catalogue, packages: Path, tmp_path: Path
) -> None:
    """Also where the person's language is not known: it may become known while the reply is written."""
    with running(tmp_path, free_port(), engine=False, env={"INLOOP_TRANSLATION_DIR": str(packages)}) as house:
        person = Visitor(house.url, None)
        person.write("qqzzkk")
        for label in (words.topic_label("talk_to_human", SEVERAL), words.label("choices.yes", SEVERAL)):
            wait_for(label, lambda one=label: one in [c["label"] for m in person.messages() for c in m["choices"]])
            person.choose(label)
        night = Phone(browser, house.url, locale="nl-BE")
        desk = log_in(house, night, words)
        held: list[Route] = []

        def hold(route: Route) -> None:
            held.append(route)

        desk.route("**/desk/api/translation/nl", hold)
        desk.get_by_role("button", name=words.label("desk.claim", "nl")).first.click()
        expect(desk.locator("#log li.person")).not_to_have_count(0)
        expect(desk.locator("#reply")).to_have_text(words.label("desk.translate", "nl"))
        for route in held:
            route.continue_()
        expect(desk.locator("#reply")).to_have_text(words.label("desk.reply", "nl"))
        write(desk, "Ik ben er.")
        wait_for("the reply", lambda: person.messages()[-1]["text"] == "Ik ben er.")
        assert not night.errors
        night.context.close()

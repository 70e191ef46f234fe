"""A case on paper and in a ZIP says what a machine translated, from what, and what may be wrong with it."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
import pyzipper
from playwright.sync_api import Browser, Page, expect

from bot.content import Catalogue
from tests.browser.conftest import Phone
from tests.browser.test_look_first import CHANGED, WRITTEN, case, translated
from tests.browser.test_translation import bilingual, log_in, packages, readable  # noqa: F401 - fixtures
from tests.support.gateway import Gateway

PASSWORD = "vier paarden op een dak"


@pytest.fixture(scope="module")
def paper(bilingual: Gateway, browser: Browser, words: Catalogue) -> Iterator[Page]:  # noqa: F811
    """A case that is about to go out, with a reply that was translated and then changed, and one that was not."""
    bilingual.wait_for_engine()
    phone = Phone(browser, bilingual.url, locale="nl-BE")
    page = log_in(bilingual, phone, words)
    case(page, bilingual, words)
    translated(page)
    page.locator("#draft-text").fill(CHANGED)
    expect(page.locator("#draft-doubts")).to_contain_text(words.label("desk.doubt_numbers", "nl"))
    page.locator("#draft-send").click()
    expect(page.locator("#log li.caseworker .was")).to_have_text(WRITTEN)
    page.locator("#text").fill("Sunt aici.")
    page.locator("#reply").click()
    page.locator("#draft-plain").click()
    expect(page.locator("#log li.caseworker:not([data-pending])")).to_have_count(2)
    page.locator("#more-open").click()
    page.locator("#take-out").click()
    page.locator("#reason").select_option("person_asked")
    yield page
    assert phone.errors == []
    phone.context.close()


def test_print_says_that_a_machine_translated(paper: Page, words: Catalogue, pictures: Path) -> None:
    paper.evaluate("window.print = () => {}")
    paper.locator("#print").click()
    item = paper.locator("#paper-log li", has_text=CHANGED)
    expect(item.locator(".text").first).to_have_text(CHANGED)
    expect(item).to_contain_text(words.label("desk.translation", "nl"))
    expect(item).to_contain_text(f"{words.label('desk.original', 'nl')} (Nederlands)")
    expect(item.locator(".text").last).to_have_text(WRITTEN)
    expect(item.locator(".text").last).to_have_attribute("lang", "nl")
    expect(item.locator(".doubts")).to_contain_text(words.label("desk.doubt_numbers", "nl"))
    plain = paper.locator("#paper-log li", has_text="Sunt aici.")
    expect(plain).not_to_contain_text(words.label("desk.translation", "nl"))
    paper.emulate_media(media="print")
    item.scroll_into_view_if_needed()
    expect(item.locator(".doubts")).to_be_visible()
    paper.screenshot(path=pictures / "26-translated-on-paper.png")
    readable(paper)
    paper.emulate_media(media="screen")


def test_the_page_in_a_zip_says_it_too(paper: Page, words: Catalogue, tmp_path: Path, pictures: Path) -> None:
    paper.locator("#zip-password").fill(PASSWORD)
    with paper.expect_download() as download:
        paper.locator("#zip").click()
    with pyzipper.AESZipFile(io.BytesIO(download.value.path().read_bytes())) as archive:
        name = next(name for name in archive.namelist() if name.endswith(".html"))
        (tmp_path / name).write_bytes(archive.read(name, pwd=PASSWORD.encode()))
    assert paper.context.browser is not None
    reader = paper.context.browser.new_page(viewport={"width": 360, "height": 640})
    reader.goto((tmp_path / name).as_uri())
    item = reader.locator("li", has_text=CHANGED)
    expect(item).to_contain_text(words.label("desk.translation", "nl"))
    expect(item).to_contain_text(f"{words.label('desk.original', 'nl')} (nl)")
    expect(item).to_contain_text(words.label("desk.doubt_numbers", "nl"))
    expect(item.locator(".text").last).to_have_text(WRITTEN)
    expect(reader.locator("li", has_text="Sunt aici.")).not_to_contain_text(words.label("desk.translation", "nl"))
    item.scroll_into_view_if_needed()
    reader.screenshot(path=pictures / "27-translated-in-a-zip.png")
    reader.close()

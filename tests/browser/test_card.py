"""The poster and the cards as they are printed: the code leads to the address, nothing on them says what it is for."""

from __future__ import annotations

from pathlib import Path

import pytest
import segno
from playwright.sync_api import Browser, Page

from bot.content import Catalogue
from tests.browser.test_for_everyone import LANGUAGES
from tests.process.cli.test_cli import run

ADDRESS = "https://chat.example.org"
A4 = {"width": 794, "height": 1123}

DARK = """async ([svg, count]) => {
  const picture = new Image();
  const copy = svg.cloneNode(true);
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  copy.setAttribute("width", 10 * count); copy.setAttribute("height", 10 * count);
  picture.src = "data:image/svg+xml;base64," + btoa(new XMLSerializer().serializeToString(copy));
  await picture.decode();
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 10 * count;
  const drawing = canvas.getContext("2d");
  drawing.drawImage(picture, 0, 0);
  const dark = (x, y) => drawing.getImageData(10 * x + 5, 10 * y + 5, 1, 1).data[0] < 128 ? 1 : 0;
  return [...Array(count).keys()].map((y) => [...Array(count).keys()].map((x) => dark(x, y)));
}"""


def opened(page: Page, folder: Path, options: str) -> Page:
    to = folder / "card.html"
    answer = run(f"card {to} --address {ADDRESS} {options}")
    assert answer.returncode == 0, answer.stderr
    page.goto(to.as_uri())
    return page


@pytest.mark.parametrize(
    ("name", "options", "count"),
    [
        ("poster", "", 3),
        ("poster-two", "--language ar --language zh", 2),
        ("poster-all", " ".join(f"--language {code}" for code in LANGUAGES), 17),
        ("cards", "--cards --language fr --language ar --language ro", 8),
    ],
)
def test_the_code_leads_there_and_all_of_it_is_on_one_page(
    browser: Browser, tmp_path: Path, pictures: Path, name: str, options: str, count: int
) -> None:
    page = opened(browser.new_page(viewport=A4), tmp_path, options)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    assert page.locator("article").count() == count
    assert page.evaluate("document.documentElement.scrollHeight <= innerHeight"), "one page of A4"
    cut = "nodes => nodes.filter((node) => node.scrollHeight > node.clientHeight + 1).length"
    assert page.locator("article").evaluate_all(cut) == 0
    wanted = [list(row) for row in segno.make(ADDRESS, error="m", micro=False).matrix_iter(border=4)]
    for svg in page.locator(".code svg").element_handles():
        assert page.evaluate(DARK, [svg, len(wanted)]) == wanted
    assert page.locator(".address").first.inner_text() == "chat.example.org"
    assert not [url for url in asked if not url.startswith("data:")]
    page.screenshot(path=pictures / f"41-{name}.png")
    page.close()


def test_nothing_on_them_says_what_the_chat_is_for(browser: Browser, tmp_path: Path, words: Catalogue) -> None:
    every = " ".join(f"--language {code}" for code in LANGUAGES)
    page = opened(browser.new_page(viewport=A4), tmp_path, f"--cards {every}")
    assert page.locator(".sheet").count() == 3
    assert set(page.locator("article").evaluate_all("nodes => nodes.map((node) => node.lang)")) == set(LANGUAGES)
    shown = page.locator("body").inner_text()
    poster = opened(page, tmp_path, every).locator("body").inner_text()
    assert "Payoke" not in shown + poster
    said = {words.label(f"card.{name}", code) for code in LANGUAGES for name in ("ask", "scan", "private")}
    said |= {words.label(f"visitor.{name}", code) for code in LANGUAGES for name in ("free_short", "call_112")}
    lines = {line.strip() for line in (shown + "\n" + poster).split("\n")} - {"", "chat.example.org"}
    assert lines <= {text.replace("\u2066", "").replace("\u2069", "") for text in said} | said
    assert page.title() == "Chat"
    page.close()


@pytest.mark.parametrize(
    "options",
    ["--address chat.example.org", f"--address {ADDRESS}/?from=door", f"--address {ADDRESS} --language xx"],
)
def test_what_cannot_be_right_is_refused(tmp_path: Path, options: str) -> None:
    answer = run(f"card {tmp_path}/card.html {options}")
    assert answer.returncode == 2
    assert not list(tmp_path.iterdir())

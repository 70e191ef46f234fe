"""The line under the bar, the words above the field and the buttons say one thing, in every language."""

from __future__ import annotations

import re
from itertools import product

import pytest
from fastapi import Request

from bot import content
from bot.domain.handoff import told
from bot.domain.model import Choice, Handoff, Message, Sender, Urgency
from bot.web.visitor.no_script_pages import PlainPages, Talk
from bot.web.visitor.sealed_state import Slip, Slips
from tests.support.databases import Clock
from tests.support.standings import SINCE, Row, rows

CANCEL = Choice("take-it-back", "No caseworker", {"command": "cancel_handoff"})
SAYS = {
    Handoff.BOT: Message(2, Sender.BOT, "x", SINCE, key="handoff.cancelled"),
    Handoff.WAITING: Message(2, Sender.SYSTEM, "x", SINCE, (CANCEL,), key="handoff.waiting"),
    Handoff.OWNED: Message(2, Sender.SYSTEM, "x", SINCE, key="handoff.joined"),
}
CARD = Message(3, Sender.SYSTEM, "112", SINCE, urgency=Urgency.EMERGENCY, key="safety.emergency")


def talk(row: Row) -> list[Message]:
    return [Message(1, Sender.BOT, "x", SINCE, key="welcome"), SAYS[row.told], *([CARD] if row.danger else [])]


def page(words: content.Catalogue, row: Row, lang: str) -> str:
    pages = PlainPages(words, Slips(b"k" * 32, Clock()), lambda _: None, "https://example.org", 4000)
    request = Request({"type": "http", "method": "POST", "path": "/talk", "headers": [], "query_string": b""})
    shown = pages.talk(request, lang, Slip("t", "a b c", lang), talk(row), Talk(standing=row.standing))
    return bytes(shown.body).decode()


@pytest.mark.parametrize("row", rows(), ids=str)
def test_the_line_is_what_the_gateway_knows(row: Row) -> None:
    assert told(talk(row)) is row.told
    assert row.standing.line(row.told) == row.line


def test_without_scripts_line_and_buttons_agree(words: content.Catalogue) -> None:
    for language, row in product(words.languages, rows()):
        lang = language.code
        html = page(words, row, lang)
        line = re.search(r'<p id="status" class="([^"]*)">(.*?)</p>', html)
        assert line is not None
        assert line[1] == f"status_{row.line}" + (" waits" if row.waits else "")
        said = words.label(f"visitor.status_{row.line}", lang)
        if row.line == "owned" and row.standing.name:
            said = words.label("visitor.status_named", lang, name="Maria")
        assert line[2].split(" · ")[0].replace("&#39;", "'") == (row.shown or said)
        assert (" · " in line[2]) is row.waits, "for how long, while one waits"
        assert ('value="person"' in html) is (row.line == "bot"), "a person is offered where none was asked"
        offered = row.told is Handoff.WAITING and row.waits
        assert ("take-it-back" in html) is offered, "taken back is what was asked, while it is"


@pytest.mark.parametrize("urgency", [Urgency.EMERGENCY, Urgency.URGENT])
def test_a_card_of_a_message_that_was_not_kept_speaks_of_no_list(words: content.Catalogue, urgency: Urgency) -> None:
    for language in words.languages:
        card = words.card(urgency.value, ("violence_now",), language.code).text
        bare = words.card(urgency.value, ("violence_now",), language.code, kept=False).text
        listed = card.rpartition("\n\n")[2]
        assert card == f"{bare}\n\n{listed}" and bare

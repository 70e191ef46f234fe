"""Every combination of what was told and what is true: the line, and the buttons beside it. In every language every
line."""

from __future__ import annotations

import json
import re

from playwright.async_api import Browser, Route, expect

from bot import content
from bot.domain.model import Handoff
from bot.web.visitor.api import standing_shown
from tests.browser.conftest import SMALL
from tests.browser.desk.test_page import chromium  # noqa: F401 - a fixture
from tests.support.office import Office, office  # noqa: F401 - a fixture
from tests.support.standings import SINCE, Row, rows

CANCEL = {"token": "take-it-back", "label": "no caseworker", "minor": True}


def stream(row: Row, seq: int) -> str:
    """What comes from the gateway: somebody is told who answers, perhaps with a card after it, and where it stands."""
    choices = [CANCEL] if row.told is Handoff.WAITING else []
    said = [{"seq": seq, "from": "system", "text": "x", "choices": choices, "handoff": row.told.value}]
    if row.danger:
        card = {"seq": seq + 1, "from": "system", "text": "112", "choices": [], "urgency": "emergency"}
        said.append(card | {"handoff": "waiting"})
    now = SINCE.replace(minute=SINCE.minute + 4)
    state = standing_shown(row.standing) | {"now": now.isoformat()}
    return "".join(f"data: {json.dumps(one)}\n\n" for one in said) + f"event: state\ndata: {json.dumps(state)}\n\n"


class Line:
    """The stream of a page: a row of the table, then no connection, then the next row."""

    def __init__(self, table: list[Row]) -> None:
        self.at, self.table = 0, table

    async def __call__(self, route: Route) -> None:
        row, lost = divmod(self.at, 2)
        if lost or row >= len(self.table):
            await route.abort()
        else:
            await route.fulfill(body=stream(self.table[row], 1 + self.at), content_type="text/event-stream")


async def test_the_line_and_the_buttons_say_one_thing(
    office: Office, chromium: Browser, words: content.Catalogue  # noqa: F811
) -> None:  # fmt: skip
    for language in words.languages:
        lang = language.code
        each = {(row.line, row.shown, row.standing.name): row for row in rows()}
        table = rows() if lang == "ar" else list(each.values())
        line = Line(table)
        context = await chromium.new_context(viewport=SMALL, locale=lang)
        page = await context.new_page()
        errors: list[str] = []
        page.on("pageerror", lambda error, errors=errors: errors.append(str(error)))
        await page.route("**/api/events?*", line)
        await page.goto(office.url + "/")
        await page.locator(f"[name=language][value={lang}]").click()
        await page.locator("#start").click()
        word, time = page.locator("#status-word"), page.locator("#status-time")
        ask = page.locator("#menu p:has(> #ask-person)")
        for row in table:
            said = words.label(f"visitor.status_{row.line}", lang)
            if row.line == "owned" and row.standing.name:
                named = words.label("visitor.status_named", lang, name="Maria")
                said = re.compile(re.sub("[\u2068\u2069]", "", named).replace("Maria", "\u2068?Maria\u2069?"))
            await page.evaluate("dispatchEvent(new Event('online'))")  # nothing waits for its time
            await expect(word).to_have_text(row.shown or said)
            minutes = "· " + words.labels("visitor", lang)["minutes"].replace("{count}", "4")
            await expect(time).to_have_text(minutes if row.waits else "")
            assert (await ask.get_attribute("hidden") is None) is (row.line == "bot"), row
            told = page.locator(f"#log li[data-seq='{1 + line.at}']")
            offered = row.waits and row.told is Handoff.WAITING
            await expect(told.get_by_role("button", name="no caseworker")).to_have_count(int(offered))
            line.at += 1
            await page.evaluate("dispatchEvent(new Event('online'))")
            await expect(word).to_have_text(words.label("visitor.connection_lost", lang))
            await expect(time).to_have_text("")
            line.at += 1
        assert errors == []
        await context.close()

"""The pages of a talk without scripts: what stands before the first use, the talk as it stands, and the blank one."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from fastapi import Request, Response

from bot.conversation.service import Standing
from bot.domain.forms import step
from bot.domain.handoff import told, told_by
from bot.domain.model import Choice, Handoff, Message, Sender, Urgency
from bot.domain.ports import Catalogue
from bot.domain.speaker import is_minor
from bot.security.admission import WorkNeeded
from bot.storage.sealing.return_codes import WORDS, new_return_code, typed_words, unknown_words
from bot.web.assets import version
from bot.web.visitor.page import TEMPLATES, about, calls, in_app, words_of_pictures
from bot.web.visitor.sealed_state import Slip, Slips

SHOWN = 30
"""Messages on a page; the earlier ones are one button away."""


AGAIN = ("slip", "once", "do", "choice", "to", "text", "code", "proof")
"""What is sent once more when it failed, or has to wait."""


@dataclass(frozen=True, slots=True)
class Talk:
    """What a page of the talk shows beside the messages. `sent`: the place of what was just taken. `everything`: also
    what is long past. `sure`: asks whether the talk is to be deleted. `standing`: what is done for who waits."""

    draft: str = ""
    note: str = ""
    sent: int | None = None
    everything: bool = False
    sure: bool = False
    standing: Standing | None = None


class PlainPages:
    """Every page holds the numbers to call and the way out. `link` makes an address in Telegram of a return code."""

    def __init__(
        self, words: Catalogue, slips: Slips, link: Callable[[str], str | None], exit_url: str, max_text: int,
        pictures: bool = False,
    ) -> None:  # fmt: skip
        self._words = words
        self._slips = slips
        self._link = link
        self._exit_url = exit_url
        self._max_text = max_text
        self._pictures = pictures
        self._stamp = version()

    def before(
        self, request: Request, lang: str, *, note: str = "", card: Message | None = None, status: int = 200,
        restoring: bool = False, typed: str = "", nobody: str = "",
    ) -> Response:  # fmt: skip
        """What stands before the first use, with the token and the code that a talk would have. `typed`: a code that
        opened nothing; it stays in its field, with what is wrong with it. `nobody`: that no caseworker reads now."""
        slip = self._slips.write(Slip(secrets.token_urlsafe(32), new_return_code(lang), lang))
        values = {"note": note or self._wrong(typed, lang), "card": card, "restoring": restoring, "typed": typed}
        values["nobody"] = nobody
        return self._shown(request, "plain_before.html", lang, slip, values, status)

    def _wrong(self, typed: str, lang: str) -> str:
        if not typed.strip():
            return ""
        labels, words = self._words.labels("visitor", lang), typed_words(typed)
        unknown = ", ".join(words[place - 1] for place in unknown_words(typed))
        said = [labels["code_unknown"].replace("{word}", unknown)] if unknown else []
        said += [labels["code_six"]] if len(words) != WORDS else []
        return " ".join(said) or labels["restore_failed"]

    def talk(self, request: Request, lang: str, slip: Slip, messages: Sequence[Message], page: Talk) -> Response:
        """The talk; the browser goes to the card, when what was sent brought one, or to the newest message."""
        shown = messages if page.everything else messages[-SHOWN:]
        state, standing = told(messages), page.standing
        line = standing.line(state) if standing is not None else state.value
        asked = line not in {Handoff.BOT.value, Handoff.OWNED.value}
        since = standing.since if standing is not None and asked else None
        card = next((m.seq for m in shown if page.sent is not None and m.seq > page.sent and is_card(m)), None)
        values = {
            "messages": shown,
            "status": f"status_{line}",
            "stands": self._stands(line, standing, lang),
            "waits": asked,
            "alone": line == Handoff.BOT.value,
            "usually": standing.hours if standing is not None and asked else "",
            "waited": self._waited(since, lang) if since is not None else "",
            "earlier": len(messages) - len(shown),
            "first": sum(message.sender is Sender.PERSON for message in messages) == 1,
            "danger": any(is_card(message) for message in messages),
            "mine": max((m.seq for m in messages if m.sender is Sender.PERSON), default=0),
            "new": card or shown[-1].seq,
            "draft": page.draft,
            "note": page.note,
            "sure": page.sure,
            "once": str(uuid4()),
            "code": slip.code,
            "telegram": in_app(self._link(slip.code)),
            "names": {language.code: language.name for language in self._words.languages},
            "languages": self._words.languages,
            "max_text": self._max_text,
            "step": step,
            "ranks": ranks,
            "picture": words_of_pictures(self._words, lang) if self._pictures else None,
            "over": lambda message: not asked and tells_of_waiting(message),
        }
        written = self._slips.write(Slip(slip.token, slip.code, lang))
        return self._shown(request, "plain_talk.html", lang, written, values)

    def _stands(self, line: str, standing: Standing | None, lang: str) -> str:
        """The line under the bar; by the name of the caseworker who is here, if they have set one."""
        here = standing if line == Handoff.OWNED.value else None
        if here is not None and not here.reading:
            return self._words.label("visitor.status_not_reading", lang)
        if here is not None and here.name:
            return self._words.label("visitor.status_named", lang, name=here.name)
        return self._words.label(f"visitor.status_{line}", lang)

    def _waited(self, since: datetime, lang: str) -> str:
        minutes = int((datetime.now(UTC) - since).total_seconds()) // 60
        name, count = ("minutes", minutes) if minutes < 60 else ("hours", minutes // 60)
        return self._words.labels("visitor", lang)[name].replace("{count}", str(count)) if minutes > 0 else ""

    def about(self, request: Request, lang: str, page: str, slip: Slip | None, draft: str) -> Response:
        """A page about these pages. `slip`: of the talk that it goes back to, with what was typed there."""
        written = self._slips.write(Slip(slip.token, slip.code, lang)) if slip is not None else ""
        values = {"about": about(self._words, page, lang), "draft": draft}
        return self._shown(request, "plain_about.html", lang, written, values)

    def failed(self, request: Request, lang: str, fields: Mapping[str, str], card: str = "") -> Response:
        """Something is wrong on our side: the same form once more, under a button; above it the `card` of a message in
        danger that could not be kept."""
        note = "\n\n".join(filter(None, (card, self._words.say("errors.generic", lang))))
        return self._again(request, lang, fields, note, 503 if card else 500)

    def wait(self, request: Request, lang: str, fields: Mapping[str, str], needed: WorkNeeded) -> Response:
        """Very many begin: the same form once more, good after a time. With a button and not by itself, since a page
        that goes on without a script has an address alone, and what the form holds must stand in none."""
        fields, note = {**fields, "proof": needed.challenge}, self._words.label("visitor.many_begin", lang)
        response = self._again(request, lang, fields, note, 429, f"{needed.seconds // 60}:{needed.seconds % 60:02d}")
        response.headers["Retry-After"] = str(needed.seconds)
        return response

    def _again(
        self, request: Request, lang: str, fields: Mapping[str, str], note: str, status: int, wait: str = ""
    ) -> Response:
        again = {name: fields[name] for name in AGAIN if name in fields}
        values = {"note": note, "again": again, "wait": wait}
        return self._shown(request, "plain_failed.html", lang, "", values, status)

    def left(self, request: Request) -> Response:
        """A blank page that goes on to the harmless one by itself."""
        values = {"exit_url": self._exit_url, "name": urlsplit(self._exit_url).hostname}
        return TEMPLATES.TemplateResponse(request, "plain_left.html", values)

    def _shown(
        self, request: Request, template: str, lang: str, slip: str, values: dict[str, Any], status: int = 200
    ) -> Response:
        language = next(language for language in self._words.languages if language.code == lang)
        labels = dict(self._words.labels("visitor", lang))
        values |= {"lang": lang, "rtl": language.rtl, "words": labels, "slip": slip, "version": self._stamp}
        values |= {"unread": language.answers == "draft"}
        return TEMPLATES.TemplateResponse(request, template, values | calls(self._words), status_code=status)


def ranks(choices: Sequence[Choice]) -> list[tuple[bool, list[Choice]]]:
    """The buttons that answer, and then those that do not; without those of which there are none."""
    both = [(minor, [choice for choice in choices if is_minor(choice) is minor]) for minor in (False, True)]
    return [(minor, offered) for minor, offered in both if offered]


def tells_of_waiting(message: Message) -> bool:
    """Whether a message says that somebody was asked: its button takes that back, as long as it is so."""
    return told_by(message) is Handoff.WAITING and not is_card(message)


def is_card(message: Message) -> bool:
    """Whether a message is what a person in danger is told."""
    return message.sender is Sender.SYSTEM and message.urgency is not Urgency.NONE

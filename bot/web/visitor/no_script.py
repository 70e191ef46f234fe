"""The whole talk by plain forms, for browsers without scripts: Tor Browser at "Safest", old phones, a script that
did not arrive.

Every step is a POST to one address, and its answer is the page: a browser keeps no such page for its Back button, and
asks before it sends a form again. What it would send is a slip (`sealed_state.py`), dead once the person has left.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from uuid import UUID, uuid4, uuid5

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from bot.conversation.opening import Door
from bot.conversation.pictures import Pictures
from bot.conversation.service import NotKept, Service
from bot.conversation.sessions import Session
from bot.domain.message_text import Refused
from bot.domain.ports import Catalogue
from bot.domain.return_code_message import code_of
from bot.runtime.tasks import Tasks
from bot.runtime.wakeups import Live, conversation
from bot.security.admission import Gate, WorkNeeded
from bot.security.pictures import PictureRefused
from bot.security.rate_limits import TooMany, counted_for
from bot.storage.database.errors import Gone, Taken
from bot.storage.store import Store
from bot.web.desk.session import origin
from bot.web.middleware.source import Source
from bot.web.visitor.multipart import fields_of
from bot.web.visitor.no_script_pages import PlainPages, Talk, is_card
from bot.web.visitor.page import ABOUT, accepted, words_of_pictures
from bot.web.visitor.sealed_state import Slip, Slips

ANSWERED = 4.0
"""Seconds that a page waits for the answer to what was sent. Later it comes with the next look."""

LEAVING = 1.0
"""Seconds that leaving waits until the token is dead; it dies all the same when that takes longer."""

log = logging.getLogger(__name__)

Fields = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Plain:
    """The steps of a talk."""

    service: Service
    store: Store
    words: Catalogue
    live: Live
    gate: Gate
    tasks: Tasks
    slips: Slips
    source: Source
    pages: PlainPages
    origins: frozenset[str]
    """Where our own pages are, beside wherever the request was sent to."""
    pictures: Pictures | None = None

    # -- steps -------------------------------------------------------------------------------------

    async def step(self, request: Request) -> Response:
        """What a form asks for. Whatever is wrong with it or with us, the answer is a page with the numbers on it."""
        fields = dict(parse_qsl((await request.body()).decode("utf-8", "replace"), keep_blank_values=True))
        slip = self.slips.read(fields.get("slip", ""))
        lang = self._language(request, fields, slip)
        if not self._own(request):
            return await self._before(request, lang, note=self.words.say("errors.generic", lang), status=403)
        if "language" in fields:
            return await self._before(request, lang)
        if fields.get("do") == "leave":
            return await self._leave(request, slip)
        try:
            return await self._done(request, fields, slip, lang)
        except NotKept as kept:
            return self.pages.failed(request, lang, fields, kept.card.text)
        except Exception as error:  # noqa: BLE001 - what was typed is not lost, whatever it was
            log.error("request.failed", extra={"error": type(error).__name__, "route": "/talk"})
            return self.pages.failed(request, lang, fields)

    async def picture(self, request: Request, pictures: Pictures) -> Response:
        """What the form with a picture sends; the answer is the talk. Its fields never touch a disk."""
        given = fields_of(request.headers.get("Content-Type", ""), await request.body())
        slip = self.slips.read(given.get("slip", b"").decode("utf-8", "replace"))
        lang, fields = self._language(request, {}, slip), {"slip": given.get("slip", b"").decode("utf-8", "replace")}
        own = self._own(request)
        if not own:
            return await self._before(request, lang, note=self.words.say("errors.generic", lang), status=403)
        try:
            session = await self.service.session(slip.token) if slip is not None and slip.fresh else None
            if slip is None or session is None:
                return await self._before(
                    request, lang, note=self.words.label("visitor.page_closed", lang), restoring=True
                )
            lang = self._spoken(session, slip)
            sent, note = None, ""
            once = {"once": given.get("once", b"").decode("utf-8", "replace"), "picture": ""}
            account = self.source.account(request)
            try:
                with counted_for(account):
                    sent = await pictures.take(session, _once(once, "picture"), given.get("picture", b""))
            except PictureRefused as refused:
                note = words_of_pictures(self.words, lang)[refused.code]
            except TooMany:
                note = self.words.say("errors.too_many", lang)
            return await self._page(request, session, slip, Talk("", note, sent))
        except Gone:
            return await self._before(request, lang, note=self.words.say("forget.done", lang))
        except Exception as error:  # noqa: BLE001 - the talk is not lost, whatever it was
            log.error("request.failed", extra={"error": type(error).__name__, "route": "/picture"})
            return self.pages.failed(request, lang, fields)

    async def _done(self, request: Request, fields: Fields, slip: Slip | None, lang: str) -> Response:
        do = fields.get("do", "look")
        if do == "start" and slip is not None:
            return await self._start(request, fields, slip, lang)
        if do == "restore":
            return await self._restore(request, fields, lang)
        session = await self.service.session(slip.token) if slip is not None else None
        if do in ABOUT:
            known = slip if session is not None and slip is not None and slip.fresh else None
            lang = self._spoken(session, known) if session is not None and known is not None else lang
            return self.pages.about(request, lang, do, known, fields.get("text", ""))
        if slip is None or session is None:
            return await self._before(request, lang, note=self.words.label("visitor.page_closed", lang), restoring=True)
        try:
            with counted_for(self.source.account(request)):
                return await self._talk(request, fields, slip, session)
        except Gone:
            return await self._before(request, lang, note=self.words.say("forget.done", lang))

    async def _start(self, request: Request, fields: Fields, slip: Slip, lang: str) -> Response:
        """The page has chosen token and return code already: pressed twice, it is the same talk."""
        session = await self.service.session(slip.token) if slip.fresh else None
        if session is None:
            if not slip.fresh:
                return await self._before(request, lang)
            try:
                self.gate.enter(self.source(request), fields.get("proof", "")[:200])
                await self.service.start(lang, Door(token=slip.token, code=slip.code))
            except WorkNeeded as needed:
                return self.pages.wait(request, lang, fields, needed)
            except Taken:  # by the other press, a moment ago; or it was left since
                pass
            session = await self.service.session(slip.token)
        if session is None:
            return await self._before(request, lang, note=self.words.label("visitor.page_closed", lang))
        return await self._page(request, session, slip)

    async def _restore(self, request: Request, fields: Fields, lang: str) -> Response:
        try:
            self.gate.enter(self.source(request), fields.get("proof", "")[:200])
        except WorkNeeded as needed:
            return self.pages.wait(request, lang, fields, needed)
        new = await self.service.restore(fields.get("code", "")[:200])
        session = await self.service.session(new.token) if new is not None else None
        if new is None or session is None:
            return await self._before(request, lang, status=404, restoring=True, typed=fields.get("code", "")[:200])
        return await self._page(request, session, Slip(new.token, new.return_code, lang))

    async def _leave(self, request: Request, slip: Slip | None) -> Response:
        """A blank page, that goes on to the harmless one by itself; also when the database does not answer."""
        if slip is not None:
            await asyncio.wait([self.tasks.start(self.service.leave(slip.token))], timeout=LEAVING)
        return self.pages.left(request)

    async def _talk(self, request: Request, fields: Fields, slip: Slip, session: Session) -> Response:
        """A step within the talk. Of an old page a message is still taken; it shows nothing but a card."""
        do, draft = fields.get("do", "look"), fields.get("text", "")
        lang = self._spoken(session, slip)
        sent, note = None, ""
        try:
            if "choice" in fields:
                sent = await self.service.handle_choice(session, _once(fields, "choice"), fields["choice"][:100])
            elif "to" in fields:
                sent = await self.service.handle_language(session, _once(fields, "to"), fields["to"][:35])
            elif do == "person":
                asked = self.words.label("visitor.talk_to_person", lang)
                sent = await self.service.handle_message(session, _once(fields, "do"), asked)
            elif do == "send" and draft.strip():
                hints = accepted(request)
                sent = await self.service.handle_message(session, _once(fields, "text"), _lines(draft), hints)
                draft = ""
            elif do == "forget" and slip.fresh:
                await self.service.forget(session)
                return await self._before(request, lang, note=self.words.say("forget.done", lang))
        except Refused as refused:
            note = self.words.say(f"errors.{refused.code}", lang)
        except TooMany:
            note = self.words.say("errors.too_many", lang)
        if not slip.fresh:
            return await self._late(request, session, slip, sent)
        if sent is not None:
            await self._answered(session, sent)
        page = Talk(draft, note, sent, everything=do == "earlier", sure=do == "delete")
        return await self._page(request, session, slip, page)

    async def _late(self, request: Request, session: Session, slip: Slip, sent: int | None) -> Response:
        lang, note, card = self._spoken(session, slip), "", None
        if sent is not None:
            note = self.words.label("visitor.page_closed_sent", lang) + "\n"
            answers = await self.store.messages(session.person, sent)
            card = next(filter(is_card, answers), None)
        note += self.words.label("visitor.page_closed", lang)
        return await self._before(request, lang, note=note, card=card, restoring=True)

    async def _answered(self, session: Session, sent: int) -> None:
        """Until the turn is complete, or somebody has come in the way, or it takes too long."""
        loop = asyncio.get_running_loop()
        end, topic = loop.time() + ANSWERED, conversation(session.person.conversation)
        while (left := end - loop.time()) > 0:
            waiter = self.live.listen(topic)
            messages = await self.store.messages(session.person, sent - 1)
            if not messages or messages[0].answered:
                self.live.forget(topic, waiter)
                return
            await self.live.wait(topic, waiter, left)

    async def _page(self, request: Request, session: Session, slip: Slip, page: Talk | None = None) -> Response:
        """The talk as it stands. Raises `Gone`."""
        messages = await self.store.talk(session.person)
        if not messages:  # every talk begins with a welcome
            raise Gone
        told = [code for code in map(code_of, messages) if code is not None]
        if told and told[-1] != slip.code and await self.store.is_return_code(session.person, told[-1]):
            slip = replace(slip, code=told[-1])
        page = replace(page or Talk(), standing=await self.service.standing(session))
        return self.pages.talk(request, self._spoken(session, slip), slip, messages, page)

    async def _before(self, request: Request, lang: str, **more: Any) -> Response:
        return self.pages.before(request, lang, nobody=await self.service.without_anybody(lang), **more)

    # -- helpers -----------------------------------------------------------------------------------

    def _spoken(self, session: Session, slip: Slip) -> str:
        return self.words.fallback(session.language) or slip.language

    def _language(self, request: Request, fields: Fields, slip: Slip | None) -> str:
        """What was chosen, or what the browser would like, or the first there is."""
        chosen = [fields.get("language", "")[:35], *([slip.language] if slip else []), *accepted(request)]
        found = (self.words.fallback(code) for code in chosen if code)
        return next((code for code in found if code), None) or self.words.languages[0].code

    def _own(self, request: Request) -> bool:
        """Whether a page of this gateway sent the form: another site could open a talk of its own in this tab and read
        what the person writes. Browsers too old to say where a form comes from are let in."""
        site, sent = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
        if site is not None:
            return site in {"same-origin", "none"}
        if sent is None or sent.lower() in self.origins:
            return True
        asked = request.headers.get("Host", "").lower()
        return bool(asked) and urlsplit(sent).netloc.lower() == asked  # behind a proxy the scheme is another one


def _lines(text: str) -> str:
    """Forms end their lines as telegraphs did."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _once(fields: Fields, what: str) -> str:
    """The message's own number: the same for the same words from the same page, so that pressing twice sends once."""
    try:
        page = UUID(fields.get("once", ""))
    except ValueError:
        page = uuid4()
    return str(uuid5(page, f"{what}:{fields[what]}".encode("utf-8", "replace").decode()))


def router(plain: Plain) -> APIRouter:
    """`/talk`: every step is a POST. Who comes by a link or reloads the address begins at the first page."""
    pages = APIRouter(include_in_schema=False)

    @pages.get("/talk")
    async def begin() -> RedirectResponse:
        return RedirectResponse("./", status_code=303)

    @pages.post("/talk")
    async def step(request: Request) -> Response:
        return await plain.step(request)

    if (pictures := plain.pictures) is not None:

        @pages.get("/picture")
        async def again() -> RedirectResponse:
            return RedirectResponse("./", status_code=303)

        @pages.post("/picture")
        async def picture(request: Request) -> Response:
            return await plain.picture(request, pictures)

    return pages


def made(
    service: Service, store: Store, words: Catalogue, live: Live, gate: Gate, tasks: Tasks,
    slips: Slips, source: Source, link: Callable[[str], str | None], *, exit_url: str, max_text: int,
    addresses: tuple[str, ...], pictures: Pictures | None = None,
) -> APIRouter:  # fmt: skip
    """The router. `addresses` are those by which people reach the gateway; empty ones are left out."""
    return router(
        Plain(
            service, store, words, live, gate, tasks, slips, source,
            PlainPages(words, slips, link, exit_url, max_text, pictures is not None),
            frozenset(origin(address) for address in addresses if address),
            pictures,
        )
    )  # fmt: skip

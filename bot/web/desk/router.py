"""The caseworkers' routes: pages, log-in and invitations under `/desk`, the rest under `/desk/api`."""

# No `from __future__ import annotations`: FastAPI reads the dependencies that are named within `_api`.
import asyncio
import json
import secrets
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictStr
from sse_starlette import EventSourceResponse, ServerSentEvent

from bot.desk.case_card import CaseFile
from bot.desk.case_work import CaseWork
from bot.desk.held_replies import HeldReplies
from bot.desk.interpreter import Interpreter
from bot.desk.muting import Muting
from bot.desk.pictures import Pictures
from bot.desk.practice import Practice, Room
from bot.desk.referrals import Centres
from bot.desk.service import Desk, Row
from bot.domain.ports import Catalogue
from bot.domain.roles import works_on_cases
from bot.oncall.factory import push_of
from bot.oncall.phones import OwnPhones
from bot.oncall.roster import Roster
from bot.runtime.wakeups import DESK, Live, desk_of
from bot.security.guessing import Devices
from bot.security.passkeys import Challenges
from bot.settings import Settings
from bot.settings.page_key import page_key
from bot.storage.store import DeskSession, Store
from bot.web.desk import (
    account as desk_account,
)
from bot.web.desk import (
    case_card as desk_file,
)
from bot.web.desk import (
    case_work as desk_work,
)
from bot.web.desk import (
    held_replies as desk_held,
)
from bot.web.desk import (
    log_in as desk_entrance,
)
from bot.web.desk import (
    manage as desk_manage,
)
from bot.web.desk import (
    muting as desk_muting,
)
from bot.web.desk import (
    pages as desk_pages,
)
from bot.web.desk import (
    phones as desk_phones,
)
from bot.web.desk import (
    pictures as desk_pictures,
)
from bot.web.desk import (
    practice as desk_practice,
)
from bot.web.desk import (
    referrals as desk_centres,
)
from bot.web.desk import (
    rota as desk_rota,
)
from bot.web.desk import (
    translation as desk_translation,
)
from bot.web.desk.calendar_feed import Feed
from bot.web.desk.calendar_feed import router as feed_router
from bot.web.desk.errors import DeskRoute
from bot.web.desk.log_in import session_shown
from bot.web.desk.own_language import OwnWords
from bot.web.desk.serialise import language_of, message_shown, row_shown, told_shown
from bot.web.desk.session import Door
from bot.web.errors import ApiError
from bot.web.visitor.streams import whole

FALL_BACK_TO_READING = 15.0
"""Seconds after which a stream reads the database though nothing woke it."""

SETTLE = 0.2
"""Seconds between two readings of one stream: every message of every person wakes the desk."""

ROWS = 100
"""Cases that a queue can hold and still be read as often as that."""
SELDOM = 2.0
"""Seconds between two readings of the longest."""

SEALED = ("why", "readable", "kind")
"""What of a row only its key tells."""

BIG = 2**53
"""The largest whole number that JavaScript reads exactly."""


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ReplyBody(_Body):
    id: UUID
    text: StrictStr
    translated: desk_translation.OriginalBody | None = None
    """For a machine's translation: what the caseworker wrote."""
    hold: desk_held.HoldBody | None = None
    """For a reply that goes out later."""


class SeenBody(_Body):
    seq: int = Field(ge=0, le=BIG)


class CloseBody(_Body):
    outcome: StrictStr = Field(pattern="^(helped|no_answer|not_for_us|asked)$")
    of_help: StrictBool = False
    """Whether the person is asked if it was of help: once in a conversation, and not while it is an emergency."""


class LanguageBody(_Body):
    language: StrictStr = Field(max_length=20)


def router(
    desk: Desk, store: Store, live: Live, words: Catalogue, settings: Settings, roster: Roster,
    work: CaseWork, feed: Feed, interpreter: Interpreter | None = None, practice: Practice | None = None,
) -> APIRouter:  # fmt: skip
    """All routes under `/desk`; without an interpreter nothing is translated, without `practice` nobody practises."""
    door = Door(store, secure=settings.secure, public_url=settings.public_url)
    everything = APIRouter(tags=["desk"])
    key, per_minute = page_key(settings), settings.conversations_per_minute
    challenges = Challenges(key, store.now)
    devices, strangers = Devices(key, store.now), desk_entrance.strangers(key, per_minute, store.now)
    everything.include_router(desk_pages.router(desk, words, settings, practice=practice is not None))
    if practice is not None:
        everything.include_router(desk_practice.router(practice, door, words, room_routes))
    everything.include_router(
        desk_entrance.router(store, door, challenges, settings.public_url, devices, strangers)
    )
    phones = OwnPhones(store, push_of(settings, store, store.now), key)
    api = _api(desk, store, live, words, door, interpreter, work, feed, phones, practice)
    if settings.pictures:
        desk_pictures.add(api, Pictures(desk, store), door)
    everything.include_router(api)
    everything.include_router(feed_router(feed, store))
    everything.include_router(desk_rota.router(store, roster, live, door))
    everything.include_router(desk_phones.router(phones, live, door))
    everything.include_router(desk_manage.router(desk, store, live, words, door))
    everything.include_router(desk_account.router(store, live, door, challenges, settings.public_url))
    return everything


def room_routes(room: Room, words: Catalogue, door: Door) -> APIRouter:
    """The same routes of cases for a room of the practice desk. Nobody logs in there, and nobody is called from it."""
    feed, routes = Feed(secrets.token_bytes(32), room.store), APIRouter()
    routes.include_router(_api(room.desk, room.store, room.live, words, door, room.interpreter, room.work, feed))
    routes.include_router(desk_manage.router(room.desk, room.store, room.live, words, door))
    return routes


async def _end(
    session: DeskSession, request: Request, door: Door, phones: OwnPhones | None, practice: Practice | None
) -> None:
    """Log out, and end what was there for this log-in alone."""
    if phones is not None:
        await phones.logged_out(request.cookies[door.cookie])
    if practice is not None:
        await practice.end(session)
    await door.log_out(request)


def _api(
    desk: Desk, store: Store, live: Live, words: Catalogue, door: Door, interpreter: Interpreter | None,
    work: CaseWork, feed: Feed, phones: OwnPhones | None = None, practice: Practice | None = None,
) -> APIRouter:  # fmt: skip
    """What needs a session."""
    api = APIRouter(prefix="/desk/api", route_class=DeskRoute, dependencies=[Depends(door)])
    own = OwnWords(words)
    Session = Annotated[DeskSession, Depends(door)]
    CaseId = Annotated[int, Path(ge=1, le=BIG)]

    @api.get("/session")
    async def who(session: Session) -> dict[str, Any]:
        return session_shown(session)

    @api.delete("/session", status_code=204)
    async def log_out(session: Session, request: Request) -> Response:
        await _end(session, request, door, phones, practice)
        live.wake(DESK)
        response = Response(status_code=204)
        door.let_out(response)
        return response

    @api.put("/session/language", status_code=204)
    async def speak(body: LanguageBody, session: Session) -> Response:
        """The language of the desk for this caseworker, on whatever device."""
        code = words.fallback(body.language)
        if code is None:
            raise ApiError(422, "unknown_language")
        await store.set_caseworker_language(session.caseworker, code)
        return Response(status_code=204)

    @api.get("/queue")
    async def queue(session: Session) -> dict[str, Any]:
        return _snapshot(await desk.queue(session), await desk.called(), session, live, desk.now())

    @api.post("/claims", status_code=201)
    async def claim_next(session: Session) -> dict[str, Any]:
        """Takes the case whose turn it is; 404 when nobody waits."""
        case = await desk.claim_next(session)
        if case is None:
            raise ApiError(404, "not_found", "Nobody is waiting.")
        return row_shown(Row(case, None))

    @api.get("/facts")
    async def facts(session: Session) -> dict[str, Any]:
        """The facts in the answers whose review is overdue, longest first; empty for who is no coordinator."""
        due = [
            {"id": fact.id, "shown": fact.shown, "source": fact.source, "since": fact.review_on.isoformat()}
            for fact in desk.facts_due(session)
        ]
        return {"due": due}

    @api.post("/cases/{case_id}/claim")
    async def claim(case_id: CaseId, session: Session) -> dict[str, Any]:
        return row_shown(Row(await desk.claim(session, case_id), None))

    @api.get("/cases/{case_id}/messages")
    async def read(
        case_id: CaseId,
        session: Session,
        after: Annotated[int, Query(ge=0, le=BIG)] = 0,
        lang: Annotated[str, Query(max_length=35)] = "",
    ) -> dict[str, Any]:
        """The messages after `after`; all that the person answered in forms (in `lang`, else the session's);
        `alarms`: the places of the messages for which the case was raised."""
        language = language_of(words, session, lang)
        messages = [message_shown(m) | own.of(m, language) for m in await desk.read(session, case_id, after)]
        told = told_shown(await desk.told(session, case_id), words, language)
        return {"messages": messages, "told": told, "alarms": await desk.alarms(session, case_id)}

    @api.post("/cases/{case_id}/release", status_code=204)
    async def release(case_id: CaseId, session: Session) -> Response:
        await desk.release(session, case_id)
        if interpreter is not None:
            await interpreter.forget(session, case_id)
        return Response(status_code=204)

    @api.post("/cases/{case_id}/close", status_code=204)
    async def close(case_id: CaseId, body: CloseBody, session: Session) -> Response:
        await desk.close(session, case_id, body.outcome, of_help=body.of_help)
        if interpreter is not None:
            await interpreter.forget(session, case_id)
        return Response(status_code=204)

    _add_replies(api, desk, interpreter, door)
    if interpreter is not None:
        desk_translation.add(api, interpreter, door)
    file, centres = CaseFile(desk, store, words, live), Centres(desk, store, live)
    held, muting = HeldReplies(desk, store, live), Muting(desk, store, live)
    _add_work(api, work, feed, door, interpreter, file, centres, held, muting)
    _add_events(api, desk, live, door)
    return api


def _add_replies(api: APIRouter, desk: Desk, interpreter: Interpreter | None, door: Door) -> None:
    Session = Annotated[DeskSession, Depends(door)]
    CaseId = Annotated[int, Path(ge=1, le=BIG)]

    @api.post("/cases/{case_id}/messages", status_code=202)
    async def reply(case_id: CaseId, body: ReplyBody, session: Session) -> dict[str, int | None]:
        """`seq` is null for a reply that is held."""
        name, hold = str(body.id), desk_held.held_until(body.hold, desk.now())
        if interpreter is None:
            return {"seq": await desk.reply(session, case_id, name, body.text, hold=hold)}
        if (was := body.translated) is None:
            return {"seq": await interpreter.reply_plain(session, case_id, name, body.text, hold)}
        return {
            "seq": await interpreter.reply(session, case_id, name, body.text, was.text, was.own, was.looked, hold)
        }

    @api.post("/cases/{case_id}/seen", status_code=204)
    async def seen(case_id: CaseId, body: SeenBody, session: Session) -> Response:
        await desk.seen(session, case_id, body.seq)
        return Response(status_code=204)


def _add_work(
    api: APIRouter, work: CaseWork, feed: Feed, door: Door, interpreter: Interpreter | None, file: CaseFile,
    centres: Centres, held: HeldReplies, muting: Muting,
) -> None:  # fmt: skip
    desk_work.add(api, work, feed, door, interpreter, lambda case: row_shown(Row(case, None)), file)
    desk_file.add(api, file, door)
    desk_centres.add(api, centres, door, interpreter)
    desk_held.add(api, held, door)
    desk_muting.add(api, muting, door)


def _add_events(api: APIRouter, desk: Desk, live: Live, door: Door) -> None:
    """The stream that keeps a page true, its folded rows, what ends their ringing. It reads the database, a wake-up
    only makes it faster."""
    Session = Annotated[DeskSession, Depends(door)]

    @api.post("/cases/{number}/heard", status_code=204)
    async def heard(number: Annotated[str, Path(max_length=20)], session: Session) -> Response:
        """Somebody at this desk has heard an emergency (`unheard` in its row): no desk rings for it any more, until
        it is given back or becomes an emergency anew. It holds up no call. `number`: of the case, or its id."""
        await desk.heard(session, number)
        return Response(status_code=204)

    @api.post("/cases/{case_id}/writing", status_code=204)
    async def writing(case_id: Annotated[int, Path(ge=1, le=BIG)], session: Session) -> Response:
        """Its owner is writing, and nothing of what: told to the person whose page is open, and forgotten. Too many are
        dropped."""
        await desk.writing(session, case_id)
        return Response(status_code=204)

    @api.get("/queue/{case_id}/alike")
    async def alike(case_id: Annotated[int, Path(ge=1, le=BIG)], session: Session) -> dict[str, Any]:
        """The other alarms that wait and probably are the same sender's: `alike` of its row is how many."""
        shown = [row_shown(Row(case, None)) for case in await desk.alike(session, case_id)]
        return {"cases": [{name: value for name, value in row.items() if name not in SEALED} for row in shown]}

    @api.get("/events")
    async def events(request: Request) -> EventSourceResponse:
        """`queue`: the whole queue, whenever it changed. `beat`: nothing changed, and the line works. `writing`: the
        person of `case`, which is one's own, is. `expired`: the session has ended."""
        return EventSourceResponse(_stream(request), ping=20)

    async def _stream(request: Request) -> AsyncIterator[ServerSentEvent]:
        rows: Sequence[Row] = ()
        last = None

        async def present() -> DeskSession | None:
            # The stream itself is no sign of life: an open page alone keeps nobody logged in.
            return await door.session(request, touch=False)

        async def read() -> tuple[Sequence[Row], dict[str, Any]] | None:
            # Read anew each time: a session ends by logging out elsewhere, by time, or when it is taken away.
            session = await present()
            if session is None:
                return None
            now = rows
            if works_on_cases(session.role):  # an administrator's line stays open, and empty
                await desk.present(session)
                now = await desk.queue(session, rows)
            return now, _snapshot(now, await desk.called(), session, live, desk.now())

        begun = await whole(present())
        with live.writing.listening(desk_of(begun.caseworker if begun else 0)) as signs:
            while not live.closed:
                with live.listening(DESK) as waiter:
                    found = await whole(read())
                    if found is None:
                        yield ServerSentEvent("{}", event="expired")
                        return
                    rows, snapshot = found
                    if snapshot != last:
                        last = snapshot
                        data = json.dumps({"now": desk.now().isoformat(), **snapshot}, ensure_ascii=False)
                        yield ServerSentEvent(data, event="queue")
                    else:
                        yield ServerSentEvent("{}", event="beat")
                    async for case in signs.until(waiter, FALL_BACK_TO_READING):
                        yield ServerSentEvent(json.dumps({"case": case}), event="writing")
                    await live.wait(DESK, waiter, 0)
                cases = sum(1 + row.alike for row in rows)
                await asyncio.sleep(settle(cases))  # what comes meanwhile is in the next reading


def settle(cases: int) -> float:
    """Return the seconds between two readings of one stream: a long queue is read and sent less often."""
    return min(SELDOM, SETTLE * max(1.0, cases / ROWS))


def _snapshot(
    rows: Sequence[Row], called: Mapping[int, bool], session: DeskSession, live: Live, now: datetime
) -> dict[str, Any]:
    """`called`: somebody is being called to the case; `coming`: somebody has said that they come. No word of a person
    is in it: who wants to read a case takes it. To its owner alone `page`: whether the person's page is `open`, and
    `since` when it is not; null where it is not known, as in Telegram. `unread`: none while a case is muted; `unseen`
    has them all. `reply_missed`: a reply that was held did not go out in its time, and is held still."""
    shown = [row_shown(row) for row in rows]
    for row in shown:
        del row["why"]
        row["called"] = row["id"] in called
        row["coming"] = called.get(row["id"], False)
    for row, whose in zip(shown, rows, strict=True):
        if whose.case.muted(now):
            row["unread"] = 0
        else:
            row["muted_until"] = None
        row["reply_missed"] = whose.case.missed(now)
        if whose.case.owner == session.caseworker:
            known = live.pages.watch(whose.case.conversation)
            row["page"] = known and {"open": known[0], "since": known[1].isoformat() if known[1] else None}
    return {"cases": shown}

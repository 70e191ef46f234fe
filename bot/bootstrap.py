"""The only place that wires the parts together."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from fastapi import FastAPI
from fastapi.responses import PlainTextResponse
from threadpoolctl import threadpool_limits

import encoder
from bot import content
from bot.content.practice import load_practice
from bot.conversation.notices import Notices
from bot.conversation.pictures import Pictures
from bot.conversation.reassessment import SecondLook
from bot.conversation.service import Service
from bot.conversation.sessions import Sessions
from bot.desk.case_work import CaseWork
from bot.desk.held_replies import HeldSending
from bot.desk.interpreter import Interpreter
from bot.desk.practice import Practice
from bot.desk.reassessment import LateLook
from bot.desk.service import Desk
from bot.dialogue.client import Engine
from bot.oncall.escalation_worker import Duty
from bot.oncall.factory import duty_of
from bot.oncall.page_links import Links
from bot.operations.clock_guard import ClockGuard
from bot.operations.first_vouching import vouch_once
from bot.operations.upkeep import Upkeep
from bot.runtime.clock import utc_now
from bot.runtime.tasks import Tasks
from bot.runtime.wakeups import Live
from bot.security.admission import EVERYBODY, Gate
from bot.security.alarm_floods import AlarmFloods
from bot.security.pictures import MAX_BYTES, Darkroom
from bot.security.rate_limits import Limits
from bot.settings import CONTENT, Settings
from bot.settings.page_key import page_key
from bot.storage.backup import files
from bot.storage.store import Store
from bot.telegram import delivery_key
from bot.telegram.api import Api
from bot.telegram.handlers import Turns
from bot.telegram.receiver import Telegram
from bot.telegram.sender import Sending
from bot.telegram.wiping import Wiping
from bot.translation import Pool, Translator
from bot.understanding.acts import model as acts
from bot.understanding.batching import Encoding
from bot.understanding.context import ContextReading
from bot.understanding.danger import Danger
from bot.understanding.language import Languages
from bot.understanding.service import Understanding
from bot.web import assets, errors, metrics, page_acknowledgement
from bot.web import telegram_webhook as telegram_web
from bot.web.desk import router as desk_web
from bot.web.desk.calendar_feed import Feed
from bot.web.middleware.fair_queue import Turnstile
from bot.web.middleware.guard import Guard
from bot.web.middleware.source import Source
from bot.web.visitor import api as visitor
from bot.web.visitor import no_script as plain
from bot.web.visitor import page as pages
from bot.web.visitor.sealed_state import Slips, TabKeys


@dataclass(frozen=True, slots=True)
class Parts:
    """What a running gateway is made of; tests and commands reach the parts through it."""

    settings: Settings
    store: Store
    words: content.Catalogue
    service: Service
    desk: Desk
    engine: Engine
    live: Live
    tasks: Tasks
    encoding: Encoding
    duty: Duty
    links: Links
    upkeep: Upkeep
    held: HeldSending
    translator: Translator
    second_look: SecondLook
    practice: Practice
    telegram: Telegram | None
    app: FastAPI

    async def close(self) -> None:
        """Ends what is under way, in the order in which it depends on one another."""
        self.live.close()
        if self.telegram is not None:
            await self.telegram.stop()
        self.second_look.stop()  # else what it waits for would be waited for here
        await self.tasks.finish(3)
        await self.duty.stop()
        await self.upkeep.stop()
        await self.held.stop()
        await self.practice.close()
        await self.engine.close()
        await self.translator.close()
        self.encoding.close()
        await self.store.close()


def understanding(models: Path, encoder_dir: Path | None) -> tuple[Understanding, Encoding]:
    """The gateway's own understanding, from trained models; also what `inloop classify` runs."""
    # One message is too little for two threads: a second one would only wait, and a waiting one takes a whole core.
    threadpool_limits(1, user_api="blas")
    encoding = Encoding(encoder.load(encoder_dir or models / "encoder"))
    danger = Danger.load(models, CONTENT / "danger.yml")
    languages = Languages.load(models, CONTENT / "languages.yml")
    reading = ContextReading.load(models)
    return Understanding(danger, languages, encoding, acts.load(models), reading), encoding


def translation(settings: Settings) -> Translator:
    """The translator with the packages that are installed; no process is started before something is translated."""
    pool = Pool(settings.translation_workers, settings.translation_timeout, settings.translation_threads)
    return Translator(settings.translations, pool, names=content.glossary(CONTENT))


def channel(
    settings: Settings, store: Store, words: content.Catalogue, live: Live, limits: Limits, service: Service,
    clock: Callable[[], datetime],
) -> Telegram:  # fmt: skip
    """The Telegram bot; raises `SettingsError` for a token or key file that cannot be read."""
    token = settings.telegram
    api, locks = Api(token, settings.telegram_api_url), store.locks()
    key = delivery_key.load(settings.delivery_key_file, settings.data_dir)
    sending = Sending(store, words, api, key, live, locks, clock, settings.telegram_card_minutes)
    wiping = Wiping(store, api, key, sending)
    turns = Turns(
        service=service, store=store, words=words, live=live, limits=limits, api=api, key=key, locks=locks,
        sending=sending, wiping=wiping, door=settings.public_url,
    )  # fmt: skip
    return Telegram(
        token=token, webhook_url=settings.telegram_webhook_url, store=store, words=words, api=api, locks=locks,
        sending=sending, wiping=wiping, turns=turns, web=bool(settings.public_url),
    )  # fmt: skip


def practice_of(
    settings: Settings, words: content.Catalogue, own: Understanding, translator: Translator,
    clock: Callable[[], datetime],
) -> Practice:  # fmt: skip
    """The practice desk: rooms that share words, models and translation with the desk, and nothing that is kept."""

    def interpreter_of(desk: Desk, store: Store, live: Live, tasks: Tasks) -> Interpreter:
        look = LateLook(store, words, own, live, Sessions(store), tasks, clock)
        return Interpreter(desk, translator, own.languages, look, settings.max_text)

    return Practice(words, load_practice(CONTENT), clock, interpreter_of, settings.max_text)


async def opened(settings: Settings, clock: Callable[[], datetime]) -> Store:
    """The store, with every key in it vouched for, or the log told of what is not."""
    store = await Store.open(
        settings.database, clock=clock, zone=ZoneInfo(settings.rota_zone), open_cases_only=settings.open_cases_only,
        root=page_key(settings),
    )  # fmt: skip
    await vouch_once(store, settings.data_dir)
    return store


async def build(
    settings: Settings, engine_url: str, engine_secret: str, *, clock: Callable[[], datetime] = utc_now
) -> Parts:
    """A whole gateway on its database (migrated already). The engine may be dead; it is only asked, never needed."""
    words = content.load(CONTENT)
    store = await opened(settings, clock)
    live = Live(settings.show_writing)
    tasks = Tasks()
    sessions = Sessions(store)
    limits = Limits(settings.messages_per_minute, settings.conversations_per_minute)
    engine = Engine(engine_url, engine_secret, settings.engine_timeout, time.monotonic)
    own, encoding = understanding(settings.models_dir, settings.encoder_dir)
    links = Links(page_key(settings), timedelta(minutes=settings.page_link_minutes), clock)
    floods = AlarmFloods()
    duty = duty_of(settings, store, words, live, Notices(store, words, live), links, clock, floods.flood)
    await duty.roster.calendars.load()
    translator = translation(settings)
    second_look = SecondLook(translator, own)
    service = Service(
        store=store, words=words, understanding=own, engine=engine, live=live, sessions=sessions, tasks=tasks,
        limits=limits, max_text=settings.max_text, somebody=duty.somebody, second_look=second_look,
        floods=floods,
    )  # fmt: skip
    desk = Desk(
        store=store, words=words, live=live, max_text=settings.max_text, cases_at_once=settings.cases_at_once,
        clock=clock, floods=floods,
    )  # fmt: skip
    work = CaseWork(desk, store, words, live, timedelta(seconds=settings.offline_seconds), settings.max_text)
    feed = Feed(page_key(settings), store)
    interpreter = Interpreter(
        desk, translator, own.languages, LateLook(store, words, own, live, sessions, tasks, clock), settings.max_text
    )
    practice = practice_of(settings, words, own, translator, clock)
    bot = channel(settings, store, words, live, limits, service, clock) if settings.telegram else None

    def expire(now: datetime) -> int:
        return files.expire(settings.backup_dir, now, settings.backup_keep) if settings.backup_dir else 0

    upkeep = Upkeep(
        store, clock, settings.retention, expire, timedelta(days=settings.keep_audit_days), service.let_go,
        ClockGuard(clock).trusts,
    )  # fmt: skip

    held = HeldSending(store, live, ClockGuard(clock).trusts)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        for part in (duty, upkeep, held):
            part.start()
        if bot is not None:
            await bot.start()
        async with sessions.swept():
            yield

    app = FastAPI(
        title="Inloop", version="0.1.0", description="First contact: the visitor API and the desk.",
        docs_url=None, redoc_url=None, openapi_url=None if settings.secure else "/openapi.json", lifespan=lifespan,
    )  # fmt: skip
    errors.install(app)
    link, source = bot.link if bot is not None else lambda _: None, Source()
    gate = _gate(settings)
    pictures = Pictures(store, words, live, limits, Darkroom()) if settings.pictures else None
    slips, keys = Slips(page_key(settings), clock), TabKeys(page_key(settings))
    app.include_router(visitor.router(service, store, live, gate, source, keys.of, link, pictures))
    app.include_router(
        plain.made(
            service, store, words, live, gate, tasks, slips, source, link, exit_url=settings.exit_url,
            max_text=settings.max_text, addresses=(settings.public_url, settings.onion_url), pictures=pictures,
        )
    )  # fmt: skip
    app.include_router(
        desk_web.router(desk, store, live, words, settings, duty.roster, work, feed, interpreter, practice)
    )
    app.include_router(page_acknowledgement.router(links, store, duty.paces, words, live))
    if token := settings.metrics_token.get_secret_value():
        app.include_router(metrics.router(store, token))
    if bot is not None:
        app.include_router(telegram_web.router(bot))
    app.include_router(pages.router(words, settings, service.without_anybody))
    app.mount("/static", assets.STATIC, name="static")

    @app.get("/health", include_in_schema=False)
    async def health() -> PlainTextResponse:
        return PlainTextResponse("ok")

    app.add_middleware(Turnstile, source=source)
    _guard(app, settings)
    return Parts(
        settings, store, words, service, desk, engine, live, tasks, encoding, duty, links, upkeep, held, translator,
        second_look, practice, bot, app,
    )  # fmt: skip


def _gate(settings: Settings) -> Gate:
    """What a new talk costs while very many begin."""
    per_minute = settings.conversations_per_minute
    return Gate(page_key(settings), per_minute, EVERYBODY * per_minute, time.time, time.monotonic)


def _guard(app: FastAPI, settings: Settings) -> None:
    """What stands before every route. A picture is larger than anything else that is taken."""
    paths = ("/api/pictures", "/picture") if settings.pictures else ()
    app.add_middleware(
        Guard, max_body=settings.max_body, secure=settings.secure, sites=settings.embed_sites,
        door=pages.DOOR.union(paths[1:]), larger=dict.fromkeys(paths, MAX_BYTES + settings.max_body),
    )  # fmt: skip

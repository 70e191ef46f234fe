"""The only place that wires the parts together."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from fastapi import FastAPI
from fastapi.responses import PlainTextResponse

import encoder
from bot import content
from bot.danger import Danger
from bot.desk import Desk
from bot.dialogue.engine import Engine
from bot.encoding import Encoding
from bot.language import Languages
from bot.limits import Limits
from bot.live.local import DESK, Live
from bot.oncall.paging import Pager
from bot.service import Service
from bot.sessions import Sessions
from bot.settings import ROOT, Settings
from bot.storage.store import Store
from bot.tasks import Tasks
from bot.understanding import Understanding
from bot.upkeep import Upkeep
from bot.web import desk as desk_web
from bot.web import errors, pages, visitor
from bot.web.guard import Guard

CONTENT = ROOT / "content"


def utc_now() -> datetime:
    """The clock of production."""
    return datetime.now(UTC)


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
    pager: Pager
    upkeep: Upkeep
    app: FastAPI

    async def close(self) -> None:
        """Ends what is under way, in the order in which it depends on one another."""
        self.live.close()
        await self.tasks.finish(3)
        await self.pager.stop()
        await self.upkeep.stop()
        await self.engine.close()
        self.encoding.close()
        await self.store.close()


def understanding(models: Path, encoder_dir: Path | None) -> tuple[Understanding, Encoding]:
    """The gateway's own understanding, from trained models; also what `inloop classify` runs."""
    encoding = Encoding(encoder.load(encoder_dir or models / "encoder"))
    danger = Danger.load(models, CONTENT / "danger.yml")
    languages = Languages.load(models, CONTENT / "languages.yml")
    return Understanding(danger, languages, encoding), encoding


async def build(
    settings: Settings, engine_url: str, engine_secret: str, *, clock: Callable[[], datetime] = utc_now
) -> Parts:
    """A whole gateway on its database (migrated already). The engine may be dead; it is only asked, never needed."""
    words = content.load(CONTENT)
    store = await Store.open(settings.database, clock=clock)
    live = Live()
    tasks = Tasks()
    limits = Limits(settings.messages_per_minute, settings.conversations_per_minute)
    engine = Engine(engine_url, engine_secret, settings.engine_timeout, time.monotonic)
    own, encoding = understanding(settings.models_dir, settings.encoder_dir)
    service = Service(
        store=store, words=words, understanding=own, engine=engine, live=live, sessions=Sessions(store), tasks=tasks,
        limits=limits, max_text=settings.max_text,
    )  # fmt: skip
    desk = Desk(store=store, words=words, live=live, max_text=settings.max_text, clock=clock)
    address = settings.public_url or f"http://{settings.host}:{settings.port}"
    pager = Pager(store, settings.page_urls, address, live, DESK, clock)

    upkeep = Upkeep(store, clock, timedelta(days=settings.keep_days))

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        pager.start()
        upkeep.start()
        yield

    app = FastAPI(
        title="Inloop", version="0.1.0", description="First contact: the visitor API and the desk.",
        docs_url=None, redoc_url=None, lifespan=lifespan,
    )  # fmt: skip
    errors.install(app)
    app.include_router(visitor.router(service, store, live, limits))
    app.include_router(desk_web.router(desk, store, live, words, settings))
    app.include_router(pages.router(words, settings.exit_url, settings.max_text))
    app.mount("/static", pages.STATIC, name="static")

    @app.get("/health", include_in_schema=False)
    async def health() -> PlainTextResponse:
        return PlainTextResponse("ok")

    app.add_middleware(Guard, max_body=settings.max_body, secure=settings.secure)
    return Parts(settings, store, words, service, desk, engine, live, tasks, encoding, pager, upkeep, app)

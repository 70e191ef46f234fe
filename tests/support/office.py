"""The gateway's web side with its real store, words and turn order, served on a free port. Only the
understanding is small: what it makes of a sentence is not the desk's matter."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
import uvicorn
from fastapi import FastAPI
from playwright.async_api import expect

from bot import content
from bot.content.practice import load_practice
from bot.conversation.service import Service
from bot.conversation.sessions import Sessions
from bot.desk.case_work import CaseWork
from bot.desk.interpreter import Interpreter
from bot.desk.practice import Practice
from bot.desk.reassessment import LateLook
from bot.desk.service import Desk
from bot.dialogue.client import Engine
from bot.domain.model import Assessment, Urgency
from bot.oncall.factory import roster_of
from bot.runtime.tasks import Tasks
from bot.runtime.wakeups import Live
from bot.security.admission import Gate
from bot.security.alarm_floods import AlarmFloods
from bot.security.rate_limits import Limits
from bot.settings import Settings
from bot.settings.page_key import page_key
from bot.storage.store import Store
from bot.translation import Pool, Translator, install
from bot.understanding import language
from bot.understanding.service import Understanding
from bot.web import assets, errors
from bot.web.desk import router as desk_web
from bot.web.desk.calendar_feed import Feed
from bot.web.middleware.guard import Guard
from bot.web.middleware.source import Source
from bot.web.visitor import api as visitor
from bot.web.visitor import no_script as plain
from bot.web.visitor import page as pages
from bot.web.visitor.sealed_state import Slips, TabKeys
from tests.browser.conftest import PATIENCE
from tests.support.databases import Clock, upgraded_sqlite
from tests.support.desk import Colleague, join
from tests.support.gateway import ROOT
from tests.support.serving import serving

expect.set_options(timeout=PATIENCE)

LOCKED_IN = "They locked me in"


class Danger:
    def context(self, text: str, earlier: object, alone: object = None) -> None:
        """Fragments are not read together here."""

    def assess(self, text: str, **_: object) -> Assessment:
        if text == LOCKED_IN:
            return Assessment(Urgency.EMERGENCY, ("confined",), ("pattern: locked in",), 0.99)
        return Assessment()

    def in_doubt(self, found: Assessment) -> bool:
        return False

    def in_talk(self, found: Assessment, *, others: bool = False) -> Assessment:
        return found

    def beside(self, whole: Assessment, piece: Assessment) -> Assessment:
        return whole

    def beside_denial(self, whole: Assessment, half: Assessment) -> Assessment:
        return whole


@dataclass(frozen=True)
class Detected:
    code: str | None = "en"
    confidence: float = 1.0
    sure: bool = True


class Languages:
    def detect(self, text: str, *, chosen: str | None, hints: Sequence[str] = ()) -> Detected:
        return Detected() if chosen else Detected(None, 0.0, False)


@cache
def real_languages() -> language.Languages:
    return language.Languages.load(ROOT / "models", ROOT / "content" / "languages.yml")


async def no_encoder(_: str) -> None:
    return None


@dataclass
class Visitor:
    """A person in a browser."""

    http: httpx.AsyncClient
    headers: dict[str, str]

    async def write(self, text: str) -> int:
        body = {"id": str(uuid4()), "text": text}
        answer = await self.http.post("/api/messages", json=body, headers=self.headers)
        assert answer.status_code == 202, answer.text
        return int(answer.json()["seq"])

    async def messages(self) -> list[dict[str, object]]:
        answer = await self.http.get("/api/messages", headers=self.headers)
        assert answer.status_code == 200, answer.text
        found: list[dict[str, object]] = answer.json()["messages"]
        return found

    async def forget(self) -> None:
        assert (await self.http.delete("/api/conversations", headers=self.headers)).status_code == 204


@dataclass
class Office:
    """A running gateway, and ways to be a visitor or a caseworker of it."""

    url: str
    store: Store
    live: Live
    clock: Clock
    words: content.Catalogue
    app: FastAPI
    tasks: Tasks
    clients: list[httpx.AsyncClient] = field(default_factory=list)
    colleagues: list[Colleague] = field(default_factory=list)

    def browser(self) -> httpx.AsyncClient:
        client = httpx.AsyncClient(base_url=self.url, timeout=120, trust_env=False, verify=False)
        self.clients.append(client)
        return client

    async def caseworker(self, name: str, role: str = "caseworker") -> httpx.AsyncClient:
        """A colleague's browser, logged in through the store's doors; changes carry the session's token."""
        by = self.colleagues[0].session if self.colleagues else None
        colleague = await join(self.store, self.clock, name, by, role)
        self.colleagues.append(colleague)
        client = self.browser()
        client.cookies.set("desk", colleague.cookie, path="/desk")
        client.headers["X-Desk-Token"] = colleague.session.csrf
        return client

    async def visitor(self, language: str | None = "en") -> Visitor:
        client = self.browser()
        opened = (await client.post("/api/conversations", json={"language": language})).json()
        return Visitor(client, {"Authorization": f"Bearer {opened['token']}"})

    async def emergency(self, language: str | None = "en") -> tuple[Visitor, int]:
        """A person in danger, and the id of their case."""
        before = {case.id for case in await self.store.queue()}
        person = await self.visitor(language)
        await person.write(LOCKED_IN)
        new = [case.id for case in await self.store.queue() if case.id not in before]
        assert len(new) == 1
        return person, new[0]


@asynccontextmanager
async def open_office(
    tmp_path: Path, sqlite_template: Path, words: content.Catalogue, packages: Path | None = None, **set_so: Any
) -> AsyncIterator[Office]:
    """An office; with the folder of `packages`, one that translates. `set_so`: settings that are not as they come."""
    url = upgraded_sqlite(tmp_path, sqlite_template)
    clock, live, tasks, limits = Clock(), Live(), Tasks(), Limits(1000, 1000)
    store = await Store.open(url, clock=clock)
    engine = Engine("http://127.0.0.1:9", "-", 0.2, asyncio.get_running_loop().time)  # nothing listens there
    understanding = Understanding(Danger(), Languages(), no_encoder)
    sessions, floods = Sessions(store), AlarmFloods()
    service = Service(
        store=store, words=words, understanding=understanding, engine=engine, live=live,
        sessions=sessions, tasks=tasks, limits=limits, max_text=4000, floods=floods,
    )  # fmt: skip
    settings = Settings(_env_file=None, data_dir=tmp_path / "data", **set_so)
    app = FastAPI(docs_url=None, redoc_url=None)
    errors.install(app)
    gate = Gate(b"k" * 32, 1000, 5000, time.time, time.monotonic)
    app.include_router(visitor.router(service, store, live, gate, Source(), TabKeys(b"k" * 32).of))
    app.include_router(pages.router(words, settings, service.without_anybody))
    slips = Slips(page_key(settings), clock)
    app.include_router(
        plain.made(
            service, store, words, live, gate, tasks, slips, Source(), lambda _: None, exit_url=settings.exit_url,
            max_text=4000, addresses=(),
        )
    )  # fmt: skip
    desk = Desk(store=store, words=words, live=live, max_text=4000, clock=clock, floods=floods)
    work, feed = CaseWork(desk, store, words, live, timedelta(minutes=5)), Feed(page_key(settings), store)
    roster = roster_of(settings, store, clock)
    translator = Translator(packages, Pool(1, 120, 1)) if packages else None
    look = LateLook(store, words, understanding, live, sessions, tasks, clock)
    interpreter = Interpreter(desk, translator, real_languages(), look) if translator else None

    def practice_interpreter(desk: Desk, store: Store, live: Live, tasks: Tasks) -> Interpreter:
        assert translator is not None
        look = LateLook(store, words, understanding, live, Sessions(store), tasks, clock)
        return Interpreter(desk, translator, real_languages(), look)

    invented = load_practice(ROOT / "content")
    practice = Practice(words, invented, clock, practice_interpreter if translator else None)
    app.include_router(desk_web.router(desk, store, live, words, settings, roster, work, feed, interpreter, practice))
    app.mount("/static", assets.STATIC, name="static")
    app.add_middleware(Guard, max_body=64 * 1024, secure=False)
    server = uvicorn.Server(
        uvicorn.Config(app, host="127.0.0.1", port=0, log_config=None, timeout_graceful_shutdown=1)
    )
    socket = server.config.bind_socket()
    running = await serving(server, socket)
    made = Office(f"http://127.0.0.1:{socket.getsockname()[1]}", store, live, clock, words, app, tasks)
    try:
        yield made
    finally:
        for client in made.clients:
            await client.aclose()
        live.close()
        server.should_exit = True
        await running
        await tasks.finish(3)
        await practice.close()
        if translator is not None:
            await translator.close()
        await engine.close()
        await store.close()


@pytest.fixture
async def office(tmp_path: Path, sqlite_template: Path, words: content.Catalogue) -> AsyncIterator[Office]:
    async with open_office(tmp_path, sqlite_template, words) as made:
        yield made


@pytest.fixture(scope="session")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny real packages: nl and ro, to and from English."""
    folder = tmp_path_factory.mktemp("packages")
    for archive in sorted((ROOT / "tests/support/translation").glob("*.argosmodel")):
        install(archive, folder)
    return folder


@pytest.fixture
async def translating_office(
    tmp_path: Path, sqlite_template: Path, words: content.Catalogue, packages: Path
) -> AsyncIterator[Office]:
    """The same, where Romanian is translated."""
    async with open_office(tmp_path, sqlite_template, words, packages) as made:
        yield made

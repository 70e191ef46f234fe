"""The real app, with its real store, words and models, on a port of loopback; without an engine, which it can do
without."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path
from unittest import mock

import uvicorn

import encoder
from bot import bootstrap as wiring
from bot import content
from bot.settings import ROOT, Settings
from bot.storage.database import schema
from bot.understanding.batching import Encoding, TextEncoder
from bot.understanding.danger import Danger
from bot.understanding.language import Languages
from bot.understanding.service import Understanding
from tests.support.databases import Clock
from tests.support.serving import serving


@cache
def _models(models: Path) -> tuple[TextEncoder, Danger, Languages]:
    """Half a gigabyte, and FastAPI keeps every app that was ever made: loaded once for all of them."""
    folder = wiring.CONTENT
    return (
        encoder.load(models / "encoder"),
        Danger.load(models, folder / "danger.yml"),
        Languages.load(models, folder / "languages.yml"),
    )


_words = cache(content.load)
"""Nothing changes a catalogue."""


def _understanding(models: Path, _: Path | None) -> tuple[Understanding, Encoding]:
    text_encoder, danger, languages = _models(models)
    encoding = Encoding(text_encoder)
    return Understanding(danger, languages, encoding), encoding


@asynccontextmanager
async def served(
    folder: Path, clock: Clock, *, public_url: str = "", conversations: int = 1_000_000,
    pictures: bool = False,
) -> AsyncIterator[tuple[str, wiring.Parts]]:  # fmt: skip
    """The address and the parts of an app on a database of its own in `folder`."""
    settings = Settings(
        _env_file=None, data_dir=folder, models_dir=ROOT / "models", public_url=public_url,
        page_key="x" if public_url else "", conversations_per_minute=conversations, messages_per_minute=1_000_000,
        pictures=pictures,
    )  # fmt: skip
    await asyncio.to_thread(schema.upgrade, settings.database)
    with mock.patch.object(wiring, "understanding", _understanding), mock.patch.object(content, "load", _words):
        parts = await wiring.build(settings, "http://127.0.0.1:9", "-", clock=clock)  # nothing listens there
    config = uvicorn.Config(
        parts.app, host="127.0.0.1", port=0, log_config=None, timeout_graceful_shutdown=1, lifespan="off",
        server_header=False, date_header=False,
    )  # fmt: skip
    server = uvicorn.Server(config)
    socket = server.config.bind_socket()
    running = await serving(server, socket)
    try:
        yield f"http://127.0.0.1:{socket.getsockname()[1]}", parts
    finally:
        parts.live.close()
        server.should_exit = True
        await running
        await parts.close()

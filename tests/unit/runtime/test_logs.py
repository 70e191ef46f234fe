"""Whatever a library says, at whatever level, nothing of it is in the log."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import sys
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from sse_starlette import EventSourceResponse

import bot.bootstrap  # noqa: F401 - all that a gateway loads: the loggers of its libraries are there then
from bot.runtime import logs

CANARY = "Quillonda keeps it under the green stairs"
LEVELS = (logging.DEBUG, logging.INFO, logging.WARNING, logging.ERROR, logging.CRITICAL)


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """The log at its loudest, and every logger there is told to say all that it can."""
    root, out = logging.getLogger(), io.StringIO()
    loggers = [root, *(one for one in root.manager.loggerDict.values() if isinstance(one, logging.Logger))]
    kept = [(one, one.level, list(one.handlers), one.propagate, one.disabled) for one in loggers]
    with monkeypatch.context() as patched:
        patched.setattr(sys, "stderr", out)
        logs.set_up("DEBUG")
        for one in loggers:
            one.setLevel(logging.DEBUG)
            one.disabled = False
        yield out
    for one in {*root.manager.loggerDict.values()} - {one for one, *_ in kept}:
        if isinstance(one, logging.Logger):
            one.setLevel(logging.NOTSET)
    for one, level, handlers, propagate, disabled in kept:
        one.setLevel(level)
        one.handlers, one.propagate, one.disabled = handlers, propagate, disabled


def test_no_library_prints_what_it_was_given(said: io.StringIO) -> None:
    names = [*logging.getLogger().manager.loggerDict, "a.library.of.tomorrow"]
    foreign = [name for name in names if not logs.ours(name)]
    assert {"sse_starlette.sse", "httpx", "asyncio"} <= set(names), "these are the real ones"
    for name in foreign:
        logger = logging.getLogger(name)
        logger.setLevel(logging.DEBUG)
        for level in LEVELS:
            logger.log(level, "chunk: %s", CANARY)
            logger.log(level, f"read {CANARY}", extra={"said": CANARY}, stack_info=True)
            try:
                raise ValueError(CANARY)
            except ValueError:
                logger.log(level, CANARY, exc_info=True)
    lines = [json.loads(line) for line in said.getvalue().splitlines()]
    assert CANARY not in said.getvalue()
    assert {line["event"] for line in lines} == {"library.complained"}
    tomorrow = [line for line in lines if line["logger"] == "a.library.of.tomorrow"]
    assert [line["level"] for line in tomorrow] == ["warning"] * 3 + ["error"] * 3 + ["critical"] * 3
    assert all("test_logs.py:" in line["place"] for line in tomorrow), "where it complained is told"
    assert [line["error"] for line in tomorrow if "error" in line] == ["ValueError"] * 3


def test_no_library_has_a_way_past_the_one_handler(said: io.StringIO) -> None:
    for name, logger in logging.getLogger().manager.loggerDict.items():
        if isinstance(logger, logging.Logger):
            assert logger.handlers == [], name
            assert logger.propagate, name


async def test_a_stream_is_not_in_the_log(said: io.StringIO) -> None:
    """What an event stream sends, its library prints at DEBUG."""

    async def events() -> AsyncIterator[dict[str, str]]:
        yield {"data": CANARY}

    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> dict[str, str]:
        await asyncio.Event().wait()
        return {"type": "http.disconnect"}

    await EventSourceResponse(events())({"type": "http", "method": "GET"}, receive, send)
    assert any(CANARY.encode() in message.get("body", b"") for message in sent)
    assert CANARY not in said.getvalue()


def test_our_own_events_are_there_without_the_words_of_an_error(said: io.StringIO) -> None:
    log = logging.getLogger("bot.of.this.test")
    log.setLevel(logging.NOTSET)
    log.debug("upkeep.done", extra={"deleted": 3})
    try:
        raise ValueError(CANARY)
    except ValueError:
        log.exception("broken %s", CANARY)
    event, failure = (json.loads(line) for line in said.getvalue().splitlines())
    assert (event["event"], event["deleted"]) == ("upkeep.done", 3)
    assert failure["event"].startswith("ValueError at ")
    assert CANARY not in said.getvalue()


def test_the_level_is_for_our_own_events(monkeypatch: pytest.MonkeyPatch, said: io.StringIO) -> None:
    logs.set_up("DEBUG")
    assert logging.getLogger("bot.x").getEffectiveLevel() == logging.DEBUG
    assert logging.getLogger("a.library.of.yesterday").getEffectiveLevel() == logging.WARNING

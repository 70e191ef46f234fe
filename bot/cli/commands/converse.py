"""`inloop converse`: whole conversations through the production path, one a line.

A gateway on a database of its own in memory-backed files, and an engine beside it; each conversation begins from
nothing and its turns come one after another. Conversations run side by side.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, TextIO

from bot import bootstrap
from bot.cli.commands.classify import MESSAGES
from bot.cli.commands.lines import mapping, written
from bot.cli.commands.up import engine_supervisor
from bot.conversation.sessions import Session
from bot.domain import message_text
from bot.domain.conversation_state import ConversationState
from bot.domain.model import Message, Sender
from bot.domain.speaker import OF_OTHERS, SAFETY_QUESTIONS
from bot.operations.supervisor import free_port, new_secret
from bot.settings import Settings
from bot.storage.database import schema
from bot.text.questions import asks
from bot.understanding.acts.model import DENIED, SURE
from bot.understanding.service import Understood

AT_ONCE: Final = 6
"""Conversations side by side: more would only wait for each other."""
ENGINE_SECONDS: Final = 120.0
MAX_TURNS: Final = 200
SHARED: Final = Path("/dev/shm")  # noqa: S108 - memory, where there is such a folder: nothing of it is kept
ASKED: Final = {
    "handoff.offer": "talk_to_human", "forget.question": "delete_my_data", "language.ask": "change_language",
}  # fmt: skip
"""The ids of what is asked in place of an answer."""
GROUPS: Final = ("told", "feelings", "themes", "heard", "heavy", "denied", "gentle")
HEARD: Final = tuple(f"acknowledgements.{group}." for group in GROUPS)
"""What is said to somebody who tells and asks nothing."""
OF_ANSWER: Final = {"talk/thanks": "thanks", "thanks": "thanks", "talk/goodbye": "leaves", "goodbye": "leaves"}
OF_FOLLOW_UP: Final = {"correct": "corrects", "no_thanks": "refuses", "yes_please": "answers"}
REQUESTS: Final = frozenset({"wants_person", "no_police_wish", "no_call_wish", "safe_times", "family_not_told"})


@dataclass(frozen=True, slots=True)
class Conversation:
    """One checked line of the input."""

    id: Any
    language: str | None
    turns: Sequence[str] = field(repr=False)


def read(line: str) -> Conversation | dict[str, Any]:
    """One line, or the error line that stands for it."""
    data = mapping(line)
    if data is None:
        return {"id": None, "error": MESSAGES["malformed"]}
    number, turns, lang = data.get("id"), data.get("turns"), data.get("lang")
    if not isinstance(turns, list) or not turns or len(turns) > MAX_TURNS:
        return {"id": number, "error": f"turns must be a list of 1 to {MAX_TURNS} texts"}
    if not all(isinstance(turn, str) for turn in turns):
        return {"id": number, "error": MESSAGES["not_text"]}
    if lang is not None and not isinstance(lang, str):
        return {"id": number, "error": "lang must be a string or null"}
    return Conversation(number, lang, tuple(turns))


@asynccontextmanager
async def house(settings: Settings) -> AsyncIterator[bootstrap.Parts]:
    """A gateway with an empty database and an engine, gone with the block."""
    with tempfile.TemporaryDirectory(dir=SHARED if SHARED.is_dir() else None) as folder:
        own = settings.model_copy(
            update={"data_dir": Path(folder), "database_url": "", "messages_per_minute": 1_000_000,
                    "conversations_per_minute": 1_000_000}
        )  # fmt: skip
        await asyncio.to_thread(schema.upgrade, own.database)
        port, secret = free_port(), new_secret()
        parts = await bootstrap.build(own, f"http://127.0.0.1:{port}", secret)
        supervisor = engine_supervisor(own, port, secret, parts)
        supervisor.start()
        try:
            await parts.engine.comes_up(ENGINE_SECONDS)
            yield parts
        finally:
            await supervisor.stop()
            await parts.close()


async def talk(parts: bootstrap.Parts, wanted: Conversation, max_text: int) -> dict[str, Any]:
    """The line of the contract for one conversation."""
    new = await parts.service.start(parts.words.fallback(wanted.language))
    session = await parts.service.session(new.token)
    assert session is not None
    turns = []
    for number, text in enumerate(wanted.turns):
        try:
            message_text.clean(text, max_text)
        except message_text.Refused as refused:
            turns.append({"error": MESSAGES[refused.code]})
            continue
        turns.append(await turn(parts, session, f"{number}", text))
    return {"id": wanted.id, "turns": turns}


async def turn(parts: bootstrap.Parts, session: Session, client: str, text: str) -> dict[str, Any]:
    """One turn of the contract: what was understood, and everything that was said to it."""
    read: list[Understood] = []
    parts.service.watch(session, read.append)
    seq = await parts.service.handle_message(session, client, text)
    await asyncio.sleep(0)
    async with session.turn:  # the answer is under way, or done
        pass
    sheet = await parts.store.sheet(session.person)
    said = [m for m in await parts.store.messages(session.person, seq) if m.sender is not Sender.PERSON]
    return shown(text, read[-1], sheet.state, said, form=sheet.form is not None, lang=session.language)


def shown(
    text: str, read: Understood, state: ConversationState, said: Sequence[Message], *, form: bool, lang: str | None
) -> dict[str, Any]:
    """The turn as the contract has it."""
    answers = list(dict.fromkeys(answer for message in said if (answer := _answer(message.key)) is not None))
    found = read.assessment
    return {
        "answers": answers,
        "acts": acts(text, read, answers, lang),
        "told": dict(state.told),
        "language": lang or read.language,
        "urgency": found.urgency.value,
        "signals": list(found.signals),
        "heard": not answers and any(message.key and message.key.startswith(HEARD) for message in said),
        "asked_safe": any(message.key in {*SAFETY_QUESTIONS, *OF_OTHERS} for message in said),
        "mode": "safety" if state.mode == "safety" else "form" if form else "talk",
        "offers": [
            choice.action["intent"] for message in said for choice in message.choices if "intent" in choice.action
        ],
        "replies": [{"text": m.text, "choices": [choice.label for choice in m.choices]} for m in said],
    }


def acts(text: str, read: Understood, answers: Sequence[str], lang: str | None) -> list[str]:
    """What the message does, in the words of the contract."""
    kind, share = read.acts.follow_up
    feeling, felt = read.acts.feeling
    found = {
        "asks": asks(text, read.language or lang),
        "tells": bool(set(read.acts.told) - {DENIED}),
        "feels": bool(feeling) and felt >= SURE["feelings"],
        "requests": bool(REQUESTS & set(read.acts.told)) or "talk_to_human" in answers,
    }
    if share >= SURE["followups"] and kind in OF_FOLLOW_UP:
        found[OF_FOLLOW_UP[kind]] = True
    found |= {OF_ANSWER[answer]: True for answer in answers if answer in OF_ANSWER}
    return [name for name, there in found.items() if there]


def _answer(key: str) -> str | None:
    file, _, name = key.partition(".")
    return name if file in {"answer", "short"} else ASKED.get(key)


async def converse(lines: Iterable[str], settings: Settings, sink: TextIO) -> None:
    """Answers all lines, in their order."""
    waiting: asyncio.Queue[asyncio.Task[dict[str, Any]] | None] = asyncio.Queue(AT_ONCE * 4)
    room = asyncio.Semaphore(AT_ONCE)
    async with house(settings) as parts:

        async def one(line: str) -> dict[str, Any]:
            async with room:
                wanted = read(line)
                return wanted if isinstance(wanted, dict) else await talk(parts, wanted, settings.max_text)

        async def begin() -> None:
            for line in lines:
                if line.strip():
                    await waiting.put(asyncio.create_task(one(line)))
            await waiting.put(None)

        beginning = asyncio.create_task(begin())
        while (task := await waiting.get()) is not None:
            sink.write(written(await task) + "\n")
        await beginning
    sink.flush()

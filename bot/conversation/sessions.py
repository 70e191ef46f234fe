"""Opened conversations, in the memory of this process only, by the token that opened them."""

from __future__ import annotations

import asyncio
import hashlib
import secrets
import sys
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

from bot.domain.model import EngineReply, Handoff, Message, Sender, Urgency
from bot.domain.speaker import QUESTIONS
from bot.storage.store import Accepted, Person, Store
from bot.text.normalise import ends

QUIET, UNANSWERED = 12, 4
"""Messages, of both sides, before the safety question may come again: once they said that they are safe, and before."""

EARLIER = 8
"""How many of the person's last messages are kept as context of the next; how many of them are read with it is in
`content/danger.yml`."""
EARLIER_CHARS = 1200
"""Characters of each of them, from its beginning and its end; half of it is read at most."""

MOST_BYTES = 64 * 1024 * 1024
"""Words of persons in this process. Who was away longest is closed for more: their next message opens it again."""
SWEEP_EVERY = 60.0


class Session:
    """One person's conversation while it is open here. Nothing of it outlives the process."""

    __slots__ = (
        "_earlier",
        "alias",
        "asked",
        "calm",
        "counted",
        "covered",
        "guessed",
        "hint",
        "language",
        "length",
        "lock",
        "offered",
        "pending",
        "person",
        "safety",
        "seen_at",
        "state",
        "stood",
        "token_hash",
        "turn",
        "urgency",
        "waits",
    )

    def __init__(self, person: Person, token_hash: bytes, earlier: list[tuple[int, str]]) -> None:
        self.person = person
        self.token_hash = token_hash
        self.language = person.language
        self.hint: str | None = None
        """What the channel says of the person's language: the words are in it while the language is not settled."""
        self.state: Handoff = person.state
        self.urgency = Urgency.NONE
        self.pending: str | None = None
        """The question that stood with yes and no under it, when this process asked it last (`replies.QUESTIONS`)."""
        self.stood: str | None = None
        """The same, when it was asked before this process opened the conversation."""
        self.asked: int | None = None
        self.calm = False
        """Whether they have said that they are safe since they were asked."""
        self.safety = False
        """Whether "are you safe?" is among the last words to the person."""
        self.covered = False
        """Whether a safety card is the last thing that was said: no question of a form is in sight."""
        self.waits: tuple[EngineReply, ...] = ()
        """What is asked once the person is safe."""
        self.guessed = False
        """Whether the language was settled by what was written, and nobody has been shown yet how to change it."""
        self.offered: str | None = None
        self.alias = secrets.token_urlsafe(12)
        """What the engine calls it: says nothing, and is another one in every process."""
        self.lock = asyncio.Lock()
        self.turn = asyncio.Lock()
        self.seen_at = 0.0
        self.counted = 0
        """Bytes of it in the account of `Sessions`."""
        self.length = 0
        """Messages of both sides, as far as this process knows."""
        self._earlier = earlier
        """The person's last messages, each with its place."""

    def __repr__(self) -> str:
        return f"<Session of conversation {self.person.conversation}>"

    @property
    def size(self) -> int:
        """Bytes of the person's words."""
        return sum(sys.getsizeof(text) for _, text in self._earlier)

    def may_ask(self, seq: int) -> bool:
        """Whether "are you safe to write?" may be asked at message `seq`: not again and again, which would frighten."""
        if self.asked is not None and seq - self.asked < (QUIET if self.calm else UNANSWERED):
            return False
        self.asked, self.safety, self.calm = seq, True, False
        return True

    def is_safe(self, seq: int) -> tuple[EngineReply, ...]:
        """The person says so at message `seq`; what waited for it."""
        waits, self.waits, self.asked, self.calm = self.waits, (), seq, True
        return waits

    def asks(self, question: str | None) -> None:
        """The question that stands from here on, or none."""
        self.pending, self.stood, self.covered = question, None, False

    def before(self, seq: int, messages: Sequence[Message]) -> list[tuple[int, str]]:
        """Remembers anew what stood when the message `seq` came, of which the process that accepted it has died; what
        the person wrote before it."""
        there = [message for message in messages if message.seq < seq]
        self.stood, self.safety = _standing(there)
        return _written(there)

    def earlier(self, since: int = 0) -> tuple[str, ...]:
        """The words of the person's last messages that come after message `since`."""
        return tuple(text for seq, text in self._earlier if seq > since)

    def pressed(self, accepted: Accepted) -> None:
        """A choice was accepted."""
        self.state, self.safety, self.length = accepted.state, False, max(self.length, accepted.seq)

    def sent(self, accepted: Accepted) -> None:
        """Something was accepted that has no words: what was asked stays asked."""
        self.state, self.length = accepted.state, max(self.length, accepted.seq)

    def heard(self, text: str, accepted: Accepted, urgency: Urgency) -> None:
        """Remembers what was just accepted as context for the next message."""
        self.pressed(accepted)
        if accepted.state is Handoff.BOT:
            self.urgency = Urgency.NONE  # what was, was closed by a caseworker
        self.urgency = self.urgency.at_least(urgency)
        self.covered = self.covered or urgency is not Urgency.NONE
        if not accepted.repeated:
            self._earlier = [*self._earlier, (accepted.seq, ends(text, EARLIER_CHARS))][-EARLIER:]


class Sessions:
    """Opens conversations and keeps the recent ones, at most `limit` and `most_bytes`, each for `seconds` after its
    last use."""

    def __init__(
        self, store: Store, limit: int = 20_000, seconds: float = 1800, now: Callable[[], float] = time.monotonic,
        most_bytes: int = MOST_BYTES,
    ) -> None:  # fmt: skip
        self._store = store
        self._limit = limit
        self._most_bytes = most_bytes
        self._bytes = 0
        self._seconds = seconds
        self._now = now
        self._open: OrderedDict[bytes, Session] = OrderedDict()
        self._opening: dict[bytes, asyncio.Lock] = {}

    async def get(self, token: str) -> tuple[Session | None, bool]:
        """The session and whether it was opened just now; (None, False) when the token opens nothing."""
        key = hashlib.blake2b(token.encode("utf-8", "replace"), digest_size=32).digest()
        session = self._recent(key)
        if session is not None:
            if await self._store.use_token(token):
                return session, False
            self._close(key)  # it was ended at another gateway, or the conversation was deleted there
            return None, False
        lock = self._opening.setdefault(key, asyncio.Lock())
        try:
            async with lock:
                session = self._recent(key)
                if session is not None:
                    return session, False
                person = await self._store.open_by_token(token)
                if person is None:
                    return None, False
                messages = await self._store.talk(person)
                session = Session(person, key, _written(messages))
                session.urgency = max((m.urgency for m in messages), key=lambda u: u.rank, default=Urgency.NONE)
                session.stood, session.safety = _standing(messages)
                session.covered = bool(messages) and messages[-1].urgency is not Urgency.NONE
                session.length = messages[-1].seq if messages else 0
                session.seen_at = self._now()
                self._open[key] = session
                self._weigh(session)
                return session, True
        finally:
            self._opening.pop(key, None)

    def drop(self, conversation: int) -> None:
        """Closes the conversation here, under whatever token it was opened: a token may have stopped working."""
        for key in [key for key, session in self._open.items() if session.person.conversation == conversation]:
            self._close(key)

    def sweep(self) -> None:
        """Closes what nobody has used for long: nothing may come that would."""
        oldest = self._now() - self._seconds
        while self._open and next(iter(self._open.values())).seen_at < oldest:
            self._close(next(iter(self._open)))

    @asynccontextmanager
    async def swept(self) -> AsyncIterator[None]:
        """Sweeps every minute for the length of the block."""

        async def sweeping() -> None:
            while True:
                await asyncio.sleep(SWEEP_EVERY)
                self.sweep()

        task = asyncio.get_running_loop().create_task(sweeping())
        try:
            yield
        finally:
            task.cancel()

    def raised(self, conversation: int, urgency: Urgency) -> None:
        """Danger was seen in a conversation, that may be open here, by somebody else than its person's door."""
        for session in self._open.values():
            if session.person.conversation == conversation:
                session.urgency = session.urgency.at_least(urgency)

    def _recent(self, key: bytes) -> Session | None:
        session = self._open.get(key)
        if session is None:
            return None
        now = self._now()
        if now - session.seen_at > self._seconds:
            self._close(key)
            return None
        session.seen_at = now
        self._open.move_to_end(key)
        self._weigh(session)
        return session

    def _weigh(self, session: Session) -> None:
        """Counts what was written since it was last looked at, and closes what there is no room for."""
        self._bytes += session.size - session.counted
        session.counted = session.size
        while len(self._open) > self._limit or (self._bytes > self._most_bytes and len(self._open) > 1):
            self._close(next(iter(self._open)))

    def _close(self, key: bytes) -> None:
        session = self._open.pop(key, None)
        if session is not None:
            self._bytes -= session.counted
            session.counted = 0


def _written(messages: Sequence[Message]) -> list[tuple[int, str]]:
    written = [m for m in messages if m.sender is Sender.PERSON and m.choice is None][-EARLIER:]
    return [(m.seq, ends(m.text, EARLIER_CHARS)) for m in written]


def _standing(messages: Sequence[Message]) -> tuple[str | None, bool]:
    """The question under the last thing that was said to the person, and whether "are you safe?" is among what was said
    since they wrote."""
    written = max((message.seq for message in messages if message.sender is Sender.PERSON), default=0)
    actions = [[choice.action for choice in m.choices] for m in messages if m.seq > written]
    asked = (action.get("question") for action in actions[-1]) if actions else ()
    safety = any(action.get("command") == "unsafe" for each in actions for action in each)
    return next((str(question) for question in asked if question in QUESTIONS.values()), None), safety

"""Whatever a person and three caseworkers do in whatever order: one owner at most, the bot silent exactly
while there is one, and nothing that closes by itself."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy import insert

from bot.core.handoff import IllegalMove, Move, bot_may_speak, move
from bot.core.model import CaseChange, Handoff, Outgoing, Sender, Urgency
from bot.storage.errors import AlreadyClaimed, NotOwner
from bot.storage.schema import upgrade
from bot.storage.store import Store
from bot.storage.tables import caseworkers
from tests.support.databases import Clock

HELLO = Outgoing(Sender.BOT, "Hello.")
WORKERS = st.integers(1, 3)
URGENCIES = st.sampled_from(Urgency)


class Handoffs(RuleBasedStateMachine):
    """The model is a state, an owner, an urgency, and the senders of everything said."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="inloop-states-"))
        self.loop = asyncio.new_event_loop()
        self.state, self.owner, self.urgency = Handoff.BOT, None, Urgency.NONE
        self.said: list[Sender] = []
        self.case_id: int | None = None
        self.count = 0

    def run_(self, act: Coroutine[Any, Any, Any]) -> Any:
        return self.loop.run_until_complete(act)

    @initialize()
    def open(self) -> None:
        url = f"sqlite:///{self.folder / 'states.db'}"
        upgrade(url)
        self.store = self.run_(Store.open(url, clock=Clock()))
        self.new = self.run_(self.store.create_conversation(None))
        self.person = self.new.person
        self.run_(self._caseworkers())

    async def _caseworkers(self) -> None:
        row = {
            "role": "caseworker",
            "active": True,
            "public": b"",
            "wrapped": b"",
            "salt": b"",
            "totp_step": 0,
        }
        row |= {"passes": 1, "memory_mib": 1, "totp_wrapped": b"", "created_at": Clock()()}
        async with self.store._db.write() as connection:
            await connection.execute(
                insert(caseworkers), [row | {"id": i, "name": f"{i}", "name_key": f"{i}"} for i in (1, 2, 3)]
            )

    def teardown(self) -> None:
        if hasattr(self, "store"):
            self.run_(self.store.close())
        self.loop.close()
        shutil.rmtree(self.folder)

    def _asked(self, urgency: Urgency) -> None:
        if self.state in (Handoff.BOT, Handoff.CLOSED):
            self.urgency, self.case_id = Urgency.NONE, None
        self.urgency = self.urgency.at_least(urgency)
        self.state = move(self.state, Move.ASK)

    @rule(asks=st.none() | URGENCIES, at_once=st.booleans())
    def write(self, asks: Urgency | None, at_once: bool) -> None:
        self.count += 1
        spoke = bot_may_speak(self.state)
        change = None if asks is None else CaseChange(asks)
        if asks is None:
            self.state = move(self.state, Move.WRITE)
        else:
            self._asked(asks)
        replies = [HELLO] if at_once else []
        accepted = self.run_(self.store.accept(self.person, f"c{self.count}", "x", replies=replies, case=change))
        self.said += [Sender.PERSON] + [Sender.BOT] * (at_once and spoke)
        assert accepted.state is self.state
        assert accepted.answered is not spoke
        assert self.run_(self.store.accept(self.person, f"c{self.count}", "x", case=change)).repeated

    @rule(asks=st.none() | URGENCIES)
    def answer(self, asks: Urgency | None) -> None:
        for message in self.run_(self.store.unanswered(self.person))[:1]:
            spoke = bot_may_speak(self.state)
            change = None if asks is None else CaseChange(asks)
            assert self.run_(self.store.answer(self.person, message.seq, [HELLO], case=change)) is spoke
            if asks is not None:
                self._asked(asks)
            self.said += [Sender.BOT] * spoke
            assert not self.run_(self.store.answer(self.person, message.seq, [HELLO], case=change))

    @rule()
    def cancel(self) -> None:
        for message in self.run_(self.store.unanswered(self.person))[:1]:
            try:
                said = self.run_(self.store.answer(self.person, message.seq, [HELLO], cancel=True))
            except IllegalMove:
                assert (self.state, self.urgency) == (Handoff.WAITING, Urgency.EMERGENCY)
                continue
            assert said is bot_may_speak(self.state)
            self.said += [Sender.BOT] * said
            if self.state is Handoff.WAITING:
                assert self.urgency is not Urgency.EMERGENCY
                self.state = move(self.state, Move.CANCEL)

    @precondition(lambda self: self.case_id is not None)
    @rule(who=WORKERS)
    def claim(self, who: int) -> None:
        try:
            self.run_(self.store.claim(self.case_id, who))
        except AlreadyClaimed:
            assert self.owner not in (None, who)
        except IllegalMove:
            assert self.state in (Handoff.CLOSED, Handoff.BOT)
        else:
            assert self.owner in (None, who)
            self.state, self.owner = Handoff.OWNED, who

    @rule(who=WORKERS)
    def claim_next(self, who: int) -> None:
        case = self.run_(self.store.claim_next(who))
        assert (case is not None) is (self.state is Handoff.WAITING)
        if case is not None:
            self.state, self.owner = move(self.state, Move.CLAIM), who

    @precondition(lambda self: self.case_id is not None)
    @rule(who=WORKERS, closes=st.booleans())
    def give_up(self, who: int, closes: bool) -> None:
        act = self.store.close_case(self.case_id, who, "helped") if closes else self.store.release(self.case_id, who)
        try:
            self.run_(act)
        except NotOwner:
            assert self.owner != who
        else:
            assert self.owner == who
            self.state, self.owner = move(self.state, Move.CLOSE if closes else Move.RELEASE), None

    @rule(who=WORKERS)
    def speak(self, who: int) -> None:
        self.count += 1
        words = Outgoing(Sender.CASEWORKER, "I am here.")
        try:
            self.run_(self.store.say(self.person, f"s{self.count}", words, only_if_owner=who))
        except NotOwner:
            assert self.owner != who
        else:
            assert self.owner == who
            self.said.append(Sender.CASEWORKER)

    @rule()
    def says_safe(self) -> None:
        self.run_(self.store.set_urgency(self.person, Urgency.NONE))
        if self.state in (Handoff.WAITING, Handoff.OWNED):
            self.urgency = Urgency.NONE

    @invariant()
    def the_store_is_as_the_table_says(self) -> None:
        if not hasattr(self, "store"):
            return
        person = self.run_(self.store.open_by_token(self.new.token))
        assert person.state is self.state
        queue = self.run_(self.store.queue())
        waits = self.state in (Handoff.WAITING, Handoff.OWNED)
        assert len(queue) == waits
        for case in queue:
            assert (case.state, case.owner, case.urgency) == (self.state, self.owner, self.urgency)
            self.case_id = case.id
        messages = self.run_(self.store.messages(self.person))
        assert [m.seq for m in messages] == list(range(1, len(self.said) + 1))
        assert [m.sender for m in messages] == self.said


Handoffs.TestCase.settings = settings(
    max_examples=25,
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
TestHandoffs = Handoffs.TestCase

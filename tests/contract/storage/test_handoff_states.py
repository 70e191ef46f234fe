"""Whatever a person, three caseworkers, the ladder and the watch over owners do in whatever order: one owner at most,
the bot silent exactly while there is one, somebody called exactly while one waits in danger, nothing that closes
by itself, an offer to a colleague exactly while the owner who made it owns the case, and nobody of another organisation
with anything to say in it."""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
from collections.abc import Coroutine
from datetime import timedelta
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy import insert

from bot.domain.escalation import Acknowledgement
from bot.domain.handoff import IllegalMove, Move, bot_may_speak, move
from bot.domain.model import CaseChange, Handoff, Outgoing, Sender, Urgency
from bot.storage.database.errors import AlreadyClaimed, NotFound, NotOffered, NotOwner, TransferRefused
from bot.storage.database.schema import upgrade
from bot.storage.store import Store
from bot.storage.tables.conversations import caseworkers
from tests.support.databases import Clock
from tests.unit.fuzz import counting

WALKS = int(os.environ.get("INLOOP_TEST_FUZZ_WALKS", "40"))
HELLO = Outgoing(Sender.BOT, "Hello.")
WORKERS = st.integers(1, 3)
HOUSES = {1: 1, 2: 1, 3: 2}
"""Of which organisation the caseworkers are."""
URGENCIES = st.sampled_from(Urgency)
OFFLINE = timedelta(minutes=5)
HOLDS = dict.fromkeys(Urgency, timedelta(seconds=120))


class Handoffs(RuleBasedStateMachine):
    """The model is a state, an owner, an urgency, and the senders of everything said."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="inloop-states-"))
        self.loop = asyncio.new_event_loop()
        self.state, self.owner, self.urgency = Handoff.BOT, None, Urgency.NONE
        self.said: list[Sender] = []
        self.rung, self.acknowledged, self.word = 0, False, False
        self.due, self.sent = 0, 0
        self.offered: int | None = None
        self.pages: set[tuple[int, int, int]] = set()
        self.case_id: int | None = None
        self.whose: dict[int, int] = {}
        self.count = 0

    def sees(self, who: int) -> bool:
        assert self.case_id is not None
        return self.whose[self.case_id] in (0, HOUSES[who])

    def taken(self, who: int) -> None:
        assert self.case_id is not None
        self.whose[self.case_id] = HOUSES[who]

    def run_(self, act: Coroutine[Any, Any, Any]) -> Any:
        return self.loop.run_until_complete(act)

    @initialize()
    def open(self) -> None:
        url = f"sqlite:///{self.folder / 'states.db'}"
        upgrade(url)
        self.clock = Clock()
        self.store = self.run_(Store.open(url, clock=self.clock))
        self.new = self.run_(self.store.create_conversation(None))
        self.person = self.new.person
        self.run_(self._caseworkers())
        assert self.run_(self.store.add_organisation("Another house")) == 2

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
                insert(caseworkers),
                [row | {"id": i, "name": f"{i}", "name_key": f"{i}", "organisation": HOUSES[i]} for i in HOUSES],

            )

    def teardown(self) -> None:
        if hasattr(self, "store"):
            self.run_(self.store.close())
        self.loop.close()
        shutil.rmtree(self.folder)

    def _asked(self, urgency: Urgency) -> None:
        if self.state in (Handoff.BOT, Handoff.CLOSED):
            self.urgency, self.case_id = Urgency.NONE, None
        rose = self.case_id is None or urgency.rank > self.urgency.rank
        self.urgency = self.urgency.at_least(urgency)
        if rose:
            self._called_anew()
        self.state = move(self.state, Move.ASK)

    def _called_anew(self) -> None:
        self.rung, self.acknowledged = 0, False
        self.due, self.sent = 0, 0
        self.word = False

    @property
    def calls(self) -> bool:
        """Whether somebody is being called, as it should be."""
        return self.state is Handoff.WAITING

    @rule(asks=st.none() | URGENCIES, at_once=st.booleans())
    def write(self, asks: Urgency | None, at_once: bool) -> None:
        self.count += 1
        counting.add("handoff, ladder and offers through the database (messages)", 1)
        spoke = bot_may_speak(self.state)
        change = None if asks is None else CaseChange(asks, page=True)
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
            change = None if asks is None else CaseChange(asks, page=True)
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
        except NotOwner:
            assert self.owner is None and not self.sees(who)
        else:
            assert self.owner in (None, who) and self.sees(who)
            self.taken(who)
            self.word = self.word and self.owner == who
            self.state, self.owner = Handoff.OWNED, who

    @rule(who=WORKERS)
    def claim_next(self, who: int) -> None:
        case = self.run_(self.store.claim_next(who))
        assert (case is not None) is (self.state is Handoff.WAITING and self.sees(who))
        if case is not None:
            self.taken(who)
            self.state, self.owner, self.word = move(self.state, Move.CLAIM), who, False

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
            self.offered = None
            self._called_anew()

    @precondition(lambda self: self.case_id is not None)
    @rule(who=WORKERS, to=WORKERS, there=st.booleans(), room=st.booleans())
    def offer(self, who: int, to: int, there: bool, room: bool) -> None:
        if there:
            self.run_(self.store.at_desk(to))
        else:
            self.clock.pass_by(seconds=OFFLINE.total_seconds())
        try:
            self.run_(self.store.offer(self.case_id, who, to, OFFLINE, 1 if room else 0))
        except NotOwner:
            assert self.owner != who
        except NotFound:
            assert who == self.owner and (to == who or HOUSES[to] != HOUSES[who])
        except TransferRefused as refused:
            assert self.owner == who and self.offered != to
            assert refused.reason == ("full" if there else "offline") and not (there and room)
        else:
            assert self.owner == who != to and (self.offered == to or (there and room))
            self.state, self.offered = move(self.state, Move.OFFER), to

    @precondition(lambda self: self.case_id is not None)
    @rule(who=WORKERS, accepts=st.booleans())
    def answer_offer(self, who: int, accepts: bool) -> None:
        act = self.store.accept_offer if accepts else self.store.drop_offer
        try:
            self.run_(act(self.case_id, who))
        except NotOffered:
            assert self.offered != who and (accepts or self.owner != who)
        else:
            assert self.offered == who or (self.owner == who and not accepts)
            self.state = move(self.state, Move.ACCEPT if accepts else Move.DECLINE)
            self.offered = None
            if accepts:
                self.owner, self.word = who, False

    @precondition(lambda self: self.case_id is not None)
    @rule(who=WORKERS)
    def back_to_the_bot(self, who: int) -> None:
        try:
            self.run_(self.store.return_to_bot(self.case_id, who))
        except NotOwner:
            assert self.owner != who
        else:
            assert self.owner == who
            self.state, self.owner, self.offered = move(self.state, Move.RETURN), None, None
            self._called_anew()

    @precondition(lambda self: self.case_id is not None)
    @rule(who=WORKERS, to=st.integers(1, 3))
    def hand_over(self, who: int, to: int) -> None:
        try:
            self.run_(self.store.hand_over(self.case_id, who, to))
        except NotOwner:
            assert self.owner != who
        except NotFound:
            assert self.owner == who and to in (HOUSES[who], 3)
        else:
            assert self.owner == who
            self.state, self.owner, self.offered = move(self.state, Move.HAND_OVER), None, None
            self.whose[self.case_id] = to
            self._called_anew()

    @rule()
    def nobody_of_them_comes(self) -> None:
        for ladder in self.run_(self.store.ladders()):
            before = self.whose[self.case_id]
            assert ladder.organisation == before
            danger = self.urgency is not Urgency.NONE
            assert self.run_(self.store.offer_to_all(ladder.id, ladder.conversation)) is (danger and before != 0)
            if danger:
                self.whose[self.case_id] = 0

    @precondition(lambda self: self.case_id is not None)
    @rule(who=WORKERS)
    def reopen(self, who: int) -> None:
        try:
            self.run_(self.store.reopen(self.case_id, who))
        except AlreadyClaimed:
            assert self.owner not in (None, who)
        except IllegalMove:
            assert self.state is Handoff.WAITING
        except NotOwner:
            assert self.owner is None and not self.sees(who)
        else:
            self.taken(who)
            if self.state is not Handoff.OWNED:
                self.state, self.owner, self.word = move(self.state, Move.REOPEN), who, False
            assert self.owner == who

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
            self.word = True
            self.said.append(Sender.CASEWORKER)

    @rule(silent=st.booleans(), late=st.booleans())
    def lapse(self, silent: bool, late: bool) -> None:
        """The watch over owners, with what it saw now, or (`late`) before the owner came back."""
        for owned in self.run_(self.store.owned()):
            if late:
                self.clock.pass_by(seconds=1)
                self.run_(self.store.at_desk(self.owner))
            took = self.run_(self.store.lapse(owned.id, owned.claimed_at, owned.seen_at, silent=silent))
            assert took is (not self.word if silent else not late)
            if took:
                self.state, self.owner, self.offered = move(self.state, Move.LAPSE), None, None
                self._called_anew()

    @rule()
    def put_back(self) -> None:
        if self.state is Handoff.OWNED:
            self.run_(self.store.put_back(self.case_id, self.owner))
            self.state, self.owner, self.offered = move(self.state, Move.RELEASE), None, None
            self._called_anew()

    @rule(up=st.integers(1, 3))
    def climb(self, up: int) -> None:
        for ladder in self.run_(self.store.ladders()):
            assert ladder.rung == self.rung
            due = self.run_(self.store.climb(ladder, ladder.rung + up, [1, 2], timedelta(minutes=1)))
            assert due is not None
            assert self.run_(self.store.climb(ladder, ladder.rung + up, [1, 2], timedelta(minutes=1))) is None
            self.rung, self.acknowledged = self.rung + up, False
            self.due += 2

    @rule(arrives=st.booleans(), acknowledges=st.booleans())
    def send(self, arrives: bool, acknowledges: bool) -> None:
        for page in self.run_(self.store.take_pages(1, timedelta(seconds=6))):
            assert self.calls and not self.acknowledged
            key = (page.ladder, page.rung, page.addressee)
            assert key not in self.pages, "twice on one rung"
            self.pages.add(key)
            self.due, self.sent = self.due - 1, self.sent + arrives
            if not arrives:
                self.run_(self.store.page_failed(page, timedelta(0)))
                continue
            self.run_(self.store.page_sent(page))
            if acknowledges:
                done = self.run_(self.store.acknowledge(page.id, HOLDS))
                assert done.what is Acknowledgement.DONE
                assert self.run_(self.store.acknowledge(page.id, HOLDS)).what is Acknowledgement.ALREADY
                self.acknowledged, self.due = True, 0

    @rule()
    def says_safe(self) -> None:
        self.run_(self.store.set_urgency(self.person, Urgency.NONE))
        if self.state in (Handoff.WAITING, Handoff.OWNED):
            self.urgency = Urgency.NONE

    @rule(really=st.integers(0, 9))
    def forget(self, really: int) -> None:
        """Now and then the person deletes everything, and begins anew."""
        if really:
            return
        self.run_(self.store.delete_conversation(self.person.conversation))
        self.new = self.run_(self.store.create_conversation(None))
        self.person = self.new.person
        self.state, self.owner, self.urgency, self.case_id = Handoff.BOT, None, Urgency.NONE, None
        self.said, self.offered, self.whose = [], None, {}
        self._called_anew()

    @invariant()
    def the_store_is_as_the_table_says(self) -> None:
        if not hasattr(self, "store"):
            return
        person = self.run_(self.store.open_by_token(self.new.token))
        assert person.state is self.state
        ladders = self.run_(self.store.ladders())
        assert len(ladders) == self.calls
        assert all(ladder.urgency is self.urgency for ladder in ladders)
        called = bool(self.calls and self.due + self.sent)
        assert list(self.run_(self.store.called()).values()) == [self.acknowledged] * called
        queue = self.run_(self.store.queue())
        waits = self.state in (Handoff.WAITING, Handoff.OWNED)
        assert len(queue) == waits
        for case in queue:
            assert (case.state, case.owner, case.urgency) == (self.state, self.owner, self.urgency)
            assert case.offered_to == self.offered
            if case.id not in self.whose:  # whoever comes back comes to those who had them last
                self.whose[case.id] = next((whose for whose in reversed(self.whose.values()) if whose), 1)
            self.case_id = case.id
            assert case.organisation == self.whose[case.id]
            assert [bool(self.run_(self.store.queue(house))) for house in (1, 2)] == [self.sees(1), self.sees(3)]
        messages = self.run_(self.store.messages(self.person))
        assert [m.seq for m in messages] == list(range(1, len(self.said) + 1))
        assert [m.sender for m in messages] == self.said


Handoffs.TestCase.settings = settings(
    max_examples=WALKS,
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
TestHandoffs = Handoffs.TestCase

"""The order of one turn. This module holds it, and nothing else does::

    channel -> limits -> danger? -> store sealed (with the safety card, the queue and the page when there is danger)
            -> with a caseworker? -> dialogue engine -> words -> store -> channel

Danger is assessed before the message is stored only so that both fall into one transaction: an accepted message
that was dangerous is in the queue, or it was not accepted. Neither needs the engine, a network or the translator.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from bot.content import SEVERAL
from bot.conversation.danger_talk import DangerTalk, InDanger
from bot.conversation.forms import Talks, about_centre, asked_by, calmed, danger_of, not_now, said, welcome_back
from bot.conversation.language_switch import another_language, going_on_in, names, way_back, written_in
from bot.conversation.memory import heard, missed, pressed, quoted, said_in
from bot.conversation.opening import WEB, Door, begin
from bot.conversation.opening_hours import ASKED, OFFER, OutsideHours
from bot.conversation.reassessment import SecondLook, card_id
from bot.conversation.safety_mode import OTHERS
from bot.conversation.safety_question import ANSWER, alone, answers_of
from bot.conversation.sessions import Session, Sessions
from bot.dialogue import offline_menu
from bot.dialogue.client import Engine, EngineDown
from bot.domain import message_text
from bot.domain.conversation_state import ConversationState, Mode
from bot.domain.forms import Sheet, goes_on
from bot.domain.handoff import IllegalMove
from bot.domain.model import Assessment, CaseChange, Choice, EngineTurn, Handoff, Message, Outgoing, Sender, Urgency
from bot.domain.organisations import FIRST
from bot.domain.ports import Catalogue, Somebody
from bot.domain.speaker import (
    ASKED_MORE,
    FOUND_OUT,
    OF_HELP,
    OF_HELP_ASKED,
    OF_HELP_ONCE,
    OF_OTHERS,
    QUESTIONS,
    SAFETY_QUESTIONS,
    Speaker,
)
from bot.runtime.tasks import Tasks
from bot.runtime.wakeups import DESK, Live, conversation
from bot.security.alarm_floods import AlarmFloods
from bot.security.rate_limits import Limits, TooMany, accounted
from bot.storage.database.errors import Gone
from bot.storage.sealing.return_codes import unknown_words
from bot.storage.store import NewConversation, Store
from bot.understanding.service import Understanding, Understood

log = logging.getLogger(__name__)


WHO = {
    Handoff.BOT: "program", Handoff.CLOSED: "program", Handoff.WAITING: "asked", Handoff.OWNED: "here",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Standing:
    """What is true for the person at this moment. `state`: the program answers (`program`), somebody was asked for and
    nobody has come (`asked`), a caseworker has the conversation (`here`). For `asked`: `since` when, whether a page has
    arrived at somebody (`called`), somebody has said that they come (`coming`), or `nobody` can be expected now; and
    outside the opening hours when caseworkers usually read, in words (`hours`). For `here`: the caseworker's `name`, if
    they have set one, and whether they are `reading`: not while they have muted it."""

    state: str
    since: datetime | None = None
    called: bool = False
    coming: bool = False
    nobody: bool = False
    name: str = ""
    hours: str = ""
    reading: bool = True

    def line(self, told: Handoff) -> str:
        """Return which words stand under the bar, by the end of their name (`visitor.status_called`), for a person who
        was last `told` who answers. A report puts a case in the queue, and asks for nobody: the program answers."""
        if self.state == "here":
            return Handoff.OWNED.value
        if self.state == "program" or told is Handoff.BOT:
            return Handoff.BOT.value
        found = {"coming": self.coming, "nobody": self.nobody, "called": self.called}
        return next((name for name, true in found.items() if true), Handoff.WAITING.value)


class NotKept(Exception):
    """A message in danger could not be stored: the disk is full, the database is away. `card`: what the person is told
    all the same, and nobody else knows."""

    def __init__(self, card: Outgoing) -> None:
        super().__init__("not kept")
        self.card = card


class Crowded(NotKept):
    """The talk is so long that few of its messages are kept; enough of those in danger are to raise it."""


class Service:
    """Everything that a person can do, on whatever channel."""

    def __init__(
        self,
        *,
        store: Store,
        words: Catalogue,
        understanding: Understanding,
        engine: Engine,
        live: Live,
        sessions: Sessions,
        tasks: Tasks,
        limits: Limits,
        max_text: int,
        somebody: Somebody | None = None,
        second_look: SecondLook | None = None,
        floods: AlarmFloods | None = None,
    ) -> None:
        self._store = store
        self._words = words
        self._understanding = understanding
        self._engine = engine
        self._talks = Talks(engine, words)
        self._danger_talk = DangerTalk(words)
        self._live = live
        self.outside_hours = OutsideHours(store, words)
        self._sessions = sessions
        self._tasks = tasks
        self._limits = limits
        self._max_text = max_text
        self._somebody = somebody
        self._watched: dict[int, Callable[[Understood], None]] = {}
        self._second_look = second_look
        self._floods = floods or AlarmFloods()

    # -- conversations -----------------------------------------------------------------------------

    async def start(self, language: str | None, door: Door = WEB, hint: str | None = None) -> NewConversation:
        """A new conversation with the welcome in it. `language` None: the welcome asks for the language; `hint` is what
        the door says of it."""
        return await begin(self._store, self._words, language, door, hint)

    def knows(self, language: str) -> bool:
        """Whether there are words in `language` (a code such as `fr` or `fr-BE`)."""
        return self._words.fallback(language) is not None

    async def restore(self, return_code: str, door: Door = WEB) -> NewConversation | None:
        """The conversation of a return code, with a new token; the old one stops working, here and now."""
        new = await self._store.open_by_return_code(return_code, door.channel, token=door.token)
        if new is not None:
            self._sessions.drop(new.person.conversation)
            for message in await welcome_back(self._store, new.person, self._speaker(new.person.language)):
                await self._store.say(new.person, f"back:{secrets.token_hex(8)}", message)
            self._live.wake(conversation(new.person.conversation))
        return new

    @staticmethod
    def unknown_words(return_code: str) -> tuple[int, ...]:
        """The places, from 1, of the words that no return code has."""
        return unknown_words(return_code)

    async def session(self, token: str) -> Session | None:
        """The conversation behind a token. What was accepted and not answered when a process died is taken up."""
        session, fresh = await self._sessions.get(token)
        if session is not None and fresh:
            await self.take_up(session)
        return session

    async def leave(self, token: str) -> bool:
        """The token opens nothing any more, here and in the database; with the return code the talk goes on. False when
        it opened nothing before."""
        number = await self._store.end_access(token)
        if number is None:
            return False
        self._sessions.drop(number)
        self._live.wake(conversation(number))
        return True

    async def forget(self, session: Session) -> None:
        """Everything of the conversation is gone: here, in the engine, in the memory of this process."""
        await self._store.delete_conversation(session.person.conversation)
        await self._dropped(session)

    def let_go(self, number: int) -> None:
        """What this process remembers of a conversation that was deleted."""
        self._sessions.drop(number)
        if self._second_look is not None:
            self._second_look.forget(number)

    async def _dropped(self, session: Session) -> None:
        self.let_go(session.person.conversation)
        await self._engine.forget(session.alias)
        self._live.wake(conversation(session.person.conversation))
        self._live.wake(DESK)

    async def standing(self, session: Session) -> Standing | None:
        """Return who leads the conversation (program, nobody yet, a caseworker) and whether a caseworker was called;
        None for a deleted conversation."""
        found = await self._store.standing(session.person.conversation)
        if found is None or found.since is None:
            return None if found is None else Standing(WHO[found.state], name=found.name, reading=not found.muted)
        expected = await self.expected(found.urgency, found.organisation, in_vain=found.in_vain)
        nobody = not (found.called or found.coming or expected)
        hours = ""
        if found.urgency is Urgency.NONE and not (found.called or found.coming):
            hours = await self.outside_hours.usually(session.language or session.hint, found.organisation)
        return Standing(WHO[found.state], found.since, found.called, found.coming, nobody, hours=hours)

    def watch(self, session: Session, told: Callable[[Understood], None]) -> None:
        """Tells what is understood of each further message of a conversation, for whoever measures it."""
        self._watched[session.person.conversation] = told

    # -- one turn ----------------------------------------------------------------------------------

    async def handle_message(self, session: Session, client_id: str, text: str, hints: Sequence[str] = ()) -> int:
        """Takes a message; returns its seq when it is stored. Raises `intake.Refused`, `Gone`, for a message that is
        dangerous `NotKept`, and never for one `TooMany`."""
        text = message_text.clean(text, self._max_text)
        state = (await self._store.sheet(session.person)).state
        understood = await self._understanding.of(
            text, session.language, session.earlier(state.since), hints, before=state.question, answer=state.answer
        )
        heard_of = state.having_heard(understood.acts.told, text, understood.acts.about)
        if heard_of.role in OTHERS:
            understood = self._understanding.of_others(understood)
        understood = await self._talks.safely(self._store, session, text, understood)
        if told := self._watched.get(session.person.conversation):
            told(understood)
        try:
            return await self._accept(session, client_id, text, understood)
        except (Gone, TooMany, Crowded):
            raise
        except Exception as error:
            found = understood.assessment
            if found.urgency is Urgency.NONE:
                raise
            log.error("message.not_kept", extra={"error": type(error).__name__})
            speaker = self._speaker(session.language or session.hint)
            raise NotKept(speaker.card(found.urgency, found.signals, kept=False)) from None

    async def _accept(self, session: Session, client_id: str, text: str, understood: Understood) -> int:
        async with session.lock:
            found = understood.assessment
            danger = found.urgency is not Urgency.NONE
            if not danger:
                await self._limits.message(session.person.conversation)
            if danger and session.language is None:
                await self._settle_language(session, understood)
            sheet = await self._store.sheet(session.person)
            # Three words in an emergency look like any language: it goes on in the one that was understood before.
            inside = sheet.state.mode is Mode.SAFETY
            written = None if inside else written_in(self._words, session, text, understood)
            speaker = self._speaker(written or session.language or session.hint)
            sheet, owned = await self._who_leads(session, sheet)
            said = self._in_danger(speaker, session, sheet, text, understood, owned=owned)
            if written is not None:
                said = replace(said, replies=tuple(going_on_in(reply, written) for reply in said.replies))
            await self._has_room(session, speaker, found, said, inside=inside)
            accepted = await self._store.accept(
                session.person,
                client_id,
                text,
                replies=said.replies,
                case=self._case(found, said, understood.because or text),
                answered=said.answered,
                sheet=None if said.sheet == sheet else said.sheet,
            )
            danger = (danger and not said.left) or said.raised
            risen = danger and found.urgency.rank > session.urgency.rank
            if danger:
                self._alarmed(session)
            session.heard(text, accepted, found.urgency if danger else Urgency.NONE)
            if said.left:
                await self._left_safety(session, accepted.seq)
        if not accepted.repeated:
            self._woken(session)
            if danger and risen and accepted.state is Handoff.OWNED:
                # The bot is silent now, but nobody in danger waits for a caseworker's eye to be told the numbers.
                await self._store.say(
                    session.person, f"card:{accepted.seq}", speaker.card(found.urgency, found.signals)
                )
                self._woken(session)
            if not accepted.answered:
                self._tasks.start(self._answer(session, accepted.seq, text, understood))
            if self._second_look is not None:
                self._tasks.start(self._look_again(self._second_look, session, accepted.seq, text, understood))
        return accepted.seq

    async def _who_leads(self, session: Session, sheet: Sheet) -> tuple[Sheet, bool]:
        """The sheet, out of the safety mode when a caseworker has closed the case or given it back; and whether one
        talks now."""
        if sheet.state.mode is not Mode.SAFETY:
            return sheet, session.state is Handoff.OWNED
        case = await self._store.case_of(session.person.conversation)
        if case is None or case.state not in {Handoff.WAITING, Handoff.OWNED}:
            return replace(sheet, state=sheet.state.out_of_safety()), False
        return sheet, case.state is Handoff.OWNED

    def _in_danger(
        self, speaker: Speaker, session: Session, sheet: Sheet, text: str, understood: Understood, *, owned: bool
    ) -> InDanger:
        """What is said about danger at once, in the transaction that stores the message: the card, or the next line of
        the safety mode. It needs no engine."""
        found = understood.assessment
        answer = self._danger_talk.answer(
            speaker, sheet, text, understood, owned=owned,
            plain=self._talks.heard(text, (session.language, understood.language)),
        )  # fmt: skip
        if answer is not None:
            return answer
        if found.urgency is Urgency.NONE:
            return InDanger((), sheet)
        return self._danger_talk.begins(speaker, sheet, found, text, understood.acts)

    async def _has_room(
        self, session: Session, speaker: Speaker, found: Assessment, said: InDanger, *, inside: bool
    ) -> None:
        """Raises `TooMany` where a talk has become very long, and for what is dangerous `Crowded`: the card is said and
        what was kept before has raised the case."""
        danger = said.raised or found.urgency is not Urgency.NONE
        try:
            await self._limits.long_talk(session.person.conversation, session.length, danger=danger or inside)
        except TooMany:
            if not danger:
                raise
            urgency = Urgency.EMERGENCY if said.raised else found.urgency
            raise Crowded(speaker.card(urgency, found.signals)) from None

    async def _left_safety(self, session: Session, seq: int) -> None:
        """The person says that they are safe, or never were in danger: what was before message `seq` raises nothing."""
        session.is_safe(seq)
        session.covered = False
        await self._store.change_sheet(
            session.person, lambda sheet: replace(sheet, state=replace(sheet.state, since=seq))
        )

    async def _look_again(
        self, second_look: SecondLook, session: Session, seq: int, text: str, understood: Understood
    ) -> None:
        """What danger says of the translation, when there is one: later than the answer, and it only ever raises."""
        language = understood.language or session.language
        found = await second_look.of(text, language, session.person.conversation, understood.assessment)
        if found is None:
            return
        try:
            await self._store.raise_afterwards(session.person, seq, "translated", self._change(found, text))
            self._alarmed(session)
            if found.urgency.rank > session.urgency.rank:
                session.urgency = found.urgency
                card = self._speaker(session.language or session.hint).card(found.urgency, found.signals)
                await self._store.say(session.person, card_id(seq, found.urgency), card)
        except Gone:
            self._sessions.drop(session.person.conversation)
        self._woken(session)

    async def handle_choice(self, session: Session, client_id: str, token: str) -> int | None:
        """Takes a choice that was offered in this conversation; None: no such choice."""
        choice = await self._store.find_choice(session.person, token)
        return None if choice is None else await self._take(session, client_id, choice)

    async def handle_language(self, session: Session, client_id: str, language: str) -> int | None:
        """The person chooses `language` in the menu of a page, as with a button under a message; None: there are no
        words in it."""
        code = self._words.fallback(language)
        if code is None:
            return None
        action = {"command": "language", "value": code}
        return await self._take(session, client_id, self._speaker(code).choice(action, names(self._words)[code]))

    async def _take(self, session: Session, client_id: str, choice: Choice) -> int:
        async with session.lock:
            action = dict(choice.action)
            if (language := action.pop("in", None)) is not None:
                await self._switch(session, str(language))
            command = action.get("command")
            if (answer := OF_HELP.get(str(command))) is not None:
                return await self._of_help(session, answer)
            case: CaseChange | None = None
            replies: list[Outgoing] = []
            if command in {"unsafe", "unsure"}:
                level = Urgency.EMERGENCY if command == "unsafe" else Urgency.URGENT
                case = CaseChange(level, (), (f"choice:{command}",), page=True)
                replies = [self._speaker(session.language or session.hint).card(level, ())]
            try:
                await self._limits.long_talk(session.person.conversation, session.length, danger=case is not None)
            except TooMany:
                if not replies:
                    raise
                raise Crowded(replies[0]) from None
            accepted = await self._store.accept(
                session.person, client_id, choice.label, choice=action, replies=replies, case=case,
                answered=case is not None,
            )  # fmt: skip
            if case is not None:
                self._alarmed(session)
            session.pressed(accepted)
        if not accepted.repeated:
            if accepted.state is Handoff.OWNED and action.get("intent") == "delete_my_data":  # theirs, whoever reads
                question = self._speaker(session.language or session.hint).forget()
                await self._store.say(session.person, f"forget:{accepted.seq}", question)
            self._woken(session)
            # What a button commands is done while a caseworker owns the conversation too; the bot says nothing of it.
            if not accepted.answered or (command not in {None, ASKED_MORE} and case is None):
                self._tasks.start(self._answer_choice(session, accepted.seq, action))
        return accepted.seq

    async def _of_help(self, session: Session, answer: str) -> int:
        """Counts whether it was of help, once. In the talk stands that they answered, and not what."""
        speaker, language = self._speaker(session.language or session.hint), session.language
        await self._limits.long_talk(session.person.conversation, session.length, danger=False)
        figures = [("helped", answer), *([("helped_language", f"{language}:{answer}"[:40])] if language else [])]
        said = self._words.label("choices.answered", speaker.lang)
        accepted = await self._store.accept(
            session.person, OF_HELP_ONCE, said, choice={"command": OF_HELP_ONCE},
            replies=[speaker.say("of_help.thanks")], answered=True, figures=figures,
        )  # fmt: skip
        session.pressed(accepted)
        session.asks(None)
        if not accepted.repeated:
            self._woken(session)
        return accepted.seq

    async def _answer(self, session: Session, seq: int, text: str, understood: Understood) -> None:
        """The second half of a turn: what the engine says, in words. Runs beside the request, in order."""
        async with session.turn:
            written = written_in(self._words, session, text, understood)
            settled = written or session.language or self._words.fallback(understood.language) or session.hint
            if session.pending is not None and await self._was_asked_of_help(session, seq):
                session.asks(None)  # "yes, it was" is no yes to what was asked before a caseworker came
            sheet = await self._store.sheet(session.person)
            plain = self._talks.plain(session, sheet, text, understood)  # a plain "stop" is no sign of danger
            danger = understood.assessment.urgency is not Urgency.NONE
            times = sum(map(sheet.state.times, (*SAFETY_QUESTIONS, *OF_OTHERS)))
            of_others = sheet.state.surely_of_others
            again = not of_others and _doubtful_again(understood)
            doubtful = understood.assessment.ask and not danger and (not times or again)
            asked = doubtful and plain is None and session.may_ask(seq)
            replies = [self._speaker(settled).safety_question(times, of_others=of_others)] if asked else []
            if session.language is None and not await self._settle_language(session, understood):
                replies.append(self._speaker(session.hint).languages("language.unknown", names(self._words)))
                return await self._say_answer(session, seq, replies)
            if understood.safe:
                return await self._safe(session, seq, sheet)
            session.waits = ()
            try:
                turn = await self._talks.message(session, sheet, plain, message_text.plain(text), understood)
            except EngineDown as down:
                log.warning("engine.down", extra={"reason": str(down)})
                if danger:  # the numbers were said with the message; nothing else is put under them
                    return await self._say_answer(session, seq, [])
                turn = offline_menu.menu()
                replies += not_now(self._speaker(settled), sheet)
            last: list[Outgoing] = []
            told_to_close = danger and FOUND_OUT in understood.assessment.signals
            if (asked or told_to_close) and not goes_on(sheet.form):
                turn, session.waits = alone(turn, sheet.form)
                last, replies = replies[:1], replies[1:]
                if told_to_close:  # who was told to close this chat is asked nothing, and thanked for nothing
                    turn = answers_of(turn)
            if sheet.state.mode is Mode.SAFETY:  # an answer in the middle of danger: the numbers stand before it
                replies.append(self._speaker(settled).say("safety_mode.answered_too"))
            last = [*another_language(self._words, session, text, understood), *last]
            miss, before = missed(sheet.state, turn, text, understood), sheet.state
            sheet = _having_missed(replace(sheet, state=heard(before, text, understood)), miss)
            await self._finish(session, seq, turn, replies, sheet, text, last, written)
            await self._count_missed(session, before, miss)

    async def _was_asked_of_help(self, session: Session, seq: int) -> bool:
        """Whether this is what stood last when the message `seq` came."""
        before = await self._store.messages(session.person, seq - 2, 1)
        return any(message.key == OF_HELP_ASKED for message in before)

    async def _answer_choice(self, session: Session, seq: int, action: dict[str, Any]) -> None:
        async with session.turn:
            speaker = self._speaker(session.language or session.hint)
            command, value = action.get("command"), action.get("value")
            sheet = await self._store.sheet(session.person)
            if command in {ASKED_MORE, "language"}:
                session.asks(None)  # a yes is no answer any more to what was asked before
            if command is None:
                intent, question, before = str(action["intent"]), action.get("question"), list[Outgoing]()
                session.waits = ()
                if question in QUESTIONS.values() and question != session.pending:
                    return await self._finish(session, seq, offline_menu.late(intent, str(question)), [], sheet)
                sheet = replace(sheet, state=pressed(sheet.state, intent, speaker))
                try:
                    turn = await self._talks.choice(session, sheet, action)
                except EngineDown:
                    turn, before = offline_menu.choice(intent, session.pending), not_now(speaker, sheet)
                await self._finish(session, seq, turn, before, sheet)
            elif command == "language" and isinstance(value, str):
                await self._switch(session, value)
                await self._go_on(session, seq, sheet, [self._speaker(value).say("language.switched")])
            elif command == "language":
                await self._say_answer(session, seq, [speaker.languages("language.ask", names(self._words))])
            elif command == "safe":
                # It falls only now that the person says so, and no further than to where a caseworker still looks soon:
                # whoever holds the phone can press a button.
                if await calmed(self._store, session):
                    self._live.wake(DESK)
                await self._safe(session, seq, replace(sheet, state=sheet.state.safe(seq)))
            elif command == ASKED_MORE:
                miss = (ASKED_MORE, sheet.state.answer.partition("/")[0])
                await self._go_on(session, seq, _having_missed(sheet, miss), [speaker.asked_more(action["topics"])])
                await self._count_missed(session, sheet.state, miss)
            elif command in {"centre_yes", "centre_no"}:
                await about_centre(self._store, session.person, speaker, seq, action)
                await self._say_answer(session, seq, [])
            elif command == "cancel_handoff":
                replies = [speaker.say("handoff.cancelled")]
                await self._say_answer(session, seq, replies, cancel=True, sheet=sheet.withdrawn())
            else:
                await self._finish(session, seq, EngineTurn("affirm", 1.0, (), (str(command),)), [], sheet)

    async def _safe(self, session: Session, seq: int, sheet: Sheet) -> None:
        """The person is safe: what had to wait for that is asked, or the question of the form that stands."""
        speaker = self._speaker(session.language or session.hint)
        waits = session.is_safe(seq)
        turn, words = said(speaker, EngineTurn("", 1.0, tuple(reply for reply in waits if reply.key != ANSWER)))
        answered = said(speaker, EngineTurn("", 1.0, tuple(reply for reply in waits if reply.key == ANSWER)))[1]
        safe = speaker.say(f"safety.safe_reply{'_seen' if sheet.state.surely_of_others else ''}")
        if answered and not words and sheet.form is None:  # what was answered stands above; what it offered comes here
            safe = replace(safe, choices=answered[-1].choices)
        replies = await self._with_hours(session, speaker, [safe, *words])
        session.asks(asked_by(turn))
        if turn.replies:
            await self._say_answer(session, seq, replies, sheet=sheet)
        else:
            await self._go_on(session, seq, sheet, replies)

    async def _finish(
        self, session: Session, seq: int, turn: EngineTurn, before: list[Outgoing], sheet: Sheet, text: str = "",
        last: Sequence[Outgoing] = (), written: str | None = None,
    ) -> None:  # fmt: skip
        """Words and requests of an engine's turn, stored as the answer to message `seq`, whose words `text` are;
        `written` in another language than the talk's, they are answered in it."""
        speaker = self._speaker(written or session.language or session.hint)
        if session.state is Handoff.WAITING and (session.urgency is not Urgency.NONE or was_asked(sheet.state)):
            turn = asked_already(turn)
        turn, words = said(speaker, turn)
        replies, case = list(before), danger_of(turn)
        if case is not None:  # the numbers come before the next question
            replies.append(speaker.card(case.urgency, case.signals))
            session.urgency = session.urgency.at_least(case.urgency)
            self._alarmed(session)
        if "handoff" in turn.requests:
            replies.append(await self._asked(session, speaker))
        replies += way_back(session, speaker, words)
        session.asks(asked_by(turn))
        if "forget" in turn.requests:
            await self._store.delete_conversation(session.person.conversation)
            await self._dropped(session)
            return
        if {"handoff", "report"} & set(turn.requests):
            case = case or CaseChange(Urgency.NONE)
        if "change_language" in turn.requests:
            replies.append(speaker.languages("language.ask", names(self._words)))
        replies = await self._with_hours(session, speaker, [*replies, *last])
        if written is not None:
            replies = [going_on_in(reply, written) for reply in replies]
        kept = sheet.after(turn, text)
        kept = replace(kept, state=said_in(kept.state, turn, replies))
        asked = any(reply.sender is Sender.SYSTEM for reply in last)  # whether they are safe
        if kept.due and kept.form is None and session.pending is None and not asked:
            await self._go_on(session, seq, kept, replies, case, written)
        else:
            await self._say_answer(session, seq, replies, case=case, sheet=None if kept == sheet else kept)
        if turn.topic in self._words.topics:  # and no button of a form
            await self._store.count_conversation(session.person, session.language, turn.topic)

    async def _with_hours(self, session: Session, speaker: Speaker, replies: Sequence[Outgoing]) -> list[Outgoing]:
        """What is said, with the opening hours where a person is offered or asked for outside of them. In danger there
        are none."""
        if session.urgency is not Urgency.NONE:
            return list(replies)
        more = [await self.outside_hours.under(reply.key, speaker.lang) for reply in replies]
        return [replace(r, text=f"{r.text}\n{m}") if m else r for r, m in zip(replies, more, strict=True)]

    async def _count_missed(self, session: Session, before: ConversationState, miss: tuple[str, str] | None) -> None:
        """Counts a turn that missed, once for a conversation in each line; `before`: its state before the turn."""
        if miss is None or miss[0] in before.missed:
            return
        topic = miss[1] if miss[1] in self._words.topics else ""
        await self._store.count_missed(miss[0], session.language, topic, first=not before.missed)

    async def _go_on(
        self, session: Session, seq: int, sheet: Sheet, replies: list[Outgoing], case: CaseChange | None = None,
        written: str | None = None,
    ) -> None:  # fmt: skip
        """Says `replies` and then the question that stands, or what is still to be asked."""
        asked, sheet = await self._talks.more(session, sheet)
        speaker = self._speaker(written or session.language or session.hint)
        more = said(speaker, EngineTurn("", 1.0, tuple(asked)))[1]
        replies += more if written is None else [going_on_in(message, written) for message in more]
        await self._say_answer(session, seq, replies, case=case, sheet=sheet)

    async def _say_answer(
        self,
        session: Session,
        seq: int,
        replies: Sequence[Outgoing],
        *,
        case: CaseChange | None = None,
        cancel: bool = False,
        sheet: Sheet | None = None,
    ) -> None:
        try:
            await self._store.answer(session.person, seq, replies, case=case, cancel=cancel, sheet=sheet)
        except IllegalMove:  # an emergency stands: nobody but a caseworker takes it out of the queue
            session.urgency = Urgency.EMERGENCY
            still = await self._asked(session, self._speaker(session.language or session.hint))
            await self._store.answer(session.person, seq, [still])
        except Gone:
            self._sessions.drop(session.person.conversation)
        self._woken(session, desk=case is not None or cancel)

    async def take_up(self, session: Session) -> None:
        """Turns that were accepted by a process that died before it answered."""
        if left := await self._store.unanswered(session.person):
            self._tasks.start(self._in_order(session, left))

    async def _in_order(self, session: Session, left: Sequence[Message]) -> None:
        for message in left:
            await self._again(session, message)

    async def _again(self, session: Session, message: Message) -> None:
        if message.choice is not None:
            await self._answer_choice(session, message.seq, dict(message.choice))
            return
        state = (await self._store.sheet(session.person)).state
        written = session.before(message.seq, await self._store.talk(session.person))
        earlier = [text for seq, text in written if seq > state.since]
        understood = await self._understanding.of(message.text, session.language, earlier, before=state.question)
        understood = await self._talks.safely(self._store, session, message.text, understood)
        session.safety = False
        await self._answer(session, message.seq, message.text, understood)

    async def expected(
        self, urgency: Urgency = Urgency.NONE, organisation: int = FIRST, *, in_vain: bool = False
    ) -> bool:
        """Whether it is true that a caseworker will look soon, as far as anybody knows. `in_vain`: everyone was called,
        and no page has arrived."""
        return self._somebody is None or await self._somebody(urgency, organisation, in_vain=in_vain)

    async def _asked(self, session: Session, speaker: Speaker) -> Outgoing:
        """That somebody was asked, or that nobody can be reached now: what the line under the bar says too. It can be
        taken back, but not in an emergency, which stays in the queue."""
        stands = await self.standing(session)
        if stands is not None and stands.state == "asked":
            nobody = stands.nobody
        else:
            nobody = not await self.expected(session.urgency)
        key = "handoff.nobody_on_call" if nobody else "handoff.waiting"
        final = session.urgency is Urgency.EMERGENCY
        return speaker.say(key, () if final else ({"command": "cancel_handoff"},), sender=Sender.SYSTEM)

    async def without_anybody(self, lang: str) -> str:
        """What is true before anybody waits: outside the opening hours when caseworkers usually read, or that none can
        be reached now. Empty where neither is so."""
        if said := await self.outside_hours.before(lang):
            return said
        return "" if await self.expected() else self._words.label("visitor.before_nobody", lang)

    def _case(self, found: Assessment, said: InDanger, words: str) -> CaseChange | None:
        """What the queue is told of a message; None of one without danger."""
        if said.raised:
            return self._change(replace(found, urgency=Urgency.EMERGENCY), words)
        return None if said.left or found.urgency is Urgency.NONE else self._change(found, words)

    @staticmethod
    def _change(assessment: Assessment, words: str) -> CaseChange:
        """What the queue is told: the reason is what the person wrote, marked as their words."""
        return CaseChange(assessment.urgency, assessment.signals, quoted(assessment, words), page=True)

    def _alarmed(self, session: Session) -> None:
        """Notes that the conversation is in danger, on whose account it is now."""
        self._floods.alarmed(session.person.conversation, accounted())

    async def _settle_language(self, session: Session, understood: Understood) -> bool:
        """Without a chosen language: the one the message is surely in, when there are words in it."""
        code = self._words.fallback(understood.language)
        if code is None:
            return False
        await self._switch(session, code)
        session.guessed = True
        return True

    async def _switch(self, session: Session, code: str) -> None:
        await self._store.set_language(session.person, code)
        session.language = code
        self._live.wake(DESK)

    def _speaker(self, code: str | None) -> Speaker:
        """Without a language the words stand in several at once: no language is silently English."""
        return Speaker(self._words, code or SEVERAL)

    def _woken(self, session: Session, desk: bool = True) -> None:
        self._live.wake(conversation(session.person.conversation))
        if desk:
            self._live.wake(DESK)


ASKED_AGAIN: Final = 0.3
"""Share of danger and doubt together, in the light of what was said before, from which it is asked again whether it is
safe to write: of the second questions that readers saw, two in three were needless, and nearly all of these below."""


def _doubtful_again(understood: Understood) -> bool:
    """Whether a doubt is worth a second question."""
    return understood.seen is None or understood.seen.danger + understood.seen.doubt >= ASKED_AGAIN


def was_asked(state: ConversationState) -> bool:
    """Whether the person was told that somebody was asked for them."""
    return any(map(state.times, ASKED))


def asked_already(turn: EngineTurn) -> EngineTurn:
    """Return what is true to a person who waits, in place of the question whether to ask for somebody, and of the
    promise not to: that one was asked."""
    kept = tuple(reply for reply in turn.replies if reply.key not in {OFFER, "handoff.cancelled"})
    if len(kept) == len(turn.replies):
        return turn
    return replace(turn, replies=kept, requests=tuple(dict.fromkeys((*turn.requests, "handoff"))))


def _having_missed(sheet: Sheet, miss: tuple[str, str] | None) -> Sheet:
    """The sheet of a conversation that is counted for this miss from now on."""
    if miss is None or miss[0] in sheet.state.missed:
        return sheet
    return replace(sheet, state=replace(sheet.state, missed=(*sheet.state.missed, miss[0])))

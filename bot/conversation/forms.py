"""The gateway's part in the engine's forms: which turn answers the question that stands, and what when nobody asks.

The sheet is read anew at every turn, so that whatever process takes the next message knows what was asked.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

from bot.conversation.memory import acts_of, talk_of
from bot.conversation.sessions import Session
from bot.dialogue import offline_menu
from bot.dialogue.client import Engine, EngineDown
from bot.domain import message_text
from bot.domain.forms import HEARD, Form, Sheet, answers_form, goes_on, plain
from bot.domain.model import Assessment, CaseChange, EngineReply, EngineTurn, Handoff, Outgoing, Sender, Urgency
from bot.domain.organisations import answered
from bot.domain.ports import Catalogue
from bot.domain.speaker import QUESTIONS, Speaker, Unsayable
from bot.storage.database.errors import Gone
from bot.storage.store import Person, Store
from bot.text.normalise import fold
from bot.understanding.service import Understood

log = logging.getLogger(__name__)

WITNESSED = ("witnessed_now",)
"""What a bystander's yes to "is anyone in danger now?" says."""


ANSWERS = frozenset({"affirm", "deny", "form_unsure"})
"""Plain words that are counted as the answer to a question of a form."""

HESITATES = re.compile(
    r"(?:h++m++|mm++|m++h++m++|e++u*+h++m*+|e++h*+m++|u++h*+m++|[хэм]++(?<=[хэм]м)|э++|ه++م++)[\s.!?…]*+", re.IGNORECASE
)
"""A sound that is no word: what a model makes of it is chance. No loop gives back what it took: four thousand letters
"m" would be tried for a fifth of a second, on the event loop."""


class Talks:
    """Asks the engine, with the form that stands."""

    def __init__(self, engine: Engine, words: Catalogue) -> None:
        self._engine = engine
        self._words = words
        self._plain: dict[str, dict[str, str]] = {}

    def plain(self, session: Session, sheet: Sheet, text: str, understood: Understood) -> str | None:
        """The button that the text is, while a question stands; None for anything else, and for words of danger.
        Under a safety card a yes or a no may mean anything: the question is asked again."""
        danger = understood.assessment.urgency is not Urgency.NONE
        if sheet.form is None or sheet.form.paused or session.pending is not None or danger:
            return None
        heard = self.heard(text, (session.language, understood.language))
        return "form_go_on" if session.covered and heard in ANSWERS else heard

    async def safely(self, store: Store, session: Session, text: str, understood: Understood) -> Understood:
        """What is written in answer to "are you safe?" says what the button says: a plain yes or no, "I do not know",
        the words of a button. A report has asked something after it and has its answer, and so has a caseworker. Unlike
        the button a written yes lowers nothing: it may mean something else."""
        danger = understood.assessment.urgency is not Urgency.NONE
        if not (session.safety or session.covered):  # a card has the button "I am safe"
            return understood
        # What the models make of the words of a button does not count while it is in sight.
        said = self._about_safety(text, (session.language, understood.language), danger or not session.safety)
        if said is None or (danger and said != "safe"):
            return understood
        form, case = (await store.sheet(session.person)).form, await store.case_of(session.person.conversation)
        if goes_on(form) or (case is not None and case.state is Handoff.OWNED):
            return understood
        if said == "safe":
            free = session.pending is None and session.stood is None
            return replace(understood, assessment=Assessment(), safe=free) if free or not danger else understood
        level = Urgency.EMERGENCY if said == "unsafe" else Urgency.URGENT
        return replace(understood, assessment=Assessment(level, (), (f"choice:{said}",)))

    def _about_safety(self, text: str, languages: Sequence[str | None], buttons_only: bool) -> str | None:
        """`safe`, `unsafe`, `unsure` or None. `buttons_only`: a yes or a no may mean something else."""
        codes = [code for code in map(self._words.fallback, languages) if code]
        for button in ("safe", "unsafe", "unsure"):
            if plain(text) in {plain(self._words.label(f"choices.{button}", code)) for code in codes}:
                return button
        heard = None if buttons_only else self.heard(text, languages)
        return {"affirm": "safe", "deny": "unsafe", "form_unsure": "unsure"}.get(heard or "")

    async def message(
        self, session: Session, sheet: Sheet, plain: str | None, text: str, understood: Understood
    ) -> EngineTurn:
        """The engine's turn on a text, which may be a `plain` answer. Of words only a plain yes deletes. Raises
        `EngineDown`."""
        form = _with_danger(sheet.form, session)
        if form is not None and plain is not None:
            return await self._engine.choice(session.alias, plain, session.language, form.sent(pressed=True))
        sent = form.sent(danger=understood.alone) if form else {}
        heard = self.heard(text, (session.language, understood.language))
        if session.pending == "forget" and HESITATES.fullmatch(text):
            return offline_menu.choice("delete_my_data", None)
        try:
            # "Are you safe to write now?" comes with this turn: it must not wait for an engine that starts.
            calm = understood.assessment.urgency is Urgency.NONE and not understood.assessment.ask
            free = calm and form is None
            asked, beside = (understood.parts, understood.clauses) if free else ((), ())
            turn = await self._engine.message(
                session.alias, message_text.plain(understood.reading), understood.vector, session.language, sent,
                parts=[(message_text.plain(part), vector) for part, vector in asked],
                clauses=[(message_text.plain(clause), vector) for clause, vector in beside], patient=calm,
                before=understood.before, acts=acts_of(text, session.language, understood, sheet.state),
                talk=talk_of(sheet.state, session.state),
            )  # fmt: skip
        except EngineDown:
            stands = _to_what_stands(session, heard)
            if stands is None:
                raise
            turn = stands
        if offline_menu.to_nothing(turn):
            turn = _to_what_stands(session, turn.topic) or turn
        if "forget" in turn.requests and (heard != "affirm" or session.pending != "forget"):
            # "hm", "yes but wait", and a yes to something that was asked since are asked again, with the buttons.
            return offline_menu.choice("delete_my_data", None)
        return turn

    async def choice(self, session: Session, sheet: Sheet, action: Mapping[str, Any]) -> EngineTurn:
        """The engine's turn on a button. Raises `EngineDown`.

        A button under an earlier question of the open form corrects that answer; under one of a form that is over it
        begins the form anew: it may be days old, and nothing is counted that is not in sight.
        """
        intent, question, form = str(action["intent"]), action.get("question"), _with_danger(sheet.form, session)
        pressed = answers_form(question)
        if pressed:
            name, _, at = str(question).partition(".")
            if form is not None and form.name == name:
                form = replace(form, at=at)
            else:
                intent, form, pressed = f"start_{name}", None, False
        sent = form.sent(pressed=pressed) if form else {}
        turn = await self._engine.choice(
            session.alias, intent, session.language, sent, talk_of(sheet.state, session.state)
        )
        return offline_menu.remembered(turn, intent, session.pending if question == session.pending else None)

    async def more(self, session: Session, sheet: Sheet) -> tuple[Sequence[EngineReply], Sheet]:
        """The question that stands, once more; without one, what is still to be asked of who waits for a caseworker."""
        if session.state is Handoff.OWNED:
            return (), replace(sheet, due=False)
        if sheet.form is not None and not sheet.form.paused:
            action = {"intent": "form_go_on", "question": sheet.form.question}
        elif sheet.form is None and sheet.due:
            action = {"intent": "start_handoff"}
        else:
            return (), sheet
        try:
            turn = await self.choice(session, sheet, action)
        except EngineDown:  # nothing is lost: it is asked at the next turn
            return (), sheet
        return turn.replies, replace(sheet.after(turn, ""), due=sheet.due and turn.form is None)

    def heard(self, text: str, languages: Sequence[str | None]) -> str | None:
        """The button that a plain "yes", "I do not know", "stop" is, in one of these languages; None for anything else.

        The whole message must be such a word: what only begins with "no" may say yes ("no me dejan salir").
        """
        exact = plain(text)
        if not exact:
            return None
        for lang in dict.fromkeys(code for code in map(self._words.fallback, languages) if code):
            if lang not in self._plain:
                self._plain[lang] = _plain_answers(self._words, lang)
            table = self._plain[lang]
            if found := table.get(exact) or table.get(fold(exact)):
                return found
        return None


async def calmed(store: Store, session: Session) -> bool:
    """An emergency falls because the person says that they are safe: whether one did. Whoever else saw it may have
    raised the case, so that this session does not know of it."""
    case = await store.case_of(session.person.conversation)
    if Urgency.EMERGENCY not in {session.urgency, case.urgency if case is not None else None}:
        return False
    session.urgency = Urgency.URGENT
    await store.set_urgency(session.person, Urgency.URGENT)
    return True


def asked_by(turn: EngineTurn) -> str | None:
    """The question with yes and no under it that the turn asks; None without one."""
    return next((QUESTIONS[reply.key] for reply in turn.replies if reply.key in QUESTIONS), None)


def _to_what_stands(session: Session, intent: str | None) -> EngineTurn | None:
    """What a yes or a no does to the question that stands; None for anything else, or when none does. The engine need
    not know of it: it may be dead, or started anew since, or the person took an hour to answer."""
    if intent not in {"affirm", "deny"}:
        return None
    if session.pending is not None:
        return offline_menu.choice(intent, session.pending)
    return offline_menu.late(intent, session.stood) if session.stood is not None else None


def said(speaker: Speaker, turn: EngineTurn) -> tuple[EngineTurn, list[Outgoing]]:
    """The turn and what it says in words; the menu, where the engine wants said what nobody has words for."""
    try:
        return turn, [message for reply in turn.replies for message in speaker.engine(reply)]
    except Unsayable:
        log.warning("engine.unsayable")
        menu = offline_menu.menu()
        return menu, [message for reply in menu.replies for message in speaker.engine(reply)]


def _plain_answers(words: Catalogue, lang: str) -> dict[str, str]:
    """Every plain answer as it is written, and without its marks where that cannot be another answer: in Vietnamese
    "đúng" (yes) and "dừng" (stop) differ by nothing else."""
    written: dict[str, str] = {}
    bare: dict[str, set[str]] = {}
    for name, intent in HEARD.items():
        for phrase in map(plain, words.say(f"heard.{name}", lang).split("|")):
            written[phrase] = intent
            bare.setdefault(fold(phrase), set()).add(intent)
    return {phrase: min(intents) for phrase, intents in bare.items() if len(intents) == 1} | written


def _with_danger(form: Form | None, session: Session) -> Form | None:
    """What a report says of the danger follows what was seen in the words since."""
    danger = session.urgency is Urgency.EMERGENCY
    if form is None or form.name != "report" or not danger or "danger" not in form.answers:
        return form
    return replace(form, answers={**form.answers, "danger": "yes"})


async def welcome_back(store: Store, person: Person, speaker: Speaker) -> list[Outgoing]:
    """For who comes back with the return code: the danger that stood, and what was being asked."""
    case = await store.case_of(person.conversation)
    said = []
    if case is not None and case.state is Handoff.WAITING and case.urgency is Urgency.EMERGENCY:
        actions = ({"command": "safe"}, {"command": "unsafe"})
        said.append(speaker.say("safety.danger_over_question", actions, sender=Sender.SYSTEM))
    if form := (await store.sheet(person)).form:
        said.append(take_up(speaker, form))
    return said


async def about_centre(store: Store, person: Person, speaker: Speaker, seq: int, action: Mapping[str, Any]) -> None:
    """The person has pressed, in message `seq`, whether a caseworker may give the talk to another organisation
    (`bot/desk/referrals.py`)."""
    centre, answer = int(action["value"]), str(action["command"]).rpartition("_")[2]
    await store.change_sheet(person, lambda sheet: answered(sheet, centre, answer))
    said = speaker.say(f"centres.{answer}", sender=Sender.SYSTEM, centre=str(action["name"]))
    with suppress(Gone):
        await store.say(person, f"centre:{seq}", said)


def not_now(speaker: Speaker, sheet: Sheet) -> list[Outgoing]:
    """The engine is dead in the middle of a form: the person is told that it waits."""
    return [speaker.say("forms.not_now")] if sheet.form is not None else []


def take_up(speaker: Speaker, form: Form) -> Outgoing:
    """Offers to go on where the questions were left."""
    actions = [{"intent": intent, "question": form.question} for intent in ("form_go_on", "form_stop")]
    return speaker.say("forms.take_up", actions)


def danger_of(turn: EngineTurn) -> CaseChange | None:
    """A bystander pressed yes: someone is in danger now."""
    if "danger" not in turn.requests:
        return None
    return CaseChange(Urgency.EMERGENCY, WITNESSED, ("choice:danger",), page=True)

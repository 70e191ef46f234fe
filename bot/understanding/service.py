"""What the gateway itself makes of a message: vector, language, danger. No engine, no network, no database.

`inloop classify` and every turn go through here, so that what is measured is what runs.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final

import numpy as np

from bot.domain.model import Assessment, Urgency
from bot.domain.ports import DangerModel, Encode, LanguageModel
from bot.text.denials import after_denial
from bot.text.disguises import undisguised
from bot.text.questions import clauses, questions
from bot.text.segments import segments
from bot.understanding.acts.model import NOTHING, PLACE, Acts, ActsModel, in_light
from bot.understanding.context import InContext, ReadInContext
from bot.understanding.danger.budget import Budget
from encoder.runtime.text import can_be_leant_on, leant_on
from encoder.runtime.transliteration import is_foreign, native

log = logging.getLogger(__name__)

ONLY_A_PLACE: Final = 0.5
"""Share from which a message says where somebody is and no more. Where no danger was told, an address alone is asked
about: a witness who reports gives one too, and of the conversations to learn from those in danger have nearly all."""
FOUND_OUT: Final = "discovered"
SUICIDE: Final = "suicide_risk"
AT_ONCE = 2
"""Messages that are read at the same time, in threads of their own: log-ins have others."""


@dataclass(frozen=True, slots=True)
class Understood:
    """`vector` has shape (dim,) or is None without an encoder; `language` is None unless it is sure. `reading`: the
    text as the models read it, in the letters of its language. `alone`: these words are of danger by themselves, and
    not only after what was said before them. `safe`: they are a plain yes to "are you safe to write now?". `parts`: the
    questions of a message that asks several and in which nothing is of danger, with their vectors. `clauses`: of a
    message in which no two questions are found, its clauses with theirs."""

    assessment: Assessment
    vector: np.ndarray | None
    language: str | None
    reading: str
    alone: bool = False
    safe: bool = False
    parts: tuple[tuple[str, np.ndarray], ...] = ()
    clauses: tuple[tuple[str, np.ndarray], ...] = ()
    acts: Acts = NOTHING
    """What the message does: facts it tells, a feeling, a kind of follow-up, what it says in an emergency."""
    own: float = 0.0
    """The probability of danger of the message by itself, without what was said before it."""
    because: str = ""
    """The part of the message in which danger was seen; empty: all of it."""
    where: str = ""
    """The parts of the message that say where somebody is, as they were written; empty: none of them by itself."""
    seen: InContext | None = None
    """What the message is in the light of what was said before it, where that could be read."""
    before: np.ndarray | None = None
    """The vector (dim,) of what the person wrote before, in whose light the message is read; None without any."""


@dataclass(frozen=True, slots=True)
class _Judged:
    """What danger says of a message; the other fields are those of `Understood`."""

    assessment: Assessment
    alone: bool = False
    because: str = ""
    own: float = 0.0


@dataclass(frozen=True, slots=True)
class _Divided:
    """What is known of a message by rule, before anything is encoded: its language (`named`: None unless it is sure),
    how it is read, what it asks, and its pieces with how each is read. `before` and `leant`: what it is read in the
    light of, as that is read."""

    text: str
    spelled: bool
    lang: str | None
    named: str | None
    reading: str
    asked: Sequence[str]
    pieces: tuple[tuple[str, str], ...]
    before: str
    leant: tuple[str, ...]
    told: bool
    """Whether the message says enough to be danger in the light of what was said before."""


class Understanding:
    """Puts the three together. A message is encoded once in a turn."""

    def __init__(
        self,
        danger: DangerModel,
        languages: LanguageModel,
        encode: Encode,
        acts: ActsModel | None = None,
        in_context: ReadInContext | None = None,
    ) -> None:
        self._danger = danger
        self._acts = acts or ActsModel()
        self._languages = languages
        self._encode = encode
        self._in_context = in_context or _nothing
        self._beside = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="danger")

    @property
    def languages(self) -> LanguageModel:
        return self._languages

    async def of(
        self, text: str, chosen: str | None, earlier: Sequence[str] = (), hints: Sequence[str] = (), *,
        apart: bool = True, before: str = "", answer: str = "",
    ) -> Understood:  # fmt: skip
        """`chosen` is the conversation's language, `earlier` the person's last messages (newest last), `hints` what
        the channel says of the person's languages. Not `apart`: its questions and clauses are not looked for. `before`:
        what the person wrote before, and `answer` the id of what was answered last, in whose light the message is
        read."""
        read = await self._apart(self._divided, text, chosen, earlier, hints, apart, before)
        text, lang, reading, asked, account = read.text, read.lang, read.reading, read.asked, Budget()
        # They wait while the message is encoded, and are then encoded together.
        waiting = [asyncio.ensure_future(self._encode(part)) for part in asked]
        beside = [asyncio.ensure_future(self._encode(as_read)) for _, as_read in read.pieces]
        earlier_vector = asyncio.ensure_future(self._encode(read.before)) if before else None
        light = asyncio.ensure_future(self._in_context(reading, read.leant, answer)) if apart else None
        vector = await self._encode(reading)
        vectors = await asyncio.gather(*beside)
        known = [(*piece, own) for piece, own in zip(read.pieces, vectors, strict=True) if own is not None]
        known_pieces = [(piece, own) for piece, _, own in known]
        seen = await light if light is not None else None
        try:
            judged = await self._judge(text, lang, earlier, vector, known_pieces, account)
            if apart and seen is None:  # in a talk; `classify` tells what the sentence is by itself
                judged = replace(judged, assessment=self._danger.in_talk(judged.assessment))
            judged = await self._after_a_denial(judged, reading, lang, account)
            found = judged.assessment
            doubt = found.ask or found.urgency is not Urgency.NONE
            if seen is not None and (doubt or read.told):  # a mere "yes" is no danger itself
                lit = self._danger.in_light(found, seen.danger, seen.emergency, seen.doubt)
                if found.urgency is Urgency.NONE and seen.in_danger.get(PLACE, 0.0) >= ONLY_A_PLACE:
                    lit = replace(lit, urgency=Urgency.NONE, signals=(), ask=doubt or lit.urgency is not Urgency.NONE)
                judged = replace(judged, assessment=lit, alone=judged.alone and lit.urgency is not Urgency.NONE)
            # What a pattern would have found is not known when the account is spent, whichever part spent it.
            if (read.spelled or account.spent) and judged.assessment.urgency is Urgency.NONE:
                judged = replace(judged, assessment=replace(judged.assessment, ask=True))
        except Exception as error:  # noqa: BLE001 - a fault in here must not cost the message: the person is asked
            log.error("danger.failed", extra={"error": type(error).__name__})
            judged = _Judged(Assessment(ask=True))
        assessment = judged.assessment
        calm = assessment.urgency is Urgency.NONE and not assessment.ask
        parts = await _parts(asked, waiting, wanted=calm)
        # Not before: nobody in danger waits for what may be meant besides.
        told = await self._apart(clauses, reading, lang) if apart and calm and not asked else ()
        known_clauses = await _parts(
            told, [asyncio.ensure_future(self._encode(clause)) for clause in told], wanted=calm
        )
        acts = await self._apart(self._acts.read, reading, vector, [(as_read, own) for _, as_read, own in known])
        acts = in_light(acts, seen)
        if apart:
            assessment = without_what_is_not_meant(assessment, acts, seen)
        where = from_to(text, [known_pieces[at][0] for at in acts.where])
        known_before = await earlier_vector if earlier_vector is not None else None
        return Understood(
            assessment, vector, read.named, reading, judged.alone, parts=parts, clauses=known_clauses, acts=acts,
            own=judged.own, because=judged.because, where=where, before=known_before, seen=seen,
        )  # fmt: skip

    def _divided(
        self, text: str, chosen: str | None, earlier: Sequence[str], hints: Sequence[str], apart: bool, before: str
    ) -> _Divided:
        text, spelled = undisguised(text)
        # What was chosen is a hint here and no more: a person may go on in another language, and danger is assessed in
        # the language of the message.
        detected = self._languages.detect(text, chosen=None, hints=[*([chosen] if chosen else ()), *hints])
        lang = detected.code or chosen
        reading = native(text, lang)
        if reading != text and not detected.sure and is_foreign(text):
            lang, reading = None, text  # a word that is at home everywhere: it is read as it stands
        return _Divided(
            text, spelled, lang, detected.code if detected.sure else None, reading,
            asked=questions(reading, lang) if apart else (),
            # In the person's own letters too: a caseworker reads in which of them danger was seen.
            pieces=tuple((piece, native(piece, lang)) for piece in segments(text)),
            before=native(before, lang) if before else "",
            leant=tuple(native(words, lang) for words in leant_on(earlier, before)),
            told=can_be_leant_on(reading),
        )  # fmt: skip

    async def _judge(
        self, text: str, lang: str | None, earlier: Sequence[str], vector: np.ndarray | None,
        pieces: Sequence[tuple[str, np.ndarray]], account: Budget,
    ) -> _Judged:  # fmt: skip
        """What danger says of a message, of its pieces, and of it after the messages before."""
        assessment, because = await self._assess(text, vector=vector, lang=lang, budget=account), ""
        # By clause as well, where the whole leaves a doubt: a greeting or a complaint beside it hides nothing.
        for piece, own in pieces if self._danger.in_doubt(assessment) else ():
            found = await self._assess(piece, vector=own, lang=lang, budget=account)
            higher = self._danger.beside(assessment, found)
            if higher.urgency.rank > assessment.urgency.rank:
                because = piece
            assessment = higher
        alone, by_itself = assessment.urgency is not Urgency.NONE, assessment.confidence
        # People write in fragments: what may be one is also read after the messages before it.
        together = await self._apart(self._together, text, earlier, assessment, lang)
        if together is not None:
            assessment = await self._assess(
                text, vector=vector, lang=lang, earlier=earlier, alone=assessment, budget=account,
                context_vector=await self._encode(together),
            )  # fmt: skip
        return _Judged(assessment, alone, because, by_itself)

    def _together(self, text: str, earlier: Sequence[str], alone: Assessment, lang: str | None) -> str | None:
        together = self._danger.context(text, earlier, alone)
        return None if together is None else native(together, lang)

    async def _after_a_denial(self, judged: _Judged, reading: str, lang: str | None, account: Budget) -> _Judged:
        """The same with what follows a denial, read by itself: a whole that left a doubt is raised by it."""
        alone = judged.alone and judged.assessment.urgency is not Urgency.NONE
        calm = judged.assessment.urgency is Urgency.NONE
        half = await self._apart(after_denial, reading, lang) if calm else None
        if half is None:
            return replace(judged, alone=alone)
        found = await self._assess(half, vector=await self._encode(half), lang=lang, budget=account)
        assessment = self._danger.beside_denial(judged.assessment, found)
        return replace(judged, assessment=assessment, alone=assessment.urgency is not Urgency.NONE)

    def of_others(self, understood: Understood) -> Understood:
        """The same of a message about somebody else than who writes: a card needs more, a question stands below it."""
        found, seen = self._danger.in_talk(understood.assessment, others=True), understood.seen
        if found.urgency is Urgency.NONE and found.ask and seen is not None and seen.danger + seen.doubt < OF_OTHERS:
            found = replace(found, ask=False)
        return replace(understood, assessment=found, alone=understood.alone and found.urgency is not Urgency.NONE)

    async def _assess(self, text: str, **read: Any) -> Assessment:
        return await self._apart(partial(self._danger.assess, text, **read))

    async def _apart[T](self, work: Callable[..., T], *given: Any) -> T:
        """Beside the event loop: whatever a message costs, the others go on."""
        return await asyncio.get_running_loop().run_in_executor(self._beside, work, *given)


OF_OTHERS: Final = 0.5
"""Share of danger and doubt, in the light of what was said before, from which who writes about somebody else is asked
whether that person is safe."""


async def _nothing(text: str, before: Sequence[str], answer: str) -> InContext | None:
    """No reading in context."""


THERE: Final = frozenset({
    "somebody_here", "hidden", "he_sleeps", "cannot_speak", "hurry", "gone", "more_danger", "scared",
})  # fmt: skip
"""What is said by somebody who may be found out now."""


ELSE: Final = frozenset({
    "place", "hurry", "cannot_speak", "somebody_here", "hidden", "he_sleeps", "no_credit", "fire", "at_door", "weapon",
    "in_vehicle", "fled", "why_nobody", "cannot_leave", "other_hurt", "called", "police_here", "no_language",
    "what_to_say", "other_taken", "no_air", "lost_outside", "no_ambulance",
})  # fmt: skip
"""What is surely said of another danger than wanting to die, from `SURELY`."""
SURELY: Final = 0.65


OF_DYING: Final = ("die", "height", "took_pills", "stay_with_me")
HARDLY: Final = 0.25
"""What somebody does in danger who wants to die, and the share of all of it, in the light of what was said before,
below which nobody means that."""


def without_what_is_not_meant(found: Assessment, acts: Acts, seen: InContext | None = None) -> Assessment:
    """Without the signal of wanting to die, where the message surely does something else ("behind the station, I do not
    know the street"), or hardly means that in the light of what was said before; and without that of being found out,
    where it says nothing of somebody who is there or comes: its card closes the chat ("he bought me a phone")."""
    act, share = acts.safety
    dying = sum(seen.in_danger.get(name, 0.0) for name in OF_DYING) if seen is not None and seen.in_danger else 1.0
    if SUICIDE in found.signals and ((act in ELSE and share >= SURELY) or dying < HARDLY):
        found = replace(found, signals=tuple(name for name in found.signals if name != SUICIDE))
    if FOUND_OUT not in found.signals or acts.safety[0] in THERE or acts is NOTHING:
        return found
    if any(reason.startswith("pattern ") for reason in found.why):
        return found
    return replace(found, signals=tuple(name for name in found.signals if name != FOUND_OUT))


def from_to(text: str, pieces: Sequence[str]) -> str:
    """The part of `text` from the first of the pieces to the last, with the few words that may stand after a stop in a
    short one ("3. floor"); empty where there is none, or the text is short."""
    if not pieces or len(text) <= SHORT:
        return ""
    found = text[max(text.find(pieces[0]), 0) :]
    end = found.find(pieces[-1]) + len(pieces[-1])
    return found if len(found[end:].split()) <= FEW else found[:end]


SHORT, FEW = 120, 3
"""Characters of a text that is a place as a whole ("I do not know the street, it says Geel, there is a yellow crane"),
and words that may still belong to it."""


async def _parts(
    asked: Sequence[str], waiting: Sequence[asyncio.Future[np.ndarray | None]], *, wanted: bool
) -> tuple[tuple[str, np.ndarray], ...]:
    """The questions, or the clauses, with their vectors; none where they are not `wanted`, or the encoder failed. It is
    waited for them in any case: a batch that is under way when its loop ends would hold up all that come after."""
    vectors = await asyncio.gather(*waiting)
    known = [(part, vector) for part, vector in zip(asked, vectors, strict=True) if vector is not None]
    return tuple(known) if wanted and len(known) == len(asked) else ()

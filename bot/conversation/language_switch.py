"""Languages to choose from, and a switch of language in the middle of a talk."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.conversation.sessions import Session
from bot.domain.model import Outgoing
from bot.domain.ports import Catalogue
from bot.domain.speaker import Speaker
from bot.text import scripts
from bot.understanding.language.mismatch import other_letters
from bot.understanding.service import Understood

WORDS_TO_OFFER, SIGNS_TO_OFFER = 3, 5
"""Fewer say too little about a language to interrupt somebody with it: words, or signs where no space is between
words."""
NONE_OF_OURS = "none of ours"
PLACE = "place"
"""The act of somebody who says where they are: the name of a street is in the language of the street."""
_UNSPACED = re.compile("[\u0e00-\u0eff\u1780-\u17ff\u1000-\u109f\u3040-\u30ff\u3400-\u9fff]")


def names(words: Catalogue) -> dict[str, str]:
    """Every language there are words in, by its code, in its own name."""
    return {language.code: language.name for language in words.languages}


def written_in(words: Catalogue, session: Session, text: str, understood: Understood) -> str | None:
    """The language that a message surely is in, when it is another one of ours than the talk's: it is answered in it.
    None otherwise."""
    if session.language is None or not _says_enough(text) or understood.acts.safety[0] == PLACE:
        return None
    code = words.fallback(understood.language)
    return None if code == session.language else code


def going_on_in(message: Outgoing, code: str) -> Outgoing:
    """Return `message` with buttons that also switch the conversation to the language `code`: the person who presses
    one can read that language."""
    return replace(message, choices=tuple(replace(c, action={"in": code, **c.action}) for c in message.choices))


def another_language(words: Catalogue, session: Session, text: str, understood: Understood) -> list[Outgoing]:
    """A switch of language in the middle is noticed and offered once, in the language that was noticed. What is surely
    in a language, or in letters, that there are no words in is asked about once: it was read as far as that goes, and
    answered in the language that was chosen."""
    if session.language is None or not _says_enough(text) or understood.acts.safety[0] == PLACE:
        return []
    code, known = written_in(words, session, text, understood), words.fallback(understood.language)
    foreign = known is None and (understood.language is not None or _in_foreign_letters(text, session.language))
    if foreign and session.offered != NONE_OF_OURS:
        session.offered = NONE_OF_OURS
        return [Speaker(words, session.language).languages("language.ask", names(words))]
    if code is None or code == session.offered:
        return []
    session.offered = code
    speaker = Speaker(words, code)
    choice = speaker.choice({"command": "language", "value": code}, names(words)[code])
    return [replace(speaker.say("language.offer"), choices=(choice,))]


def _in_foreign_letters(text: str, language: str) -> bool:
    """Latin letters say nothing: Chinese and Arabic are typed in them too."""
    found = scripts.main_script(text)
    return found is not None and found[0] != scripts.LATIN and other_letters(text, language)


def way_back(session: Session, speaker: Speaker, words: list[Outgoing]) -> list[Outgoing]:
    """`words` of an answer; the first in a language that nobody chose has a button for another one: few words may have
    been taken for the wrong one."""
    if not session.guessed or not words:
        return words
    session.guessed = False
    button = speaker.choice({"command": "language"})
    return [*words[:-1], replace(words[-1], choices=(*words[-1].choices, button))]


def _says_enough(text: str) -> bool:
    return len(text.split()) >= WORDS_TO_OFFER or len(_UNSPACED.findall(text)) >= SIGNS_TO_OFFER

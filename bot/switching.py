"""Languages to choose from, and a switch of language in the middle of a talk."""

from __future__ import annotations

from dataclasses import replace

from bot.core.model import Outgoing
from bot.core.replies import Speaker
from bot.ports import Catalogue
from bot.sessions import Session
from bot.understanding import Understood

WORDS_TO_OFFER = 3
"""Fewer say too little about a language to interrupt somebody with it."""


def names(words: Catalogue) -> dict[str, str]:
    """Every language there are words in, by its code, in its own name."""
    return {language.code: language.name for language in words.languages}


def another_language(words: Catalogue, session: Session, text: str, understood: Understood) -> list[Outgoing]:
    """A switch of language in the middle is noticed and offered once, in the language that was noticed."""
    code = words.fallback(understood.language)
    if code is None or code in {session.language, session.offered} or len(text.split()) < WORDS_TO_OFFER:
        return []
    session.offered = code
    speaker = Speaker(words, code)
    choice = speaker.choice({"command": "language", "value": code}, names(words)[code])
    return [replace(speaker.say("language.offer"), choices=(choice,))]

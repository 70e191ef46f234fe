"""The answers that a question about a topic may get: its overview, or that to one of its questions."""

from __future__ import annotations

import re

from bot.content import Catalogue

SMALL_TALK = {"thanks": ("talk/thanks",), "greet": ("talk/greet_back",), "goodbye": ("talk/goodbye",)}


def about(words: Catalogue, topic: str, lang: str) -> set[str]:
    """Every text that answers something about `topic`, the shorter ones for the second time too."""
    starts = (f"{topic}/", *SMALL_TALK.get(topic, ()))
    names = [name for name in words.questions if name.startswith(starts)]
    texts = {words.answer(name, lang).text for name in (topic, *names)}
    return texts | {words.say(f"questions.{name}.short", lang) for name in names}


def answers(text: str, words: Catalogue, topic: str, lang: str) -> bool:
    """Whether `text` is one of these, with or without a sentence that says what was heard."""
    return any(text.endswith(answer) for answer in about(words, topic, lang))


def pattern(words: Catalogue, topic: str, lang: str) -> re.Pattern[str]:
    """The same for a browser, which shows spaces and line ends as it likes."""
    spaced = ("\\s+".join(map(re.escape, text.split())) for text in sorted(about(words, topic, lang)))
    return re.compile(f"(?:{'|'.join(spaced)})\\s*$")

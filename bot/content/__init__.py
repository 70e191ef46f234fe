"""The words that people read, per language, and the facts that stand in them.

fact       a number, site, period or condition: once in `facts.yml`, dated and sourced
answer     what is said about a topic; written by people, never translated on the fly
card       what a person in danger reads first: numbers, then one line for each signal
label      a short text on a button or a page
catalogue  all of it, checked and filled in once when the process starts; nothing is read later

`load` either returns a `Catalogue` in which every text of every language is whole, or raises a
`ContentError` that lists every fault: a missing word is found at start, never at midnight.
"""

from bot.content.catalogue import (
    SEVERAL,
    Answer,
    Catalogue,
    Language,
    MissingValue,
    UnknownLanguage,
    UnknownText,
    UnknownTopic,
    UnknownUrgency,
)
from bot.content.facts import Fact
from bot.content.glossary import glossary
from bot.content.loader import load
from bot.content.yaml_reader import ContentError

__all__ = [
    "SEVERAL",
    "Answer",
    "Catalogue",
    "ContentError",
    "Fact",
    "Language",
    "MissingValue",
    "UnknownLanguage",
    "UnknownText",
    "UnknownTopic",
    "UnknownUrgency",
    "glossary",
    "load",
]

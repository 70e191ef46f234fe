"""What a text must be before a person may read it. Each check gives its faults as short sentences."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache

from bot.content.facts import Fact
from bot.content.render import PLACEHOLDER, placeholders

LABEL_CHARS = 28
ANSWER_WORDS = 90
QUESTION_WORDS = 52
SHORT_WORDS = 24
QUESTION_CHARS = 36
CARD_WORDS = 75
SIGNAL_WORDS = 40
TEXT_WORDS = 75
SENTENCE_WORDS = 26
NEVER_SAY_MIN = 10
SIGNS_OF_A_WORD = 5

_SIGNS = ("CJK UNIFIED", "HIRAGANA", "KATAKANA", "HANGUL")
_FIRST_SIGN = "\u1100"
"""None of them stands before it in Unicode: most texts need not be looked through."""
_MARKUP = re.compile(r"[<>`\\]|&#?\w+;|\*\*|__|\]\(")
_ADDRESS = re.compile(r"https?:|www\.|@|\b[\w-]+\.(?:be|com|org|net|eu|info)\b", re.IGNORECASE)
# Where a thought ends: a mark that closes or divides a sentence, a new line, the bar between words that are heard.
_THOUGHT = re.compile(r"(?<=[.!?…؟:;؛])\s+|(?<=[。？！：；])|[\n|]")
# Invisible marks that turn the direction of a text round: the program adds the ones that are needed.
_DIRECTION = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def words(text: str) -> float:
    """How long a text is to read, in words; Chinese, Japanese and Korean signs count for 0.6 word each.

    Languages that write each syllable apart have many short words, so a word has at least `SIGNS_OF_A_WORD` on average.
    """
    signs = sum(map(_is_sign, text)) if max(text, default="") >= _FIRST_SIGN else 0
    spaced = sum(1 for word in text.split() if any(map(str.isalnum, word)))
    return signs * 0.6 + min(spaced, (len(text) - signs) / SIGNS_OF_A_WORD)


def _may_be_longer(text: str, limit: int) -> bool:
    """Whether a text can have more words than `limit`: at every start most need not be counted."""
    return len(text) > limit * SIGNS_OF_A_WORD or max(text, default="") >= _FIRST_SIGN


def text_faults(
    text: object,
    *,
    facts: Mapping[str, Fact],
    values: Collection[str] = (),
    shows: Collection[str] = (),
    never_say: Sequence[str] = (),
) -> list[str]:
    """Faults of one text as it was written, before anything is filled in."""
    if not isinstance(text, str) or not text.strip():
        return ["is empty or not text (YAML reads yes, no and numbers as something else: use quotes)"]
    faults = []
    bare = PLACEHOLDER.sub("", text)
    if text != text.strip():
        faults.append("begins or ends with a space")
    if "{" in bare or "}" in bare:
        faults.append("has a brace that belongs to no placeholder")
    if any(map(str.isdigit, bare)):
        faults.append("has a bare digit: numbers and periods come from facts.yml")
    if _ADDRESS.search(bare):
        faults.append("has a bare site or e-mail address: they come from facts.yml")
    if _MARKUP.search(bare):
        faults.append("has HTML or other markup")
    if _DIRECTION.search(bare) or any(map(_is_control, set(bare))):
        faults.append("has an invisible control character")
    faults += _placeholder_faults(text, facts, values)
    faults += [f"must show {{{name}}}" for name in (*shows, *values) if name not in placeholders(text)]
    spoken = fold(text)
    faults += [f"says what may never be said: {phrase!r}" for phrase in never_say if _folded(phrase) in spoken]
    return faults


def length_faults(text: str, limit: int) -> list[str]:
    """Faults of a filled-in text that is too long to read under stress. `limit` in words."""
    length = words(text) if _may_be_longer(text, limit) else 0
    return [f"is too long: {length:.0f} words, at most {limit}"] if length > limit else []


def sentence_faults(text: str) -> list[str]:
    """Faults of a text, as written, with more than one thought in a sentence: who is tired loses its beginning."""
    faults: list[str] = []
    if not _may_be_longer(text, SENTENCE_WORDS):
        return faults
    for sentence in _THOUGHT.split(PLACEHOLDER.sub("0", text)):
        length = words(sentence)
        if length > SENTENCE_WORDS:
            begin = sentence.strip()[:30]
            faults.append(f"has a sentence of {length:.0f} words, at most {SENTENCE_WORDS}: {begin}…")
    return faults


def label_faults(label: str) -> list[str]:
    """Faults of a filled-in button text."""
    length = len(label)
    return [f"is too long: {length} characters, at most {LABEL_CHARS}"] if length > LABEL_CHARS else []


def fact_faults(names: Collection[str], facts: Mapping[str, Fact], *, with_value: bool) -> list[str]:
    """Faults of the facts that a text shows (`with_value`) or leans on."""
    faults = []
    for name in names:
        fact = facts.get(name)
        if fact is None:
            faults.append(f"names the unknown fact {name}")
        elif not fact.showable:
            faults.append(
                f"uses {name}, whose confidence is {fact.confidence}: only HIGH and MED may be used"
            )
        elif with_value and not fact.values:
            faults.append(f"shows {name}, which has no value")
    return faults


def fold(text: str) -> str:
    """For comparing: no capitals, one kind of apostrophe, single spaces."""
    return " ".join(unicodedata.normalize("NFKC", text).replace("\u2019", "'").casefold().split())


# The same few signs and phrases are asked about for each of ten thousand texts, at every start.
_folded = lru_cache(4096)(fold)


@lru_cache(8192)
def _is_sign(character: str) -> bool:
    return unicodedata.name(character, "").startswith(_SIGNS)


@lru_cache(8192)
def _is_control(character: str) -> bool:
    return unicodedata.category(character) == "Cc" and character != "\n"


def _placeholder_faults(text: str, facts: Mapping[str, Fact], values: Collection[str]) -> list[str]:
    names = [name for name in placeholders(text) if name not in values]
    faults = [f"has the unknown placeholder {{{name}}}" for name in names if name not in facts]
    return faults + fact_faults([name for name in names if name in facts], facts, with_value=True)

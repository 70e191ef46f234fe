"""Return codes: six words that a person can keep on paper or in the head.

The word lists are those of BIP 39 (2,048 words a list, no two alike in their first four letters), as the
package `mnemonic` carries them: six words are 66 bits. A language without a list gets English words. The Chinese list
is of single signs, which are written without spaces.
"""

from __future__ import annotations

import base64
import re
import secrets
import unicodedata
from functools import lru_cache

from mnemonic import Mnemonic

from bot.storage.sealing.envelopes import normalise_code

WORDS = 6
LISTS = {
    "cs": "czech",
    "en": "english",
    "es": "spanish",
    "fr": "french",
    "it": "italian",
    "pt": "portuguese",
    "ru": "russian",
    "tr": "turkish",
    "zh": "chinese_simplified",
}


@lru_cache(maxsize=len(LISTS))
def words_of(language: str) -> tuple[str, ...]:
    """Return the 2,048 words of a language."""
    return tuple(unicodedata.normalize("NFC", word) for word in Mnemonic(LISTS[language]).wordlist)


def new_return_code(language: str | None) -> str:
    """Return six random words with spaces between them, in the person's language where there is a list."""
    base = (language or "en").split("-")[0].lower()
    words = words_of(base if base in LISTS else "en")
    return " ".join(secrets.choice(words) for _ in range(WORDS))


def typed_words(code: str) -> list[str]:
    """Return the words of a code that somebody typed."""
    words = code.split()
    return list(words[0]) if len(words) == 1 and _SIGNS.fullmatch(words[0]) else words


def unknown_words(code: str) -> tuple[int, ...]:
    """Return the places, from 1, of the typed words that are not in the list that has most of them."""
    words = [normalise_code(word) for word in typed_words(code)]
    lists = (_compared(language) for language in LISTS)
    best = max(lists, key=lambda known: sum(word in known for word in words))
    return tuple(place for place, word in enumerate(words, 1) if word and word not in best)


@lru_cache(maxsize=len(LISTS))
def _compared(language: str) -> frozenset[str]:
    return frozenset(map(normalise_code, words_of(language)))


_SIGNS = re.compile("[\u3400-\u9fff]+")
_LINK = re.compile(r"([a-z]{2})_([A-Za-z0-9_-]{12})")


def to_link(code: str) -> str | None:
    """Return a code as a word of 15 plain characters, for a deep link: its list and the places of its words. None where
    it is not a code."""
    words = unicodedata.normalize("NFC", code).split()
    for language in LISTS:
        places = {word: place for place, word in enumerate(words_of(language))}
        if len(words) == WORDS and all(word in places for word in words):
            number = 0
            for word in words:
                number = number << 11 | places[word]
            return f"{language}_{base64.urlsafe_b64encode(number.to_bytes(9, 'big')).decode()}"
    return None


def from_link(link: str) -> str | None:
    """Return the code that `to_link` made the word of; None for anything else."""
    match = _LINK.fullmatch(link)
    if match is None or match[1] not in LISTS:
        return None
    number = int.from_bytes(base64.urlsafe_b64decode(match[2]), "big")
    if number >> 11 * WORDS:
        return None
    words = words_of(match[1])
    return " ".join(words[number >> 11 * place & 2047] for place in reversed(range(WORDS)))

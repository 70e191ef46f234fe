"""Return codes: six words that a person can keep on paper or in the head.

The word lists are those of BIP 39 (2,048 words a list, no two alike in their first four letters), as the
package `mnemonic` carries them: six words are 66 bits. A language without a list gets English words.
"""

from __future__ import annotations

import secrets
import unicodedata
from functools import lru_cache

from mnemonic import Mnemonic

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
}


@lru_cache(maxsize=len(LISTS))
def words_of(language: str) -> tuple[str, ...]:
    """The 2,048 words for a language code."""
    return tuple(unicodedata.normalize("NFC", word) for word in Mnemonic(LISTS[language]).wordlist)


def new_return_code(language: str | None) -> str:
    """Six random words with spaces between them, in the person's language where there is a list."""
    base = (language or "en").split("-")[0].lower()
    words = words_of(base if base in LISTS else "en")
    return " ".join(secrets.choice(words) for _ in range(WORDS))

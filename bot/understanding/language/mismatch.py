"""What is not in the language that it is taken for: a translation that got stuck on its way, and a message whose
letters are another language's."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.domain.ports import LanguageModel
from bot.text import scripts
from bot.text.sentences import split
from encoder.runtime.transliteration import native

ENOUGH = 3
"""Words under which a language is guessed, not known."""
MIDDLE = "en"
"""Where a translation between two other languages gets stuck."""
_WORD = re.compile(r"[^\W\d_]+")
_BEYOND = re.compile("[\u00c0-\u024f\u0300-\u036f\u1e00-\u1eff]")
"""Letters that a keyboard for English does not have."""
_LETTERS = {code: {script} for script, code in scripts.ONLY.items()} | {
    code: {script} for script, codes in scripts.SHARED.items() for code in codes
}
_LETTERS["ja"] = {"HIRAGANA", "KATAKANA", "CJK"}
_LETTERS["sr"].add(scripts.LATIN)


def stuck(languages: LanguageModel, text: str, source: str | None, target: str) -> bool:
    """Whether a sentence of `text`, a translation into `target`, is surely in the language it came from, or in
    English."""
    wrong = {source, MIDDLE} - {target}
    for sentence in _known(text):
        found = languages.detect(sentence, chosen=None, hints=[target])
        if found.sure and found.code in wrong:
            return True
    return False


def _known(text: str) -> Iterator[str]:
    """The sentences that are long enough to say anything; the whole text where none is."""
    long = [sentence for sentence in split(text).sentences if _enough(sentence)]
    return iter(long or [text] * _enough(text))


def _enough(text: str) -> bool:
    return len(_WORD.findall(text)) >= ENOUGH


def other_letters(text: str, language: str) -> bool:
    """Whether most letters of `text` are not those that `language` is written in. What is typed in plain Latin letters
    for want of others is read as it was meant; nobody types "ș" or "é" for that."""
    typed = text if _BEYOND.search(text) else native(text, language)
    found = scripts.main_script(typed)
    return found is not None and found[0] not in _LETTERS.get(language, {scripts.LATIN})

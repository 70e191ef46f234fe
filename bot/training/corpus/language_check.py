"""Which language is a sentence in, as far as can be told for certain? Asked of a model that knows nothing of ours.

A sentence is held for one of another language when `py3langid` is sure of that and gives next to nothing to its own,
and when no word of its own language is in it: people mix languages, and leave out diacritics, and that is no fault.
The words of a language are those of `content/<language>`, which other hands wrote, and those of `words.yml` beside.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any, Final

import regex
import yaml

from bot.training.corpus import comparing, yaml_lines
from bot.training.corpus.vocabulary import Vocabulary

SURE: Final = 0.60
"""Probability of the other language from which on it is named."""
UNLIKELY: Final = 0.01
"""Probability that the sentence's own language has at most then."""
SURE_WITHOUT_WORDS: Final = 0.90
"""The same as `SURE` where no words of the own language are known."""
KNOWN: Final = 0.65
"""Share of words of the other language that a sentence in Latin letters needs where others are usual: so typed, the
model knows no language, and takes Hindi for Hausa."""
KNOWN_OF_FEW: Final = 0.30
"""The same where only the commonest words of that language are known."""
WORDS: Final = 5
SIGNS: Final = 10
"""Shorter ones may look like anything."""
USUAL: Final = 2
"""How often a word stands in the texts of a language that is its own: a name is not."""

_POSSIBLE: Final = (
    "nl fr en ro tr ar bg es ru vi pl uk zh de pt hu sq hi bn tl fa ur ps ku ja ko it sr hr mk cs sk sl id sv da no fi "
    "el ne mr ary arz sdh wuu yue lt so ha yo sw am ta th ka hy uz az pa"
)
POSSIBLE: Final = frozenset(_POSSIBLE.split())
"""What a sentence may be in, whether it is registered or not."""
FAMILY: Final[Mapping[str, frozenset[str]]] = {"ar": frozenset({"ary", "arz"}), "zh": frozenset({"wuu", "yue"})}
"""What the model has apart, and the register as one."""
_MARKS: Final[Mapping[str, frozenset[str]]] = {
    "tr": frozenset("ığşçöü"), "hu": frozenset("őűáéíóúöü"), "pl": frozenset("ąęłńśźżćó"), "ro": frozenset("ăâîșțşţ"),
    "sq": frozenset("ëç"), "de": frozenset("äöüß"), "es": frozenset("ñáéíóú¿¡"), "pt": frozenset("ãõçáéíóú"),
    "vi": frozenset("ăâđêôơưàảãạáằẳẵặắầẩẫậấèẻẽẹéềểễệếìỉĩịíòỏõọóồổỗộốờởỡợớùủũụúừửữựứỳỷỹỵý"),
}  # fmt: skip
"""Letters that nobody types who writes another language in Latin ones. French is left out: it stands within Arabic."""
_STRANGE: Final[Mapping[str, frozenset[str]]] = {"bg": frozenset("ыэёіїєґ"), "uk": frozenset("ыэёъ")}
"""Letters that a language has not, though its neighbours have: with two of them its own probability may be higher."""
UNLIKELY_IN_THESE_LETTERS: Final = 0.15
_WORD: Final = regex.compile(r"[\p{L}\p{M}]+")
_SIGN: Final = regex.compile(r"[\p{Script=Hani}\p{Script=Hira}\p{Script=Kana}\p{Script=Thai}]")
_LATIN: Final = regex.compile(r"\p{Script=Latn}")
_NO_LATIN: Final = regex.compile(r"[\p{L}--\p{Script=Latn}]", regex.V1)
_PLACE: Final = regex.compile(r"\{[^}]*\}")


@dataclass(frozen=True, slots=True)
class Words:
    """Plain words of one language: `all` that its texts have, and the `usual` ones. `few`: only the commonest."""

    all: frozenset[str]
    usual: frozenset[str]
    few: bool = False


class Tongues:
    """Judges sentences of one project. Making it reads the words of all its languages."""

    def __init__(self, root: Path, known: Vocabulary) -> None:
        self._words = {code: _words(root, code) for code in (*known.languages, *_commonest())}
        self._latin = {code for code, line in known.languages.items() if line.script == "Latn"}
        self._model = _model(tuple(sorted(known.languages)))
        self._alone = {code: self._own(code) for code in self._words}

    def other(self, text: str, language: str) -> str:
        """The code of the language that `text` is in, when that is certainly not `language`; else ""."""
        plain = comparing.plain(text)
        words = _WORD.findall(plain)
        if not self._model or language not in self._model.labels or not _is_long(text, words):
            return ""
        if not self._alone.get(language, frozenset()).isdisjoint(words):
            return ""
        ranked = self._model.rank(text)
        found, share = _registered(ranked[0][0]), ranked[0][1]
        own = sum(one for code, one in ranked if _registered(code) == language)
        mine = self._words.get(language, NONE).usual
        if found == language or own > self._most(text, language) or share < (SURE if mine else SURE_WITHOUT_WORDS):
            return ""
        theirs = self._words.get(found, NONE)
        if language in self._latin or not _is_latin(text):
            own_words = mine - theirs.usual
            return "" if any(word in own_words for word in words) else found
        if any(word in mine for word in words):
            return ""
        marked = sum(letter in _MARKS.get(found, ()) for letter in text.casefold()) >= 2
        least = KNOWN_OF_FEW if theirs.few else KNOWN
        return found if marked or sum(word in theirs.all for word in words) >= least * len(words) > 0 else ""

    def _most(self, text: str, language: str) -> float:
        strange = _STRANGE.get(language, ())
        return UNLIKELY_IN_THESE_LETTERS if sum(letter in strange for letter in text.casefold()) >= 2 else UNLIKELY

    def _own(self, code: str) -> frozenset[str]:
        """Words that no other language has: a sentence with one of them need not be looked at further."""
        others = [words.usual for other, words in self._words.items() if other != code]
        return self._words[code].usual.difference(*others)


NONE: Final = Words(frozenset(), frozenset())


def _words(root: Path, code: str) -> Words:
    counts: Counter[str] = Counter()
    for path in sorted((root / "content" / code).glob("*.yml")):
        if path.name in ("answers.yml", "safety.yml", "system.yml", "labels.yml"):
            try:
                texts = list(_texts(yaml_lines.read(path)))
            except yaml_lines.Unreadable:
                continue  # `inloop content check` says so
            counts.update(word for text in texts for word in _WORD.findall(comparing.plain(_PLACE.sub(" ", text))))
    if few := _commonest().get(code):
        return Words(few | counts.keys(), few | {word for word in counts if counts[word] >= USUAL}, not counts)
    usual = frozenset(word for word, count in counts.items() if count >= USUAL and len(word) > 1)
    return Words(frozenset(counts), usual)


def _texts(value: object) -> Iterator[str]:
    """Every text in what a file holds; its keys are none."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping | list):
        for part in value.values() if isinstance(value, Mapping) else value:
            yield from _texts(part)


@lru_cache(maxsize=1)
def _commonest() -> dict[str, frozenset[str]]:
    source = resources.files("bot.training.corpus").joinpath("words.yml").read_text(encoding="utf-8")
    return {code: frozenset(comparing.plain(words).split()) for code, words in yaml.safe_load(source).items()}


@lru_cache(maxsize=4)
def _model(codes: Iterable[str]) -> Any:
    """`py3langid` kept to `codes` and `POSSIBLE`, as far as it knows them."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    model = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    model.set_languages(sorted((POSSIBLE | set(codes)) & set(model.labels)))
    return model


def _registered(code: str) -> str:
    return next((own for own, others in FAMILY.items() if code in others), code)


def _is_long(text: str, words: list[str]) -> bool:
    signs = len(_SIGN.findall(text))
    return signs >= SIGNS or (len(words) >= WORDS if not signs else len(words) - 1 + signs * WORDS / SIGNS >= WORDS)


def _is_latin(text: str) -> bool:
    return len(_LATIN.findall(text)) > len(_NO_LATIN.findall(text))

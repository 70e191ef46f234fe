"""Which language is this? The one door of this package: `Languages.load(...).detect(...)`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any, Final

import yaml

from bot.text import scripts
from bot.text.normalise import clean
from bot.understanding.language import model as models
from bot.understanding.language.model import OTHER, LetterModel

SURE: Final = 0.60
"""Probability from which a language is acted upon without asking. Of held-out sentences of two words and more at this
edge (0.60 to 0.70) it is right in seven of eight: the model says less than it knows."""
SURE_OF_BOTH: Final = 0.50
"""The same where the wide model, which never saw our sentences, names the same language: right in nine of ten."""
SURE_OF_A_SCRIPT: Final = 0.70
"""The same for a writing system of one language only."""
SURE_OF_A_WORD: Final = 0.80
"""The same for a single word in Latin letters: it may be a name, a slip, or none of ours."""
WITNESS: Final = 0.70
"""Probability from which the wide model names a language where the letters see none of ours."""
LIKELY: Final = 0.50
"""Below this nothing is named at all."""
_WORD: Final = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
_TAG: Final = re.compile(r"^\s*([A-Za-z]{2,3})(?:[-_][A-Za-z0-9]+)*\s*(?:;.*)?$")
_SAME: Final = {
    "iw": "he",
    "tl": "tl",
    "fil": "tl",
    "cmn": "zh",
    "yue": "zh",
    "prs": "fa",
    "mo": "ro",
    "no": "nb",
    "ji": "yi",
}
_FILE: Final = resources.files("bot.understanding.language").joinpath("words.yml")
_WORDS: Final = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
_NOTHING: Final = frozenset(_WORDS["nothing"])
_EVERYWHERE: Final = frozenset(_WORDS["everywhere"])
_PLAUSIBLE: Final = frozenset(_WORDS["plausible"])
_LIKE_ONE: Final = frozenset({"sr", "hr", "bs"})
"""In Latin letters nearly one language: the wide model divides between them what it believes. Our own letters know none
of them, and would take them for Bulgarian as it is typed in Latin letters."""


@dataclass(frozen=True, slots=True)
class Detected:
    """A language code, or None when there is nothing to go by. Only a `sure` one may be acted upon without asking."""

    code: str | None
    confidence: float
    sure: bool


@dataclass(frozen=True, slots=True)
class Languages:
    """Detects languages. Immutable: any number of threads may share one."""

    letters: LetterModel | None
    wide: Any
    """`py3langid`'s identifier, kept to the register and to languages that are likely here."""
    romanised: Mapping[str, frozenset[str]]

    @classmethod
    def load(cls, models_folder: Path, register: Path) -> Languages:
        """Read `models_folder`/language (may be missing) and `content/languages.yml` (may be missing)."""
        from py3langid.langid import MODEL_FILE, LanguageIdentifier

        wide = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
        allowed = (_register(register) | _PLAUSIBLE) & set(wide.labels)
        wide.set_languages(sorted(allowed))
        source = resources.files("bot.understanding.language").joinpath("romanised.yml").read_text(encoding="utf-8")
        words = {code: frozenset(map(str, found)) for code, found in yaml.safe_load(source).items()}
        languages = cls(models.load(models_folder / "language"), wide, words)
        languages.detect("the first look at a text is slow", chosen=None)
        return languages

    def detect(self, text: str, *, chosen: str | None, hints: Sequence[str] = ()) -> Detected:
        """The language of `text`. What the person chose always wins; `hints` (language tags or a whole Accept-Language,
        best first) only tip what is undecided. Never raises, never falls back on a language.
        """
        picked = tag(chosen)
        if picked:
            return Detected(picked, 1.0, True)
        text = clean(text, 1000)
        found = scripts.main_script(text)
        if found is None:
            return Detected(None, 0.0, False)
        script, share = found
        if script in scripts.ONLY:
            confidence = min(0.99, 0.5 + share / 2)
            return Detected(scripts.ONLY[script], confidence, confidence >= SURE_OF_A_SCRIPT)
        wanted = [code for hint in hints for code in _tags(hint)]
        if script in scripts.SHARED:
            return _decided(self._shared(script, text), wanted)
        return self._latin(text, wanted)

    def _shared(self, script: str, text: str) -> dict[str, float]:
        """Probabilities within one writing system: our own letters first, telling letters and the wide model beside."""
        candidates = scripts.SHARED[script]
        weights = dict.fromkeys(candidates, 0.003)
        for code, share in (self.letters.probabilities(text) if self.letters else {}).items():
            if code in weights:
                weights[code] += share
        for code, share in self._wide(text).items():
            if code in weights:
                weights[code] += share * (0.2 if code in self._learned else 1.0)
        if own := scripts.by_letters(script, text):
            weights[own[0]] += min(own[1], 3)
        total = sum(weights.values())
        return {code: weight / total for code, weight in weights.items()}

    def _latin(self, text: str, wanted: list[str]) -> Detected:
        words = [word.casefold() for word in _WORD.findall(text)]
        telling = [word for word in words if word not in _NOTHING]
        if not telling:
            return Detected(None, 0.0, False)
        if all(word in _EVERYWHERE for word in telling):
            return self._suggested(text, wanted)
        return self._romanised(telling) or self._by_letters(text, len(telling), wanted)

    def _by_letters(self, text: str, telling: int, wanted: list[str]) -> Detected:
        """Of Latin letters, with so many `telling` words: our own letters, and the wide model against them."""
        shares = self.letters.probabilities(text) if self.letters else {}
        strange = shares.pop(OTHER, 0.0)
        likeliest, mine = next(iter(shares.items()), ("", 0.0))
        none_of_ours = strange > mine * (2 if likeliest in wanted else 1)
        wide = self._wide(text)
        other, strength = next(iter(wide.items()), ("", 0.0))
        if other in _LIKE_ONE:
            strength = sum(wide.get(code, 0.0) for code in _LIKE_ONE)
        # Of a language that is none of ours the letters may name the most similar one: a wide model that is certain, on
        # enough words, is believed instead, and sooner where they see none of ours.
        if none_of_ours:
            witnessed = strength >= WITNESS and telling >= 2
        else:
            witnessed = strength >= 0.9 and telling >= 3 and mine < 0.97
        if other not in self._learned and witnessed:
            return _decided({other: strength * min(1.0, 0.7 + 0.06 * telling)}, wanted)
        if none_of_ours:
            return Detected(None, round(mine, 4), False)
        if not shares:
            return _decided({code: share * min(1.0, 0.4 + 0.1 * telling) for code, share in wide.items()}, wanted)
        agreed = SURE_OF_BOTH if other == likeliest else SURE
        return _decided(shares, wanted, SURE_OF_A_WORD if telling == 1 else agreed)

    def _suggested(self, text: str, wanted: list[str]) -> Detected:
        """A guess for a message of greetings and the like: named, never sure."""
        shares = self.letters.probabilities(text) if self.letters else {}
        shares.pop(OTHER, None)
        guess = _decided(shares, wanted)
        return Detected(guess.code, min(guess.confidence, 0.6), False)

    def _romanised(self, words: list[str]) -> Detected | None:
        """A language that is usually written otherwise, by its words."""
        different = set(words)
        counts = {code: len(different & own) for code, own in self.romanised.items()}
        code = max(counts, key=lambda name: counts[name])
        share = counts[code] / max(len(different), 1)
        if counts[code] < 3 or share < 0.4:
            return None
        runner_up = max((count for name, count in counts.items() if name != code), default=0)
        sure = counts[code] >= runner_up + 2
        return Detected(code, 0.9 if sure else 0.6, sure)

    def _wide(self, text: str) -> dict[str, float]:
        return {_SAME.get(code, code): float(share) for code, share in self.wide.rank(text)[:6]}

    @property
    def _learned(self) -> frozenset[str]:
        return frozenset(self.letters.codes) - {OTHER} if self.letters else frozenset()


def tag(value: str | None) -> str | None:
    """The language of a tag such as "nl-BE" or "zh_Hans"; None for anything else."""
    match = _TAG.match(value) if isinstance(value, str) else None
    return _SAME.get(match[1].lower(), match[1].lower()) if match else None


def _tags(hint: str) -> list[str]:
    """The languages of one hint, which may be a whole Accept-Language header."""
    if not isinstance(hint, str):
        return []
    return [code for part in hint[:200].split(",") if (code := tag(part))]


def _decided(shares: dict[str, float], wanted: list[str], sure: float = SURE) -> Detected:
    """The likeliest, acted upon from `sure`; a hint doubles the odds of what it names, and no more."""
    if not shares:
        return Detected(None, 0.0, False)
    odds = {code: share * (2.0 if code in wanted else 1.0) for code, share in shares.items()}
    rest = max(0.0, 1 - sum(shares.values()))
    total = sum(odds.values()) + rest
    code = max(odds, key=lambda name: odds[name])
    confidence = odds[code] / total if total else 0.0
    if confidence < LIKELY:
        return Detected(None, round(confidence, 4), False)
    return Detected(code, round(confidence, 4), confidence >= sure)


def _register(path: Path) -> frozenset[str]:
    """The codes of `content/languages.yml`; empty when the file is not there."""
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    except OSError:
        return frozenset()
    entries = content.get("languages", content) if isinstance(content, dict) else content
    if isinstance(entries, dict):
        return frozenset(map(str, entries))
    return frozenset(str(entry["code"]) for entry in entries if isinstance(entry, dict) and "code" in entry)

"""All faults of the training and test sentences of a project, at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bot.training.corpus import comparing, vocabulary
from bot.training.corpus.exceptions_list import LISTED, read_listed
from bot.training.corpus.faults import Fault, Sentence
from bot.training.corpus.language_check import Tongues
from bot.training.corpus.near_duplicates import FEWEST_WORDS, Index
from bot.training.corpus.schema import Reader
from bot.training.corpus.vocabulary import Vocabulary, VocabularyError

REGISTER: Final = "content/languages.yml"
FORMULAS: Final = frozenset({"greet", "thanks", "goodbye", "affirm", "deny"})
FORMULA_WORDS: Final = 2
ASKS_FOR_A_LANGUAGE: Final = "change_language"
"""The topic in which people write in whatever language they would rather have."""


@dataclass(frozen=True, slots=True)
class Report:
    """What was looked at, and everything that is wrong with it. `training` and `tests` count sentences."""

    languages: tuple[str, ...]
    training: int
    tests: int
    faults: tuple[Fault, ...]


def check(root: Path, only: str = "") -> Report:
    """Look at every language that has sentences or should have them; or tell of the language `only`.

    `root` is the folder of the project. A file that cannot be read is a fault like any other; nothing is raised.
    """
    try:
        known = vocabulary.read(root)
    except VocabularyError as error:
        return Report((), 0, 0, (Fault("schema", only, "content", str(error)),))
    tongues = Tongues(root, known)
    listed, faults = read_listed(root)
    training: dict[str, list[Sentence]] = {}
    tests: dict[str, list[Sentence]] = {}
    for language in dict.fromkeys((*_languages(root, known), *filter(None, (only,)))):
        reader = Reader(root, language, known)
        training[language] = [*reader.danger(), *reader.traded(), *reader.topics()]
        if only in ("", language):
            tests[language] = reader.tests()
            faults += reader.faults
            faults += registered(language, known)
            faults += repeated(language, training[language])
            faults += leaked(language, training[language], tests[language])
            if language in known.languages:
                faults += foreign(language, training[language], known.languages[language].script)
                both = [*training[language], *tests[language]]
                faults += elsewhere(language, both, tongues, listed.get(language, frozenset()))
    faults += (fault for fault in copied(training) if only in ("", fault.language))
    shown = tuple(tests)
    return Report(
        shown,
        sum(len(training[language]) for language in shown),
        sum(len(tested) for tested in tests.values()),
        tuple(faults),
    )


def registered(language: str, known: Vocabulary) -> Iterator[Fault]:
    """Faults of the line in the register of a language that has sentences."""
    line = known.languages.get(language)
    if line is None:
        yield Fault("missing", language, REGISTER, f"no line for {language}")
    elif not line.native:
        yield Fault("schema", language, REGISTER, f"{language} has training sentences: understanding is native")


def repeated(language: str, sentences: Iterable[Sentence]) -> Iterator[Fault]:
    """A fault for each sentence that stands earlier already, in whatever topic or list of the language."""
    first: dict[str, Sentence] = {}
    for sentence in sentences:
        earlier = first.setdefault(comparing.same(sentence.text), sentence)
        if earlier is not sentence:
            yield Fault("duplicate", language, sentence.where, f"stands in {earlier.where} too: {sentence.text}")


def leaked(language: str, sentences: Sequence[Sentence], tests: Iterable[Sentence]) -> Iterator[Fault]:
    """A fault for each training sentence that a test sentence repeats, or nearly does.

    Formulas may stand in both: there is no other way to say yes, and a program must have learned it.
    """
    index = Index([sentence for sentence in sentences if not is_formula(sentence)])
    for test in tests:
        for sentence, equal in index.leaks(test.text):
            how = "is" if equal else "is nearly"
            yield Fault("leak", language, sentence.where, f"{how} the test sentence {test.where}: {sentence.text}")


def is_formula(sentence: Sentence) -> bool:
    """Whether a training sentence is one or two words of greeting, thanks, parting, yes or no."""
    return sentence.topic in FORMULAS and comparing.words(comparing.tokens(sentence.text)) <= FORMULA_WORDS


def foreign(language: str, sentences: Iterable[Sentence], script: str) -> Iterator[Fault]:
    """A fault for each sentence in letters that the language is not written in."""
    if not comparing.known_script(script):
        yield Fault("schema", language, REGISTER, f"{language}: {script!r} is no ISO 15924 code of letters")
        return
    for sentence in sentences:
        if not comparing.in_script(sentence.text, script):
            yield Fault("language", language, sentence.where, f"is not in letters of {language}: {sentence.text}")


def elsewhere(
    language: str, sentences: Iterable[Sentence], tongues: Tongues, listed: frozenset[str]
) -> Iterator[Fault]:
    """A fault for each sentence that is certainly in another language and not `listed` as one that may be; and for
    each listed one that is not, or not there.
    """
    needless = set(listed)
    for sentence in sentences:
        if sentence.topic == ASKS_FOR_A_LANGUAGE:
            continue
        if found := tongues.other(sentence.text, language):
            needless.discard(sentence.text)
            if sentence.text not in listed:
                yield Fault("language", language, sentence.where, f"seems to be in {found}: {sentence.text}")
    for text in sorted(needless):
        yield Fault("language", language, LISTED, f"names a sentence that is not there, or needs no leave: {text}")


def copied(training: Mapping[str, Iterable[Sentence]]) -> Iterator[Fault]:
    """A fault for each sentence that stands in a language before it, too: one of the two it cannot be in."""
    first: dict[str, tuple[str, Sentence]] = {}
    for language, sentences in training.items():
        for sentence in sentences:
            if comparing.words(comparing.tokens(sentence.text)) >= FEWEST_WORDS:
                owner, earlier = first.setdefault(comparing.bare(sentence.text), (language, sentence))
                if owner != language:
                    what = f"is the sentence of another language, {earlier.where}: {sentence.text}"
                    yield Fault("language", language, sentence.where, what)


def _languages(root: Path, known: Vocabulary) -> list[str]:
    """Those that should have sentences, in the order of the register, then whatever else lies in `data`: all of it
    is trained on.
    """
    folders = {path.name for path in (root / "data" / "nlu").glob("*")}
    files = {path.stem for part in ("danger", "traded") for path in (root / "data" / part).glob("*")}
    there = folders | files
    ordered = [code for code, line in known.languages.items() if line.native or code in there]
    return [*ordered, *sorted(there - set(ordered))]

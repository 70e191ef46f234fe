"""No pattern that runs on a person's message takes more than linear time, in any language."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
import regex

from bot.text import denials
from bot.text.denials import BUT, DENIED, after_denial
from bot.text.normalise import clean, fold
from bot.text.pattern_cost import faults, growth, hostile, repeated, said
from bot.text.questions import clauses, questions
from bot.understanding.danger import context_guards, patterns
from encoder.runtime import transliteration
from encoder.runtime.transliteration import LANGUAGES, native

EVERY = {pattern.id: patterns.written(pattern) for pattern in patterns.load()} | {
    f"guard.{name}": guard.pattern for name, guard in context_guards.COMPILED.items()
}
SLOW = [
    r"^(?:mi[- ]?e frica |mie frica |repede )*pericol",  # what was found: 2**n where two words match the same letters
    r"(?:a|ab|b)+$",
    r"he (?:dont |don'?t )*want",
    r"(?:in .{1,25} |hier )*opgesloten",
    r"(?:x{1,30}){1,8}y",
    r"ferm\w++ a cle",  # linear from one place, but it can begin everywhere in the same word
    r"[.!?]+(?=\s)",
    r"\w+ \w+ x",
    r".*a.*b",
    r"(?<!\w)\d+ \w+x",
]
QUICK = [
    r"^(?:please |help )*+me$",
    r"(?:^|[.!?])[ \"]*+(?:help[ ,]++)*+danger(?>[ ,]++help(?!\w))*[ ]*+(?=$|[.!])",
    r"\bdoor\b.{0,25} locked.{0,60}outside",
    r"he (?:has |have ){0,6}hit (?:\w++ ){0,2}me",
    r"(?<![.!?])[.!?]++(?=\s|$)",
    r"\b\d++ days ago",
    r"(?<!(?:^|\W)(?:no|not) )(?<!\w)in danger(?!\w)",
]


@pytest.mark.parametrize("source", SLOW)
def test_what_is_not_linear_is_found(source: str) -> None:
    assert faults(source)


@pytest.mark.parametrize("source", QUICK)
def test_what_is_linear_is_let_through(source: str) -> None:
    assert faults(source) == []


def test_every_pattern_of_every_language_is_linear_as_it_is_written() -> None:
    assert {name: found for name, source in EVERY.items() if (found := faults(source))} == {}


def test_training_refuses_a_pattern_that_is_not() -> None:
    whole = patterns.load()
    slow = patterns.Pattern("x.slow", "", "ask", ("a",), r"(?:a|a)+b", {})
    with pytest.raises(patterns.PatternError, match=r"x\.slow: a loop over 'a' gives back what it took"):
        patterns.check([*whole[:3], slow])


@pytest.mark.parametrize("half", range(4))
def test_no_pattern_grows_faster_than_the_texts_made_of_its_own_words(half: int) -> None:
    """Four times the text is four times the work; a square would be sixteen. Counted in processor time of this thread,
    and again before anything is said (`growth`)."""
    rnd = random.Random(half)
    found = {}
    for name, source in list(EVERY.items())[half::4]:
        search = regex.compile(source).search
        for case in hostile(source, rnd, 3):
            if (times := growth(search, case, 1000)) > 8:
                found[name] = (times, case)
    assert found == {}


def test_the_measure_itself_sees_a_square() -> None:
    assert growth(regex.compile(r"a+b?c*$").search, ("", "a", "x"), 250, floor=0.0) > 8


@pytest.mark.parametrize("lang", sorted({*BUT, None}, key=str))
def test_what_divides_and_reads_a_message_is_linear(lang: str | None) -> None:
    reads: list[Callable[[str], object]] = [
        lambda text: after_denial(text, lang), lambda text: questions(text, lang), lambda text: clauses(text, lang),
        lambda text: fold(clean(text, 100_000)), *([lambda text: native(text, lang)] if lang in LANGUAGES else []),
    ]  # fmt: skip
    rnd = random.Random(7)
    words = [*said(BUT.get(lang or "", "a"), rnd), *said(DENIED.get(lang or "", "b"), rnd), ". ", "? ", ", ", "\u00ad"]
    cases = [("", rnd.choice(words) + rnd.choice(words), rnd.choice(("", "x", " x"))) for _ in range(4)]
    assert {(n, case) for n, read in enumerate(reads) for case in cases if growth(read, case, 1000, 0.01) > 8} == set()


def test_hostile_texts_nearly_match() -> None:
    source = r"(?:help ){0,3}now$"
    texts = [repeated(case, 50) for case in hostile(source, random.Random(1), 30)]
    assert all(len(text) < 200 for text in texts)
    assert any("help help" in text for text in texts)


def test_no_letter_is_folded_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is looked for after a denial went through a long message letter by letter."""
    asked: list[str] = []
    monkeypatch.setattr(denials, "fold", lambda text: asked.append(text) or fold(text))
    assert after_denial("hij slaat me NIET, máár hij sluit me op " * 50, "nl")
    assert len(asked) < 100


def test_no_word_is_read_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    """Arabic in Latin letters: to choose among the known words takes a tenth of a millisecond for each."""
    asked: list[str] = []
    monkeypatch.setattr(transliteration, "likeliest", lambda word: asked.append(word) or word)
    native("dar ra7akhdama sba7 " * 200, "ar")
    assert len(asked) == 3

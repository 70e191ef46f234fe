"""One message cannot stop the others: what its patterns cost is bounded, and over it the person is asked."""

from __future__ import annotations

import math
import time
from pathlib import Path
from typing import cast

import pytest
import regex

from bot.domain.model import Urgency
from bot.understanding.danger import Danger, detector, patterns
from bot.understanding.danger.budget import HELD, SECONDS, Budget, Spent
from bot.understanding.danger.patterns import Pattern, Patterns

SETTINGS = Path(__file__).resolve().parents[4] / "content" / "danger.yml"
SLOW = Pattern("x.slow", "weapon", "emergency", ("a",), r"(?:ab|a|b)+$", {})
ENDLESS = "ab" * 30 + "x"


@pytest.fixture(scope="module")
def bare() -> Danger:
    """Without a model."""
    return Danger.load(Path("nowhere"), SETTINGS)


@pytest.mark.night
def test_one_search_ends_when_the_budget_does() -> None:
    budget, began = Budget(0.02), time.thread_time()
    with pytest.raises(Spent):
        budget.search(regex.compile(SLOW.source), ENDLESS)
    assert budget.spent
    assert time.thread_time() - began < 0.2
    with pytest.raises(Spent):
        budget.search(regex.compile("a"), "a")


def test_a_sentence_is_looked_at_once_however_much_is_found_in_it() -> None:
    """Six guards for each of many matches would cost more than the patterns do."""

    class Counting(Budget):
        searches = 0

        def search(self, pattern: regex.Pattern[str], text: str) -> regex.Match[str] | None:
            self.searches += 1
            return super().search(pattern, text)

    known = Patterns(Pattern(f"x.{letter}", "", "urgent", (letter,), letter, {}) for letter in "abcdefgh")
    for text, sentences in (("a b c d e f g h", 1), ("a b c d. e f g h", 2)):
        account = Counting(math.inf)
        hits = patterns.find(known, text, account)
        assert len(hits) == len(known)
        assert account.searches == 2 * len(known) + 6 * sentences, "each pattern, and what stands before its match"


def test_all_searches_share_one_account() -> None:
    budget, count = Budget(20 * HELD), 0
    one = regex.compile(r"(?:a|b)*c?d?$")
    text = "ab" * 20_000 + "x"
    with pytest.raises(Spent):
        for count in range(10_000):  # noqa: B007
            budget.search(one, text)
    assert 0 < count < 1000
    assert budget.spent


def test_what_other_threads_take_of_the_processor_is_not_counted() -> None:
    """The clock of `regex` is that of the whole process: on a busy machine it runs out before a search has begun."""

    class Interrupted:
        tries = 0

        def search(self, text: str, *, timeout: float, concurrent: bool) -> str:
            self.tries += 1
            if self.tries < 4:
                raise TimeoutError
            return text

    budget = Budget()
    assert budget.search(cast("regex.Pattern[str]", Interrupted()), "found") == "found"
    assert not budget.spent


@pytest.mark.night
def test_the_romanian_words_that_stopped_the_gateway_cost_little() -> None:
    known = patterns.load()
    romanian = Patterns(pattern for pattern in known if ".ro_" in pattern.id)
    text = "mie frica " * 200 + "pericol politia loveste rapit ajutor"
    patterns.find(romanian, text)  # compiled now
    began = time.thread_time()
    patterns.find(romanian, text)
    assert time.thread_time() - began < SECONDS
    budget = Budget()
    patterns.find(romanian, text, budget)
    assert not budget.spent


def test_over_the_budget_the_person_is_asked(bare: Danger, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not bare.assess("thank you").ask
    monkeypatch.setattr(detector, "Budget", lambda: Budget(0.0))
    found = bare.assess("thank you, when are you open")
    assert (found.urgency, found.ask) == (Urgency.NONE, True)
    assert found.why[-1] == "not every pattern was looked for"


def test_what_was_found_by_then_counts(bare: Danger) -> None:
    danger = Danger(bare.settings, Patterns([*bare.patterns, SLOW]), None)
    found = danger.assess("he is hitting me right now " + ENDLESS)
    assert found.urgency is Urgency.EMERGENCY
    assert not found.ask
    assert danger.assess("hello " + ENDLESS).ask


def test_of_a_long_text_the_beginning_and_the_end_are_looked_at(bare: Danger) -> None:
    said, filled = "he is hitting me right now. ", "we are many here. " * 400
    for text in (said + filled, filled + said):
        assert patterns.find(bare.patterns, text)
    assert not patterns.find(bare.patterns, filled + said + filled)
    assert patterns.LONGEST == 2000

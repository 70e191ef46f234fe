"""What the worst message costs: a search for it, which keeps what takes more processor time and changes that further.

    .venv/bin/python -m bench.hostile                     # 100,000 messages: half an hour and more on one core
    .venv/bin/python -m bench.hostile --minutes 5 --seed 7 --show

Measured is what is done by rule with a message, in each language that Inloop understands: how it is stored, its
language (with the small models of letters in it), its letters, its questions and clauses, its pieces, its denial, the
patterns of danger in every reading, a plain answer. Not what the encoder and the models of danger do. Time is the
thread's processor time; other work only adds to it, so what seems to be the worst is measured again and the least
counts. Beside it stands how often a pattern was searched for, which no machine changes.
Ends with 1 when what holds up others (`HOLDS`: the steps on the event loop) takes more than `BOUND` for a message, or
all that is done by rule more than `WHOLE`. `make fuzz` runs it.
"""

from __future__ import annotations

import argparse
import gc
import json
import math
import random
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Final

import regex

from bot.conversation.forms import HESITATES
from bot.conversation.language_switch import _says_enough
from bot.domain import message_text
from bot.domain.forms import plain
from bot.settings import CONTENT, ROOT
from bot.text import denials
from bot.text import questions as asking
from bot.text.disguises import undisguised
from bot.text.normalise import clean, fold
from bot.text.pattern_cost import hostile, repeated
from bot.text.segments import segments
from bot.understanding.danger import context_guards, pattern_features, patterns
from bot.understanding.danger.budget import SECONDS, Budget
from bot.understanding.danger.detector import END, LONG
from bot.understanding.language.detector import Languages
from encoder.runtime.text import can_be_leant_on
from encoder.runtime.transliteration import FOREIGN, is_foreign, native

INPUTS: Final = 100_000
FEW: Final = 5_000
"""In `make bench`, some minutes."""
BOUND: Final = 0.020
"""Seconds of processor time for which the worst message may hold the event loop."""
WHOLE: Final = SECONDS + 0.03
"""Seconds that it may take in all: the account of the patterns, and as much for the rest, beside the loop."""
LONGEST: Final = 4000
"""Characters of a message."""
AGAIN: Final = 3
"""Times that what seems to be a new worst one is measured."""
IN_THE_END: Final = 5
FRESH: Final = 0.15
"""Share of the messages that are made of nothing that was found before."""
ALL: Final = "all of it"
LOOP: Final = "on the event loop"
HOLDS: Final = ("as it is stored", "a plain answer")
"""The steps that `conversation/service.py` and `forms.py` do on the event loop; `Understanding` does the others beside
it (`test_nothing_that_is_read_by_rule_holds_the_loop`)."""
BETWEEN: Final = (
    " ", "", ", ", ". ", "\n", "? ", "-", ".", " , ", "; ", "؟ ", "，", "。", "'", "1,1", "\u200d", "\u0301",
)  # fmt: skip
ODD: Final = (
    "a", "m", "h", "hm", "1", "2,2", "1.1", "9:9", "?", "!", "?!", ".", ",", "،", "\n", "\t", "-", " - ", "'", "’", "0",
    "ß", "İ", "ﷺ", "é", "e\u0301", "a\u0301\u0301\u0301", "\u200c", "\u200d", "\u00ad", "\ufe0f", "\u3164", "\u115f",
    "\u0430", "\u03bf", "i \u0430", "a b c d", "a.b.c.d", "a-b", "م", "أ", "ـ", "و", "ه", "中", "不", "？", "ไ", "क",
    "ক", "🙏", "\U0001f469\u200d\U0001f467", "\ud800",
)  # fmt: skip

Row = tuple[str, str, str, str]


class Counting(Budget):
    """The account of a message, as long as the gateway's, or without an end; it counts the searches."""

    def __init__(self, seconds: float = SECONDS) -> None:
        super().__init__(seconds)
        self.searches = 0

    def search(self, pattern: regex.Pattern[str], text: str) -> regex.Match[str] | None:
        self.searches += 1
        return super().search(pattern, text)


@dataclass(frozen=True)
class Cost:
    """Seconds of each step, and how often a pattern was searched for."""

    steps: dict[str, float]
    searches: int

    @property
    def total(self) -> float:
        return self.steps[ALL]


class Readings:
    """Everything that is done by rule with a message, step by step."""

    def __init__(self) -> None:
        self.account = math.inf  # what compiles at first counts for nothing
        self.known = patterns.load()
        for pattern in self.known:
            _ = pattern.match  # compiled once in the life of a gateway
        self.languages = Languages.load(ROOT / "models", CONTENT / "languages.yml")
        registered = (CONTENT / "languages.yml").read_text(encoding="utf-8")
        self.codes = regex.findall(r"\{code: ([a-z]+)", registered)
        for code in self.codes:
            self.cost("what is read from a file is read once", code)
        self.account = SECONDS

    def cost(self, text: str, lang: str) -> Cost:
        """What `text` costs when it is read in `lang`."""
        steps: dict[str, float] = {}
        account = Counting(self.account)
        began = last = time.thread_time()

        def done(step: str) -> None:
            nonlocal last
            now = time.thread_time()
            steps[step] = now - last
            last = now

        try:
            text = message_text.clean(text, LONGEST)
        except message_text.Refused:
            return Cost(dict.fromkeys((ALL, LOOP), time.thread_time() - began), 0)
        done("as it is stored")
        text, _ = undisguised(text)
        done("letters that are apart")
        self.languages.detect(text, chosen=None, hints=[lang])
        done("its language")
        reading = native(text, lang)
        is_foreign(text)
        done("its letters")
        if not asking.questions(reading, lang):
            asking.clauses(reading, lang)
        done("questions and clauses")
        pieces = segments(text)
        for piece in pieces:
            native(piece, lang)
        done("its pieces")
        half = denials.after_denial(reading, lang)
        done("what follows a denial")
        self._danger(text, lang, account)
        done("danger: all of it")
        for piece in (*pieces, *([half] if half else ())):
            self._danger(piece, lang, account)
        done("danger: its pieces")
        fold(plain(text))
        HESITATES.fullmatch(text.strip())
        can_be_leant_on(reading)
        _says_enough(text)
        done("a plain answer")
        steps[ALL] = last - began
        steps[LOOP] = sum(steps[step] for step in HOLDS)
        return Cost(steps, account.searches)

    def _danger(self, text: str, lang: str, account: Budget) -> None:
        """As `Danger` reads it (`_all_of`, `_judge`), without the models."""
        text = clean(text)
        last = text[-END:] if len(text) > LONG else ""
        for part in (text, last.partition(" ")[2] or last):
            if part:
                read = native(part, lang)
                folded = fold(read)
                hits = patterns.find_in_both(self.known, folded, folded if read == part else fold(part), account)
                pattern_features.of(folded, hits, account)

    def least(self, text: str, lang: str, times: int, first: Cost | None = None) -> Cost:
        """The least that each step took in so many times."""
        costs = [*([first] if first else []), *(self.cost(text, lang) for _ in range(times))]
        steps = {step: min(cost.steps.get(step, math.inf) for cost in costs) for step in costs[0].steps}
        return Cost(steps, costs[0].searches)


class Makers:
    """Messages that are made to cost, and changes of those that do."""

    def __init__(self, readings: Readings, rnd: random.Random) -> None:
        self._rnd = rnd
        self._sources = [patterns.written(pattern) for pattern in readings.known]
        self._sources += [pattern.pattern for pattern in context_guards.COMPILED.values()]
        self._stems = sorted({stem for pattern in readings.known for stem in pattern.stems})
        self._foreign = sorted(FOREIGN)
        self.ordinary = {code: _sentences(code) for code in readings.codes}
        self._words = {code: self._words_of(code) for code in readings.codes}

    def _words_of(self, code: str) -> list[str]:
        """What this language is read by, and what people write in it."""
        words = asking._WORDS.get(code)
        found = [] if words is None else f"{words.joins} {words.asks} {words.first} {words.soft} {words.last}".split()
        found += chain(*(table.get(code, "").split("|") for table in (denials.BUT, denials.DENIED)))
        return [*(word.replace("_", " ") for word in found if word), *self.ordinary[code]]

    def _token(self, code: str) -> str:
        kinds: Sequence[Sequence[str]] = (self._words[code], self._words[code], self._stems, ODD, self._foreign)
        return self._rnd.choice(self._rnd.choice(kinds))

    def _case(self) -> tuple[str, str, str]:
        [case] = hostile(self._rnd.choice(self._sources), self._rnd, 1)
        return case

    def fresh(self, code: str) -> str:
        rnd, kind = self._rnd, self._rnd.randrange(5)
        if kind == 0:
            parts = [self._case() for _ in range(rnd.randint(1, 4))]
            return " ".join(repeated(part, LONGEST // len(parts)) for part in parts)
        if kind == 1:
            few = [self._token(code) for _ in range(rnd.randint(1, 6))]
            return rnd.choice(BETWEEN).join(rnd.choice(few) for _ in range(rnd.randint(4, 1500)))
        if kind == 2:
            return rnd.choice(BETWEEN).join(self._token(code) for _ in range(rnd.randint(4, 600)))
        if kind == 3:
            return rnd.choice((" ", ".", "-", "\u200d", "\u0301")).join(self._token(code) * rnd.randint(1, 100))
        return self._token(code) * rnd.randint(1, 2000)

    def changed(self, text: str, other: str, code: str) -> str:
        """`text` with one or several changes; `other` is a part of what costs, too."""
        for _ in range(self._rnd.choice((1, 1, 1, 2, 4))):
            text = self._once(text, other, code)[:LONGEST]
        return text

    def _once(self, text: str, other: str, code: str) -> str:  # noqa: PLR0911 - each kind of change is a line
        rnd = self._rnd
        start, end = sorted(rnd.randint(0, len(text)) for _ in range(2))
        piece = text[start:end]
        kind = rnd.randrange(11)
        if kind == 0:  # a piece again and again in its place
            return text[:start] + piece * rnd.randint(2, 40) + text[end:]
        if kind == 1:  # a short piece is all of it
            piece = piece[: rnd.randint(1, 60)]
            return piece * (LONGEST // max(len(piece), 1))
        if kind == 2:
            return text[:start] + self._token(code) + text[start:]
        if kind == 3:
            old, new = rnd.choice(BETWEEN), rnd.choice(BETWEEN)
            return text.replace(old, new) if old else text
        if kind == 4:
            at = rnd.randint(0, len(other))
            return text[:start] + other[at:]
        if kind == 5:
            return text[:start] + repeated(self._case(), rnd.randint(40, LONGEST)) + text[end:]
        if kind == 6:
            return text[:start] + text[end:]
        if kind == 7:
            return text[:start] + rnd.choice(ODD) + text[start + 1 :]
        if kind == 8:
            return text[:start] + rnd.choice(BETWEEN).join(piece) + text[end:]
        if kind == 9:
            return text[:start] + (piece.upper() if rnd.random() < 0.5 else piece[::-1]) + text[end:]
        words = text.split(" ")
        rnd.shuffle(words)
        return " ".join(words)


def _sentences(code: str) -> list[str]:
    lines = (ROOT / "tests" / "nlu" / f"{code}.jsonl").read_text(encoding="utf-8").splitlines()
    return [str(json.loads(line)["text"]) for line in lines if line.strip()]


@dataclass
class Worst:
    """A message that costs more than all others so far, in one step and one language."""

    text: str
    lang: str
    cost: Cost


Found = dict[tuple[str, str], Worst]
"""By language and step."""


def search(
    inputs: int, seed: int, told: Callable[[str], None], minutes: float = math.inf
) -> tuple[Readings, Makers, Found, int]:
    """The worst message of each language for each step, after so many or as many as there is time for; how many."""
    rnd = random.Random(seed)
    readings = Readings()
    makers = Makers(readings, rnd)
    found: Found = {}
    gc.collect()
    gc.freeze()  # as the gateway does: what is loaded is not looked through again
    end, number = time.monotonic() + 60 * minutes, 0
    for number in range(inputs):
        if time.monotonic() > end:
            break
        code = readings.codes[number % len(readings.codes)]
        own = [worst for (lang, _), worst in found.items() if lang == code]
        if not own or rnd.random() < FRESH:
            text = makers.fresh(code)
        else:
            text = makers.changed(rnd.choice(own).text, rnd.choice(list(found.values())).text, code)
        text = text[:LONGEST]
        cost = readings.cost(text, code)
        if _better(found, code, cost):
            cost = readings.least(text, code, AGAIN, cost)
            for step in _better(found, code, cost):
                found[code, step] = Worst(text, code, cost)
        if number % 1000 == 999:
            worst = max((one.cost.total for (_, step), one in found.items() if step == ALL), default=0.0)
            told(f"{number + 1:,} messages; the worst takes {worst * 1e3:.1f} ms")
    return readings, makers, found, number + 1


def _better(found: Found, code: str, cost: Cost) -> list[str]:
    """The steps of which `cost` is more than what was found."""
    known = ((step, found.get((code, step))) for step in cost.steps)
    return [step for step, worst in known if worst is None or cost.steps[step] > worst.cost.steps[step]]


def measure(
    inputs: int, seed: int, told: Callable[[str], None], minutes: float = math.inf
) -> tuple[list[Row], list[Worst], float]:
    """The rows of the table, the worst message of each language, and for how long one holds the event loop. The
    baseline is what people write, in one run."""
    readings, makers, found, inputs = search(inputs, seed, told, minutes)
    usual = [
        readings.least(text, code, AGAIN)
        for code, texts in makers.ordinary.items()
        for text in texts[:: max(1, len(texts) // 20)]
    ]
    for worst in found.values():
        worst.cost = readings.least(worst.text, worst.lang, IN_THE_END, worst.cost)
    steps = [ALL, *(step for step in next(iter(found.values())).cost.steps if step != ALL)]
    rows = []
    for step in steps:
        one = max((worst for (_, name), worst in found.items() if name == step), key=lambda it: it.cost.steps[step])
        mine, theirs = one.cost.steps[step], _median(cost.steps.get(step, 0.0) for cost in usual)
        what = f"processor time of what is done by rule, worst of {inputs:,} hostile messages; an ordinary one: {step}"
        rows.append((what, f"{mine * 1e3:.1f} ms ({one.lang})", f"{theirs * 1e3:.2f} ms", ""))
    by_language = sorted((worst for (_, step), worst in found.items() if step == ALL), key=lambda it: -it.cost.total)
    rows.append((
        "the same: patterns searched for, at most; in an ordinary one",
        f"{max(worst.cost.searches for worst in found.values()):,}",
        f"{_median(cost.searches for cost in usual):.0f}", "",
    ))  # fmt: skip
    held = max(worst.cost.steps[LOOP] for (_, step), worst in found.items() if step == LOOP)
    return rows, by_language, held


def _median(values: Iterable[float]) -> float:
    ordered = sorted(values)
    return ordered[len(ordered) // 2]


def hostile_cost(inputs: int = FEW) -> list[Row]:
    """Rows for the table of `make bench`."""
    return measure(inputs, 0, lambda _: None)[0]


def main() -> int:
    asked = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    asked.add_argument("--inputs", type=int, default=INPUTS)
    asked.add_argument("--seed", type=int, default=0)
    asked.add_argument("--minutes", type=float, default=math.inf, help="as many as there is time for")
    asked.add_argument("--show", action="store_true", help="how the worst of each language begins")
    given = asked.parse_args()
    rows, worst, held = measure(given.inputs, given.seed, lambda text: print(text, flush=True), given.minutes)
    for one in worst:
        slowest = sorted(one.cost.steps.items(), key=lambda item: -item[1])[1:4]
        of = ", ".join(f"{step} {seconds * 1e3:.1f}" for step, seconds in slowest)
        total, length = f"{one.cost.total * 1e3:.1f} ms", len(one.text)
        print(f"{one.lang}: {total}, {length} characters, {one.cost.searches} searches: {of}")
        if given.show:
            print(f"    {one.text[:300]!r}")
    for row in rows:
        print(f"| {' | '.join(row)} |")
    over = worst[0].cost.total > WHOLE or held > BOUND
    print(f"held: {held * 1e3:.1f} ms of {BOUND * 1e3:.0f}; all: {worst[0].cost.total * 1e3:.1f} of {WHOLE * 1e3:.0f}")
    return int(over)


if __name__ == "__main__":
    raise SystemExit(main())

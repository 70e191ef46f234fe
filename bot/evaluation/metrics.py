"""How well messages are understood: figures from labelled lines and what `inloop classify` said of them.

`evaluate` is pure; `write` puts the table into `docs/evaluation.md`. Every share comes with its Wilson 95 %
interval and with how many lines it rests on: a figure without them says little.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

Z: Final = 1.959964
"""Of the normal distribution, for 95 %."""

Row = Mapping[str, Any]
"""A labelled line: id, text, lang, topic (or None), urgency, signals, kind ("ordinary", "danger", "safe")."""


@dataclass(frozen=True, slots=True)
class Share:
    """`hits` of `n`."""

    hits: int
    n: int

    @property
    def value(self) -> float:
        return self.hits / self.n if self.n else float("nan")

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's 95 % interval; (0, 1) when nothing was counted."""
        if not self.n:
            return 0.0, 1.0
        p, n = self.value, self.n
        middle = (p + Z * Z / (2 * n)) / (1 + Z * Z / n)
        reach = Z * ((p * (1 - p) / n + Z * Z / (4 * n * n)) ** 0.5) / (1 + Z * Z / n)
        # Rounding may not push the interval off the value itself.
        return max(0.0, min(middle - reach, p)), min(1.0, max(middle + reach, p))

    def __str__(self) -> str:
        if not self.n:
            return "-"
        low, high = self.interval
        return f"{self.value:.2f} ({low:.2f}-{high:.2f}; n={self.n})"


@dataclass(frozen=True, slots=True)
class Figures:
    """The shares of one language, or of all; the keys are those of `MEASURES`."""

    name: str
    shares: Mapping[str, Share]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Figures per language and over all lines. `missed` are the ids of dangers that were passed over."""

    languages: tuple[Figures, ...]
    overall: Figures
    missed: tuple[str, ...] = ()
    false_alarms: tuple[str, ...] = ()
    errors: tuple[str, ...] = field(default=())
    """Ids that `classify` had no result for; they count as wrong everywhere."""


def _danger(row: Row) -> bool:
    return bool(row["urgency"] != "none")


def _flagged(found: Row) -> bool:
    return bool(found.get("urgency", "none") != "none")


def _kind(name: str) -> Callable[[Row, Row], bool]:
    return lambda row, _: row.get("kind") == name


@dataclass(frozen=True, slots=True)
class Measure:
    """One column: which lines count, and when a line is a hit. `good` says whether high is good."""

    title: str
    counts: Callable[[Row, Row], bool]
    hit: Callable[[Row, Row], bool]
    good: bool = True


MEASURES: Final[Mapping[str, Measure]] = {
    "recall": Measure("danger seen", lambda row, _: _danger(row), lambda _, found: _flagged(found)),
    "precision": Measure("flagged that is danger", lambda _, found: _flagged(found), lambda row, _: _danger(row)),
    "safe_flagged": Measure("alarming but safe, flagged", _kind("safe"), lambda _, found: _flagged(found), good=False),
    "ordinary_flagged": Measure("ordinary, flagged", _kind("ordinary"), lambda _, found: _flagged(found), good=False),
    "emergency": Measure(
        "emergency given emergency",
        lambda row, _: row["urgency"] == "emergency",
        lambda _, found: found.get("urgency") == "emergency",
    ),
    "level": Measure(
        "danger given its level",
        lambda row, _: _danger(row),
        lambda row, found: found.get("urgency") == row["urgency"],
    ),
    "signal": Measure(
        "a right signal",
        lambda row, found: _danger(row) and _flagged(found),
        lambda row, found: bool(set(row["signals"]) & set(found.get("signals", ()))),
    ),
    "topic": Measure(
        "topic of ordinary lines",
        lambda row, _: bool(row.get("topic")) and not _danger(row),
        lambda row, found: found.get("topic") == row["topic"],
    ),
    "language": Measure("language", lambda row, _: True, lambda row, found: found.get("language") == row["lang"]),
}


def evaluate(rows: Sequence[Row], results: Iterable[Row]) -> Evaluation:
    """Compare labelled `rows` with `results` (as `inloop classify` prints them), by their ids.

    A row without a result, or with an error, counts as wrong. Raises `ValueError` when two rows have one id. The
    language
    measure makes sense only when `classify` was not told the language: leave `lang` out of what it is given.
    """
    by_id = {str(found["id"]): found for found in results if "id" in found}
    ids = [str(row["id"]) for row in rows]
    if len(set(ids)) != len(ids):
        raise ValueError("two labelled lines have the same id")
    pairs = [(row, _result(by_id.get(name))) for row, name in zip(rows, ids, strict=True)]
    languages = tuple(
        _figures(lang, [(row, found) for row, found in pairs if row["lang"] == lang])
        for lang in dict.fromkeys(str(row["lang"]) for row in rows)
    )
    return Evaluation(
        languages,
        _figures("all", pairs),
        tuple(str(row["id"]) for row, found in pairs if _danger(row) and not _flagged(found)),
        tuple(str(row["id"]) for row, found in pairs if _flagged(found) and not _danger(row)),
        tuple(name for name in ids if not _result(by_id.get(name))),
    )


def confusion(rows: Sequence[Row], results: Iterable[Row]) -> tuple[list[str], list[list[int]]]:
    """Topics in alphabetical order, and how often each (row) was taken for each (column), of lines without danger."""
    found = {str(result["id"]): _result(result).get("topic") for result in results if "id" in result}
    pairs = [(row["topic"], found.get(str(row["id"]))) for row in rows if row.get("topic") and not _danger(row)]
    topics = sorted({topic for pair in pairs for topic in pair if topic})
    place = {topic: number for number, topic in enumerate(topics)}
    counts = [[0] * len(topics) for _ in topics]
    for right, given in pairs:
        if given:
            counts[place[right]][place[given]] += 1
    return topics, counts


def table(
    evaluation: Evaluation,
    more: Sequence[str] = (),
    groups: Mapping[str, Collection[str]] | None = None,
    notes: Sequence[str] = (),
) -> str:
    """The figures as a Markdown page; `notes` are lines that stand above them, `more` below. `groups` are languages
    with a name in common: each has its mean, and the worst of it.
    """
    lines = [
        "# How well messages are understood",
        "",
        "Made by `inloop evaluate` from sentences written apart from the training sentences. Each figure: share",
        "(Wilson 95 % interval; number of lines). *Flagged* means given any urgency but none.",
        *notes,
        "",
        *header(MEASURES),
    ]
    for figures in (*evaluation.languages, evaluation.overall):
        name = "**all**" if figures is evaluation.overall else figures.name
        lines.append(f"| {name} | " + " | ".join(str(figures.shares[key]) for key in MEASURES) + " |")
    for name, members in (groups or {"the languages": [figures.name for figures in evaluation.languages]}).items():
        some = [figures for figures in evaluation.languages if figures.name in members]
        lines.append(f"| mean of {name} (worst) | " + " | ".join(average(some, key) for key in MEASURES) + " |")
    lines.append("")
    if evaluation.errors:
        lines += [f"No result for {len(evaluation.errors)} lines; they count as wrong.", ""]
    lines += more
    lines += ["## Dangers that were passed over", "", _listed(evaluation.missed), ""]
    lines += ["## False alarms", "", _listed(evaluation.false_alarms), ""]
    return "\n".join(lines)


def header(keys: Collection[str]) -> list[str]:
    """The head of a table with a column for each of these measures."""
    return ["| language | " + " | ".join(MEASURES[key].title for key in keys) + " |", "| --- |" + " --- |" * len(keys)]


def average(languages: Sequence[Figures], key: str) -> str:
    """The mean of a measure over languages, and the worst of it, as a cell."""
    values = [figures.shares[key].value for figures in languages if figures.shares[key].n]
    worst = min if MEASURES[key].good else max
    return f"{sum(values) / len(values):.3f} ({worst(values):.2f})" if values else "-"


def write(
    evaluation: Evaluation,
    path: Path,
    more: Sequence[str] = (),
    groups: Mapping[str, Collection[str]] | None = None,
    notes: Sequence[str] = (),
) -> None:
    """Put the page at `path`, for instance `docs/evaluation.md`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(table(evaluation, more, groups, notes), encoding="utf-8")


def _result(found: Row | None) -> Row:
    """A result as it counts: none and an error are an empty one."""
    return {} if found is None or "error" in found else found


def _figures(name: str, pairs: Sequence[tuple[Row, Row]]) -> Figures:
    shares = {}
    for key, measure in MEASURES.items():
        counted = [(row, found) for row, found in pairs if measure.counts(row, found)]
        shares[key] = Share(sum(measure.hit(row, found) for row, found in counted), len(counted))
    return Figures(name, shares)


def _listed(ids: Sequence[str]) -> str:
    return ", ".join(f"`{name}`" for name in ids) if ids else "None."

"""The trained system on the sentences that were kept out of training: bounds below which it may not fall."""

from __future__ import annotations

from itertools import islice
from pathlib import Path
from typing import Any

import pytest
import yaml
from rich.console import Console

from bot import content
from bot.bootstrap import CONTENT
from bot.cli.commands.evaluate import draw, measure, read
from bot.evaluation.metrics import MEASURES, Evaluation, Share, confusion, evaluate
from bot.settings import ROOT, Settings
from bot.training import run as training
from encoder.runtime.transliteration import native as native_letters

pytestmark = pytest.mark.night

HERE = Path(__file__).parents[1] / "nlu"
BOUNDS: dict[str, dict[str, float]] = yaml.safe_load((HERE / "bounds.yml").read_text(encoding="utf-8"))
UNSEEN = ("unseen", "unseen_again", "unseen_third")
SHORT = {"unseen_third": {"bn safe_flagged", "ar recall"}}
"""What a set is known to be short of: nothing else may be."""
FEW = 24
"""Lines of a measure up to which one line is too much of a language to be held to."""
Rows = list[dict[str, Any]]
MISSES = HERE / "known_misses.txt"


@pytest.fixture(scope="module")
def all_said() -> dict[str, tuple[Rows, Rows]]:
    """The lines of each folder and what was said of them, "." for those of this one: all are read in one go."""
    settings = Settings(_env_file=None)
    training.train(settings.models_dir, Console(quiet=True).print, settings.encoder_dir)
    lines = {folder: read(HERE / folder) for folder in (".", *UNSEEN)}
    said = iter(measure(settings, [line for of in lines.values() for line in of]))
    return {folder: (of, list(islice(said, len(of)))) for folder, of in lines.items()}


@pytest.fixture(scope="module")
def read_and_said(all_said: dict[str, tuple[Rows, Rows]]) -> tuple[Rows, Rows]:
    return all_said["."]


@pytest.fixture(scope="module", params=UNSEEN)
def unseen(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def found_unseen(all_said: dict[str, tuple[Rows, Rows]], unseen: str) -> Evaluation:
    return evaluate(*all_said[unseen])


@pytest.fixture(scope="module")
def found(read_and_said: tuple[Rows, Rows]) -> Evaluation:
    return evaluate(*read_and_said)


@pytest.fixture(scope="module")
def native() -> set[str]:
    return {language.code for language in content.load(CONTENT).languages if language.understanding == "native"}


@pytest.fixture(scope="module")
def taught() -> set[str]:
    """Those with sentences of their own, whether there are words in them or not."""
    return {path.stem for path in (ROOT / "data" / "danger").glob("*.yml")}


def within(key: str, value: float, bound: float) -> bool:
    return value >= bound if MEASURES[key].good else value <= bound


@pytest.mark.parametrize("key", BOUNDS["mean"])
def test_no_measure_falls_over_all_languages(found: Evaluation, native: set[str], key: str) -> None:
    values = [figures.shares[key].value for figures in found.languages if figures.name in native]
    assert len(values) == len(native)
    assert within(key, sum(values) / len(values), BOUNDS["mean"][key])


@pytest.mark.parametrize("key", BOUNDS["worst"])
def test_no_language_is_left_behind(found: Evaluation, native: set[str], key: str) -> None:
    shares: dict[str, Share] = {f.name: f.shares[key] for f in found.languages if f.name in native}
    assert not {name: str(s) for name, s in shares.items() if not within(key, s.value, BOUNDS["worst"][key])}


@pytest.mark.parametrize("key", BOUNDS["understood"])
def test_languages_with_sentences_and_without_words_are_understood(
    found: Evaluation, native: set[str], taught: set[str], key: str
) -> None:
    shares = {f.name: f.shares[key] for f in found.languages if f.name in taught - native}
    assert len(shares) == len(taught - native)
    assert not {name: str(s) for name, s in shares.items() if not within(key, s.value, BOUNDS["understood"][key])}


@pytest.mark.parametrize("key", BOUNDS["encoder"])
def test_languages_without_sentences_of_their_own_are_understood(found: Evaluation, taught: set[str], key: str) -> None:
    shares = {f.name: f.shares[key] for f in found.languages if f.name not in taught}
    assert len(shares) >= 3
    assert not {name: str(s) for name, s in shares.items() if not within(key, s.value, BOUNDS["encoder"][key])}


@pytest.mark.parametrize("group", BOUNDS["group_means"])
def test_few_alarming_lines_are_flagged_in_the_other_languages(
    found: Evaluation, native: set[str], taught: set[str], group: str
) -> None:
    values = [
        figures.shares["safe_flagged"].value
        for figures in found.languages
        if figures.name not in native and (figures.name in taught) == (group == "understood")
    ]
    assert len(values) >= 3
    assert sum(values) / len(values) <= BOUNDS["group_means"][group]


@pytest.mark.parametrize("key", BOUNDS["latin"])
def test_languages_with_letters_of_their_own_are_understood_in_latin_ones(
    read_and_said: tuple[Rows, Rows], key: str
) -> None:
    """Over all lines that are typed so: of one language there are few."""
    both = zip(*read_and_said, strict=True)
    typed = [(row, said) for row, said in both if native_letters(row["text"], row["lang"]) != row["text"]]
    assert len(typed) > 250
    share = evaluate([row for row, _ in typed], [said for _, said in typed]).overall.shares[key]
    assert within(key, share.value, BOUNDS["latin"][key]), str(share)


@pytest.mark.parametrize("key", BOUNDS["unseen_mean"])
def test_no_measure_falls_on_sentences_that_nothing_was_chosen_by(
    found_unseen: Evaluation, native: set[str], key: str
) -> None:
    values = [figures.shares[key].value for figures in found_unseen.languages if figures.name in native]
    assert len(values) == len(native)
    assert within(key, sum(values) / len(values), BOUNDS["unseen_mean"][key])


@pytest.mark.parametrize("group", ["worst", "understood"])
def test_no_language_is_left_behind_on_them(
    found_unseen: Evaluation, unseen: str, native: set[str], taught: set[str], group: str
) -> None:
    """Of a measure with few lines in a language, one line less is allowed."""
    wanted = native if group == "worst" else taught - native
    some = [figures for figures in found_unseen.languages if figures.name in wanted]
    assert {figures.name for figures in some} == wanted
    short = {
        f"{figures.name} {key}": str(share)
        for figures in some
        for key, bound in BOUNDS[f"unseen_{group}"].items()
        if not within(key, with_one_more(key, share := figures.shares[key]), bound)
    }
    assert not short.keys() - SHORT.get(unseen, set()), short


@pytest.mark.parametrize("key", BOUNDS["unseen_understood"])
def test_nor_are_those_that_only_the_encoder_knows_together(
    found_unseen: Evaluation, native: set[str], taught: set[str], key: str
) -> None:
    values = [figures.shares[key].value for figures in found_unseen.languages if figures.name in taught - native]
    assert within(key, sum(values) / len(values), BOUNDS["unseen_understood"][key])


def with_one_more(key: str, share: Share) -> float:
    """The share, had one line more been right, where there are few."""
    one = share.n and share.n <= FEW
    return (share.hits + (1 if MEASURES[key].good else -1)) / share.n if one else share.value


def test_every_line_is_read(found: Evaluation, found_unseen: Evaluation) -> None:
    assert found.errors == found_unseen.errors == ()


def test_known_misses_still_fail(found: Evaluation) -> None:
    """Who is understood at last leaves the list, so that a later loss is seen.

    Listed are those that are given less than half of the threshold. The other dangers that were passed over lie so
    near to it that another processor, or a sentence more to learn from, turns some of them round; listed, they would
    fail here without anything being better. How many they are is held by the bounds.
    """
    listed = {line for line in MISSES.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")}
    assert listed
    assert not listed - set(found.missed), "these are seen now: take them out of known_misses.txt"


def test_the_confusion_is_drawn(read_and_said: tuple[Rows, Rows], tmp_path: Path) -> None:
    topics, counts = confusion(*read_and_said)
    draw((topics, counts), tmp_path / "topics.png")
    assert (tmp_path / "topics.png").read_bytes().startswith(b"\x89PNG")
    assert sum(map(sum, counts)) == sum(1 for row in read_and_said[0] if row["topic"] and row["urgency"] == "none")

"""`inloop evaluate`: understanding measured on sentences that were kept out of training, through `inloop classify`."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console

from bot import bootstrap as wiring
from bot import content
from bot.cli.commands import classify
from bot.dialogue.batch import EngineBatch
from bot.dialogue.engine_process import ENGINE_PYTHON
from bot.evaluation import extra_sets, metrics, stock_rasa
from bot.settings import CONTENT, ROOT, Settings
from bot.training import run as training
from bot.training.danger import corpus as danger_data
from bot.understanding.danger.thresholds import load as danger_settings

PICTURE = "pictures/confusion.png"
STOCK = "evaluation-stock.json"
FURTHER = "evaluation-further.json"
MISSES = """\
# Dangers passed over by a wide margin: given less than half of the threshold (content/danger.yml). They must keep
# failing; one that is seen leaves the list (inloop evaluate --misses). docs/evaluation.md names every danger that was
# passed over; those between half of the threshold and all of it are not listed here, for they cannot be held: with
# another processor, or a sentence more to learn from, some of them are seen and others are not. How many they are is
# held by bounds.yml."""
NOTES = (
    "",
    "Thresholds and what was tried were looked at on these very lines too (decisions",
    "[44](decisions/0044-latin-letters.md) and [47](decisions/0047-drawn-by-their-text.md)): expect a little less of",
    "sentences that nobody has looked at, such as those under *On other sentences*.",
)


def read(data: Path) -> list[dict[str, Any]]:
    """Return the labelled lines of every `*.jsonl` of the folder `data`, by the files' names."""
    files = sorted(data.glob("*.jsonl"))
    return [json.loads(line) for path in files for line in path.read_text(encoding="utf-8").splitlines() if line]


def measure(settings: Settings, lines: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return what `inloop classify` says of each of `lines` (`id`, `text` and labels), in order.

    No chosen language goes with them, so that the language has to be found too.
    """
    own, encoding = wiring.understanding(settings.models_dir, settings.encoder_dir)
    known = {language.code for language in content.load(CONTENT).languages}
    folder = settings.encoder_dir or settings.models_dir / "encoder"
    sent = [json.dumps({"id": line["id"], "text": line["text"]}) for line in lines]
    with EngineBatch(settings.models_dir / "rasa" / "inloop.tar.gz", folder) as engine:
        results = list(classify.classify(sent, own, engine, settings.max_text, known))
    encoding.close()
    return results


def clear_misses(found: metrics.Evaluation, results: Sequence[dict[str, Any]], threshold: float) -> list[str]:
    """Return the ids of dangers that were passed over by a wide margin: given less than half of `threshold` (0 to 1).

    Another processor, that rounds otherwise, does not see those either.
    """
    likely = {str(result["id"]): float(result.get("danger", 0)) for result in results}
    return [name for name in found.missed if likely.get(name, 0) < threshold / 2]


def run(
    settings: Settings, data: Path, report: Path, console: Console, misses: Path | None = None, kept: Path | None = None
) -> int:
    """Train where that is due, measure, write the table to `report` and a picture beside it; return the exit code.

    `data`: folder of the labelled lines; without any the code is 1. `misses`: where the dangers that were passed over
    by a wide margin are written. `kept`: where the means are written, for the table of further sets.
    """
    lines = read(data)
    if not lines:
        console.print(f"no test sentences in {data}")
        return 1
    training.train(settings.models_dir, console.print, settings.encoder_dir, cache_dir=settings.model_cache)
    began = time.monotonic()
    results = measure(settings, lines)
    seconds = time.monotonic() - began
    found = metrics.evaluate(lines, results)
    picture = report.parent / PICTURE
    draw(metrics.confusion(lines, results), picture)
    more = [f"`inloop classify` read {len(lines)} lines in {seconds:.0f} s, its start included.", ""]
    own = data.resolve() == (ROOT / "tests" / "nlu").resolve()
    more += extra_sets.section(report.parent / FURTHER)
    more += stock_rasa.beside(found, report.parent / STOCK, learned_from())
    more += ["## Which topic is taken for which", "", f"![Confusion of the topics, all languages]({PICTURE})", ""]
    together = groups({str(line["lang"]) for line in lines})
    metrics.write(found, report, more, together, NOTES if own else ())
    threshold = danger_settings(CONTENT / "danger.yml").danger
    if kept is not None:
        about = {"sentences": len(lines), "measured": f"{datetime.now(UTC):%Y-%m-%d}", "danger": threshold}
        extra_sets.keep(found, together, data.resolve().name, about, kept)
    if misses is not None:
        known = clear_misses(found, results, threshold)
        misses.write_text("\n".join((MISSES, *known)) + "\n", encoding="utf-8")
    console.print(f"{len(lines)} sentences; the table is in {report}")
    return 0


def learned_from() -> int:
    """Return how many sentences of the answered languages there are to learn from, counted as for stock Rasa."""
    spoken = {language.code for language in content.load(CONTENT).languages}
    return sum(line.lang in spoken for line in danger_data.read(ROOT))


def groups(measured: Collection[str]) -> dict[str, list[str]]:
    """Return the codes of `measured` in groups, by name: answered, taught only, by the encoder alone. None is empty."""
    spoken = {language.code for language in content.load(CONTENT).languages}
    taught = {path.stem for path in (ROOT / "data" / "danger").glob("*.yml")}
    made = {
        "those that are answered": sorted(spoken & set(measured)),
        "those with sentences, not answered yet": sorted((taught - spoken) & set(measured)),
        "those by the encoder alone": sorted(set(measured) - taught - spoken),
    }
    return {name: codes for name, codes in made.items() if codes}


def draw(counted: tuple[list[str], list[list[int]]], picture: Path) -> None:
    """Draw which topic is taken for which: the topics, and for each of them how often each was found in its place.

    Done in the engine's environment, which has matplotlib. Raises `subprocess.CalledProcessError`.
    """
    topics, counts = counted
    picture.parent.mkdir(parents=True, exist_ok=True)
    command = [str(ENGINE_PYTHON), "-m", "engine.nlu.confusion", "--out", str(picture.absolute())]
    told = json.dumps({"topics": topics, "counts": counts})
    subprocess.run(command, cwd=ROOT, input=told, text=True, check=True)

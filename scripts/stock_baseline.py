"""Rasa's default pipeline on the same sentences, measured on the same test lines: `docs/evaluation-stock.json`.

    .venv/bin/python scripts/stock_baseline.py --epochs 8    # without --epochs: Rasa's own, 100

For each language the pipeline that Rasa takes where none is named learns a model of its own, as its users do who speak
several: the topics from `data/nlu/<lang>`, and danger from `data/danger/<lang>.yml`, an intent for each urgency and one
for harmless alarming lines. It is shown every sentence of that language, since ours learned from every one too.

An epoch of one language takes about 50 s on one core, so 100 epochs of seventeen take twelve hours on two. Two are
learned at once, each on one core; what was measured of a language is kept in `.cache/stock-nlu/<lang>` by a hash of the
sentences, so that a run that was broken off goes on where it was.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import yaml

from bench import stock
from bot import content
from bot.cli.commands.evaluate import read
from bot.evaluation import metrics, stock_rasa
from bot.settings import CONTENT, ROOT
from bot.training.danger import corpus as danger_data

FOLDER = ROOT / ".cache" / "stock-nlu"
CORES = 2
CONFIG = """recipe: default.v1
assistant_id: stock
language: en
pipeline:
  - name: WhitespaceTokenizer
  - name: RegexFeaturizer
  - name: LexicalSyntacticFeaturizer
  - name: CountVectorsFeaturizer
  - {{name: CountVectorsFeaturizer, analyzer: char_wb, min_ngram: 1, max_ngram: 4}}
  - {{name: DIETClassifier, epochs: {epochs}, constrain_similarities: true}}
  - name: EntitySynonymMapper
  - {{name: FallbackClassifier, threshold: 0.3, ambiguity_threshold: 0.1}}
"""
"""What Rasa 3.6.21 writes into a project without a pipeline, but for the responses, of which there are none here."""
PARSE = """
import asyncio, json, sys
from rasa.core.agent import Agent
agent = Agent.load(sys.argv[1])
async def main():
    for line in sys.stdin:
        row = json.loads(line)
        parsed = await agent.parse_message(row["text"])
        print(json.dumps({"id": row["id"], "ranking": [e["name"] for e in parsed["intent_ranking"]]}), flush=True)
asyncio.run(main())
"""


ONE_CORE = {"TF_INTRA_OP_PARALLELISM_THREADS": "1", "TF_INTER_OP_PARALLELISM_THREADS": "1", "OMP_NUM_THREADS": "1"}
Row = dict[str, Any]


def prepare(folder: Path, language: str, epochs: int) -> int:
    """Write the project of `language` into `folder`; how many sentences it learns from."""
    (folder / "data").mkdir(parents=True, exist_ok=True)
    (folder / "config.yml").write_text(CONFIG.format(epochs=epochs))
    intents: dict[str, list[str]] = {}
    lines = [line for line in danger_data.read(ROOT) if line.lang == language]
    for line in lines:
        danger = "safe" if line.kind not in (danger_data.DANGER, danger_data.ORDINARY) else f"danger_{line.urgency}"
        intents.setdefault(line.topic or danger, []).append(" ".join(line.text.split()))
    nlu = [
        {"intent": name, "examples": "".join(f"- {text}\n" for text in intents[name])} for name in sorted(intents)
    ]
    file = folder / "data" / "nlu.yml"
    file.write_text(yaml.safe_dump({"version": "3.1", "nlu": nlu}, allow_unicode=True, width=10_000))
    return len(lines)


def train(folder: Path) -> None:
    """Learn the project in `folder`; Rasa's log goes into it. Raises `subprocess.CalledProcessError`."""
    command = [str(stock.RASA), "train", "nlu", "--nlu", "data", "--out", "models"]
    with (folder / "train.log").open("wb") as log:
        environment = stock.environment() | ONE_CORE
        subprocess.run(command, cwd=folder, env=environment, check=True, stdout=log, stderr=subprocess.STDOUT)


def parse(folder: Path, rows: list[Row]) -> list[Row]:
    """What the model in `folder` says, in the shape of `inloop classify`."""
    model = str(max((folder / "models").glob("*.tar.gz"), key=lambda path: path.stat().st_mtime))
    sent = "".join(json.dumps({"id": row["id"], "text": row["text"]}) + "\n" for row in rows)
    command = [str(stock.RASA.parent / "python"), "-c", PARSE, model]
    environment = stock.environment() | ONE_CORE
    done = subprocess.run(
        command, cwd=folder, env=environment, input=sent, text=True, check=True, stdout=subprocess.PIPE
    )
    results: list[Row] = []
    for line in done.stdout.splitlines():
        if not line.startswith("{"):  # Rasa's log goes the same way
            continue
        told = json.loads(line)
        names = [name for name in told["ranking"] if name != "nlu_fallback"]
        urgency = names[0].removeprefix("danger_") if names[0].startswith("danger_") else "none"
        topic = next((name for name in names if name != "safe" and not name.startswith("danger_")), "")
        results.append({"id": told["id"], "topic": topic, "urgency": urgency})
    return results


def measure(language: str, epochs: int, rows: list[Row]) -> Row:
    """Learn `language` and read its `rows`: the number of sentences and what was said of each row. What is kept of the
    same sentences, rows and number of epochs is given back.
    """
    folder = FOLDER / language
    sentences = prepare(folder, language, epochs)
    learned = [folder / "config.yml", folder / "data" / "nlu.yml"]
    kept = folder / f"{danger_data.fingerprint(learned, json.dumps(rows))[:16]}.json"
    if not kept.is_file():
        train(folder)
        kept.write_text(json.dumps({"sentences": sentences, "results": parse(folder, rows)}))
        print(f"{language}: {sentences} sentences", flush=True)
    told: Row = json.loads(kept.read_text())
    return told


def main() -> None:
    """Train, read, count, keep."""
    spoken = [language.code for language in content.load(CONTENT).languages]
    parser = argparse.ArgumentParser(description="Measure Rasa's default pipeline on the same sentences.")
    parser.add_argument("--languages", nargs="*", default=spoken)
    parser.add_argument("--epochs", type=int, default=100, help="of the classifier; 100 is Rasa's own")
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "evaluation-stock.json")
    options = parser.parse_args()
    rows = [row for row in read(ROOT / "tests" / "nlu") if row["lang"] in options.languages]
    with ThreadPoolExecutor(CORES) as pool:
        of = {
            code: pool.submit(measure, code, options.epochs, [row for row in rows if row["lang"] == code])
            for code in options.languages
        }
    measured = {code: each.result() for code, each in of.items()}
    count = sum(each["sentences"] for each in measured.values())
    results = [result for each in measured.values() for result in each["results"]]
    day = f"{datetime.now(UTC):%Y-%m-%d}"
    epochs = f"{options.epochs} of Rasa's 100" if options.epochs != 100 else "100"
    about = {"sentences": count, "epochs": epochs, "Rasa": "3.6.21", "measured": day}
    stock_rasa.keep(metrics.evaluate(rows, results), about, options.out)


if __name__ == "__main__":
    main()

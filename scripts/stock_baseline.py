"""Rasa's default pipeline on the same sentences, measured on the same test lines: `docs/evaluation-stock.json`.

    .venv/bin/python scripts/stock_baseline.py --languages nl fr en --epochs 15    # without: all of data/, 100 epochs

The pipeline that Rasa takes where none is named learns the topics from `data/nlu`, and danger from `data/danger`: an
intent for each urgency and one for harmless alarming lines. It is shown every sentence, since ours learned from every
one too. An epoch of three languages takes about a minute and a half on two cores, of seventeen ten.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import yaml

from bench import stock
from bot import baseline, evaluate
from bot.commands.evaluate import read
from bot.danger import data as danger_data
from bot.settings import ROOT

FOLDER = ROOT / ".cache" / "stock-nlu"
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


def prepare(languages: list[str], epochs: int) -> int:
    """Write the project; return how many sentences it learns from."""
    (FOLDER / "data").mkdir(parents=True, exist_ok=True)
    (FOLDER / "config.yml").write_text(CONFIG.format(epochs=epochs))
    intents: dict[str, list[str]] = {}
    lines = [line for line in danger_data.read(ROOT) if not languages or line.lang in languages]
    for line in lines:
        danger = "safe" if line.kind not in (danger_data.DANGER, danger_data.ORDINARY) else f"danger_{line.urgency}"
        intents.setdefault(line.topic or danger, []).append(" ".join(line.text.split()))
    nlu = [
        {"intent": name, "examples": "".join(f"- {text}\n" for text in intents[name])} for name in sorted(intents)
    ]
    file = FOLDER / "data" / "nlu.yml"
    file.write_text(yaml.safe_dump({"version": "3.1", "nlu": nlu}, allow_unicode=True, width=10_000))
    return len(lines)


def parse(rows: list[dict[str, object]]) -> list[dict[str, object]]:
    """What the stock model says, in the shape of `inloop classify`."""
    model = str(max((FOLDER / "models").glob("*.tar.gz"), key=lambda path: path.stat().st_mtime))
    sent = "".join(json.dumps({"id": row["id"], "text": row["text"]}) + "\n" for row in rows)
    command = [str(stock.RASA.parent / "python"), "-c", PARSE, model]
    done = subprocess.run(
        command, cwd=FOLDER, env=stock.environment(), input=sent, text=True, check=True, stdout=subprocess.PIPE
    )
    results: list[dict[str, object]] = []
    for line in done.stdout.splitlines():
        if not line.startswith("{"):  # Rasa's log goes the same way
            continue
        told = json.loads(line)
        names = [name for name in told["ranking"] if name != "nlu_fallback"]
        urgency = names[0].removeprefix("danger_") if names[0].startswith("danger_") else "none"
        topic = next((name for name in names if name != "safe" and not name.startswith("danger_")), "")
        results.append({"id": told["id"], "topic": topic, "urgency": urgency})
    return results


def main() -> None:
    """Train, read, count, keep."""
    parser = argparse.ArgumentParser(description="Measure Rasa's default pipeline on the same sentences.")
    parser.add_argument("--languages", nargs="*", default=[])
    parser.add_argument("--epochs", type=int, default=100, help="of the classifier; 100 is Rasa's own")
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "evaluation-stock.json")
    parser.add_argument("--trained", action="store_true", help="with the model of the last time")
    options = parser.parse_args()
    count = prepare(options.languages, options.epochs)
    command = [str(stock.RASA), "train", "nlu", "--nlu", "data", "--out", "models"]
    if not options.trained:
        subprocess.run(command, cwd=FOLDER, env=stock.environment(), check=True)
    rows = [row for row in read(ROOT / "tests" / "nlu") if not options.languages or row["lang"] in options.languages]
    day = f"{datetime.now(UTC):%Y-%m-%d}"
    about = {"sentences": count, "epochs": options.epochs, "Rasa": "3.6.21", "measured": day}
    baseline.keep(evaluate.evaluate(rows, parse(rows)), about, options.out)


if __name__ == "__main__":
    main()

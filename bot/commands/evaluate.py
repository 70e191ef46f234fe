"""`inloop evaluate`: understanding measured on sentences that were kept out of training, through `inloop classify`."""

from __future__ import annotations

import json
from pathlib import Path

from rich.console import Console

from bot import app as wiring
from bot import content, evaluate, training
from bot.commands import classify
from bot.dialogue.batch import EngineBatch
from bot.settings import Settings


def run(settings: Settings, data: Path, report: Path, console: Console) -> int:
    """Writes the table to `report`; the exit code."""
    files = sorted(data.glob("*.jsonl"))
    if not files:
        console.print(f"no test sentences in {data}")
        return 1
    training.train(settings.models_dir, console.print, settings.encoder_dir)
    lines = [json.loads(line) for path in files for line in path.read_text(encoding="utf-8").splitlines() if line]
    own, encoding = wiring.understanding(settings.models_dir, settings.encoder_dir)
    known = {language.code for language in content.load(wiring.CONTENT).languages}
    folder = settings.encoder_dir or settings.models_dir / "encoder"
    # What the person chose is left out, so that the language has to be found too.
    sent = [json.dumps({"id": line["id"], "text": line["text"]}) for line in lines]
    with EngineBatch(settings.models_dir / "rasa" / "inloop.tar.gz", folder) as engine:
        results = list(classify.classify(sent, own, engine, settings.max_text, known))
    encoding.close()
    evaluate.write(evaluate.evaluate(lines, results), report)
    console.print(f"{len(lines)} sentences; the table is in {report}")
    return 0

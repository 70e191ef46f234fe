"""How long `inloop train` takes: from nothing, after a few sentences changed, and when nothing did, one after the other
in a copy of the project's own data and code."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

from bot.settings import ROOT

NEEDED = ("bot", "encoder", "engine", "actions", "content", "data", "contract", "config.yml", "domain.yml")
TOPIC, DANGER = "data/nlu/ro/shelter.yml", "data/danger/ro.yml"
SENTENCES = [f"unde pot dormi daca plec de aici in seara de {day} martie" for day in range(1, 21)]
"""Nobody in the data says so."""
ENTRY = '- {{text: "mi-a luat si cheia cu numarul {n}", urgency: urgent, signals: [confined], style: oblique}}\n'

Row = tuple[str, str, str, str]


def copied(folder: Path) -> Path:
    """The project without its models; the engine's environment is the same one."""
    root = folder / "project"
    root.mkdir()
    for name in NEEDED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns(".venv", "__pycache__"))
        elif (ROOT / name).is_file():
            shutil.copy(ROOT / name, root)
    (root / "engine/.venv").symlink_to(ROOT / "engine/.venv")
    return root


def train(root: Path) -> float:
    """Seconds, from the start of the process to its end. Raises `CalledProcessError` with what it said."""
    began = time.perf_counter()
    command = [sys.executable, "-c", "from bot.cli import app; app()", "train"]
    environment = dict(os.environ) | {"PYTHONPATH": str(root), "INLOOP_MODELS_DIR": "models"}
    subprocess.run(command, cwd=root, env=environment, check=True, capture_output=True)
    return time.perf_counter() - began


def add(root: Path, number: int) -> None:
    """One more sentence of a topic, and one more danger."""
    topic, danger = root / TOPIC, root / DANGER
    topic.write_text(topic.read_text("utf-8") + f"    - {SENTENCES[number]}\n", "utf-8")
    content = danger.read_text("utf-8")
    danger.write_text(content.replace("danger:\n", "danger:\n" + ENTRY.format(n=number), 1), "utf-8")


def training_cost(folder: Path) -> list[Row]:
    """Rows of the table; the baseline is the training from nothing."""
    root = copied(folder)
    whole = train(root)
    little = []
    for number in range(3):
        add(root, number)
        little.append(train(root))
    for number in range(3, len(SENTENCES)):
        add(root, number)
    more, none = train(root), train(root)
    return [
        ("training after two sentences changed, beside from nothing (the slowest of three)", f"{max(little):.1f} s",
         f"{whole:.1f} s", f"{whole / max(little):.1f} times better"),
        (f"training after {2 * (len(SENTENCES) - 3)} more changed", f"{more:.1f} s", "", ""),
        ("training when nothing changed", f"{none:.1f} s", "", ""),
    ]  # fmt: skip

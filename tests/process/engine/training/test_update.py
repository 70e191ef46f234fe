"""A few sentences more or less for the topics: by the commands that train and that ask the model."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from encoder.runtime.holdout import is_held_out
from tests.support.engine_process import PYTHON, ROOT

pytestmark = pytest.mark.night

HOW = ("weer", "nog", "nu", "al", "straks", "dus", "vast", "toch", "hier", "daar", "zo", "dan", "ook", "meestal")
NEW = [f"krijg ik {how} zo'n groen kaartje met een pinguin" for how in HOW]
NEW += [f"{how} pinguinkaart graag" for how in HOW]
"""Nobody in the data says so: a card that is new in the country."""
NEVER_SEEN = "waar haal ik morgen dat groene kaartje met de pinguin"
OTHERS = ["waar kan ik slapen", "wat kost het", "ik wil een advocaat", "mijn loon is niet betaald", "ben jij een mens"]


class Tree:
    """The engine's files with the Dutch sentences alone; the vectors are kept in the project's own cache."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.out = root / "models/rasa"

    @property
    def file(self) -> Path:
        return self.root / "data/nlu/nl/residence_permit.yml"

    def run(self, module: str, *arguments: str, text: str = "") -> subprocess.CompletedProcess[str]:
        environment = dict(os.environ) | {"INLOOP_ENCODER_DIR": str(ROOT / "models/encoder")}
        return subprocess.run(
            [str(PYTHON), "-m", module, *arguments], cwd=self.root, env=environment, input=text, capture_output=True,
            text=True, check=True,
        )  # fmt: skip

    def train(self) -> str:
        return self.run("engine.training.train", "--out", "models/rasa").stderr

    def topics(self, texts: list[str]) -> list[dict[str, float]]:
        """How likely each topic is, of each text: the ten first."""
        lines = "".join(json.dumps({"id": n, "text": text}) + "\n" for n, text in enumerate(texts))
        told = self.run("engine.server.parse", "--model", "models/rasa/inloop.tar.gz", text=lines).stdout
        found: list[dict[str, Any]] = [json.loads(line) for line in told.splitlines()]
        return [dict(one["ranking"]) for one in found]

    def add(self) -> None:
        self.file.write_text(self.file.read_text("utf-8") + "".join(f"    - {text}\n" for text in NEW), "utf-8")


@pytest.fixture(scope="module")
def learned(tmp_path_factory: pytest.TempPathFactory, model: Path) -> Tree:
    """`model` is asked for because the encoder stands beside it."""
    root = tmp_path_factory.mktemp("tree")
    for name in ("engine", "encoder", "actions", "data/nlu/nl", "data/rules"):
        shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns(".venv", "__pycache__"))
    for name in ("config.yml", "domain.yml"):
        shutil.copy(ROOT / name, root)
    (root / "models").mkdir()
    shutil.copy(ROOT / "models/vectors.sqlite", root / "models")
    tree = Tree(root)
    assert "trained in" in tree.train()
    return tree


@pytest.fixture
def tree(learned: Tree, tmp_path: Path) -> Tree:
    shutil.copytree(learned.root, tmp_path / "copy", symlinks=True)
    return Tree(tmp_path / "copy")


def test_new_sentences_are_understood_by_the_model_that_serves(tree: Tree) -> None:
    assert {is_held_out(text) for text in NEW} == {True, False}, "some teach the letters alone, some both"
    content, before = tree.file.read_bytes(), tree.topics([NEVER_SEEN, *OTHERS])
    tree.add()
    assert f"{len(NEW)} sentences changed" in tree.train()
    after = tree.topics([NEVER_SEEN, *OTHERS])
    assert before[0].get("residence_permit", 0) < 0.4 < after[0]["residence_permit"]
    assert [max(one, key=one.__getitem__) for one in after[1:]] == [max(one, key=one.__getitem__) for one in before[1:]]
    assert "up to date" in tree.train()
    tree.file.write_bytes(content)
    assert "sentences changed" in tree.train()
    assert tree.topics([NEVER_SEEN])[0].get("residence_permit", 0) < 0.4


def test_what_is_broken_is_made_again(tree: Tree) -> None:
    archive = tree.out / "inloop.tar.gz"
    archive.write_bytes(archive.read_bytes()[:5000])
    tree.add()
    assert "trained in" in tree.train()
    assert tree.topics([NEVER_SEEN])[0]["residence_permit"] > 0.4


def test_another_topic_is_learned_from_nothing(tree: Tree) -> None:
    """`residence_permit` has no sentences any more."""
    tree.add()
    content = tree.file.read_text("utf-8").replace("intent: residence_permit", "intent: right_to_work")
    tree.file.with_name("right_to_work.yml").write_text(content, "utf-8")
    tree.file.unlink()
    assert "trained in" in tree.train()
    assert "residence_permit" not in tree.topics([NEVER_SEEN])[0]

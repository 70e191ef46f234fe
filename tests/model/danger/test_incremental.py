"""A few sentences more or less: a model that is brought up to date understands as one that is learned from nothing."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from bot.training.danger.train import train
from bot.understanding.danger import Danger
from encoder.making.alone import alone
from encoder.making.differences import LEARNED, MOST
from encoder.runtime.cache import VectorCache, vectors_for
from encoder.runtime.holdout import is_held_out
from tests.model.danger.conftest import ROOT, SETTINGS

pytestmark = pytest.mark.night

HOW = ("weer", "nog", "nu", "al", "straks", "dus", "vast", "toch", "hier", "daar", "zo", "dan", "ook", "meestal")
CODE_WORDS = [text for how in HOW for text in (f"tante bakt {how} een taart met kersen", f"{how} bakt tante taart")]
"""Nobody in the data says so: in a family it may be agreed to mean danger."""
NEVER_SEEN = "tante bakt vanavond een grote taart met kersen"
OTHERS = [
    "waar kan ik vannacht slapen", "hij slaat mij elke dag", "ik mag niet naar buiten van mijn baas", "wat kost dat",
    "bent u een mens", "hij heeft een mes en staat voor de deur", "mijn zus werkt in een restaurant", "dank u wel",
    "hoe herken ik mensenhandel", "ik krijg mijn loon niet", "ik wil niet meer leven", "mijn paspoort is weg",
]  # fmt: skip


@dataclass
class Trained:
    """Data of one language, and a model that was learned from it."""

    root: Path
    models: Path
    encode: Callable[[list[str]], np.ndarray]

    @property
    def file(self) -> Path:
        return self.root / "data/danger/nl.yml"

    def add(self, texts: list[str]) -> None:
        entry = "- {{text: {}, urgency: urgent, signals: [confined], style: direct}}\n"
        content = self.file.read_text("utf-8")
        self.file.write_text(content.replace("danger:\n", "danger:\n" + "".join(map(entry.format, texts)), 1), "utf-8")

    def learn(self, *, anew: bool = False) -> str:
        """What was told last."""
        told: list[str] = []
        train(self.root, self.models, self.encode, told.append, anew=anew)
        return told[-1]

    def dangers(self, texts: list[str]) -> np.ndarray:
        """How likely each is a danger."""
        danger = Danger.load(self.models, SETTINGS)
        vectors = self.encode(texts)
        found = [danger.assess(text, vector=v, lang="nl") for text, v in zip(texts, vectors, strict=True)]
        return np.array([one.confidence for one in found])


@pytest.fixture(scope="module")
def learned(tmp_path_factory: pytest.TempPathFactory, encoder_folder: Path) -> Trained:
    root = tmp_path_factory.mktemp("learned")
    (root / "data/danger").mkdir(parents=True)
    shutil.copy(ROOT / "data/danger/nl.yml", root / "data/danger")
    shutil.copytree(ROOT / "data/nlu/nl", root / "data/nlu/nl")
    cache = VectorCache(ROOT / "models/vectors.sqlite")
    made = Trained(root, root / "models", lambda texts: vectors_for(texts, folder=encoder_folder, cache=cache))
    assert made.learn() == "danger: ready"
    return made


@pytest.fixture
def trained(learned: Trained, tmp_path: Path) -> Iterator[Trained]:
    """A copy that may be changed."""
    shutil.copytree(learned.root, tmp_path / "copy")
    yield Trained(tmp_path / "copy", tmp_path / "copy/models", learned.encode)


def test_new_sentences_are_understood_as_if_all_had_been_learned_from_nothing(trained: Trained) -> None:
    assert {is_held_out(text) for text in CODE_WORDS} == {True, False}, "some teach the letters alone, some both"
    before = trained.dangers([NEVER_SEEN, *OTHERS])
    assert before[0] < 0.1
    trained.add(CODE_WORDS)
    assert trained.learn() == f"danger: ready, {len(CODE_WORDS)} sentences changed"
    quick = trained.dangers([NEVER_SEEN, *OTHERS])
    assert trained.learn() == "danger: nothing changed"
    assert trained.learn(anew=True) == "danger: ready"
    whole = trained.dangers([NEVER_SEEN, *OTHERS])
    assert quick[0] > 0.3
    assert whole[0] > 0.3
    assert np.abs(quick - whole)[1:].max() < 0.1


def test_what_is_taken_back_is_forgotten(trained: Trained) -> None:
    asked = [NEVER_SEEN, *CODE_WORDS, *OTHERS]
    before, content = trained.dangers(asked), trained.file.read_bytes()
    trained.add(CODE_WORDS)
    trained.learn()
    trained.file.write_bytes(content)
    assert trained.learn() == f"danger: ready, {len(CODE_WORDS)} sentences changed"
    after = trained.dangers(asked)
    assert after[0] < 0.1
    assert np.abs(after - before)[-len(OTHERS) :].max() < 0.01


def test_a_sentence_that_alarms_and_is_harmless_is_moved(trained: Trained) -> None:
    content = trained.file.read_text("utf-8")
    line = next(line for line in content.splitlines() if line.startswith("- {text:") and "signals: [confined]" in line)
    text = line.split('"')[1]
    before = trained.dangers([text])[0]
    moved = content.replace(line + "\n", "", 1)
    trained.file.write_text(moved.replace("safe:\n", f'safe:\n- {{text: "{text}", kind: figure}}\n', 1), "utf-8")
    assert trained.learn() == "danger: ready, 2 sentences changed"
    after = trained.dangers([text])[0]
    assert after < before - 0.1


def test_after_many_small_changes_it_is_learned_from_nothing(trained: Trained) -> None:
    trained.add(CODE_WORDS)
    assert "sentences changed" in trained.learn()
    trained.add([f"een regel met het nummer {number} erin" for number in range(MOST - len(CODE_WORDS))])
    assert "sentences changed" in trained.learn(), "just so many"
    trained.add(["en nog een regel"])
    assert trained.learn() == "danger: ready"


@pytest.mark.parametrize(
    ("name", "broken"),
    [
        (LEARNED, b""), (LEARNED, b"\x1f\x8b\x08\x00"), ("sums.npz", b""), ("danger.npz", b"PK\x03\x04"),
        ("manifest.json", b"["),
    ],
)  # fmt: skip
def test_what_is_broken_is_made_again(trained: Trained, name: str, broken: bytes) -> None:
    (trained.models / "danger" / name).write_bytes(broken)
    trained.add(CODE_WORDS)
    assert trained.learn() == "danger: ready"
    assert trained.dangers([NEVER_SEEN])[0] > 0.3


def test_what_breaks_off_is_done_from_nothing_the_next_time(trained: Trained, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    trained.add(CODE_WORDS)
    with monkeypatch.context() as disk, pytest.raises(OSError, match="No space"):
        disk.setattr("bot.training.danger.incremental.np.savez", full)
        trained.learn()
    assert trained.learn() == "danger: ready"
    assert trained.dangers([NEVER_SEEN])[0] > 0.3


def test_two_that_learn_at_once_take_no_step_twice(trained: Trained) -> None:
    trained.add(CODE_WORDS)
    waits, told = threading.Event(), list[str]()

    def tell(text: str) -> None:
        told.append(text)
        waits.set()

    second = threading.Thread(target=train, args=(trained.root, trained.models, trained.encode, tell))
    with alone(trained.models / "danger", lambda _: None):
        second.start()
        assert waits.wait(60)
    assert told == ["danger: another process is learning it"]
    second.join(60)
    assert told[1:] == [f"danger: ready, {len(CODE_WORDS)} sentences changed"]
    assert trained.learn() == "danger: nothing changed"


def test_what_is_current_is_served_from_a_folder_that_nobody_may_write(trained: Trained) -> None:
    """Root may write anywhere; a lock that cannot be made stands for it."""
    (trained.models / "danger/.learning").unlink()
    (trained.models / "danger/.learning").mkdir()
    assert trained.learn() == "danger: nothing changed"

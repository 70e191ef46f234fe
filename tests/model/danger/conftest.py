"""The real model, trained on the sentences of this tree; a second run of the tests finds it trained."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from bot.domain.model import Assessment
from bot.training.danger.train import train
from bot.training.danger.train_exploitation import train as train_traded
from bot.understanding.danger import Danger
from encoder.making.convert import convert
from encoder.runtime.cache import VectorCache, vectors_for
from encoder.runtime.encoder import Encoder

ROOT = Path(__file__).resolve().parents[3]
SETTINGS = ROOT / "content" / "danger.yml"
Assess = Callable[..., Assessment]


@pytest.fixture(scope="session")
def encoder_folder() -> Path:
    folder = ROOT / "models" / "encoder"
    convert(folder)
    return folder


@pytest.fixture(scope="session")
def danger(encoder_folder: Path) -> Danger:
    cache = VectorCache(ROOT / "models" / "vectors.sqlite")
    models = ROOT / "models"
    for learn in (train, train_traded):
        learn(ROOT, models, lambda texts: vectors_for(texts, folder=encoder_folder, cache=cache), lambda _: None)
    return Danger.load(models, SETTINGS)


@pytest.fixture(scope="session")
def assess(danger: Danger, encoder_folder: Path) -> Assess:
    """Assess a message as the gateway does: with its vector, and that of what was said before with it."""
    encoder = Encoder(encoder_folder)

    def run(text: str, earlier: Sequence[str] = (), lang: str | None = None) -> Assessment:
        together = danger.context(text, earlier)
        vectors = encoder.encode([text, together] if together is not None else [text])
        after = vectors[1] if together is not None else None
        return danger.assess(text, vector=vectors[0], lang=lang, earlier=earlier, context_vector=after)

    return run


@pytest.fixture(scope="session")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Danger:
    """Without a model: patterns alone."""
    return Danger.load(tmp_path_factory.mktemp("untrained"), SETTINGS)

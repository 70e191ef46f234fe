"""A detector trained on the sentences of this tree, once; a second run of the tests finds it trained."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.training.language import train
from bot.understanding.language import Languages

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="session")
def languages() -> Languages:
    models = ROOT / "models"
    train(ROOT, models, lambda _: None)
    return Languages.load(models, ROOT / "content" / "languages.yml")

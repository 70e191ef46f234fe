"""A small project: one language with the real sentences of three topics, and its danger and test lines."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import yaml

from tests.support.gateway import ROOT

TOPICS = ("cost", "debt", "greet")
REGISTER = (
    "languages:\n  - {code: nl, aliases: [vls], name: Nederlands, script: Latn, rtl: false, understanding: native}\n"
)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    ids = yaml.safe_load((ROOT / "content" / "topics.yml").read_text(encoding="utf-8"))
    ids["topics"] = {topic: ids["topics"][topic] for topic in TOPICS}
    for part in ("content", "data/nlu/nl", "data/danger", "tests/nlu"):
        (tmp_path / part).mkdir(parents=True)
    (tmp_path / "content" / "topics.yml").write_text(yaml.safe_dump(ids, sort_keys=False), encoding="utf-8")
    (tmp_path / "content" / "languages.yml").write_text(REGISTER, encoding="utf-8")
    shutil.copytree(ROOT / "content" / "en", tmp_path / "content" / "en")
    for path in (*(f"data/nlu/nl/{topic}.yml" for topic in TOPICS), "data/danger/nl.yml", "tests/nlu/nl.jsonl"):
        shutil.copy(ROOT / path, tmp_path / path)
    return tmp_path

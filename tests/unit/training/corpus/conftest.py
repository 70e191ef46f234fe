"""A small project: one language with the real sentences of three topics, its test lines, and an eighth of its danger
lines."""

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
    for code in ("en", "nl"):
        shutil.copytree(ROOT / "content" / code, tmp_path / "content" / code)
    for path in (*(f"data/nlu/nl/{topic}.yml" for topic in TOPICS), "tests/nlu/nl.jsonl"):
        shutil.copy(ROOT / path, tmp_path / path)
    dangers = (ROOT / "data/danger/nl.yml").read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [line for number, line in enumerate(dangers) if not line.startswith("- ") or number % 8 == 0]
    (tmp_path / "data/danger/nl.yml").write_text("".join(kept), encoding="utf-8")
    return tmp_path

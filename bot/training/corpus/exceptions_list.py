"""The sentences that may be in another language than their own: `data/other_languages.yml`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from bot.training.corpus import yaml_lines
from bot.training.corpus.faults import Fault

LISTED: Final = "data/other_languages.yml"


def read_listed(root: Path) -> tuple[Mapping[str, frozenset[str]], list[Fault]]:
    """The texts by the language of their file, and what is wrong with the list. Without a file there are none."""
    path = root / LISTED
    if not path.exists():
        return {}, []
    try:
        groups = yaml_lines.read(path)
    except yaml_lines.Unreadable as error:
        return {}, [Fault("schema", "", LISTED, str(error))]
    found: dict[str, frozenset[str]] = {}
    for group in groups if isinstance(groups, list) else [groups]:
        texts = group.get("texts") if isinstance(group, dict) and set(group) == {"why", "in", "texts"} else None
        if not isinstance(texts, list) or not group["why"] or not all(isinstance(text, str) for text in texts):
            return {}, [Fault("schema", "", LISTED, "must be groups of why, in and texts")]
        language = str(group["in"])
        found[language] = found.get(language, frozenset()) | set(texts)
    return found, []

"""Read the sentences of the training files, without Rasa."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import yaml

try:
    from yaml import CSafeLoader as _Loader
except ImportError:  # a PyYAML that was built without libyaml
    from yaml import SafeLoader as _Loader  # type: ignore[assignment]


def sentences(root: Path) -> Iterator[str]:
    """Yield every text of ``root/nlu/<lang>/<topic>.yml`` and ``root/danger/<lang>.yml``, in order of their
    paths.
    """
    for path in sorted((root / "nlu").glob("*/*.yml")):
        yield from (text for _, text in examples(path))
    for path in sorted((root / "danger").glob("*.yml")):
        content = _read(path)
        for kind in ("danger", "safe"):
            for item in content.get(kind) or []:
                yield str(item["text"])


def examples(path: Path) -> Iterator[tuple[str, str]]:
    """Yield (topic, sentence) for every sentence of one NLU file."""
    for block in _read(path)["nlu"]:
        for text in _lines(str(block["examples"])):
            yield str(block["intent"]), text


def _read(path: Path) -> dict[str, list[dict[str, object]]]:
    return yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader) or {}


def _lines(examples: str) -> Iterator[str]:
    """The entries of a Rasa ``examples`` block, as Rasa itself would give them."""
    for line in examples.splitlines():
        text = line.strip()
        if text.startswith("- "):
            yield text[2:].strip()

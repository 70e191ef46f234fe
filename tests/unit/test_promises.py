"""Each promise of the threat model names tests, and each of them exists."""

from __future__ import annotations

import ast
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts"))

import prove_promises  # type: ignore[import-not-found]  # noqa: E402 - beside this program, for `make prove`

PAGE = ROOT / "docs" / "threat-model.md"
FOR_AUDITORS = ROOT / "docs" / "audit.md"
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")


def rows(title: str) -> list[list[str]]:
    """The cells of the table under a heading, without its head."""
    section = PAGE.read_text(encoding="utf-8").partition(f"\n## {title}\n")[2].partition("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def _tests_in(path: Path) -> set[str]:
    """The names of the tests that pytest would collect in a file."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    functions = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    return {function.name for function in functions if function.name.startswith("test_")}


def test_every_promise_names_a_test() -> None:
    promises = rows("Promises")
    assert len(promises) > 20
    assert [promise for promise, tests in promises if not NAMED.search(tests)] == []
    assert len({promise for promise, _ in promises}) == len(promises)


def test_every_named_test_exists() -> None:
    named = [one for page in (PAGE, FOR_AUDITORS) for one in NAMED.findall(page.read_text(encoding="utf-8"))]
    missing = [
        f"{path}::{test}" for path, test in named if not (ROOT / path).is_file() or test not in _tests_in(ROOT / path)
    ]
    assert missing == []


def test_what_an_auditor_is_led_to_exists() -> None:
    text = FOR_AUDITORS.read_text(encoding="utf-8")
    places = [
        *re.findall(r"\]\(([^)#]+)", text),
        *re.findall(r"`((?:bot|engine|actions|encoder|deploy|scripts)/[\w/.]*)`", text),
    ]
    assert len(places) > 20
    assert [one for one in places if not any((root / one).exists() for root in (ROOT, ROOT / "docs"))] == []
    findings = re.findall(r"^\| ([HML]\d+) \|", text, re.MULTILINE)
    assert findings == [f"{kind}{n}" for kind, most in (("H", 7), ("M", 11), ("L", 11)) for n in range(1, most + 1)]


def test_every_file_of_a_boundary_exists() -> None:
    for _, files, _ in rows("Boundaries"):
        named = re.findall(r"`([^`]+)`", files)
        assert named
        assert [path for path in named if not (ROOT / path).exists()] == []


def test_every_component_says_what_is_lost_now_before_and_after() -> None:
    surrendered = rows("What a compromise surrenders")
    assert len(surrendered) >= 10
    assert [row for row in surrendered if len(row) != 4 or not all(row)] == []


def test_every_promise_has_a_protection_that_can_be_taken_away() -> None:
    """`make prove` does it, and sees that the test fails then. An entry for tests/mutations.yml: the promise's first
    words, a file, a text that stands in it once, what stands there instead, and the test that must fail."""
    promises = dict(rows("Promises"))
    mutations = prove_promises.read()
    missing = [row for row in promises if not any(row.startswith(one.promise) for one in mutations)]
    assert missing == [], "add an entry to tests/mutations.yml"
    for one in mutations:
        fitting = [row for row in promises if row.startswith(one.promise)]
        assert len(fitting) == 1, f"{one.promise}: begins {len(fitting)} promises"
        file, _, name = one.test.partition("::")
        assert f"`{file}::{name}`" in promises[fitting[0]], f"{one.test} is not named by its promise"
        source = (ROOT / one.file).read_text(encoding="utf-8")
        assert one.applied(source) != source


def test_the_table_of_what_was_proved_has_every_entry() -> None:
    shown = prove_promises.PAGE.read_text(encoding="utf-8")
    lines = [line.split("|")[1:4] for line in shown.splitlines() if line.startswith("| ")][2:]
    listed = sorted(tuple(cell.strip().strip("`") for cell in line) for line in lines)
    known = sorted((f"{one.promise} …", one.file, one.test) for one in prove_promises.read())
    assert listed == known, 'docs/promises-proved.md tells of other entries than there are: make prove ARGS="--write"'

"""The tiers of the tests: their markers, what no test of `make test` does, and how `make flaky` reads what failed."""

from __future__ import annotations

import ast
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
TESTS = ROOT / "tests"
sys.path.insert(0, str(ROOT / "scripts"))

import flaky  # type: ignore[import-not-found]  # noqa: E402 - beside this program, for `make flaky`

CLOCKS = {"monotonic", "perf_counter", "process_time", "thread_time", "monotonic_ns", "perf_counter_ns"}


def _marks(nodes: list[ast.expr]) -> set[str]:
    return {node.attr for root in nodes for node in ast.walk(root) if isinstance(node, ast.Attribute)}


def of_every_push() -> Iterator[tuple[Path, ast.FunctionDef | ast.AsyncFunctionDef]]:
    """The tests that are not of the night."""
    for path in sorted(TESTS.rglob("test_*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        whole = [node.value for node in tree.body if isinstance(node, ast.Assign) and "pytestmark" in ast.unparse(node)]
        for node in tree.body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
                marks = _marks(node.decorator_list) | _marks(whole)
                of_night = "night" in marks or ("browser" in path.parts and "smoke" not in marks)
                if not of_night:
                    yield path, node


def test_every_folder_of_tests_is_a_marker() -> None:
    options = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["pytest"]["ini_options"]
    known = {line.partition(":")[0] for line in options["markers"]}
    folders = {path.relative_to(TESTS).parts[0] for path in TESTS.rglob("test_*.py")}
    assert folders <= known


def test_no_test_of_every_push_reads_a_clock() -> None:
    """It would be decided by how busy the machine is: count operations, or mark it `night` (docs/testing.md)."""
    found = list(of_every_push())
    assert len(found) > 1000
    reads = [
        f"{path.relative_to(ROOT)}::{test.name}"
        for path, test in found
        if any(isinstance(node, ast.Attribute) and node.attr in CLOCKS for node in ast.walk(test))
    ]
    assert reads == []


def test_what_failed_in_a_run_is_read_from_its_report(tmp_path: Path) -> None:
    report = tmp_path / "report.xml"
    report.write_text(
        '<testsuites><testsuite><testcase file="tests/unit/a.py" name="test_a[1]"/>'
        '<testcase file="tests/unit/a.py" name="test_b"><failure/></testcase>'
        '<testcase file="tests/unit/c.py" name="test_c"><error/></testcase></testsuite></testsuites>'
    )
    assert flaky.failed(report) == {"tests/unit/a.py::test_b", "tests/unit/c.py::test_c"}
    report.write_text("<testsuites><testsuite>")
    assert flaky.failed(report) == {"the run itself: it made no report"}

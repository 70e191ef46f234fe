"""Shows that each promise of docs/threat-model.md has a test that can fail.

    make prove                                    # everything: an hour or more on two cores
    make prove ARGS="--only turnstile"            # entries with this word in them
    make prove ARGS="--write"                     # and write docs/promises-proved.md

In a copy of the program, each protection of tests/mutations.yml is taken away alone, and the test that is named there
must fail; before that it must pass as the program is. What was shown of the same files is kept in `.cache/prove.json`
and not shown again (`--again` forgets it). Ends with 1 when a protection can be taken away and nobody notices.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import importlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml
from test import find_browser  # beside this file

ROOT = Path(__file__).resolve().parent.parent
TABLE = ROOT / "tests" / "mutations.yml"
PAGE = ROOT / "docs" / "promises-proved.md"
CACHE = ROOT / ".cache" / "prove.json"
LINKED = (".venv", "engine/.venv", "models", ".cache/uv")
SLOW = ("tests/browser/test_", "tests/process/test_")
QUICK = (
    "tests/unit/domain/", "tests/unit/security/", "tests/unit/settings/", "tests/process/web/test_access",
    "tests/unit/web/",
)  # fmt: skip
PATIENCE = 900
PLUGINS = ("pytest_asyncio.plugin", "pytest_timeout")
"""Of pytest: only those that the tests need."""
QUIETLY = "ignore::pytest.PytestAssertRewriteWarning"
LOADED = (
    "alembic.command", "alembic.runtime.migration", "apprise", "fastapi", "httpx", "hypothesis.stateful", "icalendar",
    "jinja2", "limits.aio.strategies", "mnemonic", "nacl.bindings", "nacl.pwhash", "numpy", "polib",
    "prometheus_client",
    "psutil", "psycopg", "pydantic_settings", "pyotp", "pyzipper", "recurring_ical_events", "regex", "rich.console",
    "schemathesis", "segno", "sklearn.linear_model", "sqlalchemy.ext.asyncio", "sse_starlette", "structlog", "telegram",
    "typer", "uvicorn.protocols.http.httptools_impl", "uvloop",
)  # fmt: skip
PASSED, FAILED = 0, 1
"""How pytest ends. Everything else is no answer: nothing was collected, or it broke off."""


@dataclass(frozen=True)
class Mutation:
    """One protection, and the test that must miss it. `swaps`: what is replaced by what, each once in the file."""

    promise: str
    file: str
    swaps: tuple[tuple[str, str], ...]
    test: str

    @property
    def place(self) -> str:
        """The file of the test."""
        return self.test.partition("::")[0]

    @property
    def slow(self) -> bool:
        return self.test.startswith(SLOW)

    def applied(self, text: str) -> str:
        """The file without the protection. Raises ValueError when a text is not there once."""
        for take, put in self.swaps:
            if text.count(take) != 1:
                raise ValueError(f"{self.file}: stands there {text.count(take)} times: {take.strip()[:60]!r}")
            text = text.replace(take, put)
        return text


def read(path: Path = TABLE) -> list[Mutation]:
    """The table, quick tests first."""
    found = []
    for entry in yaml.safe_load(path.read_text(encoding="utf-8")):
        takes, puts = ([one] if isinstance(one, str) else one for one in (entry["take"], entry["put"]))
        swaps = tuple(zip(takes, puts, strict=True))
        found.append(Mutation(entry["promise"], entry["file"], swaps, entry["test"]))
    return sorted(found, key=lambda mutation: (mutation.slow, not mutation.test.startswith(QUICK), mutation.test))


@contextmanager
def copied() -> Iterator[Path]:
    """A copy of what git knows of, with the environments and models of this one."""
    names = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout.decode()
    with tempfile.TemporaryDirectory(prefix="inloop-prove-") as folder:
        copy = Path(folder)
        copy.chmod(0o755)  # PostgreSQL runs as an account of its own
        for name in filter(None, names.split("\0")):
            if (ROOT / name).is_file():
                (copy / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / name, copy / name)
        for name in LINKED:
            if (ROOT / name).exists():
                (copy / name).parent.mkdir(parents=True, exist_ok=True)
                (copy / name).symlink_to(ROOT / name)
        yield copy


def warm() -> None:
    """Loads what the tests load of others, once: each test then begins in a fork of this process."""
    for name in LOADED:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)


def ends(copy: Path, *tests: str) -> tuple[int, str]:
    """How tests end in the copy, and the last they said."""
    said = copy / "said.txt"
    child = os.fork()
    if child == 0:
        os.setsid()
        os.chdir(copy)
        with said.open("wb") as out:
            os.dup2(out.fileno(), 1)
            os.dup2(out.fileno(), 2)
        os.environ["PYTHONPATH"] = str(copy)  # for programs that a test starts
        sys.path[:0] = [str(copy)]
        code = FAILED
        try:
            code = int(
                pytest.main(["-q", "-x", "-W", QUIETLY, *(word for name in PLUGINS for word in ("-p", name)), *tests])
            )
        except BaseException:  # noqa: BLE001 - whatever it is, this process ends here
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)
    end = time.monotonic() + PATIENCE * len(tests)
    while (ended := os.waitpid(child, os.WNOHANG)) == (0, 0):
        if time.monotonic() > end:
            os.killpg(child, signal.SIGKILL)
            os.waitpid(child, 0)
            return FAILED, "it did not end"  # what waits for ever is noticed too
        time.sleep(0.05)
    lines = said.read_text("utf-8", "replace").strip().splitlines() or ["nothing"]
    return os.waitstatus_to_exitcode(ended[1]), lines[-1]


def write(file: Path, text: str) -> None:
    """As of another second than before: bytecode of the same second and size would be taken for the new one's."""
    later = file.stat().st_mtime + 10
    file.write_text(text, encoding="utf-8")
    os.utime(file, (later, later))


def key_of(mutation: Mutation) -> str:
    """Changes with the protection, its file and its test."""
    parts = [repr(mutation)] + [
        (ROOT / name).read_text("utf-8") for name in (mutation.file, mutation.place)
    ]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


def prove(mutation: Mutation, copy: Path) -> str:
    """Empty when the test, which passes with the protection, fails without it; else what is wrong."""
    file = copy / mutation.file
    before = file.read_text(encoding="utf-8")
    try:
        write(file, mutation.applied(before))
        code, said = ends(copy, mutation.test)
    finally:
        write(file, before)
    if code == FAILED:
        return ""
    return "NOBODY NOTICES" if code == PASSED else f"no answer ({code}): {said}"


def passing(copy: Path, tests: list[str]) -> dict[str, str]:
    """What is wrong with each test as the program is; empty: nothing. All in one go, and alone where that fails."""
    if not tests or ends(copy, *tests)[0] == PASSED:
        return dict.fromkeys(tests, "")
    alone = {test: ends(copy, test) for test in tests}
    return {test: "" if code == PASSED else f"fails as the program is: {said}" for test, (code, said) in alone.items()}


def page(mutations: list[Mutation], shown: dict[str, dict[str, str]]) -> str:
    lines = [
        "# Promises, proved", "",
        'Written by `make prove ARGS="--write"`: for each promise of [threat-model.md](threat-model.md) a',
        "protection is taken away alone, in a copy of the program, and the test that is named has to fail (it passes",
        'before). A date says when that was seen with these two files as they are now; "not yet" that it was not. What',
        "exactly is taken away stands in `tests/mutations.yml`.", "",
        "| promise | taken away in | noticed by | on |", "| --- | --- | --- | --- |",
    ]  # fmt: skip
    for mutation in sorted(mutations, key=lambda one: (one.promise, one.test)):
        at = shown.get(key_of(mutation), {}).get("at", "not yet, as these files are now")
        lines.append(f"| {mutation.promise} … | `{mutation.file}` | `{mutation.test}` | {at} |")
    return "\n".join(lines) + "\n"


def main() -> int:
    asked = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    asked.add_argument("--only", default="", help="entries with this word in them")
    asked.add_argument("--quick", action="store_true", help="without the tests of browsers and whole processes")
    asked.add_argument("--again", action="store_true", help="what was shown before, too")
    asked.add_argument("--write", action="store_true", help="write docs/promises-proved.md with what was shown")
    given = asked.parse_args()
    mutations = read()
    shown: dict[str, dict[str, str]] = {} if given.again or not CACHE.exists() else json.loads(CACHE.read_text())
    wrong = 0
    if "INLOOP_TEST_BROWSER" not in os.environ and (browser := find_browser()):
        os.environ["INLOOP_TEST_BROWSER"] = browser
    os.environ.update(PYTEST_DISABLE_PLUGIN_AUTOLOAD="1", OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")
    warm()
    with copied() as copy:
        due = [one for one in mutations if given.only in repr(one) and not (given.quick and one.slow)]
        due = [one for one in due if key_of(one) not in shown]
        whole: dict[str, str] = {}
        for mutation in due:
            if mutation.test not in whole:
                whole |= passing(copy, list(dict.fromkeys(one.test for one in due if one.place == mutation.place)))
            began = time.monotonic()
            fault = whole[mutation.test] or prove(mutation, copy)
            if not fault:
                shown[key_of(mutation)] = {"at": datetime.now(UTC).date().isoformat()}
                CACHE.parent.mkdir(exist_ok=True)
                CACHE.write_text(json.dumps(shown, indent=1))
            wrong += bool(fault)
            took = time.monotonic() - began
            print(f"{fault or 'noticed':<10} {took:6.1f} s  {mutation.file}  {mutation.test}", flush=True)
    left = [mutation for mutation in mutations if key_of(mutation) not in shown]
    print(f"{len(mutations) - len(left)} of {len(mutations)} protections: their test fails without them")
    if given.write:
        PAGE.write_text(page(mutations, shown), encoding="utf-8")
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())

"""Run a tier of the tests inside the gateway's environment (docs/testing.md).

    make unit                                        # two minutes: no model, no browser, SQLite
    make test                                        # some 15 minutes, training included: what every push runs
    make test-all                                    # an hour: everything
    make test ARGS="tests/process/web -k exit"       # whatever pytest understands

A browser is found and models are trained where a tier needs them. Lint runs beside the tests.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
QUICK = ("tests/unit", "tests/contract", "-m", "not night and not postgres")
PUSHED = ("-m", "not night")
ALONE = "tests/process/test_siege.py"
"""It takes the whole machine, and would take it from others' tests."""
PAGES = ("tests/browser/test_*.py", "tests/browser/desk/test_*.py")
BROWSERS = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")


def say(text: str) -> None:
    print(f"[test] {text}", file=sys.stderr, flush=True)


def quiet(*command: str) -> bool:
    try:
        return subprocess.run(command, capture_output=True, check=False, timeout=900).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def find_browser() -> str | None:
    """The Chromium that is there, else Playwright's own where it can be had, else Debian's."""
    for name in BROWSERS:
        if path := shutil.which(name):
            return path
    own = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or Path.home() / ".cache" / "ms-playwright")
    if not any(own.glob("chromium*/**/chrome")):
        say("no Chromium found: asking Playwright for its own")
        quiet(sys.executable, "-m", "playwright", "install", "chromium")
    for path in own.glob("chromium*/**/chrome"):
        return str(path)
    if os.geteuid() == 0 and shutil.which("apt-get"):
        say("installing Debian's Chromium")
        quiet("apt-get", "update", "-qq")
        quiet("apt-get", "install", "-y", "-qq", "chromium", "fonts-noto-core")
    return next((path for name in BROWSERS if (path := shutil.which(name))), None)


def parallel(workers: int) -> tuple[str, ...]:
    """So many workers, which take whole files in the order in which they were collected."""
    return ("-n", str(workers), "--dist", "loadfile", "--no-loadscope-reorder", "--durations", "10")


def environment(*, browser: bool, fixed: bool) -> dict[str, str] | None:
    """What tests see of this machine; None when a browser is needed and there is none.

    A developer's own settings do not reach the tests. `fixed`: no chance decides anything.
    """
    env = {name: value for name, value in os.environ.items() if not name.startswith("INLOOP_") or _of_tests(name)}
    if fixed:
        env["PYTHONHASHSEED"] = "0"
    env.setdefault("INLOOP_TEST_SEEDS", "fixed" if fixed else "free")
    if browser:
        found = find_browser()
        if found is None:
            say("no browser: install Chromium (Debian: apt-get install chromium) and start again")
            return None
        env["INLOOP_TEST_BROWSER"] = found
    return env


def _of_tests(name: str) -> bool:
    return name.startswith("INLOOP_TEST_")


def train(env: Mapping[str, str]) -> bool:
    """Train what is not trained yet, or take it from the cache of models; return whether that ended well."""
    kept = {"INLOOP_MODEL_CACHE": folder} if (folder := os.environ.get("INLOOP_MODEL_CACHE")) else {}
    inloop = str(ROOT / ".venv" / "bin" / "inloop")
    return subprocess.run([inloop, "train"], env={**env, **kept}, check=False).returncode == 0


def pytest(env: Mapping[str, str], *arguments: str) -> int:
    return subprocess.run([sys.executable, "-m", "pytest", *arguments], env=env, check=False).returncode


def beside_lint(env: Mapping[str, str], *arguments: str) -> int:
    """Run tests, and the linters beside them; not 0 when either found something."""
    with subprocess.Popen([sys.executable, "scripts/lint.py"], env=env) as lint:
        code = pytest(env, *arguments)
        if lint.wait():
            say("a linter found something: see above")
        return code or lint.returncode


def everything(env: Mapping[str, str]) -> int:
    """Three files at a time keep two processors busy; two of those in a browser, where people's patience has an end."""
    pages = [str(path.relative_to(ROOT)) for pattern in PAGES for path in sorted(ROOT.glob(pattern))]
    others = [f"--ignore={path}" for path in (ALONE, *pages)]
    codes = [pytest(env, *parallel(3), *others), beside_lint(env, *parallel(2), *pages), pytest(env, ALONE)]
    return int(any(codes))


def main() -> int:
    os.chdir(ROOT)
    tier, *more = sys.argv[1:] or ["push"]
    env = environment(browser=tier != "unit", fixed=tier != "all")
    if env is None or (tier != "unit" and not train(env)):
        return 1
    if more:
        return pytest(env, *more)
    if tier == "all":
        return everything(env)
    return pytest(env, *parallel(2), *QUICK) if tier == "unit" else beside_lint(env, *parallel(2), *PUSHED)


if __name__ == "__main__":
    raise SystemExit(main())

"""What `make test` runs inside the gateway's environment: a browser is found, models are trained, then pytest.

Arguments go to pytest: `make test ARGS="tests/process/web -k exit"`. Without any, three files of tests run at a time,
which keeps two processors busy, then two at a time of those in a browser, where people's patience has an end, and
which wait for it often enough: the linters run beside them.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
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


def main() -> int:
    os.chdir(ROOT)
    browser = find_browser()
    if browser is None:
        say("no browser: install Chromium (Debian: apt-get install chromium) and start again")
        return 1
    env = dict(os.environ, INLOOP_TEST_BROWSER=browser)
    # A developer's own settings must not reach the tests.
    for name in [n for n in env if n.startswith("INLOOP_") and not n.startswith("INLOOP_TEST_")]:
        del env[name]
    inloop = str(ROOT / ".venv" / "bin" / "inloop")
    if subprocess.run([inloop, "train"], env=env, check=False).returncode != 0:
        return 1
    pytest = [sys.executable, "-m", "pytest"]
    if sys.argv[1:]:
        return subprocess.run([*pytest, *sys.argv[1:]], env=env, check=False).returncode
    by_file = ("--dist", "loadfile", "--no-loadscope-reorder")
    pages = [str(path.relative_to(ROOT)) for pattern in PAGES for path in sorted(ROOT.glob(pattern))]
    others = [f"--ignore={path}" for path in (ALONE, *pages)]
    codes = [subprocess.run([*pytest, "-n", "3", *by_file, *others], env=env, check=False).returncode]
    with subprocess.Popen([sys.executable, "scripts/lint.py"], env=env) as lint:
        codes.append(subprocess.run([*pytest, "-n", "2", *by_file, *pages], env=env, check=False).returncode)
        codes.append(lint.wait())
    if codes[-1]:
        say("a linter found something: see above")
    codes.append(subprocess.run([*pytest, ALONE], env=env, check=False).returncode)
    return int(any(codes))


if __name__ == "__main__":
    raise SystemExit(main())

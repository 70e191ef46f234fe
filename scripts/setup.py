"""Bring everything that Inloop needs on a machine that has Python 3 and git, then run one command in it.

Standard library only, Python 3.8 or newer: this file runs before anything is installed. `make` calls it::

    python3 scripts/setup.py run|unit|test|test-all|flaky|bench|lint|fuzz|prove|sync

It finds or installs uv (pinned, by hash, into `.cache/`), lets uv make the two locked environments (`.venv` for the
gateway, `engine/.venv` for Rasa), and then becomes the command. Nothing outside the checkout is changed.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CACHE = ROOT / ".cache"
UV_MIN = (0, 8)
GATEWAY_PYTHON = ">=3.12,<3.14"
ENGINE_PYTHON = "3.10"


def say(text):
    print("[set-up] " + text, file=sys.stderr, flush=True)


def quiet(args, **kwargs):
    return subprocess.run(args, capture_output=True, text=True, check=False, **kwargs)


def with_every_pyenv_python(env):
    """pyenv's shims refuse versions that are installed but not selected: select all of them, for uv alone."""
    root = Path(env.get("PYENV_ROOT") or Path.home() / ".pyenv")
    versions = sorted(p.name for p in (root / "versions").glob("3.*") if p.is_dir()) if root.is_dir() else []
    if versions:
        env = dict(env, PYENV_VERSION=":".join([*versions, "system"]))
    return env


def works(uv, env):
    try:
        answer = quiet([str(uv), "--version"], env=env)
    except OSError:
        return False
    if answer.returncode != 0:
        return False
    parts = answer.stdout.split()[1].split(".")
    return (int(parts[0]), int(parts[1])) >= UV_MIN


def install_uv(target):
    say("installing uv into .cache/uv")
    wanted = ["install", "--quiet", "--disable-pip-version-check", "--require-hashes"]
    wanted += ["-r", str(ROOT / "scripts/uv.txt")]
    if quiet([sys.executable, "-m", "pip", "--version"]).returncode == 0:
        done = quiet([sys.executable, "-m", "pip", *wanted, "--target", str(target)])
        if done.returncode == 0:
            return True
        say(done.stderr.strip()[-500:])
    # A Debian without python3-pip: a virtual environment brings its own pip, where python3-venv is there.
    tools = CACHE / "uv-venv"
    own = [str(tools / "bin/python"), "-m", "pip", *wanted, "--target", str(target)]
    if quiet([sys.executable, "-m", "venv", str(tools)]).returncode == 0 and quiet(own).returncode == 0:
        return True
    shutil.rmtree(str(tools), ignore_errors=True)
    if os.geteuid() == 0 and shutil.which("apt-get"):
        say("installing Debian's python3-pip")
        env = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
        quiet(["apt-get", "update", "-qq"], env=env)
        if quiet(["apt-get", "install", "-y", "-qq", "python3-pip", "python3-venv"], env=env).returncode == 0:
            system = "/usr/bin/python3"
            return quiet([system, "-m", "pip", *wanted, "--target", str(target)]).returncode == 0
    return False


def find_uv(env):
    target = CACHE / "uv"
    for candidate in (shutil.which("uv", path=env.get("PATH")), target / "bin" / "uv"):
        if candidate and works(candidate, env):
            return str(candidate)
    target.parent.mkdir(parents=True, exist_ok=True)
    if install_uv(target) and works(target / "bin" / "uv", env):
        return str(target / "bin" / "uv")
    sys.exit(
        "uv could not be installed. Install it by hand, or Python's pip "
        "(Debian, Ubuntu: apt-get install python3-pip), and start again."
    )


def sync(uv, env, whole=True):
    """Both environments as their lock files say; quick when nothing changed.

    Everything is compiled here, once. Else each start compiles anew wherever Python may not write: in the units of
    `deploy/`, in a container, and under PYTHONDONTWRITEBYTECODE. That is half of the time of every start. Not `whole`:
    only our own; of the 20,000 files of libraries Python compiles itself what it loads.
    """
    env = dict(env, PYTHONWARNINGS="ignore::SyntaxWarning")
    if whole:
        env["UV_COMPILE_BYTECODE"] = "1"
    for name, where, python, own in (
        ("gateway", ROOT, GATEWAY_PYTHON, ("bot", "encoder")),
        ("engine", ROOT / "engine", ENGINE_PYTHON, ("engine", "actions", "encoder")),
    ):
        first = not (where / ".venv").exists()
        if first:
            say(f"making the {name} environment (a few minutes the first time)")
        args = [uv, "sync", "--frozen", "--project", str(where), "--python", python]
        done = subprocess.run(args + ([] if first else ["--quiet"]), env=env, check=False)
        if done.returncode != 0:
            sys.exit(
                f"The {name} environment could not be made. It needs Python {python}; uv looks for it on this machine "
                "(also in pyenv) and else fetches one, which needs a network."
            )
        # A checkout that cannot be written to runs as well, only slower.
        quiet([str(where / ".venv/bin/python"), "-m", "compileall", "-q", "-x", "[.]venv", *own], env=env)


COMMANDS = {
    "run": [".venv/bin/inloop", "up"],
    "unit": [".venv/bin/python", "scripts/test.py", "unit"],
    "test": [".venv/bin/python", "scripts/test.py", "push"],
    "test-all": [".venv/bin/python", "scripts/test.py", "all"],
    "flaky": [".venv/bin/python", "scripts/flaky.py"],
    "bench": [".venv/bin/python", "-m", "bench"],
    "lint": [".venv/bin/python", "scripts/lint.py"],
    "fuzz": [".venv/bin/python", "scripts/fuzz.py"],
    "prove": [".venv/bin/python", "scripts/prove_promises.py"],
    "sync": None,
}


def main():
    if len(sys.argv) < 2 or sys.argv[1] not in COMMANDS:
        sys.exit(__doc__)
    os.chdir(str(ROOT))
    env = with_every_pyenv_python(dict(os.environ))
    # An active virtual environment or a PYTHONPATH of the caller's must not leak into either environment.
    for name in ("VIRTUAL_ENV", "PYTHONPATH", "PYTHONHOME", "UV_PROJECT_ENVIRONMENT"):
        env.pop(name, None)
    # Somebody who only wants it to run waits for the first answer.
    run = sys.argv[1] == "run"
    sync(find_uv(env), env, whole=not run)
    command = COMMANDS[sys.argv[1]]
    if command is not None:
        env.pop("PYENV_VERSION", None)
        if run:
            env.pop("PYTHONDONTWRITEBYTECODE", None)
        program = str(ROOT / command[0])
        os.execve(program, [program, *command[1:], *sys.argv[2:]], env)


if __name__ == "__main__":
    main()

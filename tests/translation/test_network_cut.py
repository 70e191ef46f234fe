"""Nothing leaves the machine: the talk between two languages with the network cut; and without, what is asked for."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support.caseworker import first
from tests.support.cut_off import may_cut
from tests.support.gateway import ROOT, running
from tests.support.ports import free_port
from tests.translation.test_desk import Talk

NOTES = """
import os, sys

LOOPBACK = {"127.0.0.1", "::1", "localhost"}

def note(event, args):
    if event == "socket.getaddrinfo":
        host = args[0]
    elif event in {"socket.connect", "socket.sendto"}:
        host = args[1][0] if isinstance(args[1], tuple) else "127.0.0.1"
    else:
        return
    host = host.decode() if isinstance(host, bytes) else host
    with open(os.environ["NOTES"], "a") as notes:
        notes.write(f"{'here' if host in LOOPBACK else host}\\n")

if "NOTES" in os.environ:
    sys.addaudithook(note)
    note("socket.getaddrinfo", ["localhost"])
"""


def test_two_languages_with_the_network_cut() -> None:
    """The desk's tests once more, in a network of their own that has a loopback device and nothing else."""
    if not may_cut():
        pytest.skip("this kernel lets nobody have a network of their own")
    wanted = "read_in_dutch or goes_out_translated"
    command = [sys.executable, "-m", "pytest", "tests/translation/test_desk.py", "-q", "-k", wanted]
    done = subprocess.run(
        [sys.executable, "-m", "tests.support.cut_off", *command], cwd=ROOT, capture_output=True, text=True,
        timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-3000:]
    assert "2 passed" in done.stdout


def test_a_gateway_asks_nobody_anything(packages: Path, tmp_path: Path, words: Any) -> None:
    """Every name that is looked up and every connection that is opened while a talk is translated, also by what the
    gateway starts: they are noted before they happen. (The process that translates refuses them itself.)"""
    (tmp_path / "sitecustomize.py").write_text(NOTES.replace("x", "\\n"), encoding="utf-8")
    notes = tmp_path / "notes"
    env = {"INLOOP_TRANSLATION_DIR": str(packages), "PYTHONPATH": str(tmp_path), "NOTES": str(notes)}
    with running(tmp_path, free_port(), engine=False, env=env) as gateway:
        colleague = first(gateway)
        talk = Talk(gateway, colleague, words, "Șeful meu are pașaportul meu.")
        assert talk.read()[0]["text"] == "Mijn baas heeft mijn paspoort."
        talk.ok("drafts", text="Ik ben hier.", own="nl")
        talk.ok("drafts/alternatives", text="Ik ben hier.", own="nl")
    assert set(notes.read_text().split()) == {"here"}, "and the notes were taken"

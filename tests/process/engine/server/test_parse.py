"""`python -m engine.server.parse`: the understanding of many texts, over pipes."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from tests.support.engine_process import PYTHON, ROOT


def test_lines_are_answered_in_order_whatever_they_are_and_nothing_waits_for_the_reader(model: Path) -> None:
    requests = [json.dumps({"id": f"n{i}", "text": f"{i} I want to talk to a person"}) for i in range(3)]
    requests += [
        "kaput",
        "[]",
        json.dumps({"id": "e", "text": 5}),
        json.dumps({"id": "s", "text": "/restart"}),
    ]
    requests += [
        json.dumps({"id": f"m{i}", "text": "thank you", "vector": None, "pad": "x" * 2000})
        for i in range(400)
    ]
    command = [str(PYTHON), "-m", "engine.server.parse", "--model", str(model)]
    child = subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    assert child.stdin is not None
    assert child.stdout is not None
    # All is written before anything is read: more than the pipes can hold.
    child.stdin.write("".join(line + "\n" for line in requests))
    child.stdin.close()
    answers = [json.loads(line) for line in child.stdout]
    child.stdout.close()
    assert child.wait(30) == 0
    assert [a["id"] for a in answers] == [
        "n0",
        "n1",
        "n2",
        None,
        None,
        "e",
        "s",
        *(f"m{i}" for i in range(400)),
    ]
    assert all(a["topic"] == "talk_to_human" for a in answers[:3])
    assert all(set(a) == {"id", "error"} for a in answers[3:6])
    assert answers[6]["confidence"] < 1
    assert answers[7]["ranking"][0] == [answers[7]["topic"], answers[7]["confidence"]]

"""Nothing leaves the machine: the talk between two languages with the network cut, and nobody there asks for it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.support.cut_off import in_a_cut_network, must_cut

CALENDAR = """
import json, sys
from pathlib import Path
from tests.support.gateway import running, wait_for
from tests.support.ports import free_port

folder, address = Path(sys.argv[1]), sys.argv[2]
elsewhere = {"INLOOP_ENGINE_URL": "http://127.0.0.1:9", "INLOOP_ENGINE_SECRET": "of-an-engine-that-is-not-there"}
env = elsewhere | {"INLOOP_ROTA": json.dumps([address])}
with running(folder, free_port(), engine=False, env=env) as gateway:
    wait_for("the calendar was asked for", lambda: '"event": "rota.not_read"' in gateway.log)
"""


def test_two_languages_with_the_network_cut() -> None:
    """The desk's tests once more, in a network of their own that has a loopback device and nothing else. The gateway
    (without an engine, which translation does not need) and the process that translates look nothing up and connect to
    nobody there: the kernel counts it."""
    must_cut()
    wanted = "read_in_dutch or goes_out_translated or alternatives or translated_back"
    # By name where none loads by itself, as in `make prove`.
    by_name = ("pytest_asyncio.plugin", "pytest_timeout") if "PYTEST_DISABLE_PLUGIN_AUTOLOAD" in os.environ else ()
    plugins = [word for name in by_name for word in ("-p", name)]
    file = "tests/process/translation/test_desk.py"
    done, asked = in_a_cut_network("-m", "pytest", *plugins, file, "-q", "-k", wanted)
    assert done.returncode == 0, done.stdout[-3000:]
    assert "4 passed" in done.stdout
    assert asked == 0


@pytest.mark.parametrize(
    "address",
    ["http://192.0.2.1/rota.ics", "http://calendar.example.org/rota.ics"],
    ids=["connects", "looks up"],
)
def test_a_gateway_that_asks_for_something_outside_is_counted(address: str, tmp_path: Path) -> None:
    """What makes the 0 above mean something: the same `inloop up`, with uvloop, and something to ask for outside."""
    must_cut()
    done, asked = in_a_cut_network("-c", CALENDAR, str(tmp_path), address)
    assert done.returncode == 0, done.stderr[-3000:]
    assert asked > 0

"""What others of the same account may see of the gateway's memory."""

from __future__ import annotations

import subprocess
import sys

import pytest

from bot.cli.commands import up
from bot.settings import Settings

PR_GET_DUMPABLE = 3
SAYS = f"import ctypes; print(ctypes.CDLL(None).prctl({PR_GET_DUMPABLE}, 0, 0, 0, 0))"


@pytest.mark.skipif(sys.platform != "linux", reason="Linux alone")
def test_no_other_process_looks_into_the_memory() -> None:
    program = f"from bot.runtime.memory import keep_private; {SAYS}; assert keep_private(); {SAYS}"
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True).stdout.split()
    assert said == [b"1", b"0"]


def test_the_gateway_says_so_before_anything_is_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    class Said(Exception):
        pass

    def said() -> bool:
        raise Said

    monkeypatch.setattr(up, "keep_private", said)
    monkeypatch.setattr(up.resource, "setrlimit", lambda *_: None)
    monkeypatch.setattr(up, "prepare_folder", lambda _: pytest.fail("opened before"))
    with pytest.raises(Said):
        up.run(Settings(_env_file=None), train=False)

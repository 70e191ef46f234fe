"""The tie to the process that started this one: the secret comes over stdin, and its end is our end."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading

GRACE_SECONDS = 3.0


def read_secret() -> str:
    """Read the one line ``{"secret": "..."}``. Not in the environment or the arguments: others can read
    those.

    Raises ``ValueError`` when there is none, or it is short enough to guess.
    """
    line = sys.stdin.readline()
    try:
        secret = json.loads(line)["secret"]
    except (ValueError, KeyError, TypeError):
        raise ValueError('expected one line {"secret": "..."} on standard input') from None
    if not isinstance(secret, str) or len(secret) < 16:
        raise ValueError("the secret must be a string of at least 16 characters")
    return secret


def end_with_parent() -> None:
    """Stop this process when standard input closes, which happens even when the parent is killed."""

    def wait() -> None:
        while os.read(sys.stdin.fileno(), 4096):
            pass
        os.kill(os.getpid(), signal.SIGTERM)
        threading.Event().wait(GRACE_SECONDS)
        os._exit(0)

    threading.Thread(target=wait, name="end-with-parent", daemon=True).start()

"""The memory of this process, in which conversations are open."""

from __future__ import annotations

import ctypes
import sys

_PR_SET_DUMPABLE = 4


def keep_private() -> bool:
    """No other process of this account looks into the memory from here on, and no crash writes it down. Returns whether
    the system does so: Linux alone does."""
    if not sys.platform.startswith("linux"):
        return False
    return bool(ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0) == 0)

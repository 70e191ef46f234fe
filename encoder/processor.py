"""Which instructions of the processor CTranslate2 computes with.

By itself it takes AVX-512 on Intel's processors alone, since AMD's first ones had little of it. On those that have all
of it a sentence takes a tenth less time.
"""

from __future__ import annotations

import os
from pathlib import Path

VARIABLE = "CT2_FORCE_CPU_ISA"
AVX512 = frozenset({"avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"})
"""What CTranslate2 asks for, as Linux names it."""
DESCRIPTION = Path("/proc/cpuinfo")


def use_widest(description: Path = DESCRIPTION) -> None:
    """To be called before a model is loaded: it is read once. Whatever the operator has set stays."""
    if VARIABLE not in os.environ and flags(description) >= AVX512:
        os.environ[VARIABLE] = "AVX512"


def flags(description: Path) -> frozenset[str]:
    """What every processor of the machine can do, by Linux's ``/proc/cpuinfo``; nothing where there is none."""
    try:
        lines = description.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return frozenset()
    found = [frozenset(line.partition(":")[2].split()) for line in lines if line.startswith("flags")]
    return frozenset.intersection(*found) if found else frozenset()

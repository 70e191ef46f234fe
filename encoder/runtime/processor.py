"""Which instructions of the processor the libraries compute with, where they would choose wrongly.

CTranslate2 by itself takes AVX-512 on Intel's processors alone, since AMD's first ones had little of it. On those that
have all of it a sentence takes a tenth less time. The engine's OpenBLAS (of 2022) goes by the processor's name: on one
that came later it computes as on a Pentium 4, and the dialogue model takes twice its time.
"""

from __future__ import annotations

import os
from pathlib import Path

VARIABLE = "CT2_FORCE_CPU_ISA"
AVX512 = frozenset({"avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"})
"""What CTranslate2 asks for, as Linux names it."""
OPENBLAS = "OPENBLAS_CORETYPE"
AVX2 = frozenset({"avx2", "fma"})
"""What OpenBLAS' kernels named Haswell need. They are quick on every processor that has it, of AMD's too."""
DESCRIPTION = Path("/proc/cpuinfo")


def use_widest(description: Path = DESCRIPTION) -> None:
    """To be called before a model is loaded: it is read once. Whatever the operator has set stays."""
    if VARIABLE not in os.environ and flags(description) >= AVX512:
        os.environ[VARIABLE] = "AVX512"


def known_kernels(description: Path = DESCRIPTION) -> dict[str, str]:
    """The variable by which an OpenBLAS that does not know this processor computes well: for the environment of a
    process, since it is read when the library is loaded. The same kernels everywhere learn the same model, too."""
    return {OPENBLAS: "Haswell"} if flags(description) >= AVX2 else {}


def flags(description: Path) -> frozenset[str]:
    """What every processor of the machine can do, by Linux's ``/proc/cpuinfo``; nothing where there is none."""
    try:
        lines = description.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return frozenset()
    found = [frozenset(line.partition(":")[2].split()) for line in lines if line.startswith("flags")]
    return frozenset.intersection(*found) if found else frozenset()

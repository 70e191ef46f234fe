"""The Python of the engine's processes, and what they see of this machine."""

from __future__ import annotations

import os
from pathlib import Path

from bot.settings import ROOT
from encoder.runtime.processor import known_kernels

ENGINE_PYTHON = ROOT / "engine" / ".venv" / "bin" / "python"


def engine_environment(encoder_dir: Path) -> dict[str, str]:
    """What the engine's processes see of this machine: no secret, no database, no setting of ours but the encoder."""
    names = ("PATH", "LANG", "LC_ALL", "TZ", "TMPDIR", "OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")
    kept = {name: os.environ[name] for name in names if name in os.environ}
    return known_kernels() | kept | {
        "HOME": str(ROOT / ".cache" / "engine-home"),
        "INLOOP_ENCODER_DIR": str(encoder_dir.absolute()),
        "RASA_TELEMETRY_ENABLED": "false",
        "PYTHONUNBUFFERED": "1",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "LOG_LEVEL": "ERROR",  # Rasa's own progress bars; ours are lines
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
    }

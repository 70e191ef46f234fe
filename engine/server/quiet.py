"""Logging that cannot leak. Rasa, Sanic and the action executor log messages, trackers and request bodies in
many places; here no message of foreign code is ever rendered, only where it came from and which kind of
error it was.
"""

from __future__ import annotations

import logging
import os
import sys
import traceback
import warnings
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any

from engine.server.no_tensorflow import install as install_placeholders

OWN = "engine"


def prepare_environment() -> None:
    """Do what must be done before Rasa is imported: no telemetry, no TensorFlow, no chatter."""
    install_placeholders()
    os.environ["RASA_TELEMETRY_ENABLED"] = "false"
    os.environ["SQLALCHEMY_SILENCE_UBER_WARNING"] = "1"
    os.environ["TOKENIZERS_PARALLELISM"] = "false"
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    os.environ.setdefault("HOME", "/nonexistent")  # some library asks for it; nothing is ever written there


class _Formatter(logging.Formatter):
    """Full lines for our own loggers, place and kind of error for every other."""

    def format(self, record: logging.LogRecord) -> str:
        error = kind_and_place(record.exc_info[1]) if record.exc_info and record.exc_info[1] else ""
        if record.name == OWN or record.name.startswith(OWN + "."):
            return f"{record.levelname.lower()} {record.name} {record.getMessage()} {error}".rstrip()
        return f"{record.levelname.lower()} {record.name} at {record.module}:{record.lineno} {error}".rstrip()


def kind_and_place(error: BaseException) -> str:
    """Name an error by its type and its innermost line; never by its message, which may quote a text."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{place}"


def _hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    sys.stderr.write(f"critical {OWN} stopped by {kind_and_place(error.with_traceback(trace))}\n")


def _drop(*_: Any) -> Any:
    import structlog

    raise structlog.DropEvent


def _warn(*_: Any, **__: Any) -> None:
    """Warnings of libraries are for developers; some quote what they warn about."""


def silence(level: int = logging.INFO) -> None:
    """Send our own log lines to standard error and render nothing of anyone else's messages."""
    import structlog

    # Without a configuration structlog prints every event, debug too, with all its values.
    structlog.configure(processors=[_drop], cache_logger_on_first_use=False)
    handler = logging.StreamHandler(sys.__stderr__)
    handler.setFormatter(_Formatter())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger(OWN).setLevel(level)
    for name in list(logging.root.manager.loggerDict):
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True
        if not (name == OWN or name.startswith(OWN + ".")):
            logger.setLevel(logging.WARNING)
    for name in ("sanic.access", "sanic.root", "asyncio"):
        logging.getLogger(name).setLevel(logging.ERROR)
    show: Callable[..., None] = _warn
    warnings.showwarning = show
    sys.excepthook = _hook

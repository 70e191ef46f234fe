"""The log: JSON lines of event names, counts and kinds. Never a text, a name, a token or an address of a person."""

from __future__ import annotations

import logging
import sys
from contextvars import ContextVar
from types import TracebackType

import structlog

OURS = ("bot", "encoder")
"""Whose words may stand in the log: events that were written for it. What a library says may quote what a person wrote,
at whatever level, in whatever version: of a library only that it complained, and where, is told."""

SILENT = ("telegram", "uvicorn.access")
"""Libraries that complain all day of what others do; what matters of it is said by our own events."""

NOTEWORTHY = logging.WARNING
"""Of others, nothing below it."""


def ours(logger: str) -> bool:
    """Whether what this logger says was written for the log."""
    return logger.partition(".")[0] in OURS


practising: ContextVar[bool] = ContextVar("practising", default=False)
"""Whether the current request belongs to the practice desk: its events must not be counted as those of real cases."""


class Speaking(logging.Filter):
    """Lets our own events through without the words of exceptions, and of everybody else's the place alone."""

    def filter(self, record: logging.LogRecord) -> bool | logging.LogRecord:
        if practising.get() and record.levelno < NOTEWORTHY:
            return False
        kind, trace = None, None
        if isinstance(record.exc_info, tuple) and record.exc_info[0] is not None:
            kind, _, trace = record.exc_info
        where = place(trace) if trace is not None else "?"
        if ours(record.name):
            if kind is not None:
                record.msg, record.args = "%s at %s", (kind.__name__, where)
            record.exc_info = record.exc_text = record.stack_info = None
            return True
        if record.levelno < NOTEWORTHY or any(_below(record.name, name) for name in SILENT):
            return False
        said = logging.LogRecord(
            record.name, record.levelno, record.pathname, record.lineno, "library.complained", None, None
        )
        said.logger, said.place = record.name, f"{record.pathname}:{record.lineno}"
        if kind is not None:
            said.error, said.where = kind.__name__, where
        return said


def place(trace: TracebackType) -> str:
    """The line in which it was raised."""
    while trace.tb_next is not None:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}"


def set_up(level: str) -> None:
    """Sends every logger of this process through one handler on standard error. `level` is for our own events."""
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(Speaking())
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[
                structlog.stdlib.add_log_level,
                structlog.stdlib.ExtraAdder(),
                structlog.processors.TimeStamper(fmt="iso", utc=True),
            ],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    logging.basicConfig(level=NOTEWORTHY, handlers=[handler], force=True)
    for name in OURS:
        logging.getLogger(name).setLevel(level)
    for other in logging.getLogger().manager.loggerDict.values():
        if isinstance(other, logging.Logger):  # no library has a way of its own past this handler
            other.handlers, other.propagate = [], True
    logging.getLogger("uvicorn.error").setLevel(logging.ERROR)  # a line for each broken request would fill the disk


def _below(logger: str, name: str) -> bool:
    return logger == name or logger.startswith(f"{name}.")

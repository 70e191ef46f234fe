"""The log: JSON lines of event names, counts and kinds. Never a text, a name, a token or an address of a person."""

from __future__ import annotations

import logging
import sys

import structlog


class Unspeaking(logging.Filter):
    """Takes the words out of exceptions: what a library puts into a message may quote what a person wrote. The kind
    and the place of the failure stay."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.exc_info and isinstance(record.exc_info, tuple) and record.exc_info[0] is not None:
            kind, _, trace = record.exc_info
            while trace is not None and trace.tb_next is not None:
                trace = trace.tb_next
            where = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else "?"
            record.msg, record.args = "%s at %s", (kind.__name__, where)
            record.exc_info = record.exc_text = None
        record.stack_info = None
        return True


QUIET = ("httpx", "httpcore", "apprise", "alembic", "aiosqlite", "sqlalchemy", "multipart", "asyncio")
SILENT = ("telegram",)
"""Libraries whose complaints quote what was sent; what went wrong is said by our own events."""


def set_up(level: str) -> None:
    """Sends every logger of this process through one handler on standard error."""
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(Unspeaking())
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
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    for name in SILENT:
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logger = logging.getLogger(name)
        logger.handlers, logger.propagate = [], True
    logging.getLogger("uvicorn.access").disabled = True
    logging.getLogger("uvicorn.error").setLevel(logging.ERROR)  # a line for each broken request would fill the disk

"""Re-encode pictures in a process with limits (`picture_worker.py`), so that only their pixels are kept. Nothing is
written to a disk: the file goes through pipes."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import sys
from pathlib import Path
from typing import Final

log = logging.getLogger(__name__)

MAX_BYTES: Final = 8 * 1024 * 1024
"""Of a file as it comes."""

DECODING_S: Final = 20.0
"""Seconds after which a decoder is ended, whatever it does: its own limit is of processor time."""

AT_ONCE: Final = 2
"""Decoders that run at a time, for their memory; the others wait."""

KEPT_BYTES: Final = 400_000
"""Of a picture as it is kept."""

WORKER = Path(__file__).with_name("picture_worker.py")
"""Never imported here: no decoder is in the memory of the gateway."""

TOO_LARGE: Final = 5
"""Its exit code for more pixels than are taken; every other one but 0 says that there is no picture to be had."""


class PictureRefused(Exception):
    """Nothing was kept. `code`: `picture_kind` (no picture that can be read), `picture_large` or `picture_many`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Darkroom:
    """Re-encodes pictures, at most `AT_ONCE` at a time."""

    def __init__(self, seconds: float = DECODING_S, worker: Path = WORKER) -> None:
        self._places = asyncio.Semaphore(AT_ONCE)
        self._seconds = seconds
        self._worker = worker

    async def made_anew(self, data: bytes) -> bytes:
        """Return a JPEG of at most `KEPT_BYTES` that holds the pixels of `data` and nothing else. Raises
        `PictureRefused`."""
        if len(data) > MAX_BYTES:
            raise PictureRefused("picture_large")
        async with self._places:
            code, made = await self._run(data)
        if code == 0 and made.startswith(b"\xff\xd8\xff") and len(made) <= KEPT_BYTES:
            return made
        log.info("picture.refused", extra={"code": code})
        raise PictureRefused("picture_large" if code == TOO_LARGE else "picture_kind")

    async def _run(self, data: bytes) -> tuple[int, bytes]:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-I", "-B", str(self._worker),
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL, env={},
        )  # fmt: skip
        try:
            async with asyncio.timeout(self._seconds):
                made, _ = await process.communicate(data)
        except TimeoutError:
            return -1, b""
        finally:
            if process.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    process.kill()
                await process.wait()
        return -1 if process.returncode is None else process.returncode, made

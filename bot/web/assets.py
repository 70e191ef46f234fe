"""The static files of the pages: each lies with its half, and all are served below `/static`."""

from __future__ import annotations

import hashlib
from pathlib import Path

from starlette.middleware.gzip import GZipMiddleware
from starlette.staticfiles import StaticFiles

HERE = Path(__file__).parent
FOLDERS = (HERE / "visitor" / "static", HERE / "desk" / "static")
DESK_TEMPLATES = HERE / "desk" / "templates"


class _Static(StaticFiles):
    """The files of several folders, none of which has a name that another has too."""

    def __init__(self) -> None:
        super().__init__(directory=FOLDERS[0])
        self.all_directories = [*FOLDERS]


STATIC = GZipMiddleware(_Static(), minimum_size=500)


def version() -> str:
    """Changes when a file of the page changes, so that a browser takes the new one."""
    digest = hashlib.sha256()
    for path in sorted((path for folder in FOLDERS for path in folder.iterdir()), key=lambda path: path.name):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]

"""The static files of the pages: each lies with its half, and all are served below `/static`."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

HERE = Path(__file__).parent
VISITOR = HERE / "visitor" / "static"
FOLDERS = (VISITOR, HERE / "desk" / "static")
DESK_TEMPLATES = HERE / "desk" / "templates"


_FOR_READERS = re.compile(r"^[ \t]*(?://.*\n|/\*.*\*/\n)?|(?<=[;{},]) // .*$|/\*[^*\n]*\*/", re.MULTILINE)
_AROUND = re.compile(r"\s*([{};])\s*")


def lean(text: str) -> str:
    """Return a script or a style sheet without what only its readers need: indentation and comments."""
    return _FOR_READERS.sub("", text)


def lean_style(text: str) -> str:
    """Return a style sheet without these, and without the space that sets its rules apart."""
    return _AROUND.sub(r"\1", lean(text))


class _Static(StaticFiles):
    """The files of several folders, none of which has a name that another has too. The visitor's are sent lean: they
    are what a cheap phone waits for."""

    def __init__(self) -> None:
        super().__init__(directory=FOLDERS[0])
        self.all_directories = [*FOLDERS]
        kinds = {".js": (lean, "text/javascript"), ".css": (lean_style, "text/css")}
        self._lean = {}
        for path in VISITOR.iterdir():
            made, kind = kinds[path.suffix]
            self._lean[path.name] = (made(path.read_text("utf-8")), kind)

    async def get_response(self, path: str, scope: Scope) -> Response:
        """The answer for a file: a lean one, or as it is."""
        if path in self._lean and scope["method"] in {"GET", "HEAD"}:
            text, kind = self._lean[path]
            return Response(text, media_type=kind)
        return await super().get_response(path, scope)


STATIC = GZipMiddleware(_Static(), minimum_size=500)


_IMPORTS = re.compile(r'^import .*?from "\./([\w.]+)";|^import "\./([\w.]+)";', re.MULTILINE)


def modules(entry: str) -> list[str]:
    """Return the names of the modules that a script imports, and of those that they import in turn.

    A browser that has them in one list asks for all at once, and not for one after another."""
    there = {path.name: path for folder in FOLDERS for path in folder.glob("*.js")}
    found: dict[str, None] = {}
    ahead = [entry]
    while ahead:
        for names in _IMPORTS.findall(there[ahead.pop(0)].read_text("utf-8")):
            name = "".join(names)
            if name not in found:
                found[name] = None
                ahead.append(name)
    return list(found)


def version() -> str:
    """Changes when a file of the page changes, so that a browser takes the new one."""
    digest = hashlib.sha256()
    for path in sorted((path for folder in FOLDERS for path in folder.iterdir()), key=lambda path: path.name):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]

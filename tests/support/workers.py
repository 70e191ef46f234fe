"""Which tests run in the same worker of pytest-xdist: those of a file, and those that share what starts slowly."""

from __future__ import annotations

from xdist.scheduler import LoadFileScheduling

TOGETHER = {
    "gateway": (
        "tests/dialogs/", "tests/talks/", "tests/process/test_no_core.py", "tests/process/translation/test_desk.py",
        "tests/process/web/test_bad_input.py", "tests/process/web/test_plain_forms.py",
        "tests/process/web/test_security_headers.py", "tests/process/web/test_visitor_api.py",
    ),
    "engine": ("tests/process/engine/server/test_channel.py", "tests/process/engine/test_dialogue.py"),
}  # fmt: skip
"""A file that is missing here costs one more start of the fixture, and nothing else."""


class Workers(LoadFileScheduling):
    """A worker takes a whole file at a time, or all files of a line of `TOGETHER`."""

    def _split_scope(self, nodeid: str) -> str:
        path = str(super()._split_scope(nodeid))
        return next((name for name, paths in TOGETHER.items() if path.startswith(paths)), path)

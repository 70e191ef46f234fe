"""Why there is no translation. The original is shown then, with the reason beside it."""

from __future__ import annotations

from enum import StrEnum


class Reason(StrEnum):
    """The labels are `desk.not_translated_<value>` where a caseworker can do something about it."""

    MISSING = "missing"  # no package, or none that is whole, for these languages
    UNKNOWN = "unknown"  # nobody knows what language it is
    BUSY = "busy"  # too many wait
    SLOW = "slow"  # not within the deadline
    BROKEN = "broken"  # the process or the model failed


class Unavailable(Exception):
    """Not translated. Holds no text."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.value)
        self.reason = reason


class Damaged(Unavailable):
    """Not translated: the package in `folder` is not what was installed."""

    def __init__(self, folder: str) -> None:
        super().__init__(Reason.MISSING)
        self.folder = folder


class PackageRefused(ValueError):
    """A package file that is not installed; the message says what is wrong with it."""

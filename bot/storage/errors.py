"""Everything that storage raises on purpose.

::

    StorageError
    ├── SealingError      an envelope, wrap or token that does not open
    ├── SchemaError       the database is older or newer than this program, or not supported
    ├── Gone              the conversation was deleted
    ├── NotFound          there is no such case, caseworker or invitation
    ├── AlreadyClaimed    another caseworker owns the case
    ├── NotOwner          the case is not this caseworker's
    ├── NotReadable       the conversation is not wrapped to the team key at hand
    ├── NameTaken         an active caseworker has that name
    ├── InviteRefused     unknown, used or expired link, or a one-time code that does not fit
    ├── LogInFailed       name, password or one-time code is wrong: the same error for all three
    └── SlowDown          too many failed attempts; `retry_after` seconds

No message holds a text, a token, a key, or a name that somebody typed: messages end up in logs.
"""

from __future__ import annotations


class StorageError(Exception):
    """Whatever storage refuses."""


class SealingError(StorageError):
    """The sealed bytes do not open: wrong key, wrong row, unknown version, damaged or cut off."""


class SchemaError(StorageError):
    """The database cannot be used by this version of the program."""


class Gone(StorageError):
    """The conversation was deleted; nothing was written."""

    def __init__(self) -> None:
        super().__init__("the conversation was deleted")


class NotFound(StorageError):
    """There is no such row."""


class AlreadyClaimed(StorageError):
    """Another caseworker owns the case. `owner_name` is for the desk's page and is not in the message."""

    def __init__(self, owner_name: str) -> None:
        super().__init__("the case has an owner")
        self.owner_name = owner_name


class NotOwner(StorageError):
    """The case is not, or is no longer, owned by this caseworker; nothing was changed."""

    def __init__(self) -> None:
        super().__init__("the case is not owned by this caseworker")


class NotReadable(StorageError):
    """The conversation is wrapped to another team key; it becomes readable when the person comes back."""

    def __init__(self) -> None:
        super().__init__("the conversation is not wrapped to this team key")


class NameTaken(StorageError):
    """An active caseworker has that name already."""

    def __init__(self) -> None:
        super().__init__("an active caseworker has that name")


class InviteRefused(StorageError):
    """The invitation cannot be accepted; it stays as it was."""


class LogInFailed(StorageError):
    """One error for every reason, so that it tells nothing about which part was wrong."""

    def __init__(self) -> None:
        super().__init__("the log-in failed")


class SlowDown(StorageError):
    """Too many failed attempts for this name. `retry_after`: whole seconds until the next is looked at."""

    def __init__(self, retry_after: int) -> None:
        super().__init__("too many failed attempts")
        self.retry_after = retry_after

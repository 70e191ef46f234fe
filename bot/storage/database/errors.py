"""Everything that storage raises on purpose.

::

    StorageError
    ├── SealingError      an envelope, wrap or token that does not open
    ├── SchemaError       the database is older or newer than this program, or not supported
    ├── BackupError       a backup cannot be made, or cannot be restored
    ├── RecoveryRefused   the recovery key is not whole, or not the one that is good now
    ├── Gone              the conversation was deleted
    ├── Taken             a conversation with this token or return code was begun before
    ├── NotFound          there is no such case, caseworker or invitation
    ├── AlreadyClaimed    another caseworker owns the case
    ├── NotOwner          the case is not this caseworker's
    ├── NotOffered        the case is not offered to this caseworker (any more)
    ├── TransferRefused   the colleague is offline or has enough cases, or nobody works in the organisation
    ├── TooManyKept       a case has as many deadlines or links as it can have
    ├── Full              the caseworker has enough cases, and nobody in danger waits
    ├── Forbidden         not in this role
    ├── NotReadable       the conversation is not wrapped to the team key at hand
    │   └── Unvouched     nobody vouches for a key, a caseworker or a link
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


class BackupError(StorageError):
    """A backup that cannot be made or restored; the message says what to do, and holds no key."""


class RecoveryRefused(StorageError):
    """The recovery key opens nothing; the message says why, and holds no word of it. Nothing was changed."""


class Gone(StorageError):
    """The conversation was deleted; nothing was written."""

    def __init__(self) -> None:
        super().__init__("the conversation was deleted")


class Taken(StorageError):
    """A conversation with this token or this return code was begun before; nothing was written."""

    def __init__(self) -> None:
        super().__init__("the token or the return code is in use")


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


class NotOffered(StorageError):
    """The case is not, or is no longer, offered to this caseworker; nothing was changed."""

    def __init__(self) -> None:
        super().__init__("the case is not offered to this caseworker")


class TransferRefused(StorageError):
    """The case stays where it is. `reason`: `offline` or `full`; for an organisation `nobody`."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"refused: {reason}")
        self.reason = reason


class TooManyKept(StorageError):
    """A case has as many deadlines or links, or a conversation as many pictures, as it can have; nothing was added."""

    def __init__(self) -> None:
        super().__init__("as many as a case can have")


class Full(StorageError):
    """The caseworker has as many cases as they take at once; nobody was claimed."""

    def __init__(self) -> None:
        super().__init__("as many cases as they take at once")


class Forbidden(StorageError):
    """Whoever asks has not the role for it; nothing was changed."""

    def __init__(self) -> None:
        super().__init__("not in this role")


class NotReadable(StorageError):
    """The conversation is wrapped to another team key; it becomes readable when the person comes back."""

    def __init__(self) -> None:
        super().__init__("the conversation is not wrapped to this team key")


class Unvouched(NotReadable):
    """A row that decides who may read has no valid mark: somebody else wrote it, or another page key made the mark."""

    def __init__(self) -> None:
        StorageError.__init__(self, "nobody vouches for what stands in the database, or the page key is another one:"
                              " inloop doctor")  # fmt: skip


class NameTaken(StorageError):
    """An active caseworker has that name already."""

    def __init__(self) -> None:
        super().__init__("an active caseworker has that name")


class InviteRefused(StorageError):
    """The invitation cannot be accepted; it stays as it was."""


class WeakPassword(StorageError):
    """A password that is too easy to guess."""


class LogInFailed(StorageError):
    """One error for every reason, so that it tells nothing about which part was wrong."""

    def __init__(self) -> None:
        super().__init__("the log-in failed")


class SlowDown(StorageError):
    """Too many failed attempts for this name. `retry_after`: whole seconds until the next is looked at."""

    def __init__(self, retry_after: int) -> None:
        super().__init__("too many failed attempts")
        self.retry_after = retry_after

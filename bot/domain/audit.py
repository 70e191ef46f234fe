"""The words of the audit log. All of them are fixed: nothing that somebody typed ever stands in it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from hashlib import blake2b

from bot.domain.retention import coarse


class Deed(StrEnum):
    """What was done. The labels on the desk are `desk.deed_<deed>`."""

    OPENED = "opened"
    LOOKED = "looked"
    CLAIMED = "claimed"
    TRANSFERRED = "transferred"
    GAVE_BACK = "gave_back"
    LAPSED = "lapsed"
    CLOSED = "closed"
    REOPENED = "reopened"
    HANDED_OVER = "handed_over"
    OFFERED_TO_ALL = "offered_to_all"
    URGENCY = "urgency"
    MUTED = "muted"
    UNMUTED = "unmuted"
    ASSIGNED = "assigned"
    CODE = "code"
    EXPORTED = "exported"
    DELETED = "deleted"
    INVITED = "invited"
    TAKEN_BACK = "taken_back"
    JOINED = "joined"
    CONFIRMED = "confirmed"
    ROLE = "role"
    MOVED = "moved"
    LET_IN = "let_in"
    ENDED = "ended"
    KEY = "key"
    VOUCHED = "vouched"
    RECOVERY_MADE = "recovery_made"
    RECOVERY_USED = "recovery_used"
    RECOVERED = "recovered"
    CODES = "codes"
    PASSKEY_ADDED = "passkey_added"
    PASSKEY_REMOVED = "passkey_removed"
    TRIMMED = "trimmed"


TAKEN_FOR = ("owner_away", "supervision", "complaint", "person_asked")
"""Why a coordinator gives a case that somebody has to somebody else; of `REASONS`."""

REASONS = ("supervision", "owner_away", "complaint", "person_asked", "court", "handed_on")
"""Why somebody looks at a case of a colleague, or takes a case out of the house. The labels are `desk.why_<reason>`."""

LOWERED = ("person_safe", "help_there", "no_danger")
RAISED = ("more_danger", "told_elsewhere")
"""Why a caseworker sets another urgency: a lower one, a higher one. The labels are `desk.why_<reason>`."""

DANGER = "danger"
"""Why a mute ends that nobody ended: the person wrote something in danger."""

MUTED_FOR = ("insults", "sexual", "spam")
"""Why a case is muted. The labels are `desk.why_<reason>`."""

START = bytes(32)
"""What stands before the first row."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A row. `actor` and `subject`: ids of caseworkers; no actor: the person, or the program itself. `case`: its
    number. `detail`: a word of this program (an outcome, a role, a form of export). `before`: the hash of the row
    before.

    Of a case that is closed only days are kept. So the chain holds the day, and of the time a hash (`moment`) with
    `salt` in it: once the salt is gone, nothing of the time can be found again, and the chain is whole."""

    id: int
    at: datetime
    deed: str
    actor: int | None
    case: str | None
    subject: int | None
    detail: str
    reason: str
    before: bytes
    moment: bytes
    salt: bytes | None
    """Nothing: of the time only the day is kept (`at` is midnight, UTC)."""

    @property
    def timely(self) -> bool:
        """Whether the time is the one that was written down."""
        return coarse(self.at) == self.at if self.salt is None else moment_of(self.at, self.salt) == self.moment

    @property
    def hash(self) -> bytes:
        """BLAKE2b-256 of everything in the row, the hash of the row before included."""
        row = [
            self.id,
            coarse(self.at).date().isoformat(),
            self.moment.hex(),
            self.deed,
            self.actor,
            self.case,
            self.subject,
            self.detail,
            self.reason,
        ]
        return blake2b(self.before + json.dumps(row, ensure_ascii=True).encode(), digest_size=32).digest()


@dataclass(frozen=True, slots=True)
class Head:
    """Where the log ends: the id of its last row (0: none yet), and that row's hash."""

    id: int
    hash: bytes


def moment_of(at: datetime, salt: bytes) -> bytes:
    """What the chain holds of a time of day."""
    return blake2b(at.astimezone(UTC).isoformat(timespec="microseconds").encode(), digest_size=32, key=salt).digest()


def breaks(entries: Iterable[Entry], head: Head) -> Iterator[tuple[int, str]]:
    """Where the chain is broken: the id of the row, and what is wrong there.

    `entries` in the order of their ids. What was removed at the beginning by its age is named in the last row `trimmed`
    (`detail`: the first id that stayed).
    """
    first: int | None = None
    kept = 1
    last = Head(0, START)
    for entry in entries:
        if first is None:
            first = entry.id
        elif entry.id != last.id + 1:
            yield entry.id, f"rows {last.id + 1} to {entry.id - 1} are missing"
        elif entry.before != last.hash:
            yield entry.id, f"row {last.id} was changed, or row {entry.id} does not belong here"
        if not entry.timely:
            yield entry.id, f"the time of row {entry.id} was changed"
        if entry.deed == Deed.TRIMMED and entry.detail.isdecimal():
            kept = int(entry.detail)
        last = Head(entry.id, entry.hash)
    if first is not None and first != kept:
        yield first, f"the log begins at row {first}, and should at row {kept}"
    if last.id != head.id:
        yield last.id, f"the log ends at row {last.id}, and should at row {head.id}"
    elif last.hash != head.hash:
        yield last.id, f"row {last.id} was changed"

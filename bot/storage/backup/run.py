"""Making a backup and restoring it, whatever the database. Blocking: for a command, not for a running gateway."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.storage.backup import postgres, sqlite
from bot.storage.backup.files import BackupFile, found_in, path_of
from bot.storage.backup.stream import SealedReader, SealedWriter
from bot.storage.database import schema
from bot.storage.database.engine import parse
from bot.storage.database.errors import BackupError
from bot.storage.sealing.envelopes import KeyPair


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore did: from when keys and bodies are, and every conversation that has to be deleted again."""

    keys_at: datetime
    bodies_at: datetime
    tombstones: frozenset[int]


def take(url: str, folder: Path, public: bytes, parts: Iterable[str], now: datetime, origin: bytes = b"") -> list[Path]:
    """Write the parts of one moment into `folder`; all of the files, or none. `origin` says that they were made here.
    Raises `BackupError`."""
    database = "sqlite" if _is_sqlite(url) else "postgresql"
    written: list[tuple[Path, Path]] = []

    def writer(part: str, revision: str, tombstones: list[int]) -> SealedWriter:
        if revision != schema.head():  # a table that this program does not know would be missing, and nobody told
            raise BackupError("the database is of another version than this program: make the backup with that version")
        about = {"part": part, "database": database, "revision": revision, "made_at": now.isoformat()}
        path = path_of(folder, part, now)
        unfinished = path.with_name(f".{path.name}.unfinished")
        unfinished.unlink(missing_ok=True)
        manifest = about | ({"tombstones": tombstones} if part == "keys" else {})
        opened = SealedWriter(unfinished, public, manifest, origin)
        written.append((unfinished, path))
        return opened

    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        (sqlite if database == "sqlite" else postgres).take(url, parts, writer)
        for unfinished, path in written:
            unfinished.replace(path)
    except OSError as error:
        raise BackupError(f"the backup cannot be written: {error.strerror}") from None
    finally:
        for unfinished, _ in written:
            unfinished.unlink(missing_ok=True)
    return [path for _, path in written]


def restore(
    url: str, folder: Path, recovery: KeyPair, *, replace: bool, bodies: Path | None = None, unmarked: bool = False
) -> Restored:
    """Make the database of the newest keys in `folder` and the newest bodies (or those of `bodies`).

    Everything is read to its end before anything is changed. A file that says nothing of its origin is refused, unless
    `unmarked` says that its place is known to be good: somebody else can have written it, and it becomes the database,
    or what PostgreSQL runs. A file whose name tells another time than the file itself
    was renamed, and would bring back what was deleted. So would keys older than the bodies beside them: both are
    written together, so newer keys are missing. Raises `BackupError`; the database that was there is replaced only if
    `replace` says so, and its tombstones are among those to apply (SQLite; a PostgreSQL database has to be empty). To
    delete again what they name is for the caller, through an opened store.
    """
    files = found_in(folder)
    keys_file = _newest(files, "keys")
    bodies_file = _newest(files, "bodies") if bodies is None else _named(files, bodies)
    keys, content = SealedReader(keys_file.path, recovery), SealedReader(bodies_file.path, recovery)
    for reader, file in ((keys, keys_file), (content, bodies_file)):
        if not (unmarked or reader.ours):
            raise BackupError(
                f"{file.path.name} does not say that this installation made it: somebody else may have. Of a time"
                " before INLOOP_BACKUP_ORIGIN was set, and from a place that only this machine wrote to: --unmarked"
            )
    keys.verify()
    content.verify()
    if bodies is None and keys_file.made_at < bodies_file.made_at:
        raise BackupError(
            f"the keys of {bodies_file.path.stem} are missing, and older ones would bring back what was deleted since:"
            " if they are lost, name the bodies"
        )
    for file, reader, part in ((keys_file, keys, "keys"), (bodies_file, content, "bodies")):
        if not _complete(reader.manifest):
            raise BackupError("a file does not say what it is a backup of")
        if reader.manifest["part"] != part:
            raise BackupError("a file has the name of another")
        if _made_at(reader.manifest) != file.made_at:
            raise BackupError(f"{file.path.name} was renamed: it was made at {reader.manifest['made_at']}")
    _refuse_unfit(url, keys, content)
    graves = frozenset(keys.manifest.get("tombstones", ()))
    there = (sqlite if _is_sqlite(url) else postgres).exists(url)
    if there and not (replace and _is_sqlite(url)):
        raise BackupError("there is a database already: name an empty one, or (SQLite) use --replace")
    if there:
        sqlite.refuse_while_used(url)
        graves |= frozenset(sqlite.tombstones(url))
    readers = {"keys": keys, "bodies": content}
    (sqlite if _is_sqlite(url) else postgres).restore(url, keys.manifest["revision"], readers, graves)
    return Restored(keys_file.made_at, bodies_file.made_at, graves)


def _complete(manifest: Mapping[str, Any]) -> bool:
    graves = manifest.get("tombstones", [])
    texts = (manifest.get(name) for name in ("part", "database", "revision", "made_at"))
    numbers = isinstance(graves, list) and all(type(grave) is int and 0 <= grave < 2**63 for grave in graves)
    return numbers and all(isinstance(text, str) for text in texts)


def _made_at(manifest: Mapping[str, Any]) -> datetime | None:
    """Returns the time in a manifest's `made_at`, in UTC and whole seconds; None if it cannot be read as a time."""
    try:
        return datetime.fromisoformat(manifest["made_at"]).astimezone(UTC).replace(microsecond=0)
    except (ValueError, OverflowError):
        return None


def _refuse_unfit(url: str, keys: SealedReader, bodies: SealedReader) -> None:
    kind = "sqlite" if _is_sqlite(url) else "postgresql"
    for reader in (keys, bodies):
        if reader.manifest["database"] != kind:
            raise BackupError(f"the backup is of {reader.manifest['database']}, the database is {kind}")
        if reader.manifest["revision"] not in schema.known():
            raise BackupError("the backup is newer than this program: restore it with the newer version")
    if keys.manifest["revision"] != bodies.manifest["revision"]:
        raise BackupError("keys and bodies are of two versions of the program: name bodies that are as new as the keys")


def _newest(files: list[BackupFile], part: str) -> BackupFile:
    fitting = [file for file in files if file.part == part]
    if not fitting:
        raise BackupError(f"there is no backup of {part} in this folder")
    return fitting[-1]


def _named(files: list[BackupFile], path: Path) -> BackupFile:
    for file in files:
        if file.path.name == path.name and file.part == "bodies":
            return file
    raise BackupError("there is no such file of bodies in this folder")


def _is_sqlite(url: str) -> bool:
    return parse(url).get_backend_name() == "sqlite"

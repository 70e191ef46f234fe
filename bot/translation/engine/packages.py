"""Installed Argos packages: found, checked, installed from a file. No model is loaded here and nothing is fetched."""

from __future__ import annotations

import contextlib
import hashlib
import json
import lzma
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from bot.translation.errors import PackageRefused

MIDDLE = "en"
"""The language that pairs without a model of their own go through."""
RECORD = "inloop.json"
"""Beside a package's files: the checksum of the archive, and size and checksum of each file."""
MOST = 4 * 1024**3
"""Bytes of an unpacked package."""
UNREADABLE = (
    zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError, ValueError, LookupError, struct.error,
    zlib.error, lzma.LZMAError,
)  # fmt: skip
"""What Python's library raises for archives that are none."""
BROKEN = (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError)
"""The same for JSON that is not what it should be."""


@dataclass(frozen=True, slots=True)
class Installed:
    """One package. `size` in bytes; `sha256` of the archive it came in, empty when it was put there by hand; `fault`
    says what is wrong with it, and then it is not used."""

    source: str
    target: str
    version: str
    folder: Path
    size: int
    sha256: str
    fault: str = ""


def scan(folder: Path, *, thorough: bool = False) -> list[Installed]:
    """Every package in `folder`, broken ones too. `thorough` compares every byte with its checksum."""
    if not folder.is_dir():
        return []
    places = sorted(place for place in folder.iterdir() if place.is_dir() and not place.name.startswith("."))
    return [_read(place, thorough) for place in places]


def usable(packages: Collection[Installed]) -> dict[tuple[str, str], Installed]:
    """The packages by (from, to), the newest of each."""
    ordered = sorted((p for p in packages if not p.fault), key=lambda p: [_number(x) for x in p.version.split(".")])
    return {(p.source, p.target): p for p in ordered}


def route(pairs: Collection[tuple[str, str]], source: str, target: str) -> tuple[tuple[str, str], ...] | None:
    """The pairs to go through, one or two; None when there is no way, or nothing to translate."""
    if source == target:
        return None
    if (source, target) in pairs:
        return ((source, target),)
    if (source, MIDDLE) in pairs and (MIDDLE, target) in pairs:
        return (source, MIDDLE), (MIDDLE, target)
    return None


def fault(folder: Path) -> str:
    """What is wrong with the package in `folder`, empty when nothing is. Every byte is compared with its checksum."""
    return _read(folder, thorough=True).fault


def install(archive: Path, folder: Path, sha256: str = "") -> Installed:
    """Unpack a package file into `folder`, in place of an older one of the same languages. Raises `PackageRefused`."""
    found = digest(archive)
    if sha256 and found != sha256.lower():
        raise PackageRefused(f"the checksum is {found}, not {sha256.lower()}")
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".new-", dir=folder) as place:
        top = _unpack(archive, Path(place))
        made = Path(place) / top
        if not made.is_dir():
            raise PackageRefused("not an Argos package: it must hold one folder")
        files = {
            str(path.relative_to(made)): [path.stat().st_size, digest(path)]
            for path in sorted(made.rglob("*"))
            if path.is_file()
        }
        record = {"sha256": found, "files": files}
        (made / RECORD).write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
        new = _read(made, thorough=False)
        if new.fault:
            raise PackageRefused(new.fault)
        _put(made, folder / top, [old.folder for old in scan(folder) if _replaces(new, top, old)], Path(place))
    return _read(folder / top, thorough=False)


def _replaces(new: Installed, name: str, old: Installed) -> bool:
    return (old.source, old.target) == (new.source, new.target) or old.folder.name == name


def _put(made: Path, where: Path, olds: Sequence[Path], aside: Path) -> None:
    """The new folder in the place of the old ones, which are there again if that fails."""
    moved: list[tuple[Path, Path]] = []
    try:
        for number, old in enumerate(olds):
            old.rename(aside / f"old-{number}")
            moved.append((aside / f"old-{number}", old))
        made.rename(where)
    except OSError as error:
        for kept, old in moved:
            with contextlib.suppress(OSError):
                kept.rename(old)
        raise PackageRefused(f"it cannot be put in its place ({error.strerror})") from None


def digest(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _unpack(archive: Path, place: Path) -> str:
    """Unpacks; the name of the one folder that is in it."""
    try:
        with zipfile.ZipFile(archive) as zipped:
            names = [PurePosixPath(info.filename) for info in zipped.infolist()]
            tops = {name.parts[0] for name in names if name.parts}
            if any(name.is_absolute() or ".." in name.parts for name in names) or len(tops) != 1:
                raise PackageRefused("not an Argos package: it must hold one folder")
            if sum(info.file_size for info in zipped.infolist()) > MOST:
                raise PackageRefused("it is too large")
            if zipped.testzip() is not None:
                raise PackageRefused("it is damaged")
            zipped.extractall(place)
            return str(tops.pop())
    except PackageRefused:
        raise
    except UNREADABLE as error:
        raise PackageRefused(f"not a readable zip file ({type(error).__name__})") from None


def _read(place: Path, thorough: bool) -> Installed:
    size = sum(path.stat().st_size for path in place.rglob("*") if path.is_file())
    try:
        data = json.loads((place / "metadata.json").read_text(encoding="utf-8"))
        source, target, version = str(data["from_code"]), str(data["to_code"]), str(data.get("package_version", ""))
    except BROKEN:
        return Installed("?", "?", "", place, size, "", "metadata.json is missing or not readable")
    record: dict[str, dict[str, tuple[int, str]]] = {}
    fault = ""
    if not (place / "model" / "model.bin").is_file():
        fault = "the model is missing"
    elif not any((place / name).is_file() for name in ("sentencepiece.model", "bpe.model")):
        fault = "its tokenizer is missing"
    sha256 = ""
    try:
        record = json.loads((place / RECORD).read_text(encoding="utf-8"))
        sha256 = str(record["sha256"])
        fault = fault or _changed(place, record["files"], thorough)
    except FileNotFoundError:
        pass  # put there by hand: nothing to compare with
    except BROKEN:
        fault = fault or f"{RECORD} is not readable"
    return Installed(source, target, version, place, size, sha256, fault)


def _changed(place: Path, files: dict[str, tuple[int, str]], thorough: bool) -> str:
    for name, (size, sha256) in files.items():
        path = place / name
        if not path.is_file() or path.stat().st_size != size or (thorough and digest(path) != sha256):
            return f"{name} is missing or damaged"
    return ""


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 10 else 0

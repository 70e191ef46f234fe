"""Known vulnerabilities out of a copy of OSV's database, without a network.

The copy is the archive that OSV offers for each ecosystem (`all.zip` of PyPI: one JSON file for each vulnerability, in
the OSV format), or a folder with such files. `scripts/audit.py --database` asks it. Versions are compared by
`packaging`, which is in the gateway's environment.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

LARGEST = 8 * 1024 * 1024
"""Bytes of one vulnerability."""


class Unusable(ValueError):
    """This is no copy of the database; the message says why."""


@dataclass(frozen=True)
class Hole:
    """A vulnerability of one package. `names`: its identifier and the others of the same."""

    names: tuple[str, ...]
    package: str
    version: str
    summary: str


@dataclass(frozen=True)
class Database:
    """Of one copy: what is known by package, how many there are, and the day of the newest."""

    by_package: dict[str, list[dict[str, Any]]]
    count: int
    newest: date

    def holes(self, name: str, version: str) -> list[Hole]:
        """What is known of this version, by identifier."""
        found = []
        for entry in self.by_package.get(canonicalize_name(name), ()):
            if any(_touches(affected, name, version) for affected in entry["affected"]):
                names = (str(entry["id"]), *map(str, entry.get("aliases") or ()))
                found.append(Hole(names, name, version, str(entry.get("summary") or "")[:100]))
        return sorted(found, key=lambda hole: hole.names)


def read(path: Path) -> Database:
    """The copy at `path`. Raises `Unusable`, also for one that holds nothing: an empty database knows no hole."""
    by_package: dict[str, list[dict[str, Any]]] = {}
    count, newest = 0, date.min
    for name, raw in _files(path):
        try:
            entry = json.loads(raw)
            newest = max(newest, date.fromisoformat(entry["modified"][:10]))
            count += 1
            if entry.get("withdrawn"):
                continue
            mine = {canonicalize_name(one["package"]["name"]) for one in entry["affected"] if _of_pypi(one)}
            for package in mine:
                by_package.setdefault(package, []).append(entry)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise Unusable(f"{name} is not in the OSV format ({type(error).__name__})") from None
    if not by_package:
        raise Unusable(f"{path} holds no vulnerability of a Python package")
    return Database(by_package, count, newest)


def _files(path: Path) -> Iterator[tuple[str, bytes]]:
    try:
        if path.is_dir():
            for file in sorted(path.rglob("*.json")):
                yield file.name, file.read_bytes()
            return
        with zipfile.ZipFile(path) as archive:
            for info in archive.infolist():
                if info.filename.endswith(".json"):
                    if info.file_size > LARGEST:
                        raise Unusable(f"{info.filename} is too large")
                    yield info.filename, archive.read(info)
    except (OSError, zipfile.BadZipFile) as error:
        raise Unusable(f"{path} cannot be read ({type(error).__name__})") from None


def _of_pypi(affected: dict[str, Any]) -> bool:
    return str(affected.get("package", {}).get("ecosystem", "")).partition(":")[0] == "PyPI"


def _touches(affected: dict[str, Any], name: str, version: str) -> bool:
    """As OSV evaluates it: the version is in the list, or in one of the ranges."""
    if not _of_pypi(affected) or canonicalize_name(affected["package"]["name"]) != canonicalize_name(name):
        return False
    mine = Version(version)
    if any(_version(text) == mine for text in affected.get("versions") or ()):
        return True
    ranges = [one for one in affected.get("ranges") or () if one.get("type") == "ECOSYSTEM"]
    return any(_within(one.get("events") or (), mine) for one in ranges)


def _within(events: list[dict[str, str]], mine: Version) -> bool:
    vulnerable = False
    ordered = sorted(events, key=lambda event: _place(next(iter(event.values()))))
    for event in ordered:
        if "introduced" in event and (event["introduced"] == "0" or _place(event["introduced"]) <= mine):
            vulnerable = True
        elif ("fixed" in event and _place(event["fixed"]) <= mine) or (
            "last_affected" in event and _place(event["last_affected"]) < mine
        ):
            vulnerable = False
    return vulnerable


def _place(text: str) -> Version:
    """Where an event stands; what is no version of Python's stands at the beginning, so that nothing is left out."""
    return _version(text) or Version("0.dev0")


def _version(text: str) -> Version | None:
    try:
        return Version(str(text))
    except InvalidVersion:
        return None

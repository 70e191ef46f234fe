"""`inloop languages`: what there is to answer, understand and translate with; `add` brings translation packages."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, TextIO

import httpx
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

from bot.content import Catalogue
from bot.translation import Installed, PackageRefused, install, route, scan, usable
from bot.translation.packages import MIDDLE

INDEX = "https://raw.githubusercontent.com/argosopentech/argospm-index/main/index.json"
DESK = ("nl", "fr", "en")
"""What caseworkers work in."""
LARGEST = 2 * 1024**3
TIMEOUT = httpx.Timeout(30.0, connect=15.0)


class Unreachable(RuntimeError):
    """Something could not be fetched; the message says what and why."""


def rows(words: Catalogue, packages: Sequence[Installed]) -> list[dict[str, Any]]:
    """The list of the contract."""
    pairs = usable(packages)
    return [
        {
            "code": language.code,
            "name": language.name,
            "rtl": language.rtl,
            "answers": language.answers,
            "understanding": language.understanding,
            "translation": any(both_ways(pairs, language.code, own) for own in DESK),
        }
        for language in words.languages
    ]


def both_ways(pairs: Iterable[tuple[str, str]], code: str, own: str) -> bool:
    """Whether a person in `code` and a caseworker in `own` can read each other."""
    pairs = set(pairs)
    return route(pairs, code, own) is not None and route(pairs, own, code) is not None


def show(words: Catalogue, folder: Path, as_json: bool, out: TextIO) -> int:
    """Prints the languages; as a table with the packages under it, or as one JSON list."""
    packages = scan(folder)
    found = rows(words, packages)
    if as_json:
        out.write(json.dumps(found, ensure_ascii=False) + "\n")
        out.flush()
        return 0
    pairs = usable(packages)
    for row in found:
        out.write(
            f"{row['code']:<4} {row['name']:<14} answers: {row['answers']:<9} {row['understanding']:<8} "
            f"{_ways(pairs, row['code'])}\n"
        )
    out.write(f"\nTranslation packages in {folder}:\n" if packages else f"\nNo translation packages in {folder}.\n")
    for package in packages:
        size = f"{package.size / 1e6:.1f} MB"
        state = package.fault or (f"sha256 {package.sha256[:16]}…" if package.sha256 else "no checksum")
        out.write(f"{package.source:>4} -> {package.target:<4} {package.version:<8} {size:>10}  {state}\n")
    out.flush()
    return 0


def _ways(pairs: Iterable[tuple[str, str]], code: str) -> str:
    """What the desk's languages are reached by: `nl (through en), en`."""
    pairs = set(pairs)
    ways = []
    for own in DESK:
        if both_ways(pairs, code, own):
            steps = {len(route(pairs, code, own) or ()), len(route(pairs, own, code) or ())}
            ways.append(own if steps == {1} else f"{own} (through {MIDDLE})")
    return f"translation: {', '.join(ways)}" if ways else "no translation"


def add(codes: Sequence[str], files: Sequence[Path], index: str, sha256: str, folder: Path, console: Console) -> int:
    """Installs package files, and fetches what `codes` need in both directions with English. The exit code."""
    if sha256 and len(files) + len(codes) != 1:
        console.print("[bold red]--sha256 belongs to one file[/]")
        return 2
    try:
        for path in files:
            _install(path, folder, sha256, console)
        if codes:
            with tempfile.TemporaryDirectory(prefix="inloop-") as place:
                for path, known in fetched(codes, index, Path(place), console):
                    _install(path, folder, known, console)
    except (PackageRefused, Unreachable) as error:
        console.print(f"[bold red]{error}[/]")
        return 1
    console.print("A gateway that runs takes them into use when it is started again.")
    return 0


def _install(path: Path, folder: Path, sha256: str, console: Console) -> None:
    try:
        made = install(path, folder, sha256)
    except (PackageRefused, OSError) as error:
        reason = error if isinstance(error, PackageRefused) else error.strerror
        raise PackageRefused(f"{path.name}: {reason}") from None
    console.print(f"{made.source} -> {made.target} {made.version}: {made.size / 1e6:.1f} MB, sha256 {made.sha256}")


def fetched(codes: Sequence[str], index: str, place: Path, console: Console) -> Iterable[tuple[Path, str]]:
    """Package files for both directions between English and each of `codes`, with the index's checksum where it has
    one. Raises `Unreachable`."""
    with httpx.Client(timeout=TIMEOUT, follow_redirects=True) as http:
        listed = _index(http, index)
        wanted = [pair for code in codes if code != MIDDLE for pair in ((code, MIDDLE), (MIDDLE, code))]
        lacking = [f"{a} -> {b}" for a, b in wanted if (a, b) not in listed]
        if lacking:
            raise Unreachable(f"the index has no package for {', '.join(lacking)}")
        for pair in wanted:
            entry = listed[pair]
            path = place / f"translate-{pair[0]}_{pair[1]}.argosmodel"
            _download(http, [link for link in entry["links"] if link.startswith("https://")], path, console)
            yield path, str(entry.get("sha256", ""))
            path.unlink(missing_ok=True)


def _index(http: httpx.Client, address: str) -> dict[tuple[str, str], dict[str, Any]]:
    try:
        answer = http.get(address)
        answer.raise_for_status()
        entries = [e for e in answer.json() if e.get("type", "translate") == "translate"]
        # Of several versions the last one stands, as in the index.
        return {(e["from_code"], e["to_code"]): e for e in entries if e.get("from_code") and e.get("links")}
    except (httpx.HTTPError, httpx.InvalidURL, ValueError, TypeError, AttributeError, KeyError) as error:
        raise Unreachable(f"the list of packages could not be read ({type(error).__name__}): {address}") from None


def _download(http: httpx.Client, links: Sequence[str], path: Path, console: Console) -> None:
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    reason = "no https address"
    for link in links:
        try:
            with http.stream("GET", link) as answer, Progress(*columns, console=console) as progress:
                answer.raise_for_status()
                length = int(answer.headers.get("Content-Length") or 0)
                task = progress.add_task(path.stem, total=length or None)
                got = 0
                with path.open("wb") as file:
                    for chunk in answer.iter_bytes(1 << 16):
                        got += len(chunk)
                        if got > LARGEST:
                            raise Unreachable(f"{path.name} is larger than a package can be")
                        file.write(chunk)
                        progress.update(task, advance=len(chunk))
                return
        except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
            reason = type(error).__name__
    raise Unreachable(f"{path.name} could not be fetched ({reason})")

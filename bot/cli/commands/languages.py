"""`inloop languages`: what there is to answer, understand and translate with; `add` brings translation packages."""

from __future__ import annotations

import errno
import json
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

import httpx
import yaml
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

from bot.content import Catalogue
from bot.settings import CONTENT
from bot.translation import Installed, PackageRefused, install, route, scan, usable
from bot.translation.engine.packages import MIDDLE

INDEX = "https://raw.githubusercontent.com/argosopentech/argospm-index/main/index.json"
DESK = ("nl", "fr", "en")
"""What caseworkers work in."""
LARGEST = 2 * 1024**3
FULL = (errno.ENOSPC, errno.EDQUOT)
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
    packages = scan(folder, thorough=not as_json)  # whoever looks wants to know, and can wait for a second
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
    out.write(without_answers())
    out.write(f"\nTranslation packages in {folder}:\n" if packages else f"\nNo translation packages in {folder}.\n")
    for package in packages:
        size = f"{package.size / 1e6:.1f} MB"
        state = package.fault or (f"sha256 {package.sha256[:16]}…" if package.sha256 else "no checksum")
        out.write(f"{package.source:>4} -> {package.target:<4} {package.version:<8} {size:>10}  {state}\n")
    out.flush()
    return 0


def without_answers() -> str:
    """What is understood and has no words of its own yet, and how everything else is read: lines under the table."""
    understood = yaml.safe_load((CONTENT / "languages.yml").read_text(encoding="utf-8")).get("understood") or ()
    lines = [
        f"{line['code']:<4} {line['name']:<14} answers: none      native   understood by sentences of its own, "
        "not answered yet: a language to go on in and a person are offered\n"
        for line in understood
    ]
    return "".join(lines) + (
        "\nAny other language is read by the encoder alone (measured: docs/evaluation.md) and not answered yet: "
        "danger is seen, the person is asked for a language, and offered a person.\n"
    )


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
            with _for_a_while() as place:
                for path, known in fetched(codes, index, place, console):
                    made = _install(path, folder, known, console)
                    console.print(_compared(made, known))
    except (PackageRefused, Unreachable) as error:
        console.print(f"[bold red]{error}[/]")
        return 1
    console.print("A gateway that runs takes them into use when it is started again.")
    return 0


@contextmanager
def _for_a_while() -> Iterator[Path]:
    """A folder for what is fetched. Raises `Unreachable`."""
    try:
        place = tempfile.TemporaryDirectory(prefix="inloop-")
    except OSError as error:
        raise Unreachable(f"there is no place for temporary files ({error.strerror})") from None
    with place as name:
        yield Path(name)


def _compared(made: Installed, known: str) -> str:
    """What a download's checksum was compared with. Argos publishes none: then nothing vouches for it but https."""
    if known:
        return "  The checksum is as the list says."
    return (
        f"  The list publishes no checksum for {made.source} -> {made.target}: that it came over https is all that was "
        "verified. From here on it is compared with its own."
    )


def _install(path: Path, folder: Path, sha256: str, console: Console) -> Installed:
    try:
        made = install(path, folder, sha256)
    except (PackageRefused, OSError) as error:
        reason: object = error if isinstance(error, PackageRefused) else error.strerror
        if isinstance(cause := error.__context__, OSError) and cause.errno in FULL:
            reason = cause.strerror  # an archive cannot be unpacked then, but there is nothing wrong with it
        raise PackageRefused(f"{path.name}: {reason}") from None
    console.print(f"{made.source} -> {made.target} {made.version}: {made.size / 1e6:.1f} MB, sha256 {made.sha256}")
    return made


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
        _followed(answer)
        entries = [e for e in answer.json() if e.get("type", "translate") == "translate"]
        # Of several versions the last one stands, as in the index.
        return {(e["from_code"], e["to_code"]): e for e in entries if e.get("from_code") and e.get("links")}
    except (httpx.HTTPError, httpx.InvalidURL, ValueError, TypeError, AttributeError, KeyError) as error:
        raise Unreachable(f"the list of packages could not be read ({type(error).__name__}): {address}") from None


def _followed(answer: httpx.Response) -> None:
    """Raises `httpx.UnsupportedProtocol` for an answer to which a plain address was the way."""
    if any(step.url.scheme != "https" for step in (*answer.history, answer)[1:]):
        raise httpx.UnsupportedProtocol("led to a plain address")


def _download(http: httpx.Client, links: Sequence[str], path: Path, console: Console) -> None:
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    reason = "no https address"
    for link in links:
        try:
            with http.stream("GET", link) as answer, Progress(*columns, console=console) as progress:
                answer.raise_for_status()
                _followed(answer)
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
        except OSError as error:
            raise Unreachable(f"{path.name} could not be written to {path.parent} ({error.strerror})") from None
    raise Unreachable(f"{path.name} could not be fetched ({reason})")

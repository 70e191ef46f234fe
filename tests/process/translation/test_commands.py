"""`inloop languages add` from a list on this machine, the list of the contract, `evaluate`, and what `doctor` says."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from rich.console import Console

from bot.cli.commands import doctor, translation_quality
from bot.cli.commands import languages as command
from bot.settings import Settings
from bot.translation import scan
from tests.process.translation.conftest import ARCHIVES
from tests.support.gateway import INLOOP, ROOT


class Index(ThreadingHTTPServer):
    """A list of packages; `files` maps a path to (status, content)."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.files: dict[str, tuple[int, bytes]] = {}
        self.url = f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        status, content = self.server.files.get(self.path, (404, b""))  # type: ignore[attr-defined]
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture
def index() -> Iterator[Index]:
    server = Index()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def run(*arguments: str, folder: Path, **more: str) -> subprocess.CompletedProcess[str]:
    env = {k: v for k, v in os.environ.items() if not k.startswith("INLOOP_")}
    return subprocess.run(
        [str(INLOOP), *arguments], capture_output=True, text=True, cwd=ROOT, check=False, timeout=300,
        env={**env, "INLOOP_TRANSLATION_DIR": str(folder), **more},
    )  # fmt: skip


def test_files_are_installed_and_the_contract_says_what_can_be_translated(tmp_path: Path) -> None:
    before = json.loads(run("languages", "--json", folder=tmp_path).stdout)
    assert not any(row["translation"] for row in before)
    done = run("languages", "add", *(part for path in ARCHIVES for part in ("--file", str(path))), folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "sha256" in done.stderr
    after = {row["code"]: row["translation"] for row in json.loads(run("languages", "--json", folder=tmp_path).stdout)}
    assert {code for code, can in after.items() if can} == {"nl", "en", "ro"}
    assert "nl (through en)" in run("languages", folder=tmp_path).stdout
    measured = run("languages", "evaluate", "--texts", "2", folder=tmp_path).stdout
    ways = sorted(line[:8] for line in measured.splitlines()[1:])
    assert ways == ["en -> nl", "en -> ro", "nl -> en", "nl -> ro", "ro -> en", "ro -> nl"], "each direction once"


def test_what_is_understood_and_not_answered_is_said(tmp_path: Path) -> None:
    said = run("languages", folder=tmp_path).stdout
    for code in ("hi", "bn", "tl"):
        (line,) = [line for line in said.splitlines() if line.startswith(f"{code} ")]
        assert "answers: none" in line
        assert "not answered yet" in line
    assert "Any other language is read by the encoder alone" in said
    codes = {row["code"] for row in json.loads(run("languages", "--json", folder=tmp_path).stdout)}
    assert not codes & {"hi", "bn", "tl"}, "the list of the contract is of those that are answered"


def test_a_wrong_checksum_a_missing_file_and_nothing_at_all_end_with_words(tmp_path: Path) -> None:
    wrong = run("languages", "add", "--file", str(ARCHIVES[0]), "--sha256", "0" * 64, folder=tmp_path)
    assert (wrong.returncode, scan(tmp_path)) == (1, [])
    assert "checksum" in wrong.stderr
    assert run("languages", "add", "--file", str(tmp_path / "no.argosmodel"), folder=tmp_path).returncode == 1
    assert run("languages", "add", folder=tmp_path).returncode == 2


def test_doctor_warns_of_a_damaged_package(tmp_path: Path) -> None:
    run("languages", "add", "--file", str(ARCHIVES[0]), folder=tmp_path)
    (package,) = scan(tmp_path)
    (package.folder / "model" / "model.bin").write_bytes(b"short")
    said = run("doctor", folder=tmp_path).stdout
    assert f"warning  translation {package.source} -> {package.target} is not used" in said


def test_the_list_of_languages_shows_a_package_with_one_changed_byte(tmp_path: Path) -> None:
    run("languages", "add", "--file", str(ARCHIVES[0]), folder=tmp_path)
    (package,) = scan(tmp_path)
    assert "model.bin is missing or damaged" not in run("languages", folder=tmp_path).stdout
    model = package.folder / "model" / "model.bin"
    changed = bytearray(model.read_bytes())
    changed[len(changed) // 2] ^= 1
    model.write_bytes(changed)
    assert "model.bin is missing or damaged" in run("languages", folder=tmp_path).stdout


async def said_of(folder: Path, tmp_path: Path) -> list[str]:
    settings = Settings(_env_file=None, data_dir=tmp_path, models_dir=tmp_path, translation_dir=folder)
    found = [(level, said) async for level, said in doctor.findings(settings, date(2026, 11, 24))]
    return [said for level, said in found if level == "warning" and "transla" in said]


async def test_doctor_names_the_languages_that_cannot_be_reached_and_the_ways_without_a_way_back(
    packages: Path, tmp_path: Path
) -> None:
    others = {"ar", "bg", "de", "es", "fr", "hu", "pl", "pt", "ru", "sq", "tr", "uk", "vi", "zh"}
    half = shutil.copytree(packages, tmp_path / "half")

    def named(said: str) -> set[str]:
        head, _, codes = said.partition(": ")
        assert head == "not translated both ways with any of nl, fr, en"
        return set(codes.split(", "))

    (said,) = await said_of(packages, tmp_path)
    assert named(said) == others
    shutil.rmtree(half / "translate-en_ro-0_1")
    said, single = await said_of(half, tmp_path)
    assert named(said) == others | {"ro"}
    assert single == "translated one way only: ro -> en"
    (half / "translate-en_nl-0_1" / "model" / "model.bin").write_bytes(b"short")
    damaged, said, single = await said_of(half, tmp_path)
    assert "is not used" in damaged
    assert named(said) == others | {"en", "nl", "ro"}
    assert single == "translated one way only: nl -> en, ro -> en"
    (nothing,) = await said_of(tmp_path / "none", tmp_path)
    assert "no packages" in nothing


@pytest.mark.parametrize(
    ("status", "content", "says"),
    [
        (500, b"", "could not be read"),
        (200, b"<html>", "could not be read"),
        (200, b'{"a": 1}', "could not be read"),
        (200, b"[]", "no package for ro -> en"),
    ],
)
def test_a_list_that_is_broken_says_so(index: Index, tmp_path: Path, status: int, content: bytes, says: str) -> None:
    index.files["/index.json"] = status, content
    with (tmp_path / "said").open("w") as out:
        console = Console(file=out, soft_wrap=True)
        assert command.add(["ro"], [], index.url + "/index.json", "", tmp_path / "packages", console) == 1
    assert says in (tmp_path / "said").read_text()


def test_packages_are_fetched_over_https_only(index: Index, tmp_path: Path) -> None:
    entries = [
        {"from_code": a, "to_code": b, "links": [f"{index.url}/x.argosmodel"]} for a, b in (("ro", "en"), ("en", "ro"))
    ]
    index.files["/index.json"] = 200, json.dumps(entries).encode()
    index.files["/x.argosmodel"] = 200, ARCHIVES[0].read_bytes()
    with (tmp_path / "said").open("w") as out:
        assert command.add(["ro"], [], index.url + "/index.json", "", tmp_path / "p", Console(file=out)) == 1
    assert scan(tmp_path / "p") == []


def test_a_download_arrives_whole_or_says_why_not(index: Index, tmp_path: Path) -> None:
    index.files["/whole"] = 200, ARCHIVES[0].read_bytes()
    with (tmp_path / "said").open("w") as out:
        console = Console(file=out, soft_wrap=True)
        path = tmp_path / "got"
        with command.httpx.Client() as http:
            command._download(http, [f"{index.url}/gone", f"{index.url}/whole"], path, console)
            assert path.read_bytes() == ARCHIVES[0].read_bytes()
            with pytest.raises(command.Unreachable, match="HTTPStatusError"):
                command._download(http, [f"{index.url}/gone"], path, console)


def test_chrf_orders_what_is_nearer_and_farther() -> None:
    assert translation_quality.chrf([("the door is locked", "the door is locked")]) == pytest.approx(100)
    assert translation_quality.chrf([("xyz", "the door is locked")]) == 0
    near = translation_quality.chrf([("the door was locked", "the door is locked")])
    far = translation_quality.chrf([("a window", "the door is locked")])
    assert 100 > near > far >= 0

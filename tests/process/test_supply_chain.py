"""What others made and Inloop runs: pinned by hash, listed with its licence, and what is old listed with its holes."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import threading
import tomllib
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.support.gateway import ROOT

sys.path.insert(0, str(ROOT / "scripts"))

import audit  # type: ignore[import-not-found]
import sbom  # type: ignore[import-not-found]

HOLES = ROOT / "docs" / "known-holes.md"
OLD = "2025-02-01"
"""Packages whose newest file is older are on the list: Rasa's last release is of January 2025."""
LOCKS = (ROOT / "uv.lock", ROOT / "engine" / "uv.lock")


def files_of(package: dict[str, Any]) -> list[dict[str, Any]]:
    return [*([package["sdist"]] if "sdist" in package else []), *package.get("wheels", ())]


def old_ones() -> dict[str, str]:
    """Of the engine: name to version."""
    found = {}
    for package in sbom.locked(ROOT / "engine"):
        if max(file["upload-time"] for file in files_of(package)) < OLD:
            found[package["name"]] = package["version"]
    return found


def rows() -> list[list[str]]:
    """The cells of the list: package, version, loaded, known holes, why out of reach."""
    lines = [line for line in HOLES.read_text(encoding="utf-8").splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.parent.name)
def test_every_file_is_pinned_by_hash_and_comes_from_the_public_index(lock: Path) -> None:
    for package in tomllib.loads(lock.read_text(encoding="utf-8"))["package"]:
        if set(package["source"]) & {"editable", "virtual"}:
            continue
        assert package["source"] == {"registry": "https://pypi.org/simple"}, package["name"]
        assert files_of(package), package["name"]
        for file in files_of(package):
            assert re.fullmatch(r"sha256:[0-9a-f]{64}", file["hash"]), package["name"]
            assert file["url"].startswith("https://files.pythonhosted.org/packages/"), package["name"]


def test_the_list_has_every_old_package_and_no_other() -> None:
    listed = {name: version for name, version, *_ in rows()}
    assert listed == old_ones()
    assert len(listed) == len(rows()), "one row for each"


def test_each_says_whether_it_is_loaded_what_is_known_and_why_it_is_out_of_reach() -> None:
    for name, _, loaded, holes, why in rows():
        assert loaded in {"yes", "no"}, name
        assert holes == "none" or audit.IDENTIFIER.search(holes), name
        assert why or (loaded, holes) == ("yes", "none"), f"{name}: why is it out of reach?"


def test_what_is_said_not_to_be_loaded_is_not() -> None:
    model = ROOT / "models" / "rasa" / "inloop.tar.gz"
    assert model.exists(), "inloop train"
    done = subprocess.run(
        [str(ROOT / "engine/.venv/bin/python"), "-m", "tests.process.engine.inside.loaded", str(model)],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    loaded = set(json.loads(done.stdout.splitlines()[-1]))
    assert "rasa" in loaded and "sanic" in loaded, "the question itself does not work"
    listed = {name: said for name, _, said, *_ in rows()}
    assert {name: "yes" if name in loaded else "no" for name in listed} == listed


def test_the_list_of_licences_is_what_the_packages_say() -> None:
    if sys.platform != "linux":
        pytest.skip("the list is of the packages that Linux needs")
    page = (ROOT / "docs" / "licences.md").read_text(encoding="utf-8")
    assert page[page.index("| package |") :].strip() == sbom.table(), "python3 scripts/sbom.py --licences"


@pytest.mark.parametrize("name", ["gateway", "engine"])
def test_the_bill_of_materials_has_every_package_with_its_hashes(name: str) -> None:
    made = sbom.sbom(name)
    assert len(made["components"]) == len(sbom.locked(sbom.PROJECTS[name]))
    assert all(component["externalReferences"] for component in made["components"])


# -- the audit: real uv, and a service on loopback in the place of OSV ---------------------------------


class _Osv(BaseHTTPRequestHandler):
    """Knows one hole, of aiohttp."""

    known = ""

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["queries"]
        hole = {"id": self.known, "modified": "2026-01-01T00:00:00Z"}
        self._answer({"results": [{"vulns": [hole]} if q["package"]["name"] == "aiohttp" else {} for q in asked]})

    def do_GET(self) -> None:
        package = {"name": "aiohttp", "ecosystem": "PyPI"}
        events = [{"introduced": "0"}]
        affected = [{"package": package, "ranges": [{"type": "ECOSYSTEM", "events": events}]}]
        hole = {"id": self.known, "modified": "2026-01-01T00:00:00Z", "summary": "made up", "affected": affected}
        self._answer(hole)

    def _answer(self, data: dict[str, Any]) -> None:
        body = json.dumps(data).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None: ...


@contextmanager
def osv(known: str) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Osv", (_Osv,), {"known": known}))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


def audited(address: str) -> int:
    command = [sys.executable, str(ROOT / "scripts" / "audit.py"), "--service-url", address]
    return subprocess.run(command, cwd=ROOT, check=False, capture_output=True, timeout=300).returncode


def test_the_audit_passes_over_what_is_listed_and_stops_at_what_is_new() -> None:
    with osv("CVE-2024-52304") as address:
        assert audited(address) == audit.NOTHING_NEW
    with osv("CVE-2026-99999") as address:
        assert audited(address) == audit.SOMETHING


def test_an_audit_without_an_answer_says_that_nothing_is_known() -> None:
    assert audited("http://127.0.0.1:9/") == audit.NO_ANSWER


# -- without a network: a copy of the database ---------------------------------------------------------


def entry(name: str, package: str, events: list[dict[str, str]], **more: Any) -> dict[str, Any]:
    of = {"name": package, "ecosystem": "PyPI"}
    affected = [{"package": of, "ranges": [{"type": "ECOSYSTEM", "events": events}]}]
    return {"id": name, "modified": f"{TODAY}T00:00:00Z", "affected": affected, **more}


TODAY = datetime.now(UTC).date()
VERSION = {package["name"]: package["version"] for package in sbom.locked(ROOT / "engine")}
ALWAYS = [{"introduced": "0"}]
OTHERS = [
    entry("PYSEC-2026-1", "aiohttp", [{"introduced": "0"}, {"fixed": "1.0"}]),
    entry("PYSEC-2026-2", "AIOHTTP", [{"introduced": "99.0"}]),
    entry("PYSEC-2026-3", "aiohttp", ALWAYS, withdrawn="2026-01-01T00:00:00Z"),
    entry("PYSEC-2026-4", "aiohttp", ALWAYS, aliases=["CVE-2024-52304"]),
    entry("PYSEC-2026-5", "not-in-the-locks", ALWAYS),
]
"""None of these is to be told: mended, to come, withdrawn, listed by another name, of another package."""

NEW = "CVE-2026-99999"
TOLD = {
    "in a range": entry(NEW, "aiohttp", [{"introduced": "0"}, {"fixed": VERSION["aiohttp"] + ".1"}]),
    "up to this one": entry(NEW, "AioHTTP", [{"introduced": "1.0"}, {"last_affected": VERSION["aiohttp"]}]),
    "in the list": entry(NEW, "aiohttp", [])
    | {"affected": [{"package": {"name": "aiohttp", "ecosystem": "PyPI"}, "versions": ["0.1", VERSION["aiohttp"]]}]},
    "of the gateway": entry(NEW, "fastapi", ALWAYS),
}


def packed(folder: Path, entries: list[dict[str, Any]], how: str) -> Path:
    """The database as OSV offers it, or unpacked."""
    if how == "folder":
        place = folder / "database"
        place.mkdir()
        for number, one in enumerate(entries):
            (place / f"{number}.json").write_text(json.dumps(one))
        return place
    with zipfile.ZipFile(folder / "all.zip", "w") as archive:
        for number, one in enumerate(entries):
            archive.writestr(f"{number}.json", json.dumps(one))
    return folder / "all.zip"


def test_the_command_takes_a_copy_of_the_database(tmp_path: Path) -> None:
    command = [sys.executable, str(ROOT / "scripts" / "audit.py"), "--database"]
    for entries, code in ((OTHERS, audit.NOTHING_NEW), ([*OTHERS, TOLD["in a range"]], audit.SOMETHING)):
        path = str(packed(tmp_path, entries, "zip"))
        done = subprocess.run([*command, path], cwd=ROOT, check=False, capture_output=True, text=True, timeout=120)
        assert done.returncode == code, done.stderr
        assert (NEW in done.stdout) is (code == audit.SOMETHING)


@pytest.mark.parametrize("how", ["zip", "folder"])
def test_without_a_network_what_is_listed_is_passed_over(tmp_path: Path, how: str) -> None:
    assert audit.offline(packed(tmp_path, OTHERS, how), 30, TODAY) == audit.NOTHING_NEW


@pytest.mark.parametrize("why", TOLD)
def test_without_a_network_what_is_new_is_found(
    tmp_path: Path, why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert audit.offline(packed(tmp_path, [*OTHERS, TOLD[why]], "zip"), 30, TODAY) == audit.SOMETHING
    (line,) = capsys.readouterr().out.splitlines()
    assert line.startswith("gateway: fastapi" if why == "of the gateway" else "engine: aiohttp") or "aiohttp" in line
    assert NEW in line


def test_without_a_network_and_without_a_good_database_nothing_is_said_to_be_well(tmp_path: Path) -> None:
    (tmp_path / "broken.zip").write_bytes(b"PK nothing")
    assert audit.offline(tmp_path / "broken.zip", 30, TODAY) == audit.NO_ANSWER
    assert audit.offline(tmp_path / "not there", 30, TODAY) == audit.NO_ANSWER
    assert audit.offline(packed(tmp_path, [], "zip"), 30, TODAY) == audit.NO_ANSWER
    assert audit.offline(packed(tmp_path, [{"id": "x"}], "folder"), 30, TODAY) == audit.NO_ANSWER
    good = packed(tmp_path, OTHERS, "zip")
    assert audit.offline(good, 30, TODAY + timedelta(days=31)) == audit.NO_ANSWER
    assert audit.offline(good, 31, TODAY + timedelta(days=31)) == audit.NOTHING_NEW

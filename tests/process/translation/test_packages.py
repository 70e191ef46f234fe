"""Package files that are broken, hostile or not what they say; and the way between two languages."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import pytest

from bot.translation import PackageRefused, install, route, scan, usable
from bot.translation.engine.packages import digest
from tests.process.translation.conftest import ARCHIVES

NAME = "translate-xx_yy-1_0"
WHOLE = {
    "metadata.json": json.dumps({"from_code": "xx", "to_code": "yy", "package_version": "1.0"}),
    "model/model.bin": "-",
    "sentencepiece.model": "-",
}


def packed(path: Path, files: dict[str, str], top: str = NAME + "/") -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(top + name, content)
    return path


def test_a_package_is_installed_once_and_replaced_by_a_newer_one(tmp_path: Path) -> None:
    folder = tmp_path / "packages"
    made = install(packed(tmp_path / "a.argosmodel", WHOLE), folder)
    assert (made.source, made.target, made.fault) == ("xx", "yy", "")
    newer = {**WHOLE, "metadata.json": json.dumps({"from_code": "xx", "to_code": "yy", "package_version": "1.1"})}
    install(packed(tmp_path / "b.argosmodel", newer, "translate-xx_yy-1_1/"), folder)
    assert [package.version for package in scan(folder)] == ["1.1"]
    assert sorted(path.name for path in folder.iterdir()) == ["translate-xx_yy-1_1"], "nothing is left lying about"


def test_what_cannot_be_put_in_its_place_leaves_the_old_one_there(tmp_path: Path) -> None:
    folder = tmp_path / "packages"
    install(packed(tmp_path / "a.argosmodel", WHOLE), folder)
    newer = {**WHOLE, "metadata.json": json.dumps({"from_code": "xx", "to_code": "yy", "package_version": "1.1"})}
    top = "translate-xx_yy-1_1"
    (folder / top).write_text("a file of this name stands in the way", encoding="utf-8")
    with pytest.raises(PackageRefused, match="in its place"):
        install(packed(tmp_path / "b.argosmodel", newer, f"{top}/"), folder)
    assert [(package.version, package.fault) for package in scan(folder, thorough=True)] == [("1.0", "")]
    assert sorted(path.name for path in folder.iterdir()) == [NAME, top]


@pytest.mark.parametrize(
    ("files", "top", "why"),
    [
        ({**WHOLE, "../../evil": "x"}, NAME + "/", "one folder"),
        ({"/etc/evil": "x"}, "", "one folder"),
        ({**WHOLE, "x": "y"}, "", "one folder"),
        ({k: v for k, v in WHOLE.items() if k != "metadata.json"}, NAME + "/", "metadata"),
        ({**WHOLE, "metadata.json": "[1, 2"}, NAME + "/", "metadata"),
        ({**WHOLE, "metadata.json": "{}"}, NAME + "/", "metadata"),
        ({k: v for k, v in WHOLE.items() if k != "model/model.bin"}, NAME + "/", "model"),
        ({k: v for k, v in WHOLE.items() if k != "sentencepiece.model"}, NAME + "/", "tokenizer"),
    ],
)
def test_what_is_no_package_is_refused_and_leaves_nothing(
    tmp_path: Path, files: dict[str, str], top: str, why: str
) -> None:
    folder = tmp_path / "packages"
    with pytest.raises(PackageRefused, match=why):
        install(packed(tmp_path / "x.argosmodel", files, top), folder)
    assert list(folder.iterdir()) == []
    assert not (tmp_path / "evil").exists()


def test_a_cut_off_or_damaged_file_and_a_wrong_checksum_are_refused(tmp_path: Path) -> None:
    whole = ARCHIVES[0].read_bytes()
    cut = tmp_path / "cut.argosmodel"
    cut.write_bytes(whole[: len(whole) // 2])
    flipped = bytearray(whole)
    flipped[len(whole) // 2] ^= 0xFF
    damaged = tmp_path / "damaged.argosmodel"
    damaged.write_bytes(flipped)
    for path in (cut, damaged):
        with pytest.raises(PackageRefused):
            install(path, tmp_path / "packages")
    with pytest.raises(PackageRefused, match="checksum"):
        install(ARCHIVES[0], tmp_path / "packages", "0" * 64)
    assert install(ARCHIVES[0], tmp_path / "packages", digest(ARCHIVES[0]).upper()).fault == ""


def test_a_symbolic_link_in_an_archive_leads_nowhere(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("s")
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name, content in WHOLE.items():
            archive.writestr(f"{NAME}/{name}", content)
        link = zipfile.ZipInfo(f"{NAME}/link")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, str(secret))
    path = tmp_path / "x.argosmodel"
    path.write_bytes(data.getvalue())
    made = install(path, tmp_path / "packages")
    assert not (made.folder / "link").is_symlink()


def test_a_byte_that_changed_on_the_disk_is_found(packages: Path, tmp_path: Path) -> None:
    install(ARCHIVES[0], tmp_path)
    (package,) = scan(tmp_path)
    model = package.folder / "model" / "model.bin"
    content = bytearray(model.read_bytes())
    content[1000] ^= 1
    model.write_bytes(content)
    assert scan(tmp_path)[0].fault == "", "the quick look compares sizes"
    assert "damaged" in scan(tmp_path, thorough=True)[0].fault
    model.write_bytes(content[:-1])
    assert usable(scan(tmp_path)) == {}, "never used when its size is not right"


@pytest.mark.parametrize(
    ("source", "target", "steps"),
    [
        ("nl", "en", (("nl", "en"),)),
        ("ro", "nl", (("ro", "en"), ("en", "nl"))),
        ("ro", "fr", (("ro", "fr"),)),
        ("fr", "ro", None),
        ("nl", "nl", None),
        ("uk", "nl", None),
    ],
)
def test_the_way_is_direct_or_through_english_or_not_at_all(
    source: str, target: str, steps: tuple[tuple[str, str], ...] | None
) -> None:
    pairs = {("nl", "en"), ("en", "nl"), ("ro", "en"), ("en", "ro"), ("ro", "fr")}
    assert route(pairs, source, target) == steps

"""Packages that have changed since they were installed: found before they are loaded, said, and not used."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import pytest

from bot.translation import Pool, Reason, Translator, Unavailable
from bot.translation.engine import packages as _packages
from bot.translation.engine.worker import Models, answer
from tests.support.gateway import Visitor, running, wait_for
from tests.support.ports import free_port

RO = "translate-ro_en-0_1"


@pytest.fixture
def folder(packages: Path, tmp_path: Path) -> Path:
    return shutil.copytree(packages, tmp_path / "packages")


def changed(path: Path, start: int = 5000, count: int = 1) -> None:
    """Of the same size, so that only the checksum tells."""
    content = bytearray(path.read_bytes())
    for place in range(start, start + count):
        content[place] ^= 1
    path.write_bytes(content)


async def reason(translator: Translator, source: str, target: str) -> Reason:
    with pytest.raises(Unavailable) as refused:
        await translator.translate("Mi-e frică.", source, target, conversation=1)
    return refused.value.reason


@pytest.mark.parametrize("name", ["model/model.bin", "sentencepiece.model", "model/shared_vocabulary.json"])
async def test_one_byte_that_changed_takes_a_package_out_of_use_and_no_other(
    folder: Path, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    changed(next(path for path in (folder / RO).rglob("*") if path.is_file() and path.name == Path(name).name), 50)
    translator = Translator(folder, Pool(1, 120, 1))
    try:
        assert translator.can("ro", "nl"), "the quick look at the start compares sizes"
        assert await reason(translator, "ro", "nl") is Reason.MISSING
        assert not translator.can("ro", "nl"), "the desk does not offer it any more"
        assert translator.partners("nl") == ["en"]
        assert await reason(translator, "ro", "en") is Reason.MISSING
        assert (await translator.translate("Ik ben bang.", "nl", "ro", conversation=1)).text
        told = [vars(record)["package"] for record in caplog.records if record.msg == "translation.package_damaged"]
        assert told == ["ro -> en"], "once"
        (fault,) = {package.fault for package in translator.packages if package.source == "ro"}
        assert fault
    finally:
        await translator.close()


async def test_one_that_was_removed_is_missing_and_not_slow(folder: Path) -> None:
    translator = Translator(folder, Pool(1, 120, 1))
    shutil.rmtree(folder / RO)
    try:
        assert await reason(translator, "ro", "nl") is Reason.MISSING
    finally:
        await translator.close()


async def test_a_broken_model_without_checksums_translates_nothing_and_the_others_go_on(folder: Path) -> None:
    """Put there by hand: only loading finds it."""
    (folder / RO / "inloop.json").unlink()
    model = folder / RO / "model" / "model.bin"
    model.write_bytes(bytes(model.stat().st_size))
    translator = Translator(folder, Pool(1, 120, 1))
    try:
        assert await reason(translator, "ro", "nl") is Reason.BROKEN
        assert (await translator.translate("Ja.", "nl", "en", conversation=1)).text == "Yes."
    finally:
        await translator.close()


async def test_an_older_package_takes_the_place_of_a_damaged_one(folder: Path) -> None:
    newer = shutil.copytree(folder / RO, folder / "translate-ro_en-0_2")
    metadata = newer / "metadata.json"
    told = metadata.read_text("utf-8")
    version = json.loads(told)["package_version"]
    metadata.write_text(told.replace(version, version[:-1] + "9"), "utf-8")  # of the same size
    translator = Translator(folder, Pool(1, 120, 1))
    try:
        assert await reason(translator, "ro", "nl") is Reason.MISSING
        assert (await translator.translate("Mi-e frică.", "ro", "nl", conversation=1)).text == "Ik ben bang."
    finally:
        await translator.close()


def test_bytes_are_compared_once_in_a_process(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[Path] = []
    digest = _packages.digest

    def counted(path: Path) -> str:
        read.append(path)
        return digest(path)

    monkeypatch.setattr(_packages, "digest", counted)
    changed(folder / RO / "model" / "model.bin")
    models = Models(1)
    for step, error in ((folder / RO, "Damaged"), (folder / "translate-nl_en-0_1", None)):
        first = answer(models, {"id": 1, "steps": [str(step)], "sentences": ["Ja."], "alternatives": 1})
        assert first.get("error") == error
        so_far = len(read)
        assert so_far > 0
        models._loaded.clear()  # given up for others
        for _ in range(3):
            again = answer(models, {"id": 1, "steps": [str(step)], "sentences": ["Nee."], "alternatives": 1})
            assert again.get("error") == error
        assert len(read) == so_far


LIAR = """
import json, sys
print('{"ready": true}', flush=True)
for line in sys.stdin:
    asked = json.loads(line)
    print(json.dumps({'id': asked['id'], 'error': 'Damaged', 'damaged': eval(sys.argv[1])}), flush=True)
"""


@pytest.mark.parametrize("says", ["'/elsewhere'", "['x']", "{}", "7", "None"])
async def test_a_process_takes_only_what_it_was_asked_for_out_of_use(folder: Path, says: str) -> None:
    translator = Translator(folder, Pool(1, 120, 1, (sys.executable, "-c", LIAR, says)))
    try:
        assert await reason(translator, "ro", "nl") is Reason.BROKEN
        assert translator.can("ro", "nl")
    finally:
        await translator.close()


def test_a_gateway_that_stops_waits_for_no_later_look_and_says_that_one_was_given_up(
    folder: Path, tmp_path: Path
) -> None:
    (folder / RO / "inloop.json").unlink()
    model = folder / RO / "model" / "model.bin"
    model.write_bytes(bytes(model.stat().st_size))  # so that every look fails for a reason that may pass
    text = "Vreau să vorbesc cu cineva."
    (tmp_path / "gateway").mkdir()
    with running(tmp_path / "gateway", free_port(), engine=False, env={"INLOOP_TRANSLATION_DIR": str(folder)}) as there:
        Visitor(there.url, "ro").write(text)
        wait_for("the look failed", lambda: '"event": "translation.failed"' in there.log)
        there.stop()
        assert '"messages": 1' in next(line for line in there.log.splitlines() if "second_look.stopped" in line)
        assert "never retrieved" not in there.log
        assert text not in there.log

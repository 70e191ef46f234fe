"""Models outlive the checkout that learned them: taken from a cache by the hash of what they were learned from."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from bot.understanding.language.model import FEWEST, FILES, train
from encoder.making import model_cache
from encoder.making.model_cache import NO_CACHE, ModelCache

NAMES = ("model", "about", "manifest")


def put(folder: Path, content: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name in NAMES:
        (folder / name).write_text(f"{name} {content}", encoding="utf-8")
    return folder


def read(folder: Path) -> list[str]:
    return [(folder / name).read_text(encoding="utf-8") for name in NAMES if (folder / name).is_file()]


def test_what_was_kept_comes_back_whole(tmp_path: Path) -> None:
    cache, made = ModelCache(tmp_path / "cache"), put(tmp_path / "made", "one")
    assert not cache.restore("danger", "a1", tmp_path / "other", NAMES)
    cache.keep("danger", "a1", made, NAMES)
    there = put(tmp_path / "there", "old")
    assert cache.restore("danger", "a1", there, NAMES)
    assert read(there) == read(made)
    for part, mark in (("danger", "a2"), ("language", "a1")):
        assert not cache.restore(part, mark, there, NAMES)


def test_an_entry_is_written_once_and_never_half(tmp_path: Path) -> None:
    cache, made = ModelCache(tmp_path / "cache"), put(tmp_path / "made", "one")
    (made / "about").unlink()
    cache.keep("danger", "a1", made, NAMES)
    assert not cache.restore("danger", "a1", tmp_path / "there", NAMES)
    cache.keep("danger", "a1", put(made, "two"), NAMES)
    cache.keep("danger", "a1", put(made, "three"), NAMES)
    assert cache.restore("danger", "a1", tmp_path / "there", NAMES)
    assert read(tmp_path / "there")[0] == "model two"
    cache.replace("danger", "a1", made, NAMES)
    assert cache.restore("danger", "a1", tmp_path / "there", NAMES)
    assert read(tmp_path / "there")[0] == "model three"


def test_an_entry_that_lost_a_file_changes_nothing(tmp_path: Path) -> None:
    cache, there = ModelCache(tmp_path / "cache"), put(tmp_path / "there", "old")
    cache.keep("danger", "a1", put(tmp_path / "made", "new"), NAMES)
    (tmp_path / "cache/danger/a1/about").unlink()
    assert not cache.restore("danger", "a1", there, NAMES)
    assert read(there) == ["model old", "about old", "manifest old"]


def test_a_copy_that_breaks_off_is_a_model_of_which_nothing_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache, there = ModelCache(tmp_path / "cache"), put(tmp_path / "there", "old")
    cache.keep("danger", "a1", put(tmp_path / "made", "new"), NAMES)
    copy = model_cache.shutil.copyfile

    def full(source: Path, target: Path) -> None:
        if source.name == "about":
            raise OSError("no space left")
        copy(source, target)

    monkeypatch.setattr(model_cache.shutil, "copyfile", full)
    with pytest.raises(OSError, match="no space left"):
        cache.restore("danger", "a1", there, NAMES)
    assert read(there) == ["model new"]


def test_the_ones_used_longest_ago_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model_cache, "KEPT", 2)
    cache, made = ModelCache(tmp_path / "cache"), put(tmp_path / "made", "one")
    for age, mark in ((300, "a1"), (200, "a2")):
        cache.keep("danger", mark, made, NAMES)
        used = (tmp_path / "cache/danger" / mark).stat().st_mtime - age
        model_cache.os.utime(tmp_path / "cache/danger" / mark, (used, used))
    assert cache.restore("danger", "a1", tmp_path / "there", NAMES)
    cache.keep("danger", "a3", made, NAMES)
    assert sorted(path.name for path in (tmp_path / "cache/danger").iterdir()) == ["a1", "a3"]


def test_without_a_folder_there_is_no_cache(tmp_path: Path) -> None:
    NO_CACHE.keep("danger", "a1", put(tmp_path / "made", "one"), NAMES)
    assert not NO_CACHE.restore("danger", "a1", tmp_path / "there", NAMES)
    assert not (tmp_path / "there").exists()


def test_a_folder_that_others_can_change_is_refused(tmp_path: Path) -> None:
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache").chmod(0o777)
    with pytest.raises(ValueError, match="can be changed by others"):
        ModelCache(tmp_path / "cache")


def learn(root: Path, models: Path, cache: ModelCache, *, anew: bool = False) -> str:
    """The last that was told while the languages were learned."""
    told: list[str] = []
    models.mkdir(exist_ok=True)
    train(root, models, told.append, cache=cache, anew=anew)
    return told[-1]


def test_a_model_is_learned_once_for_all_checkouts(tmp_path: Path) -> None:
    for code, word in (("xa", "bala"), ("xb", "kuru")):
        folder = tmp_path / "data/nlu" / code
        folder.mkdir(parents=True)
        lines = "".join(f"- {word} {number} {word}{number} {word * 2}\n" for number in range(FEWEST))
        (folder / "x.yml").write_text(yaml.safe_dump({"nlu": [{"intent": "x", "examples": lines}]}), "utf-8")
    cache = ModelCache(tmp_path / "cache")
    first, second = tmp_path / "first", tmp_path / "second"
    assert "ready" in learn(tmp_path, first, cache)
    assert learn(tmp_path, second, cache) == "language: taken from the cache"
    for name in FILES:
        assert (second / "language" / name).read_bytes() == (first / "language" / name).read_bytes()
    assert learn(tmp_path, second, cache) == "language: nothing changed"
    assert "ready" in learn(tmp_path, second, cache, anew=True), "--anew looks into no cache"
    more = tmp_path / "data/nlu/xa/x.yml"
    more.write_text(more.read_text("utf-8").replace("bala 1 ", "bala tara "), "utf-8")
    assert "a few sentences changed" in learn(tmp_path, second, cache)
    assert "ready" in learn(tmp_path, tmp_path / "third", cache), "what was not learned from nothing is not kept"

"""The cache of training vectors: each sentence is encoded once, and no text is kept."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from encoder.making import fill
from encoder.making.corpus import sentences
from encoder.runtime.cache import VectorCache, vectors_for
from encoder.runtime.holdout import is_held_out
from encoder.runtime.ngrams import NgramEncoder

TEXTS = ["een canary zin", "another one", "een canary zin", "الثالثة"]


def test_what_is_kept_is_not_encoded_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = VectorCache(tmp_path / "vectors.sqlite")
    encoded: list[str] = []
    encode = NgramEncoder.encode

    def counting(self: NgramEncoder, texts: list[str]) -> np.ndarray:
        encoded.extend(texts)
        return encode(self, texts)

    monkeypatch.setattr(NgramEncoder, "encode", counting)
    first = vectors_for(TEXTS, folder=tmp_path, cache=cache)
    again = vectors_for([*TEXTS, "new"], folder=tmp_path, cache=cache)
    assert sorted(encoded) == sorted({*TEXTS, "new"})
    assert (again[:4] == first).all(), "a training from nothing and a later one learn from the same"
    assert (first[0] == first[2]).all()


def test_another_encoder_has_its_own_vectors(tmp_path: Path) -> None:
    cache = VectorCache(tmp_path / "vectors.sqlite")
    cache.put("a", ["x"], np.ones((1, 4), np.float32))
    assert cache.get("b", ["x"]) == {}
    assert cache.get("a", ["x"])["x"].tolist() == [1, 1, 1, 1]


def test_the_file_holds_no_text(tmp_path: Path) -> None:
    path = tmp_path / "vectors.sqlite"
    vectors_for(TEXTS, folder=tmp_path, cache=VectorCache(path))
    content = path.read_bytes()
    assert b"canary" not in content
    assert "الثالثة".encode() not in content


def _written(root: Path, lang: str, topic: list[str], danger: list[str], safe: list[str]) -> None:
    nlu, dangers = root / "nlu" / lang, root / "danger"
    nlu.mkdir(parents=True)
    dangers.mkdir(exist_ok=True)
    lines = "".join(f"    -  {text}  \n" for text in topic)
    (nlu / "shelter.yml").write_text(f'version: "3.1"\nnlu:\n- intent: shelter\n  examples: |\n{lines}')
    told = {"danger": [{"text": text} for text in danger], "safe": [{"text": text} for text in safe]}
    (dangers / f"{lang}.yml").write_text(json.dumps(told))


def test_fill_takes_what_the_encoder_does_not_know(tmp_path: Path) -> None:
    topic, danger, safe = ([f"{kind} nummer: {number}" for number in range(200)] for kind in ("bed", "slot", "vroeger"))
    _written(tmp_path / "data", "nl", topic, danger, safe)
    _written(tmp_path / "data", "bn", ["ghar", "ghar: 2"], ["taala"], ["aage"])
    expected = {text for text in (*topic, *danger, *safe) if is_held_out(text)}
    expected |= {"ঘার", "ঘার: 2", "তালা", "আগে"}  # a language with few sentences: all, and in its own letters
    assert 30 < len(expected) < 150
    assert set(sentences(tmp_path / "data")) == expected
    cache = tmp_path / "vectors.sqlite"
    arguments = ["--data", str(tmp_path / "data"), "--cache", str(cache), "--encoder", str(tmp_path)]
    assert fill.main(arguments) == 0
    assert set(VectorCache(cache).get(NgramEncoder.name, [*topic, *danger, *safe, *expected])) == expected


def test_fill_with_no_data_is_no_error(tmp_path: Path) -> None:
    assert fill.main(["--data", str(tmp_path), "--cache", str(tmp_path / "v.sqlite")]) == 0

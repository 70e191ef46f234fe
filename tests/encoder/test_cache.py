"""The cache of training vectors: each sentence is encoded once, and no text is kept."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from encoder import fill
from encoder.cache import VectorCache, vectors_for
from encoder.corpus import sentences
from encoder.holdout import is_taught
from encoder.ngrams import NgramEncoder

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


def test_fill_takes_every_sentence_of_the_data(tmp_path: Path) -> None:
    nlu = tmp_path / "data/nlu/nl"
    nlu.mkdir(parents=True)
    (nlu / "shelter.yml").write_text(
        'version: "3.1"\nnlu:\n- intent: shelter\n  examples: |\n    - waar kan ik slapen\n'
        "    -   nog een: bed?  \n"
    )
    danger = tmp_path / "data/danger"
    danger.mkdir()
    (danger / "nl.yml").write_text(
        'danger:\n- {text: "de deur is op slot"}\nsafe:\n- {text: "vroeger wel"}\n'
    )
    expected = ["waar kan ik slapen", "nog een: bed?", "de deur is op slot", "vroeger wel"]
    assert list(sentences(tmp_path / "data")) == expected
    cache = tmp_path / "vectors.sqlite"
    arguments = ["--data", str(tmp_path / "data"), "--cache", str(cache), "--encoder", str(tmp_path)]
    assert fill.main(arguments) == 0
    assert set(VectorCache(cache).get(NgramEncoder.name, expected)) == set(expected)


def test_fill_takes_the_whole_of_a_topic_that_is_named(tmp_path: Path) -> None:
    known = [text for text in (f"zin {number}" for number in range(60)) if not is_taught(text)]
    nlu = tmp_path / "data/nlu/nl"
    nlu.mkdir(parents=True)
    lines = "".join(f"    - {text}\n" for text in known)
    (nlu / "debt.yml").write_text(f'version: "3.1"\nnlu:\n- intent: debt\n  examples: |\n{lines}')
    cache = tmp_path / "vectors.sqlite"
    arguments = ["--data", str(tmp_path / "data"), "--cache", str(cache), "--encoder", str(tmp_path)]
    assert fill.main(arguments) == 0
    assert not VectorCache(cache).get(NgramEncoder.name, known)
    assert fill.main([*arguments, "--every", "debt"]) == 0
    assert set(VectorCache(cache).get(NgramEncoder.name, known)) == set(known)


def test_fill_with_no_data_is_no_error(tmp_path: Path) -> None:
    assert fill.main(["--data", str(tmp_path), "--cache", str(tmp_path / "v.sqlite")]) == 0

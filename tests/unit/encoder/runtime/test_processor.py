"""The widest instructions are used where every processor has all of them, and nowhere else."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from encoder.runtime.processor import AVX512, VARIABLE, known_kernels, use_widest

ALL = " ".join(sorted(AVX512))


@pytest.mark.parametrize(
    ("described", "chosen"),
    [
        (f"processor\t: 0\nflags\t\t: fpu sse {ALL}\n", "AVX512"),
        (f"flags : {ALL}\nflags : {ALL} vnni\n", "AVX512"),
        (f"flags : {ALL}\nflags : avx2\n", None),  # two kinds in one machine
        (f"flags : {ALL.replace('avx512vl', '')}\n", None),
        ("Features : asimd\n", None),
        ("", None),
    ],
)
def test_what_a_processor_has_not_is_not_asked_for(
    described: str, chosen: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, "")  # so that whatever was there comes back
    monkeypatch.delenv(VARIABLE)
    (tmp_path / "cpuinfo").write_text(described)
    use_widest(tmp_path / "cpuinfo")
    assert os.environ.get(VARIABLE) == chosen


def test_what_the_operator_chose_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "GENERIC")
    (tmp_path / "cpuinfo").write_text(f"flags : {ALL}\n")
    use_widest(tmp_path / "cpuinfo")
    assert os.environ[VARIABLE] == "GENERIC"


def test_a_system_that_says_nothing_is_left_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "")  # so that whatever was there comes back
    monkeypatch.delenv(VARIABLE)
    use_widest(tmp_path / "nothing")
    assert VARIABLE not in os.environ


@pytest.mark.parametrize(
    ("described", "chosen"),
    [("flags : sse avx2 fma\n", "Haswell"), ("flags : avx2 fma\nflags : avx2\n", None), ("Features : asimd\n", None)],
)
def test_an_older_openblas_is_told_what_the_processor_can_do(
    described: str, chosen: str | None, tmp_path: Path
) -> None:
    (tmp_path / "cpuinfo").write_text(described)
    assert known_kernels(tmp_path / "cpuinfo").get("OPENBLAS_CORETYPE") == chosen

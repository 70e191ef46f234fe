"""The mean of several rounds of ``tune_encoder.py``, as matrices, brought back to one rank: better than any of them.

    .venv/bin/python scripts/average_tunings.py first.npz second.npz --out encoder/making/tuning.npz

The manifests beside the files become the rounds of the new one. See docs/decisions/0024-tuned-encoder.md.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np

UP, DOWN = ".w.up", ".w.down"
OF_ALL = ("data", "source", "languages", "sentences", "held_out")


def mean(deltas: list[dict[str, np.ndarray]], rank: int) -> dict[str, np.ndarray]:
    """Arrays of one name have one shape in all of ``deltas``, but for the rank of factors."""
    made: dict[str, np.ndarray] = {}
    for name in deltas[0]:
        if name.endswith(DOWN):
            continue
        if not name.endswith(UP):
            made[name] = np.mean([delta[name].astype(np.float32) for delta in deltas], axis=0).astype(np.float16)
            continue
        down = name.removesuffix(UP) + DOWN
        whole = np.mean([d[name].astype(np.float32) @ d[down].astype(np.float32) for d in deltas], axis=0)
        left, strength, right = np.linalg.svd(whole, full_matrices=False)
        root = np.sqrt(strength[:rank])
        made[name] = (left[:, :rank] * root).astype(np.float16)
        made[down] = (root[:, None] * right[:rank]).astype(np.float16)
    return made


def main() -> None:
    parser = argparse.ArgumentParser(description="The mean of several tunings of the encoder.")
    parser.add_argument("rounds", nargs="+", type=Path)
    parser.add_argument("--out", type=Path, default=Path("encoder/making/tuning.npz"))
    parser.add_argument("--rank", type=int, default=32)
    options = parser.parse_args()
    deltas, told = [], []
    for path in options.rounds:
        with np.load(path, allow_pickle=False) as arrays:
            deltas.append(dict(arrays))
        told.append(json.loads(path.with_suffix(".json").read_text(encoding="utf-8")))
    np.savez(options.out, **mean(deltas, options.rank))  # type: ignore[arg-type]
    before = options.out.with_suffix(".json")
    rounds = json.loads(before.read_text(encoding="utf-8"))["rounds"] if before.exists() else []
    for each in told:
        rounds.append({name: value for name, value in each.items() if name not in OF_ALL} | {"data": each["data"]})
    made = f"the mean of the last {len(told)} rounds, as matrices, brought back to rank {options.rank}"
    manifest = {name: told[-1][name] for name in OF_ALL} | {"rounds": rounds, "made": made}
    options.out.with_suffix(".json").write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

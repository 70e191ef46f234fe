"""Draws which topic was taken for which: ``python -m engine.nlu.confusion --out picture.png < counts.json``.

Here, and not in the gateway, because Rasa brings matplotlib along.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np


def draw(topics: list[str], counts: np.ndarray, out: Path) -> None:
    """``counts`` (n, n): row the right topic, column the one that was found. Writes a picture."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    figure, axes = pyplot.subplots(figsize=(13, 12))
    image = axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    for row, column in np.argwhere(counts):
        colour = "white" if shares[row, column] > 0.5 else "black"
        axes.text(column, row, int(counts[row, column]), ha="center", va="center", fontsize=5, color=colour)
    axes.set_xticks(range(len(topics)), labels=topics, rotation=90, fontsize=7)
    axes.set_yticks(range(len(topics)), labels=topics, fontsize=7)
    axes.set_xlabel("found")
    axes.set_ylabel("right")
    figure.colorbar(image, shrink=0.6, label="share of the row")
    figure.tight_layout()
    figure.savefig(out, dpi=110, metadata={"Software": None})


def main() -> int:
    """Read ``{"topics": [...], "counts": [[...]]}``."""
    parser = argparse.ArgumentParser(prog="python -m engine.nlu.confusion")
    parser.add_argument("--out", type=Path, required=True)
    told: dict[str, Any] = json.load(sys.stdin)
    draw(told["topics"], np.array(told["counts"], float), parser.parse_args().out)
    return 0


if __name__ == "__main__":
    sys.exit(main())

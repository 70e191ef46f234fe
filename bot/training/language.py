"""Training, beside `bot/training/danger/train.py`: the same door for whoever prepares a machine."""

from __future__ import annotations

from bot.understanding.language.model import train

__all__ = ["train"]

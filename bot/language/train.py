"""Training, beside `bot/danger/train.py`: the same door for whoever prepares a machine."""

from __future__ import annotations

from bot.language.model import train

__all__ = ["train"]

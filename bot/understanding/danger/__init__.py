"""Danger: every message is assessed in its own language before anything else, with no network and no engine.

`Danger` (detector.py) is the door. `patterns/` are word lists with ids: for Dutch, French and English, and for what
says danger in so many words in 37 languages; `model.py` is the trained model, `bot/training/danger` trains it from
`data/danger` and `data/nlu`; the thresholds are in `content/danger.yml`.
"""

from bot.understanding.danger.detector import Danger

__all__ = ["Danger"]

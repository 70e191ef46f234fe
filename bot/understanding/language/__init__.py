"""Language: in which language somebody writes, and never "English" for want of knowing.

`Languages` (detector.py) is the door: what the person chose, then the script, then letters learned from our own
sentences, then `py3langid` and word lists for languages we have no sentences of; a browser's or Telegram's language
is a hint only.
"""

from bot.understanding.language.detector import Detected, Languages

__all__ = ["Detected", "Languages"]

"""Signs that nobody sees: within a word they would hide it from everything that reads words.

Soft hyphens and zero widths come along when somebody copies from a page or a translator; others are put there on
purpose. They are taken out where a text is read, and stay where it is stored.
"""

from __future__ import annotations

import re

_JOINS = "\u0600-\u06ff\u0750-\u077f\u08a0-\u08ff\ufb50-\ufdff\ufe70-\ufefc\u0900-\u0dff\u1000-\u109f\u1780-\u17ff"
"""Letters between which a (non-)joiner is spelling: Arabic, the scripts of India, Burmese, Khmer."""

_UNSEEN = re.compile(
    # Unicode's Default_Ignorable_Code_Point without the two joiners, and the marks of annotations.
    "[\u00ad\u034f\u061c\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff"
    "\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]+"
)
_JOINER = re.compile(f"(?<![{_JOINS}])[\u200c\u200d]+|[\u200c\u200d]+(?![{_JOINS}\u200c\u200d])")
_BLANK = re.compile("[\u115f\u1160\u2800\u3164\uffa0]")
"""Letters that look like a space."""


def seen(text: str) -> str:
    """`text` without signs that are not seen; of joiners those stay that are between two letters that need them."""
    if text.isascii():
        return text
    return _JOINER.sub("", _BLANK.sub(" ", _UNSEEN.sub("", text)))

"""Whether a number plate, or what looks like one, is still there: letters and digits that belong together. Pure."""

from __future__ import annotations

import re

from bot.translation.checks.sentence import Side

_LETTERS, _CYRILLIC = "A-Z", "АВСЕНКМОРТХУІ"
_L = f"[{_LETTERS}{_CYRILLIC}]"
_CODE = re.compile(
    rf"(?<![\w-])(?:"
    rf"\d{{1,2}}-{_L}{{3}}-\d{{1,3}}|"  # 1-ABC-234
    rf"\d{{1,3}}-{_L}{{2,3}}-\d{{1,3}}|{_L}{{1,3}}-\d{{1,4}}-{_L}{{1,3}}|{_L}{{1,3}}-\d{{3,5}}|"  # 12-ABC-3, AB-12-CD
    rf"{_L}{{1,2}} ?\d{{2,4}} ?{_L}{{2,3}}|"  # B 123 ABC, CB 1234 AB
    rf"{_L}{{1,3}}-{_L}{{1,2}} ?\d{{1,4}}|"  # K-RS 992
    rf"\d{{4}} ?{_L}{{3}}|{_L}{{2,3}} \d{{5}}|{_L}{{2}}\d{{6,9}}|\d{_L}{{3}}\d{{3}}|"  # 4821 JGB, 1ABC234
    rf"{_L}\d{{3}}{_L}{{2}} ?\d{{0,3}}|"  # А123ВС77
    rf"\d{{2}} ?{_L}{{1,3}} ?\d{{2,4}}|112 BE"  # 34 ABC 123, and the application
    rf")(?![\w-]| ?\d)"
)
_AS_LATIN = str.maketrans(_CYRILLIC, "ABCEHKMOPTXYI")
_APART = re.compile(r"[\s-]")
_NO_PLATE = re.compile(
    "EUR|USD|GBP|RON|HUF|PLN|BGN|UAH|RUB|TRY|CHF|MAD|UUR|GSM|TEL|SMS|PIN|ID|NR|NO|WHO|THE|AND|VAN|EEN"
)
_DIGIT_BESIDE = re.compile(rf"\d[ -]?{_L}|{_L}[ -]?\d")


def another_code(ours: Side, theirs: Side) -> bool:
    """Whether one of the first sentence is not in the second. The same letters may be Cyrillic there."""
    if not _DIGIT_BESIDE.search(ours.text):
        return False
    codes = [code for code in _CODE.findall(ours.text) if not _NO_PLATE.search(code)]
    if not codes or ours.shouts:
        return False
    there = _plain(theirs.text)
    return any(_plain(code) not in there for code in codes)


def _plain(text: str) -> str:
    return _APART.sub("", text).upper().translate(_AS_LATIN)

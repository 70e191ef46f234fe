"""Numbers, dates, times, amounts, telephone numbers and addresses of a text, each in one form in whatever language.

Pure. Two texts that say the same figures give the same list; a figure that was changed, lost, added or moved does not.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

_MAIL_OR_SITE = re.compile(
    r"(?<![\w.+-])[\w.+-]+@[\w-]+\.[\w.-]+|(?:https?://|www\.)[^\s<>]+|"
    r"\b[\w-]+\.(?:be|eu|org|com|net|nl|fr|info|int|gov|edu|uk|ro|pl|hu|bg|ua|ru|brussels|gent|vlaanderen)\b"
)
"""Endings that are no word of ours, or hardly: people forget the space after a full stop."""
_JOINED = r"[ \u00a0\u202f]"
_THOUSANDS = re.compile(rf"(?<!\d)(?<!\d[.,'’])\d{{1,3}}(?:(?:{_JOINED}|[.,'’])\d{{3}})+(?!\d)(?![.,/:-]\d)")
_PHONE = re.compile(r"(?<![\dA-Za-z/.:])(?:\+|00|\(?0)\d?[\d ()\u00a0\u202f./-]{5,}\d")
_GROUPED = re.compile(
    rf"(?<![\dA-Za-z/.:,+-])(?:\d{{2,4}}(?:(?:{_JOINED}|[./-])\d{{2,4}}){{2,5}}|\d{{9,12}})(?![\dA-Za-z/:]|[.,-]\d)"
)
"""What may be a telephone number that begins with no zero."""
_SPAN, _MONTHS = re.compile(r"(\d{1,3})-(\d{1,3})"), 12
_GROUP = re.compile(r"\d+(?:[.:/,-]\d+)*")
_CLOCK = re.compile(
    r"(?<![\d.,/:-])(\d{1,2})(?:\s?[:.uh]\s?(\d{2})(?!\d))?\s?(?P<half>[ap]\.?\s?m\b\.?)?(?![\d/]|[.,:]\d)", re.I
)
_HOURS = re.compile(r"(?<![\d.,/:-])(\d{1,2})\s?[uh](?:\s?(\d{2}))?(?![\w])", re.I)
_DIGIT = re.compile(r"\d")
_NO_DIGIT = re.compile(r"\D")
_AM_IS_A_WORD = {"de", "ro"}
"""Languages in which "8 am" may go on: 8 at the station, 8 I have."""
_MINUS = re.compile(r"(?:^|(?<!\d)[\s(])[-−]$")
"""A sign right before a number. In "3 -5" it is a dash."""
_CLOCK_LIKE = re.compile(r"\d\s?[:.uhap]", re.I)


_BELGIUM, _LOCAL, _LONGEST_NUMBER = "32", 9, 12
_KNOWN = 10_000
"""Signs of which it is remembered; there are a million."""


class _Plain(dict[int, str]):
    """What `plain_digits` makes of each sign, made when it is first met."""

    def __missing__(self, point: int) -> str:
        sign = chr(point)
        if unicodedata.category(sign) == "Cf":
            made = ""
        elif sign in "’‘":
            made = "'"
        else:
            made = str(unicodedata.digit(sign)) if sign.isdigit() else sign
        if len(self) < _KNOWN:
            self[point] = made
        return made


_PLAIN = _Plain()


def plain_digits(text: str) -> str:
    """Digits of every script as 0 to 9, one kind of apostrophe, nothing invisible between."""
    return text if text.isascii() else text.translate(_PLAIN)


def figures(text: str, language: str = "") -> list[str]:
    """Every figure in order, in its one form: `n:1500`, `n:14.30`, `p:0470123456`, `w:www.payoke.be`."""
    text = whole = plain_digits(text)
    found: list[tuple[int, str]] = []

    def take(match: re.Match[str], form: str) -> str:
        found.append((match.start(), form))
        return " " * (match.end() - match.start())

    # What cannot match is not looked for: a telephone number has seven digits, and most sentences have none at all.
    if "." in text[:-1] or "@" in text or "/" in text:
        text = _MAIL_OR_SITE.sub(lambda m: take(m, "w:" + m[0].rstrip(".,;:!?)").lower()), text)
    digits = len(_DIGIT.findall(text))
    if digits > 6:
        text = _PHONE.sub(lambda m: take(m, "p:" + _dialled(m[0])) if _is_phone(m[0]) else m[0], text)
        text = _GROUPED.sub(lambda m: take(m, "p:" + _dialled(m[0])) if _is_grouped(m[0]) else m[0], text)
    if digits > 3:
        text = _THOUSANDS.sub(_thousands(take), text)
    if digits and _CLOCK_LIKE.search(text):
        text = _HOURS.sub(lambda m: take(m, _clock(m[1], m[2], "")), text)
        text = _CLOCK.sub(_clocks(take, language), text)
    if digits:
        for match in _GROUP.finditer(text):
            parts = [match[0]]
            if (between := _SPAN.fullmatch(match[0])) and int(between[2]) > _MONTHS:  # from the 24th to the 31st
                parts = [between[1], between[2]]
            found += [(match.start(), "n:" + ".".join(map(_number, _NO_DIGIT.split(part)))) for part in parts]
    if "-" in whole or "−" in whole:
        found = [(at, _signed(form, whole[max(0, at - 3) : at])) for at, form in found]
    return [_same(form) for _, form in sorted(found)]


def _thousands(take: Callable[[re.Match[str], str], str]) -> Callable[[re.Match[str]], str]:
    def replaced(match: re.Match[str]) -> str:
        digits = re.sub(r"\D", "", match[0])
        if digits.startswith("0"):
            return match[0]
        return take(match, f"n:{_number(digits)}")

    return replaced


def _number(digits: str) -> str:
    """Without the zeros before it; as text, since a number of thousands of digits is none to Python."""
    return digits.lstrip("0") or "0"


def _is_phone(text: str) -> bool:
    return len(re.sub(r"\D", "", text)) >= 7 and not re.fullmatch(r"\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}", text.strip())


def _is_grouped(text: str) -> bool:
    """Whether it is neither an amount with its thousands apart, nor a date, nor years."""
    groups = re.split(r"\D", text)
    if len(groups) == 1:
        return True
    if all(len(group) == 3 for group in groups[1:]) or all(len(group) == 4 for group in groups):
        return sum(map(len, groups)) == _LOCAL and len(groups[0]) == 3
    return _LOCAL <= sum(map(len, groups)) <= _LONGEST_NUMBER and not (len(groups) == 3 and 4 in map(len, groups))


def _dialled(text: str) -> str:
    """The digits, within Belgium as they are dialled there: +32, 0032 and 0 are one."""
    digits = re.sub(r"\D", "", text)
    if digits.startswith("00"):
        digits = digits[2:]
    elif not text.startswith("+"):
        return digits
    return f"0{digits[2:].removeprefix('0')}" if digits.startswith(_BELGIUM) else digits


def _clocks(take: Callable[[re.Match[str], str], str], language: str) -> Callable[[re.Match[str]], str]:
    def replaced(match: re.Match[str]) -> str:
        half = match["half"]
        if half == "am" and language in _AM_IS_A_WORD and match[0][: -len(half)].endswith(" "):
            half = None
        return take(match, _clock(match[1], match[2], half)) if match[2] or half else match[0]

    return replaced


def _clock(hours: str, minutes: str | None, half: str | None) -> str:
    hour = int(hours)
    if half and half[0] in "pP" and hour < 12:
        hour += 12
    elif half and half[0] in "aA" and hour >= 12:  # and 14:30 am is none
        hour -= 12
    return f"n:{hour}.{int(minutes)}" if minutes else f"n:{hour}"


def _signed(form: str, before: str) -> str:
    return f"n:-{form[2:]}" if form.startswith("n:") and _MINUS.search(before) else form


def _same(form: str) -> str:
    """14.00 and 14 are one hour; 09 and 9 one number."""
    return form.removesuffix(".0") if form.startswith("n:") and form.count(".") == 1 else form

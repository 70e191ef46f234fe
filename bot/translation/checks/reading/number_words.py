"""The numbers that a text says in words, and the units of time it counts, by the words of one language. Pure.

Only a word that is a number and nothing else says one for sure: "nouă" is nine in Romanian, and also "us". Such a word
answers for a number in the other text, and asks for none. The word for one is an article in most languages: it says
nothing but as a part of another number.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

_TOKEN = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*|\d+|[^\w\s-]")
_WORD_OR_FIGURE = re.compile(r"\d+(?:[.,:]\d+)*(?:e|er|ste|de|th|st|nd|rd)?(?!\w)|\d+(?:[.,:h]\d+)*|[^\W\d_]+")
ENDINGS = {"hu": re.compile("(?:t[oóöő]l|ig)$"), "tr": re.compile("(?:[dt][ae]n|y?[ae])$")}
"""Of a number in a word: from, until."""
_SEVERAL = re.compile(r"#(?:[ -]?#)+")
_TONES = {"vi"}
"""Languages in which a sign on a letter makes another number: it is left where it stands."""
_HUNDRED, _THOUSAND, _MILLION = 100, 1000, 1_000_000
_THOUSANDS = {_THOUSAND, 2 * _THOUSAND}
"""In one word."""
_LARGE = {_HUNDRED, _THOUSAND, _MILLION}
_GLUES = {"nl", "de", "hu"}
"""Languages that write a whole number as one word."""
_HALF_BEFORE, _HALF_TO, _HALF_AFTER = "\x01", "\x02", "\x03"
_PERCENT = re.compile(r"(?<!\w)(?:pour cent|por ciento?|por cento|la suta|phần trăm|per qind)(?!\w)")
_DAY_OR_MONTH = re.compile(r"(?:thứ|tháng) $")
_KNOWN = 10_000
"""Signs of which it is remembered what they are without their marks."""

_HAN = re.compile("[零一二两兩俩三仨四五六七八九十百千万萬]+")
_HAN_DIGITS = {sign: number for number, sign in enumerate("零一二三四五六七八九")}
_HAN_DIGITS |= {"两": 2, "兩": 2, "俩": 2, "仨": 3}
_HAN_TIMES = {"十": 10, "百": 100, "千": 1000, "万": 10_000, "萬": 10_000}
_HAN_OTHER = re.compile("[期拜周週第]$")
"""What makes the next sign a day of the week or a place in a row."""
_HAN_COUNTED = re.compile("[个個名岁歲天年小点點次元块塊人位条張张只隻双雙件份周星礼禮欧歐美种種家间間层層倍公]")
_HAN_SEVERAL = re.compile("[二两兩三四五六七八九十百千万萬]$|[十百千万萬]一$")
_HAN_HALVED = frozenset("点點年天个個周")
"""What is halved behind a number: 8点半, 一年半, 两个半月."""
_HAN_NO_NUMBER = {"万一", "萬一", "千万", "千萬", "一一", "百", "万", "千"}


class Said(NamedTuple):
    """What numbers stand in a text in words."""

    sure: tuple[float, ...] = ()
    """In order; half past two is 2.5."""
    maybe: frozenset[float] = frozenset()
    """Those, and what may be one."""


NOTHING = Said()
_TWO = Said((), frozenset({2.0}))


class _Unmarked(dict[int, str]):
    """What each letter is without its accents, made when it is first met: many people type none."""

    def __missing__(self, point: int) -> str:
        made = "".join(part for part in unicodedata.normalize("NFD", chr(point)) if not unicodedata.combining(part))
        if len(self) < _KNOWN:
            self[point] = made
        return made


_UNMARKED = _Unmarked({ord("ł"): "l", ord("ı"): "i", ord("ß"): "ss", ord("ʼ"): "'", ord("đ"): "d"})


class Counting:
    """The number words and the units of time of one language (`numbers`, `half`, `units` in `lexicon.yml`)."""

    def __init__(self, language: str, entry: Mapping[str, Any]) -> None:
        self._language = language
        self._tonal = language in _TONES
        self._ordinals = _ordinals(entry, str) | _ordinals(entry, self.plain)
        self._forms, self._unsure = _forms(language, entry, self.plain)
        marked, _ = _forms(language, entry, str)
        self._joins = self.plain(entry.get("joins", ""))
        half = entry.get("half", {})
        self._halves = tuple(
            (re.compile(rf"{pattern}(?!\w)" if key == "after" else rf"(?<!\w)(?:{pattern}) (?=\w)"), mark)
            for key, mark in (("after", _HALF_AFTER), ("before", _HALF_BEFORE), ("to", _HALF_TO))
            if (pattern := self.plain(half.get(key, "")))
        )
        after = half.get("after", "(?!)")
        self._halved = re.compile(rf"(?<![\d.,:])(\d{{1,3}})(?:{after}|{self.plain(after)})(?!\w)", re.I)
        self._all_forms = marked | self._forms
        self._heard = {*self._forms, *marked, *(f"i\u0307{word[1:]}" for word in marked if word[0] == "i")}  # İki
        self._ones = frozenset(word for word in self._heard if (self._forms | marked).get(word) == 1)
        large = [word for word, number in (self._forms | marked).items() if number in _LARGE]
        self._large = tuple(large) if language in _GLUES else ()
        self._split = re.compile(f"({'|'.join(large)})") if language in _GLUES else None
        units = "|".join(f"(?P<{name}>{self.plain(pattern)})" for name, pattern in entry.get("units", {}).items())
        spaced = language != "zh"
        self._units = re.compile(rf"(?<![^\W\d_])(?:{units})(?!\w)" if spaced else units) if units else None

    def halved(self, text: str) -> str:
        """`text` with "3 years and a half" as 3.5."""
        return self._halved.sub(r"\1.5", text)

    def _may_be_half(self, low: str) -> bool:
        return any(half.search(low) for half, _ in self._halves)

    @property
    def forms(self) -> Mapping[str, float]:
        """Each number word, with and without its marks, and its value."""
        return self._all_forms

    def plain(self, text: str) -> str:
        """Without the accents that many leave out, where they make no other number."""
        return text if text.isascii() or self._tonal else text.translate(_UNMARKED)

    def said(self, low: str, words: list[str]) -> Said:
        """The numbers that stand in words in a text in lower case, of which `words` are the words."""
        if self._language == "zh":
            return _said_in_han(low) if not low.isascii() else NOTHING
        if "-" in low:
            words = _TOKEN.findall(low)
        if self._language == "ar":  # each with its hamza or without
            words = [*map(self.plain, words)]
        heard = self._heard.intersection(words)
        low, marked = self.plain(low), low
        # The word for one alone says none.
        few = heard <= self._ones and not (heard and self._may_be_half(low))
        if few and not any(map(marked.__contains__, self._large)):
            return _TWO if self._language == "ar" and any(map(_is_dual, words)) else NOTHING
        low = _PERCENT.sub("%", low)
        for half, mark in self._halves:
            low = half.sub(mark, low)
        sure: list[float] = []
        maybe: set[float] = set()
        for number, certain in self._read(low):
            maybe.add(number)
            if certain:
                sure.append(number)
        if self._language == "ar" and any(map(_is_dual, words)):
            maybe.add(2)
        return Said(tuple(sure), frozenset(maybe)) if maybe else NOTHING

    def _read(self, low: str) -> Iterator[tuple[float, bool]]:
        """Each number, and whether it is one for sure."""
        number, half, after_half, counted = _Number(self._language), 0.0, False, False
        for match in _TOKEN.finditer(low):
            token = match[0]
            if token == _HALF_AFTER and number:
                yield number.value + 0.5, True
                number = _Number(self._language)
                continue
            if token in {_HALF_BEFORE, _HALF_TO}:
                half, after_half = (0.5 if token == _HALF_BEFORE else -0.5), True
            elif token == self._joins and number and token:
                number.joined = True
                continue
            for value in self._values(token) or (0,):
                if value and number.takes(value, token):
                    number.sure |= token not in self._unsure
                    continue
                if number:
                    if number.value > 1 or half:
                        yield number.value + half, number.sure or bool(half) or self._counts(low, match.start())
                    half = 0.0 if not after_half else half
                number = _Number(self._language)
                if value and not (self._tonal and _DAY_OR_MONTH.search(low[max(0, match.start() - 6) : match.start()])):
                    number.begin(value, token not in self._unsure and not counted)
            counted = token.isdigit()
            after_half = after_half and token in {_HALF_BEFORE, _HALF_TO}
            if not number and not after_half:
                half = 0.0
        if number.value > 1 or (number and half):
            yield number.value + half, number.sure or bool(half)

    def _values(self, token: str) -> tuple[float, ...]:
        value = self._forms.get(token)
        if value is not None:
            return (value,)
        if self._split is None or not self._split.search(token):
            return ()
        parts = [part for part in self._split.split(token) if part]
        return tuple(self._forms[part] for part in parts) if all(part in self._forms for part in parts) else ()

    def _counts(self, low: str, start: int) -> bool:
        """Whether a unit of time stands there: what is before it is a number."""
        return self._units is not None and self._units.match(low, start) is not None

    def ordinals(self, words: Iterable[str]) -> frozenset[float]:
        """The places in a row that `words` in lower case name: the second, the third."""
        return frozenset(map(self._ordinals.__getitem__, self._ordinals.keys() & words))

    def says_one(self, words: Iterable[str]) -> bool:
        """Whether the word for one is among them, which is an article in most languages."""
        return not self._ones.isdisjoint(words)

    def units(self, low: str) -> tuple[frozenset[str], frozenset[str]]:
        """The units of time that stand behind a number, and all that stand there."""
        if self._units is None:
            return frozenset(), frozenset()
        low = self.plain(low)
        counted, named = set(), set()
        for match in self._units.finditer(low):
            unit = str(match.lastgroup)
            named.add(unit)
            before = low[max(0, match.start() - 24) : match.start()].rstrip(" \u00a0-").removesuffix(" de").rstrip()
            year = unit == "year" and before[-4:].isdigit() and len(before) > 3  # 2026 is no count
            if not year and before and (before[-1].isdigit() or self._ends_in_number(before)):
                counted.add(unit)
        return frozenset(counted), frozenset(named)

    def marked(self, plain: str) -> str:
        """A text without its accents (`plain`) with "#" for each number and "~" for each unit of time."""
        text = self._units.sub("~", plain) if self._units is not None else plain
        if self._language == "zh":
            text = _HAN.sub("#", text)
        text = _WORD_OR_FIGURE.sub(self._mark, text)
        return _SEVERAL.sub("#", text)

    def _mark(self, match: re.Match[str]) -> str:
        word = match[0]
        ending = ENDINGS[self._language].search(word) if self._language in ENDINGS else None
        if ending and word[: ending.start()] in self._forms:
            return f"#'{ending[0]}"
        return "#" if word[0].isdigit() or word in self._forms or self._values(word) else word

    def _ends_in_number(self, before: str) -> bool:
        if self._language == "zh":
            return _HAN_SEVERAL.search(before) is not None
        word = before.replace("-", " ").rsplit(" ", 1)[-1]
        return self._forms.get(word, 0) > 1 or bool(self._values(word))


def _is_dual(word: str) -> bool:
    """Whether an Arabic word says by its end that there are two."""
    return word.endswith(("تان", "تين"))


def _forms(language: str, entry: Mapping[str, Any], plain: Callable[[str], str]) -> tuple[dict[str, float], set[str]]:
    """Each number word in every form, and which of them may be another word."""
    forms: dict[str, float] = {}
    unsure: set[str] = set()
    for number, words in entry.get("numbers", {}).items():
        forms |= dict.fromkeys(map(plain, words.replace("?", "").split()), number)
        unsure |= {plain(word[:-1]) for word in words.split() if word.endswith("?")}
    small = {word: number for word, number in forms.items() if number < 10}
    tens = {word: number for word, number in forms.items() if number % 10 == 0 and 10 < number < _HUNDRED}
    for between in map(plain, entry["glue"].split("|") if "glue" in entry else ()):
        forms |= {unit + between + ten: a + b for unit, a in small.items() for ten, b in tens.items()}
    if language == "hu":
        starts = tens | {"tizen": 10, "huszon": 20}
        forms |= {ten + unit: a + b for unit, a in small.items() for ten, b in starts.items()}
    if language == "ar":
        alone, unsure_alone = forms, frozenset(unsure)
        for before in ("و", "ب", "ل", "ف", "ال", "وال", "بال"):
            unsure |= {before + word for word in unsure_alone}
            forms = {before + word: number for word, number in alone.items()} | forms
    for word, number in _ordinals(entry, plain).items():
        if word not in forms:
            forms[word] = number
            unsure.add(word)
    for ending in map(plain, entry.get("endings", "").split()):
        with_it = {word + ending: number for word, number in small.items() if number > 1}
        unsure |= with_it.keys() - forms.keys()
        forms = with_it | forms
    return forms, unsure


def _ordinals(entry: Mapping[str, Any], plain: Callable[[str], str]) -> dict[str, float]:
    """Each form of the second, the third and so on, and its number."""
    return {
        plain(form): number
        for number, forms in enumerate(entry.get("ordinals", "").split(), 2)
        for form in forms.split("|")
        if form != "_"
    }


class _Number:
    """A number that is being put together of words: false while there is none."""

    def __init__(self, language: str) -> None:
        self._language = language
        self._millions = self._thousands = self._rest = self._room = 0.0
        self.sure = self.joined = False

    def __bool__(self) -> bool:
        return bool(self._millions or self._thousands or self._rest)

    @property
    def value(self) -> float:
        return self._millions + self._thousands + self._rest

    def begin(self, value: float, sure: bool) -> None:
        self.sure = sure
        if value >= _MILLION:
            self._millions, self._room = value, _MILLION
        elif value in _THOUSANDS:
            self._thousands, self._room = value, _THOUSAND
        else:
            self._rest, self._room = value, self._room_behind(value)

    def takes(self, value: float, word: str) -> bool:
        """Whether the next word belongs to this number, which then holds it."""
        last = self._rest % _HUNDRED
        if not self:
            return False
        and_, self.joined = self.joined, False
        if and_ and self._language == "en" and self._room < _HUNDRED:
            return False
        if value == _MILLION:
            if self._millions:
                return False
            self._millions, self._thousands, self._rest = max(self.value, 1) * _MILLION, 0, 0
            self._room = _MILLION
        elif value == _THOUSAND:
            if self._thousands:
                return False
            self._thousands, self._rest, self._room = max(self._rest, 1) * _THOUSAND, 0, _THOUSAND
        elif value == _HUNDRED and 1 < self._rest < 10:  # two hundred
            self._rest, self._room = self._rest * _HUNDRED, _HUNDRED
        elif word == "mươi" and 1 < last < 10:  # two times ten
            self._rest, self._room = self._rest - last + last * 10, 10
        elif self._language == "fr" and value == 20 and last == 4:
            self._rest, self._room = self._rest + 76, 20
        elif self._language == "ar" and 0 < last < 10 and self._with_tens(value, word):
            self._rest, self._room = self._rest + value, 0
        elif value < self._room and not (word == "năm" and self._room < _HUNDRED):  # "years" behind ten
            self._rest, self._room = self._rest + value, self._room_behind(value)
        else:
            return False
        return True

    def _with_tens(self, value: float, word: str) -> bool:
        return word.startswith("عش") or (value % 10 == 0 and value < _HUNDRED and word.startswith("و"))

    def _room_behind(self, value: float) -> float:
        if value >= _HUNDRED:
            return _HUNDRED
        if self._language == "fr" and value == 60:  # soixante-dix
            return 20
        return 10 if value % 10 == 0 else 0


def _said_in_han(text: str) -> Said:
    sure: list[float] = []
    maybe: set[float] = set()
    for match in _HAN.finditer(text):
        start, end = match.span()
        run, before, behind = match[0], text[max(0, start - 1) : start], text[end : end + 2]
        very = run == "十" and behind[:1] == "分"
        if very or _HAN_OTHER.search(before) or run in _HAN_NO_NUMBER:
            continue
        several = len(run) > 1 and not set(run) & _HAN_TIMES.keys()  # "three or four"
        numbers: list[float] = [_HAN_DIGITS[sign] for sign in run] if several else [_of_han(run)]
        if behind[1:] == "半" and behind[:1] in _HAN_HALVED:
            numbers[-1] += 0.5
        maybe.update(numbers)
        if not several and numbers[0] > 1 and _HAN_COUNTED.match(behind):
            sure += numbers
    return Said(tuple(sure), frozenset(maybe)) if maybe else NOTHING


def _of_han(run: str) -> int:
    total = section = digit = 0
    for sign in run:
        if sign in _HAN_DIGITS:
            digit = _HAN_DIGITS[sign]
        elif (times := _HAN_TIMES[sign]) == 10_000:
            total, section, digit = (total + section + digit) * times, 0, 0
        else:
            section, digit = section + max(digit, 1) * times, 0
    if digit and len(run) > 1 and (times := _HAN_TIMES.get(run[-2], 0)) >= _HUNDRED:  # 两千五 is 2500
        digit *= times // 10
    return total + section + digit

"""Where a text names a street. Pure.

A street is a word that says so itself (Kerkstraat, ул. Ленина, شارع), with a name or beside the number of a house, or
one beside such a number that a capital inside a sentence makes a name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

LATIN = "A-Za-z\u00c0-\u024f\u1e00-\u1eff"
_CYRILLIC, _ARABIC = "\u0400-\u04ff", "\u0600-\u06ff"
_HAN = "\u4e00-\u9fff"
_NUMBER = "\\d{1,4}(?![\\d/%]|[.,:]\\d)"
_BEFORE = (
    "rue|avenue|av\\.|boulevard|bd\\.?|chaussée|calle|avenida|plaza|rua|travessa|strada|str\\.|bulevardul|ulica|ulicy|"
    "ul\\.|rruga|rrugën|đường|phố"
)
_AFTER = "street|road|lane|avenue|utca|út|sokak|sokağı|caddesi|cadde|cad\\."
_NO_STREET = ("av.", "bd", "plaza", "travessa", "str", "cad", "пр")
"""Beside `_SAY_STREET`, what stands before or behind a number alone."""
_NR = "(?:nr\\.? ?|n° ?|no[.:]? ?|nummer |num[aă]rul |numéro )?"
_HOUSES = tuple(
    re.compile(pattern, re.IGNORECASE if "said" in pattern else 0)
    for pattern in (
        f"(?<![{LATIN}])(?P<word>[{LATIN}]{{3,}}),? {_NR}{_NUMBER}",
        f"\\b(?P<said>{_BEFORE}) (?:[{LATIN}'’-]+ ){{0,3}}?(?P<word>[{LATIN}]{{3,}}),? {_NR}{_NUMBER}",
        f"(?<!\\d)\\d{{1,4}},? (?P<said>{_BEFORE}) (?:(?:de|du|des|la|le|les|del) ){{0,2}}(?P<word>[{LATIN}]{{3,}})",
        f"(?P<word>[{LATIN}]{{3,}}) (?P<said>{_AFTER}),? {_NR}{_NUMBER}",
        f"(?<!\\d)\\d{{1,4}} (?P<word>[{LATIN}]{{3,}}) (?P<said>street|road|lane|avenue)\\b",
        f"(?P<word>[{LATIN}]{{2,}}[a-z])(?P<said>[Ss]tr)\\. {_NR}{_NUMBER}",
        f"(?P<said>(?:ул\\.?|улиц[аеу]|вул\\.?|вулиц[яію]|бул\\.?|булевард|пр\\.|проспекте?)) „?"
        f"(?P<word>[{_CYRILLIC}]{{3,}})“?,? (?:№ ?|(?:дом|д\\.?|номер|будинок|буд\\.) ?)?{_NUMBER}",
        f"(?<![{_CYRILLIC}])(?P<word>[{_CYRILLIC}]{{3,}}),? (?:№ ?|(?:дом|д\\.) ?)?{_NUMBER}",
        f"(?P<said>شارع) (?:[{_ARABIC}]+ ){{0,2}}?(?P<word>[{_ARABIC}]{{2,}}) (?:رقم )?{_NUMBER}",
        f"(?<!\\d)\\d{{1,4}} (?P<said>شارع) (?P<word>[{_ARABIC}]{{2,}})",
    )
)
_UPPER = "A-Z\u00c0-\u00de\u0100-\u017f\u0218-\u021b\u1e00-\u1eff"
_SAY_STREET = (
    "straat", "laan", "plein", "steenweg", "strasse", "straße", "street", "road", "lane", "avenue", "utca", "út",
    "sokak", "sokağı", "caddesi", "bulvar", "rue", "strada", "calle", "ul.", "ulic", "rrug", "đường", "phố", "rua",
    "boulevard", "chaussée", "avenida", "bulevard", "ул.", "улиц", "вул", "бул", "просп", "شارع", "路", "街", "大道",
    "巷", "弄",
)  # fmt: skip
_WORD_FIRST = "Street|Road|Avenue|Lane|utca|út|Caddesi|Sokak|Sokağı|Bulvarı"
_WORD_LAST = (
    "[Rr]ue|[Aa]venue|[Bb]oulevard|[Cc]haussée|[Cc]alle|[Aa]venida|[Rr]ua|[Ss]trada|[Bb]ulevardul|[Uu]l\\.|[Uu]lic[aęyą]|"
    "[Rr]rug[aëë]n?|[Đđ]ường|[Pp]hố"
)
_CYRILLIC_LAST = "[Уу]л\\.|[Уу]лиц[аеуы]|[Вв]ул\\.|[Вв]улиц[яіюи]|[Бб]ул\\.|[Бб]улевард|[Пп]роспекте?"
_NO_NAME = "[的去这那哪几条條走唐华人大马公铁一整逛线網网]"
"""Words that are no name before the word for a street: this one, which one, Chinatown."""
_NAMED_STREETS = tuple(
    re.compile(pattern)
    for pattern in (
        f"(?<![{LATIN}])(?P<word>[{_UPPER}][{LATIN}]{{2,}}(?:straat|(?<!s)laan|plein|steenweg|stra(?:ss|ß)e))(?![{LATIN}])",
        f"(?P<word>[{_UPPER}][{LATIN}]{{2,}}) (?:{_WORD_FIRST})(?![{LATIN}])",
        f"(?<![{LATIN}])(?:{_WORD_LAST}) (?:(?:de|du|des|la|le|les|del|da|do|e) |d')*"
        f"(?:[{_UPPER}][{LATIN}]+ ){{0,2}}(?P<word>[{_UPPER}][{LATIN}]+)",
        f"(?:{_CYRILLIC_LAST}) (?P<word>[А-ЯЇІЄҐ][{_CYRILLIC}]{{2,}})",
        f"شارع (?P<word>ال[{_ARABIC}]{{3,}})",
        # What it is called elsewhere is not known: it must stand there as it is, or a reader is told to look.
        f"(?P<word>[{_HAN}]{{2,4}}(?:路|街|大道|巷|弄))\\s?(?:\\d+|[一二三四五六七八九十百]+)\\s?[号號]",
        f"(?:在|到|去|住|是)(?P<word>(?:(?!{_NO_NAME})[{_HAN}]){{2,3}}(?:路|街|大道))(?=[，。,.！？!? 上附的]|$)",
    )
)
"""A street without a house number: the word for a street, and a name."""
_STREET = re.compile("...(?:straat|(?<!s)laan|plein|steenweg|stra(?:ss|ß)e|страат|стра[ст]се|лаан)$")


_SAYING = tuple(pattern for pattern in _HOUSES if "said" in pattern.groupindex)
_BESIDE_NUMBER = tuple(pattern for pattern in _HOUSES if pattern not in _SAYING)


@dataclass(frozen=True, slots=True)
class House:
    """A street, or what may be one."""

    word: str
    street: bool
    """Whether it holds a word for a street."""
    named: bool
    """A capital inside a sentence says that it is a name."""


def houses(text: str, low: str, *, counts: bool, dates: Callable[[str], bool]) -> Iterator[House]:
    """Yield the streets of a text, kind by kind; the same one may come twice. `low` is `text` in lower case, `counts`:
    whether it has figures, `dates`: whether a word in lower case is a month or a day."""
    says_street = any(map(low.__contains__, _SAY_STREET))
    if says_street:
        for pattern in _NAMED_STREETS:
            yield from (House(match["word"], street=True, named=True) for match in pattern.finditer(text))
    if not counts:
        return
    says_street = says_street or any(map(low.__contains__, _NO_STREET))
    for pattern in _HOUSES if says_street else _BESIDE_NUMBER:
        said = pattern in _SAYING
        for match in pattern.finditer(text):
            word = match["word"]
            street = said or _STREET.search(word.lower()) is not None
            named = word[0].isupper() and match.start() > 0 and "," not in match[0] and not dates(word.lower())
            if street or named:
                yield House(word, street, named)

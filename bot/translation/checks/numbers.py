"""Whether a translation says other numbers, amounts, times or days than its original. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection

from bot.translation.checks.dates import dates_alike
from bot.translation.checks.hours import by_shape, hours_changed_places, same_hours
from bot.translation.checks.plates import another_code
from bot.translation.checks.quantities import QUANTITIES
from bot.translation.checks.sentence import Side
from bot.translation.checks.times import TIMES

_ALWAYS_SAID = {"minute", "day", "week", "month"}
"""Units that no language leaves out behind a number: three o'clock may be "at 3", fifteen years old "15"."""
_LETTER = re.compile(r"\d([A-Ga-cАБВГДЕабв])(?!\w)")
_LETTER_BESIDE = re.compile(r"\d ?([A-Ga-cАБВГДЕабв])(?!\w)")
"""Of a house or a room: 12A."""
_IN_LATIN = str.maketrans("abcАБВГДЕабв", "ABCABVGDEABV")
_NOON = 12
_LONGEST = len("n:100000000")
"""Of a figure that may stand as a word as well."""
_ONE = "n:1"
_DATE = re.compile(r"\d/\d")
_TIME = re.compile(r"\d(?::|\s?[uh])\d|\d\s?[ap]\.?m\b", re.I)


def numbers_changed(ours: Side, theirs: Side, _: Collection[str]) -> bool:
    ours, theirs = dates_alike(ours, theirs)
    if any(changed(ours, theirs) for changed in IN_FIGURES.values()):
        return True
    if ours.lexicon is None or theirs.lexicon is None:
        return bool(ours.currencies and theirs.currencies and ours.currencies != theirs.currencies)
    return any(changed(ours, theirs) for changed in IN_WORDS.values())


def _other_figures(ours: Side, theirs: Side) -> bool:
    before, after = ours.figures, theirs.figures
    if before == after:
        return False
    if hours_changed_places(ours, theirs):
        return True
    if by_shape(before) == by_shape(after):
        return False
    dated = ours.dated and theirs.dated and by_shape(before, dated=True) == by_shape(after, dated=True)
    return not dated and not same_hours(ours, theirs) and not _said_in_words(ours, theirs)


def _other_relation(ours: Side, theirs: Side) -> bool:
    """Whether "before eight" became "after eight", "more than" "less than", or "in three days" "three days ago". What
    is not more than five is at most five."""
    mine = ours.relations
    if not mine:
        return False
    other = theirs.relations
    changed = [what for what, side in mine.items() if other.get(what, side) != side]
    return bool(changed) and (changed != ["more"] or (ours.denials - theirs.denials) % 2 == 0)


def _other_month(ours: Side, theirs: Side) -> bool:
    """A month may be another word in its language ("may", "mart"): it is certain where both name one, or in a date."""
    mine, other = ours.months_in_order, theirs.months_in_order
    if mine and other and mine != other:
        return True
    if ours.lexicon is None or theirs.lexicon is None or ours.months == theirs.months:
        return False
    known = bool(ours.lexicon.months and theirs.lexicon.months)
    if not known:
        return False
    lost, new = ours.months - theirs.months, theirs.months - ours.months
    if ours.dated or theirs.dated or (lost and new):
        return True
    return bool((lost - ours.lexicon.unsure_months) | (new - theirs.lexicon.unsure_months))


def _date_and_time(ours: Side, theirs: Side) -> bool:
    """Whether a date became a time, or a time a date: 23/10 and 23:10."""
    if "/" not in ours.text and "/" not in theirs.text:
        return False
    date, other_date = _DATE.search(ours.text), _DATE.search(theirs.text)
    if bool(date) == bool(other_date):
        return False
    time, other_time = _TIME.search(ours.text), _TIME.search(theirs.text)
    return bool((date and other_time and not time) or (other_date and time and not other_time))


def _other_letter(ours: Side, theirs: Side) -> bool:
    """Whether 12A became 12B, or 12. In Russian a В is a B or a V."""
    mine, other = (set(_LETTER.findall(side.text)) for side in (ours, theirs))
    return bool(_lost(mine, theirs.text) or _lost(other, ours.text))


def _lost(letters: set[str], text: str) -> set[str]:
    there = set(_LETTER_BESIDE.findall(text))
    return (
        {letter.translate(_IN_LATIN) for letter in letters}
        - {letter.translate(_IN_LATIN) for letter in there}
        - ({"B", "V"} if {"В", "в"} & (there | letters) else set())
    )


def _other_money(ours: Side, theirs: Side) -> bool:
    """Whether another currency is named, or one that stands with a number was lost or is new."""
    mine, other = ours.currencies, theirs.currencies
    if mine == other:
        return False
    return bool(mine and other) or (ours if mine else theirs).counts


def _other_number(ours: Side, theirs: Side) -> bool:
    """Whether a number that one says in a word is not in the other, or they stand there in another order."""
    mine, other = ours.numbers, theirs.numbers
    if mine is other:  # none
        return False
    written = set(map(_small, (*ours.figures, *theirs.figures)))
    for side in (ours, theirs):  # acht uur 's avonds is 20:00
        if (theirs if side is ours else ours).is_late:
            written |= {hour - _NOON for form in side.figures if (hour := _late_hour(form, side))}
    if any(map(_unlike(other.maybe, written), mine.sure)) or any(map(_unlike(mine.maybe, written), other.sure)):
        return True
    return mine.sure != other.sure and sorted(mine.sure) == sorted(other.sure)


def _late_hour(form: str, side: Side) -> float | None:
    """The number of a figure that is an hour of the clock after noon."""
    hour = _small(form)
    return hour if hour and _NOON < hour < 2 * _NOON and side.says_hour(str(int(hour))) else None


def _small(form: str) -> float | None:
    """The number of a figure that may stand as a word as well; half past two is 2.5, also in the afternoon."""
    if not form.startswith("n:") or len(form) > _LONGEST:
        return None
    whole, _, rest = form[2:].partition(".")
    if not whole.isdigit() or rest not in {"", "30", "5"}:
        return None
    return _hour(int(whole) + 0.5) if rest else int(whole)


def _hour(number: float) -> float:
    """Half past twelve is 0.5, and so is half past noon."""
    return number % 12 if number % 1 else number


def _unlike(said: Collection[float], written: Collection[float | None]) -> Callable[[float], bool]:
    there = {_hour(number) for number in said}
    return lambda number: _hour(number) not in there and _hour(number) not in written


def _other_unit(ours: Side, theirs: Side) -> bool:
    """Whether days became weeks."""
    if not ours.counts and not theirs.counts:
        return False
    (mine, all_mine), (other, all_other) = ours.units, theirs.units
    if mine and other and not mine & other:
        return True
    lost, new = mine - all_other, other - all_mine
    return bool(lost and new) or bool((lost | new) & _ALWAYS_SAID)


def _said_in_words(ours: Side, theirs: Side) -> bool:
    """Whether what is a figure on one side stands as a word on the other: 3 and three."""
    before, after = Counter(ours.figures), Counter(theirs.figures)
    if not ours.numbers.maybe and not theirs.numbers.maybe and before[_ONE] == after[_ONE]:
        return False
    lost, new = before - after, after - before
    if not lost and not new:
        return False  # the same figures in another order

    def stands(forms: Counter[str], side: Side) -> bool:
        said = {_hour(number) for number in side.numbers.maybe}
        late = {
            form
            for form in forms
            if side.is_late and (_late_hour(form, (theirs if side is ours else ours)) or 0) - _NOON in said
        }
        # 1 room, one room; and "1 week" is "неделя", without a word for one.
        one = {_ONE} if _ONE in forms and (side.says_one or ours.units[1] & theirs.units[1]) else set()
        return all(_small(form) in said for form in forms if form not in late and form not in one)

    return stands(lost, theirs) and stands(new, ours)


def _other_day(ours: Side, theirs: Side) -> bool:
    """Whether another day of the week is named, one was lost, or one is new."""
    known = ours.lexicon is not None and theirs.lexicon is not None and ours.lexicon.days and theirs.lexicon.days
    return bool(known) and ours.days != theirs.days


IN_FIGURES = {
    "figures": _other_figures,
    "date for time": _date_and_time,
    "letter of a house": _other_letter,
    "plate": another_code,
}
"""What is looked for in every language. Each is measured alone by `scripts/measure_translation_checks.py`."""
IN_WORDS = {
    "money": _other_money,
    "number word": _other_number,
    "unit lost": _other_unit,
    **QUANTITIES,
    "more, before, ago": _other_relation,
    "month": _other_month,
    **TIMES,
    "weekday": _other_day,
}
"""What is looked for where the words of both languages are known."""

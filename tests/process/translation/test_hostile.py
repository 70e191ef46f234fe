"""A model that changes one thing in every message, and beside it the real tiny ones, which change much of what they
have never seen: all of it is marked. And people's own translations are not."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.translation import Doubt, Pool, Translator, Unavailable
from bot.translation.engine.packages import RECORD

MESSAGES = 5000
LANGUAGES = ("nl", "en", "ro")

# (what it says, what denies it) in Dutch, English and Romanian; the values are filled in alike.
SAYINGS: list[tuple[tuple[str, str, str], tuple[str, str, str]]] = [
    (
        ("Ik heb {money} euro bij me.", "I have {money} euros with me.", "Am {money} de euro la mine."),
        ("Ik heb geen {money} euro bij me.", "I do not have {money} euros with me.", "Nu am {money} de euro la mine."),
    ),
    (
        ("Kom om {time} naar de {street}.", "Come to the {street} at {time}.", "Vino la {time} pe {street}."),
        (
            "Kom niet om {time} naar de {street}.",
            "Do not come to the {street} at {time}.",
            "Nu veni la {time} pe {street}.",
        ),
    ),
    (
        ("Je kunt bellen naar {phone}.", "You can call {phone}.", "Poți să suni la {phone}."),
        ("Je kunt nooit bellen naar {phone}.", "You can never call {phone}.", "Nu poți să suni niciodată la {phone}."),
    ),
    (
        ("De zitting is op {date}.", "The hearing is on {date}.", "Ședința este pe {date}."),
        ("De zitting is niet op {date}.", "The hearing is not on {date}.", "Ședința nu este pe {date}."),
    ),
    (
        (
            "Hij werkt {hours} uur per dag, {days} dagen per week.",
            "He works {hours} hours a day, {days} days a week.",
            "El lucrează {hours} ore pe zi, {days} zile pe săptămână.",
        ),
        (
            "Hij werkt geen {hours} uur per dag, {days} dagen per week.",
            "He doesn't work {hours} hours a day, {days} days a week.",
            "El nu lucrează {hours} ore pe zi, {days} zile pe săptămână.",
        ),
    ),
    (
        (
            "Wij zijn hier sinds {day} met {people} mensen.",
            "We have been here since {day} with {people} people.",
            "Suntem aici de {day} cu {people} oameni.",
        ),
        (
            "Wij zijn hier sinds {day} zonder {people} mensen.",
            "We have been here since {day} without {people} people.",
            "Suntem aici de {day} fără {people} oameni.",
        ),
    ),
    (
        ("Hij heeft {some} kinderen.", "He has {some} children.", "El are {some} copii."),
        ("Hij heeft geen {some} kinderen.", "He does not have {some} children.", "El nu are {some} copii."),
    ),
    (
        ("De reis kost {cash}.", "The trip costs {cash}.", "Drumul costă {cash}."),
        ("De reis kost geen {cash}.", "The trip does not cost {cash}.", "Drumul nu costă {cash}."),
    ),
    (
        ("De bus komt om {clock} aan.", "The bus arrives at {clock}.", "Autobuzul ajunge la {clock}."),
        ("De bus komt niet om {clock} aan.", "The bus does not arrive at {clock}.", "Autobuzul nu ajunge la {clock}."),
    ),
    (
        ("Ze slapen hier {span}.", "They sleep here for {span}.", "Ei dorm aici {span}."),
        ("Ze slapen hier nooit {span}.", "They never sleep here for {span}.", "Ei nu dorm aici niciodată {span}."),
    ),
]
WEEKDAYS = [
    ("maandag", "Monday", "luni"), ("dinsdag", "Tuesday", "marți"), ("donderdag", "Thursday", "joi"),
    ("vrijdag", "Friday", "vineri"), ("zondag", "Sunday", "duminică"),
]  # fmt: skip
MONTHS = [
    ("januari", "January", "ianuarie"), ("maart", "March", "martie"), ("mei", "May", "mai"),
    ("juni", "June", "iunie"), ("oktober", "October", "octombrie"),
]  # fmt: skip

NUMBERS = [
    ("twee", "two", "doi"), ("drie", "three", "trei"), ("vier", "four", "patru"), ("vijf", "five", "cinci"),
    ("zes", "six", "șase"), ("acht", "eight", "opt"), ("elf", "eleven", "unsprezece"),
    ("twaalf", "twelve", "doisprezece"),
    ("dertien", "thirteen", "treisprezece"), ("twintig", "twenty", "douăzeci"), ("dertig", "thirty", "treizeci"),
    ("vijfentwintig", "twenty-five", "douăzeci și cinci"), ("honderd", "a hundred", "o sută"),
    ("tweehonderd", "two hundred", "două sute"), ("vijfduizend", "five thousand", "cinci mii"),
]  # fmt: skip
MONEY = [
    ("euro", "euros", "euro"), ("dollar", "dollars", "dolari"), ("lei", "lei", "lei"), ("leva", "leva", "leva"),
    ("pond", "pounds", "lire sterline"), ("forint", "forints", "forinți"), ("złoty", "zloty", "zloți"),
    ("hryvnia", "hryvnias", "hrivne"), ("roebel", "rubles", "ruble"), ("lira", "lira", "lire"),
    ("yuan", "yuan", "yuani"), ("lek", "lek", "lek"), ("%", "percent", "la sută"),
]  # fmt: skip
UNITS = [
    ("dagen", "days", "zile"), ("weken", "weeks", "săptămâni"), ("maanden", "months", "luni"),
    ("minuten", "minutes", "minute"), ("uur", "hours", "ore"), ("jaar", "years", "ani"),
]  # fmt: skip
LEFT_OUT = UNITS[-2:]
"""At three, or fifteen: what was hours or years is often left out, and rightly."""


def values(rng: random.Random) -> dict[str, tuple[str, str, str]]:
    """For each placeholder what stands in each language."""

    def same(text: str) -> tuple[str, str, str]:
        return text, text, text

    amount = rng.choice([rng.randint(13, 999), rng.randint(1000, 9999)])
    money = (str(amount), str(amount), str(amount))
    if amount >= 1000 and rng.random() < 0.5:
        money = (f"{amount:,}".replace(",", "."), f"{amount:,}", f"{amount:,}".replace(",", " "))
    hour, minute = rng.randint(0, 23), rng.choice([5, 10, 15, 20, 30, 45])
    day, month = rng.randint(13, 28), rng.choice(MONTHS)
    numeric = f"{day}/{rng.randint(1, 12)}/{rng.randint(2025, 2027)}"
    spelled = tuple(f"{day} {name} 2026" for name in month)
    local = "".join(f" {rng.randint(0, 99):02d}" for _ in range(3))
    few = str(rng.randint(2, 9))
    clock = f"{hour}:{minute:02d}"
    unit, coin, price = rng.choice(UNITS), rng.choice(MONEY), str(rng.randint(20, 900))
    return {
        "money": money,
        "time": rng.choice(
            [same(f"{hour}:{minute:02d}"), (f"{hour}u{minute:02d}", f"{hour}:{minute:02d}", f"{hour}.{minute:02d}")]
        ),
        "street": same(f"Kerkstraat {rng.randint(13, 199)}"),
        "phone": same(rng.choice(["0470", "+32 485", "03 201"]) + local),
        "date": rng.choice([same(numeric), spelled]),  # type: ignore[list-item]
        "hours": same(str(rng.randint(13, 19))),
        "days": same(str(rng.choice([20, 21, 22]))),
        "day": rng.choice(WEEKDAYS),
        "people": same(str(rng.randint(13, 60))),
        "some": rng.choice(NUMBERS),
        "cash": (
            f"{price} {coin[0]}",
            f"{price} {coin[1]}",
            f"{price} {'' if coin[2] == 'la sută' else 'de '}{coin[2]}",
        ),
        "clock": (clock, f"{hour % 12 or 12}:{minute:02d} {'pm' if hour > 11 else 'am'}", clock),
        "span": (f"{few} {unit[0]}", f"{few} {unit[1]}", f"{few} {unit[2]}"),
    }


def filled(saying: tuple[str, str, str], given: dict[str, tuple[str, str, str]], place: int) -> str:
    return saying[place].format(**{name: value[place] for name, value in given.items()})


def other(rng: random.Random, value: str) -> str:
    """`value` with one digit changed."""
    places = [i for i, ch in enumerate(value) if ch.isdigit()]
    place = rng.choice(places[-2:])
    return value[:place] + rng.choice([d for d in "123456789" if d != value[place]]) + value[place + 1 :]


def other_number(rng: random.Random, kind: str, number: tuple[str, str, str], target: int) -> str:
    if kind == "drop":
        return ""
    wrong = rng.choice([each for each in NUMBERS if each != number])[target]
    return f"{number[target]} {('of', 'or', 'sau')[target]} {wrong}" if kind == "add" else wrong


OTHER_WORDS = {"cash": MONEY, "span": UNITS, "clock": [("am", "am", "am"), ("pm", "pm", "pm")]}


def other_word(rng: random.Random, named: str, shown: str, target: int) -> str:
    """`shown` with another currency, another unit, or at the other half of the day."""
    if named == "clock":
        return (
            shown.replace("am", "xm").replace("pm", "am").replace("xm", "pm")
            if "m" in shown
            else f"{shown} " + ("am" if int(shown.split(":", 1)[0]) > 11 else "pm")
        )
    words = [each[target] for each in OTHER_WORDS[named]]
    word = max((each for each in words if shown.endswith(each)), key=len)
    left_out = [""] if word not in {each[target] for each in LEFT_OUT} else []
    return shown.removesuffix(word) + rng.choice([*left_out, *(each for each in words if each != word)])


def hostile(rng: random.Random) -> tuple[str, str, str, str, Doubt]:
    """(source language, target language, message, what the model makes of it, what must be marked)."""
    source, target = rng.sample(range(3), 2)
    said, denied = rng.choice(SAYINGS)
    if rng.random() < 0.5:
        said, denied = denied, said
    given = values(rng)
    message = filled(said, given, source)
    used = [name for name in given if "{" + name + "}" in said[target]]
    kind = rng.choice(["negation", "change", "drop", "add", "swap"])
    if kind == "negation":
        return LANGUAGES[source], LANGUAGES[target], message, filled(denied, given, target), Doubt.NEGATION
    wrong = dict(given)
    named = rng.choice(used)
    shown = given[named][target]
    if named == "day":
        shown = "" if kind == "drop" else rng.choice([day[target] for day in WEEKDAYS if day != given["day"]])
    elif named == "some":
        shown = other_number(rng, kind, given[named], target)
    elif named in OTHER_WORDS and rng.random() < 0.5:
        shown = other_word(rng, named, shown, target)
    elif named == "date" and not shown.replace("/", "").isdigit() and rng.random() < 0.5:
        month = next(m for m in MONTHS if m[target] in shown)
        shown = shown.replace(month[target], rng.choice(["", *(m[target] for m in MONTHS if m != month)]))
    elif kind == "drop":
        shown = " ".join(part for part in shown.split() if not any(ch.isdigit() for ch in part)) or "some"
    elif kind == "add":
        shown = f"{shown} 77"
    elif kind == "swap" and {"hours", "days"} <= set(used):
        wrong["hours"], wrong["days"] = given["days"], given["hours"]
        return LANGUAGES[source], LANGUAGES[target], message, filled(said, wrong, target), Doubt.NUMBERS
    else:
        shown = other(rng, shown)
    wrong[named] = (shown, shown, shown)
    return LANGUAGES[source], LANGUAGES[target], message, filled(said, wrong, target), Doubt.NUMBERS


class Model:
    """In the place of the processes: says what it was told to say."""

    def __init__(self) -> None:
        self.says: Callable[[str], str] = str

    async def run(
        self, steps: object, sentences: list[str], alternatives: int, *, patient: bool, **_: object
    ) -> list[list[str]]:
        return [[self.says(sentence)] * alternatives for sentence in sentences]

    async def close(self) -> None:
        pass


@pytest.fixture
def model() -> Model:
    return Model()


@pytest.fixture
def translator(tmp_path: Path, model: Model) -> Translator:
    """A translator that believes it has direct packages between all three languages."""
    for a in LANGUAGES:
        for b in LANGUAGES:
            if a != b:
                folder = tmp_path / f"{a}_{b}"
                (folder / "model").mkdir(parents=True)
                (folder / "model" / "model.bin").write_bytes(b"-")
                (folder / "sentencepiece.model").write_bytes(b"-")
                (folder / "metadata.json").write_text(f'{{"from_code": "{a}", "to_code": "{b}"}}')
                assert not (folder / RECORD).exists()
    return Translator(tmp_path, model)  # type: ignore[arg-type]


async def test_every_changed_figure_and_denial_is_marked(translator: Translator, model: Model) -> None:
    rng = random.Random(5000)
    tried: Counter[Doubt] = Counter()
    for number in range(MESSAGES):
        source, target, message, made, doubt = hostile(rng)
        model.says = lambda _, made=made: made  # type: ignore[misc]
        found = await translator.translate(message, source, target, conversation=number)
        assert doubt in found.doubts, (source, target, message, made)
        tried[doubt] += 1
    assert tried[Doubt.NUMBERS] > 3000
    assert tried[Doubt.NEGATION] > 700


DENIES = {
    "nl": re.compile(r"\b(?:niet|geen|nooit|niemand|niets|niks|nergens|nee|zonder)\b", re.I),
    "en": re.compile(r"\b(?:not?|never|cannot|nobody|nothing|nowhere|without)\b|n't\b", re.I),
    "ro": re.compile(r"\b(?:nu|niciodată|nimeni|nimic|nicio|niciun|fără)\b|\bn-", re.I),
}


VARIES = {"street", "clock", "span", "cash"}
"""What of it is no number may be said in another way: of those only the figures are compared."""


def changed(
    made: str, given: dict[str, tuple[str, str, str]], used: list[str], target: int, denied: bool
) -> set[Doubt]:
    """What is certainly not the same in `made`, by other means than those of the checks."""
    made = made.replace(given["clock"][0], given["clock"][target])  # 14:30 is 2:30 pm
    if "span" in used:
        made = re.sub(r"(?<!\d)0(?=\d)", "", made)  # 04 is 4
    digits = "".join(filter(str.isdigit, made))
    wanted = ["".join(filter(str.isdigit, given[name][target])) for name in used]
    words = [part for name in used for part in given[name][target].split() if part.isalpha() and name not in VARIES]
    found = set()
    if any(part not in digits for part in wanted) or sorted("".join(wanted)) != sorted(digits):
        found.add(Doubt.NUMBERS)
    if any(word.lower() not in made.lower() for word in words):
        found.add(Doubt.NUMBERS)
    if bool(DENIES[LANGUAGES[target]].search(made)) != denied:
        found.add(Doubt.NEGATION)
    return found


async def test_what_the_real_models_change_is_marked(packages: Path) -> None:
    rng = random.Random(7)
    seen: Counter[Doubt] = Counter()
    kept = 0
    translator = Translator(packages, Pool(1, 120, 1))
    try:
        for number in range(MESSAGES):
            source, target = rng.sample(range(3), 2)
            denied = rng.random() < 0.5
            saying, given = rng.choice(SAYINGS)[denied], values(rng)
            message = filled(saying, given, source)
            made = await translator.translate(message, LANGUAGES[source], LANGUAGES[target], conversation=number)
            used = [name for name in given if "{" + name + "}" in saying[target]]
            wrong = changed(made.text, given, used, target, denied)
            assert wrong <= set(made.doubts), (LANGUAGES[source], LANGUAGES[target], message, made.text, made.doubts)
            seen.update(wrong)
            kept += not made.doubts
    finally:
        await translator.close()
    assert seen[Doubt.NUMBERS] > 500
    assert seen[Doubt.NEGATION] > 500
    assert kept > 100, "what came out right is among them"


async def test_what_came_out_right_is_not_marked(translator: Translator, model: Model) -> None:
    rng = random.Random(1)
    for number in range(2000):
        source, target = rng.sample(range(3), 2)
        saying = rng.choice(SAYINGS)[rng.random() < 0.5]
        given = values(rng)
        message, right = filled(saying, given, source), filled(saying, given, target)
        model.says = lambda _, right=right: right  # type: ignore[misc]
        found = await translator.translate(message, LANGUAGES[source], LANGUAGES[target], conversation=number)
        assert not found.doubts, (message, right, found.doubts)


async def test_a_better_alternative_is_taken(translator: Translator, model: Model) -> None:
    async def run(
        steps: object, sentences: list[str], alternatives: int, *, patient: bool, **_: object
    ) -> list[list[str]]:
        return [["I have 15 euros.", "I have 50 euros.", "I have 5 euros."] for _ in sentences]

    model.run = run  # type: ignore[method-assign]
    found = await translator.translate("Ik heb 50 euro.", "nl", "en", conversation=1)
    assert (found.text, found.doubts) == ("I have 50 euros.", ())


async def test_no_way_is_not_english(translator: Translator) -> None:
    for source in ("uk", None):
        with pytest.raises(Unavailable):
            await translator.translate("Мені страшно", source, "nl", conversation=1)

"""The files of a language that is not there yet: every place where something has to be written, and nothing else.

The words to be written stand in comments, in English. So nothing is trained on and nothing is shown that nobody wrote,
and what is still a comment is what `inloop data check` and `python -m bot.content` name as missing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import yaml

from bot.training.corpus import comparing, schema, vocabulary
from bot.training.corpus.vocabulary import Vocabulary, VocabularyError

CODE: Final = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8})*")
RESERVED: Final = {"mul", "und"}
"""Codes that stand for several languages and for an unknown one."""
RIGHT_TO_LEFT: Final = {"Arab", "Hebr", "Syrc", "Thaa", "Nkoo", "Adlm"}
AUTONYMS: Final[Mapping[str, tuple[str, str]]] = {
    "am": ("አማርኛ", "Ethi"), "cs": ("Čeština", "Latn"), "el": ("Ελληνικά", "Grek"), "fa": ("فارسی", "Arab"),
    "hr": ("Hrvatski", "Latn"), "hy": ("Հայերեն", "Armn"), "id": ("Bahasa Indonesia", "Latn"),
    "it": ("Italiano", "Latn"),
    "ka": ("ქართული", "Geor"), "ku": ("Kurdî", "Latn"), "lt": ("Lietuvių", "Latn"), "ne": ("नेपाली", "Deva"),
    "pa": ("ਪੰਜਾਬੀ", "Guru"), "ps": ("پښتو", "Arab"), "sk": ("Slovenčina", "Latn"), "so": ("Soomaali", "Latn"),
    "sr": ("Srpski", "Latn"), "sw": ("Kiswahili", "Latn"), "ta": ("தமிழ்", "Taml"), "th": ("ไทย", "Thai"),
    "ti": ("ትግርኛ", "Ethi"), "ur": ("اردو", "Arab"),
}  # fmt: skip
"""Name and usual writing of languages that may come next; of another, the code is its name until it has one."""
WORDS: Final = ("answers", "questions", "acknowledgements", "safety", "safety_mode", "system", "labels")
"""The files of `content/<code>/` that are written from the English ones; `meta.yml` is one more."""


class ScaffoldError(ValueError):
    """The files cannot be made; the message says why. Nothing was written."""


@dataclass(frozen=True, slots=True)
class Made:
    """The files, as paths from the root of the project, and the line for `content/languages.yml`."""

    files: tuple[str, ...]
    line: str


def scaffold(root: Path, code: str, name: str | None = None, script: str = "", *, rtl: bool = False) -> Made:
    """Make the files of the language `code` in the project in `root`. Raises `ScaffoldError`, then nothing is made.

    `name` is the language's own name, `script` an ISO 15924 code: those of `AUTONYMS`, or the code and Latin letters.
    Some scripts are always `rtl`.
    """
    autonym, writing = AUTONYMS.get(code, (code, "Latn"))
    name, script = autonym if name is None else name, script or writing
    try:
        known = vocabulary.read(root)
    except VocabularyError as error:
        raise ScaffoldError(str(error)) from None
    name = " ".join(name.split())
    _refuse(root, code, name, script, known)
    made = {f"data/nlu/{code}/{topic}.yml": _topic(topic, about) for topic, about in known.topics.items()}
    made[f"data/danger/{code}.yml"] = _danger(code, known)
    try:
        for part in WORDS:
            english = (root / "content" / "en" / f"{part}.yml").read_text(encoding="utf-8")
            made[f"content/{code}/{part}.yml"] = _words(name, english)
        meta = (root / "content" / "en" / "meta.yml").read_text(encoding="utf-8")
    except OSError as error:
        raise ScaffoldError(f"{error.filename}: {error.strerror}") from None
    made[f"content/{code}/meta.yml"] = _meta(meta)
    tests = f"tests/nlu/{code}.jsonl"
    if not (root / tests).exists():  # a language that the encoder reads may have been measured before
        made[tests] = ""
    for path, text in made.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    entry = {"code": code, "name": name, "script": script, "rtl": rtl or script in RIGHT_TO_LEFT}
    return Made(tuple(made), f"  - {_flow(entry | {'understanding': 'native'})}")


def _refuse(root: Path, code: str, name: str, script: str, known: Vocabulary) -> None:
    if not CODE.fullmatch(code) or code in RESERVED:
        raise ScaffoldError(f"{code!r} is no language code: two or three small letters, as browsers write it")
    if not name or not name.isprintable():
        raise ScaffoldError("a language needs its own name, as its readers write it")
    if not comparing.known_script(script):
        raise ScaffoldError(f"{script!r} is no script: an ISO 15924 code such as Latn, Cyrl, Arab, Deva")
    if code in known.languages or code in known.aliases:
        raise ScaffoldError(f"{code} is in content/languages.yml already")
    for place in (f"data/nlu/{code}", f"data/danger/{code}.yml", f"content/{code}"):
        if (root / place).exists():
            raise ScaffoldError(f"{place} exists already")


def _topic(topic: str, about: str) -> str:
    return (
        f'version: "{schema.VERSION}"\n'
        "nlu:\n"
        f"- intent: {_flow(topic)}\n"
        f"  # TODO: at least {schema.TOPIC_LINES} sentences, one a line: four spaces, then `- `.\n"
        f"  # {about}\n"
        "  examples: |\n"
    )


def _danger(code: str, known: Vocabulary) -> str:
    return (
        f"version: 1\nlanguage: {_flow(code)}\n"
        f"# TODO: at least {schema.DANGER_LINES} lines, each signal and each style among them:\n"
        f'#   - {{text: "...", urgency: {known.urgencies[0]}, signals: [{known.signals[0]}], style: direct}}\n'
        f"# urgency: {', '.join(known.urgencies)}\n"
        f"# signals: {', '.join(known.signals)}\n"
        f"# style: {', '.join(schema.STYLES)}\n"
        "danger:\n"
        f"# TODO: at least {schema.SAFE_LINES} lines that sound alarming and are not, each kind among them:\n"
        f'#   - {{text: "...", kind: {schema.KINDS[0]}}}\n'
        f"# kind: {', '.join(schema.KINDS)}\n"
        "safe:\n"
    )


def _words(name: str, english: str) -> str:
    head = f"# TODO: say each text in {name}, then take away the `# ` before it. docs/content-guide.md says how.\n"
    return head + _comment(english)


def _meta(english: str) -> str:
    _, _, phrases = english.partition("never_say:\n")
    return (
        "# TODO: at least ten promises and hurtful words of this language. In English:\n"
        f"{_comment(phrases)}never_say:\n"
    )


def _comment(text: str) -> str:
    return "".join(f"# {line}".rstrip() + "\n" for line in text.splitlines())


def _flow(value: object) -> str:
    """A value on one line of YAML, quoted where YAML would read something else (`no`)."""
    text = yaml.safe_dump(value, default_flow_style=True, allow_unicode=True, sort_keys=False, width=10_000)
    return text.removesuffix("\n").removesuffix("\n...")

"""The page to print: all texts of a language as a person reads them, the originals beneath, room for a pencil."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jinja2

from bot.content.render import PLACEHOLDER, fill_facts
from bot.content.review.po_export import ENGLISH
from bot.content.review.status import Library, progress
from bot.content.review.translator_notes import Notes
from bot.content.terms import ORIGINAL

PARTS = (
    ("labels.visitor.", "The chat page"),
    ("system.", "What the program says in the chat"),
    ("safety.", "Danger"),
    ("labels.choices.", "Buttons under a message"),
    ("answers.", "Answers"),
    ("labels.desk.", "The caseworkers' desk"),
    ("", "Other texts"),
)


def page(library: Library, code: str, notes: Notes) -> str:
    """The page as HTML, whole in one file. KeyError when the language is not in the register."""
    register, done = library.shelves[code].register, progress(library, code)
    left = list(library.keys)
    parts: list[dict[str, Any]] = []
    for prefix, title in PARTS:
        keys = [key for key in left if key.startswith(prefix)]
        left = [key for key in left if key not in keys]
        if keys:
            texts = [_text(library, code, key, notes) for key in keys]
            parts.append({"id": f"part-{len(parts) + 1}", "title": title, "texts": texts})
    environment = jinja2.Environment(
        autoescape=True, trim_blocks=True, undefined=jinja2.StrictUndefined,
        loader=jinja2.FileSystemLoader(Path(__file__).parent),
    )  # fmt: skip
    return environment.get_template("print_page.html").render(
        code=code,
        name=register.name,
        direction="rtl" if register.rtl else "ltr",
        total=len(library.keys),
        counts=[(state, len(keys)) for state, keys in done.texts.items()],
        parts=parts,
    )


def _text(library: Library, code: str, key: str, notes: Notes) -> dict[str, Any]:
    others = (lang for lang in (ORIGINAL, ENGLISH) if lang != code and lang in library.shelves)
    beside = [(lang, notes.filled(lang, key)) for lang in others]
    return {
        "key": key,
        "where": notes.where(key),
        "length": notes.length(code, key),
        "state": notes.state(code, key),
        "pieces": list(_pieces(library, code, key)),
        "beside": [(lang, said) for lang, said in beside if said],
        "facts": notes.facts(code, key),
    }


def _pieces(library: Library, code: str, key: str) -> Iterator[tuple[str, bool]]:
    """The text in pieces, each with whether it comes from a fact."""
    text, register = library.shelves[code].texts.get(key), library.shelves[code].register
    if isinstance(text, str):
        end = 0
        for match in PLACEHOLDER.finditer(text):
            yield text[end : match.start()], False
            yield fill_facts(match[0], library.facts, code, register.rtl), True
            end = match.end()
        yield text[end:], False

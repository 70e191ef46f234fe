"""`inloop card`: a poster, or cards to cut out, with the address of the chat as a QR code."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

import jinja2
import segno

from bot.content import Catalogue

CARDS = 8
"""Cards on a page of A4, each as large as a bank card."""

LONGEST = 120
"""Characters of an address: the squares of a longer one are too small for the camera of an old phone."""


class NoCard(ValueError):
    """What is wrong with the address or a language, in words."""


def page(words: Catalogue, address: str, languages: Sequence[str], *, cards: bool) -> str:
    """Return a page of HTML to print, whole in one file. It does not name what the chat is for, because others than the
    reader may see it. Raises `NoCard`."""
    parts = urlsplit(address)
    if parts.scheme not in {"http", "https"} or not parts.hostname or len(address) > LONGEST:
        raise NoCard(f"The address begins with https:// and has at most {LONGEST} characters.")
    if parts.query or parts.fragment or parts.username:
        raise NoCard("The address is the chat's own, without ? or #: nobody is counted by the card that they read.")
    known = {language.code: language for language in words.languages}
    unknown = [code for code in languages if code not in known]
    if unknown or not languages:
        raise NoCard(f"Languages are {', '.join(known)}; not {', '.join(unknown) or 'none'}.")
    said = [
        {"code": code, "rtl": known[code].rtl, "free": words.label("visitor.free_short", code)}
        | {"danger": words.label("visitor.call_112", code)}
        | {name: words.label(f"card.{name}", code) for name in ("ask", "scan", "private")}
        for code in dict.fromkeys(languages)
    ]
    code = segno.make(address, error="m", micro=False)
    environment = jinja2.Environment(
        autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined,
        loader=jinja2.FileSystemLoader(Path(__file__).parent),
    )  # fmt: skip
    sheets = -(-len(said) // CARDS)
    shown = [said[number % len(said)] for number in range(CARDS * sheets)] if cards else said
    return environment.get_template("card.html").render(
        cards=cards,
        said=shown,
        sheets=[shown[at : at + CARDS] for at in range(0, len(shown), CARDS)] if cards else [shown],
        host=f"{parts.netloc}{parts.path.rstrip('/')}",
        code=code.svg_inline(border=4, dark="#000", light="#fff", omitsize=True),
    )

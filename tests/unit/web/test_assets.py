"""The visitor's files go out without what only their readers need."""

from __future__ import annotations

import re

import yaml

from bot.content import Catalogue
from bot.settings import CONTENT
from bot.web.assets import VISITOR, lean, lean_style
from bot.web.visitor.page import BEFORE, HERE, WITHOUT_SCRIPTS

TEMPLATES = HERE / "templates"


def test_indentation_and_comments_go_and_nothing_else() -> None:
    text = '// why\n"use strict";\n  /** what */\n  const a = "// no comment"; // goes\n\n    b(`x // y`, {/**/});\n'
    assert lean(text) == '"use strict";\nconst a = "// no comment";\n\nb(`x // y`, {});\n'
    style = "/* why */\n.a :is(b, i) > p { top: 0; margin: 1px auto; }\n\n@media print {\n  c { top: 0; } /* so */\n}\n"
    assert lean_style(style) == ".a :is(b, i) > p{top: 0;margin: 1px auto;}@media print{c{top: 0;}}"


def test_no_file_has_text_over_several_lines() -> None:
    """Such a text would lose its indentation, and a comment over several lines is not seen."""
    for path in VISITOR.iterdir():
        for line in path.read_text("utf-8").splitlines():
            assert line.count("`") % 2 == 0, line
            assert ("/*" in line) == ("*/" in line), line
            for sent in lean(line).splitlines():
                assert sent.count('"') % 2 == 0, line  # no comment is cut out of a text


def test_the_page_is_sent_the_words_it_has_and_no_others(words: Catalogue) -> None:
    """Named in its script or its template, or put together there ("status_" + who, or by the `why` of an event); all
    others are `WITHOUT_SCRIPTS`."""
    page = "".join((VISITOR / name).read_text("utf-8") for name in ("visitor.js", "listen.js", "embed.js"))
    page += "".join((TEMPLATES / name).read_text("utf-8") for name in ("visitor.html", "before.html", "about.html"))
    for name in words.labels("visitor", "en"):
        named = re.search(rf"""(?:words\.|["']){name}\b""", page) or re.match("status_|elsewhere$|.*_label$", name)
        assert bool(named) != (name in WITHOUT_SCRIPTS) or name == "you_label", name


def test_every_telephone_number_that_we_say_can_be_pressed_and_no_other_number() -> None:
    pressed = re.search(r"PHONE = /(.*)/;", (VISITOR / "visitor.js").read_text("utf-8"))
    assert pressed is not None
    facts = yaml.safe_load((CONTENT / "facts.yml").read_text("utf-8"))["facts"]
    numbers = [str(fact["value"]) for fact in facts.values() if fact.get("kind") == "phone"]
    assert len(numbers) > 10
    assert [number for number in numbers if not re.match(pressed[1], number)] == []
    for number in ("45", "2026", "5000", "10 000", "12 2026", "2 500 000"):
        assert not re.match(pressed[1], number)


def test_what_stands_before_a_talk_is_sent_before_it() -> None:
    page = (TEMPLATES / "visitor.html").read_text("utf-8")
    first = page[: page.index('<section id="chat"')] + (TEMPLATES / "before.html").read_text("utf-8")
    first += (TEMPLATES / "about.html").read_text("utf-8")
    first = re.sub(r"</summary>.*?</details>", "</summary></details>", first)  # folded away: it comes with the others
    named = set(re.findall(r"""data-words="(\w+)\"|said\("(\w+)"\)|"(about_program)", "(accessibility)\"""", first))
    wanted = {name for found in named for name in found if name}
    assert {"start", "sit_down", "accessibility"} <= wanted <= BEFORE
    assert not BEFORE & WITHOUT_SCRIPTS

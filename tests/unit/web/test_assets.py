"""The visitor's files go out without what only their readers need."""

from __future__ import annotations

from bot.web.assets import VISITOR, lean


def test_indentation_and_comments_go_and_nothing_else() -> None:
    text = '// why\n"use strict";\n  /** what */\n  const a = "// no comment"; // stays\n\n    b(`x  y`);\n'
    assert lean(text) == '"use strict";\nconst a = "// no comment"; // stays\n\nb(`x  y`);\n'


def test_no_file_has_text_over_several_lines() -> None:
    """Such a text would lose its indentation, and a comment over several lines is not seen."""
    for path in VISITOR.iterdir():
        for line in path.read_text("utf-8").splitlines():
            assert line.count("`") % 2 == 0, line
            assert ("/*" in line) == ("*/" in line), line

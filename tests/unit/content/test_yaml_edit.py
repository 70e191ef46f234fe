"""Single texts change within a YAML file, and nothing else does."""

from __future__ import annotations

import difflib
from pathlib import Path

import pytest
import yaml

from bot.content.review.yaml_edit import EditError, replace
from bot.content.review.yaml_insert import add
from bot.content.yaml_reader import flatten

CONTENT = Path(__file__).parents[3] / "content"
SOURCE = """\
# At the head.
answers:
  folded:            # beside the key
    text: >-
      One thought. Another one.
      A third one.

  # Before the next.
  lines: |-
    First.

    Second.
quoted: "Say: {phone}"    # and after it
plain: Just words
"yes": 'Ja'
"""


def changed_lines(before: str, after: str) -> list[str]:
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=0)
    return [line for line in lines if line[:1] in "+-" and not line.startswith(("+++", "---"))]


def test_the_new_text_is_written_as_the_old_one_was() -> None:
    new = replace(
        SOURCE,
        {
            "answers.folded.text": "One thought. Another one. A fourth one: # no comment.",
            "answers.lines": "First.\n\nThird.",
            "quoted": 'Say "{phone}" # twice',
            "plain": "no: yes",
            "yes": "Oui",
        },
    )
    assert changed_lines(SOURCE, new) == [
        "-      A third one.",
        "+      A fourth one: # no comment.",
        "-    Second.",
        '-quoted: "Say: {phone}"    # and after it',
        "-plain: Just words",
        "-\"yes\": 'Ja'",
        "+    Third.",
        '+quoted: "Say \\"{phone}\\" # twice"    # and after it',
        '+plain: "no: yes"',
        '+"yes": "Oui"',
    ]
    assert flatten(yaml.safe_load(new))["answers.folded.text"].endswith("A fourth one: # no comment.")


def test_folded_text_that_gets_a_line_break_keeps_it() -> None:
    new = replace(SOURCE, {"answers.folded.text": "One.\nTwo."})
    assert yaml.safe_load(new)["answers"]["folded"]["text"] == "One.\nTwo."


@pytest.mark.parametrize("path", sorted(CONTENT.glob("??/[alqs]*.yml")), ids=lambda p: f"{p.parent.name}/{p.name}")
def test_every_file_of_the_project_can_be_edited_and_comes_out_the_same_when_nothing_changes(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    texts = flatten(yaml.safe_load(source))
    assert replace(source, texts) == source
    key = list(texts)[len(texts) // 2]
    new = replace(source, {key: f"{texts[key]} Ă 语 ع."})
    assert flatten(yaml.safe_load(new)) == texts | {key: f"{texts[key]} Ă 语 ع."}
    assert new.count("#") == source.count("#")


@pytest.mark.parametrize("changes", [{"nothing": "x"}, {"answers": "x"}, {"answers.lines": "a\x00b"}])
def test_what_cannot_be_written_is_refused(changes: dict[str, str]) -> None:
    with pytest.raises(EditError):
        replace(SOURCE, changes)


ORDER = ("answers.folded.text", "answers.between.label", "answers.between.text", "answers.lines", "quoted", "new.deep",
         "plain", "no", "yes")  # fmt: skip


def test_a_text_that_is_not_there_comes_where_the_others_have_it() -> None:
    long = "One thought at a time. " * 8 + "The end."
    texts = {"answers.between.label": "Label", "answers.between.text": long, "new.deep": 'Say "{phone}".', "no": "Non",
             "later": "Of no order"}  # fmt: skip
    new = add(SOURCE, texts, ORDER)
    assert not [line for line in changed_lines(SOURCE, new) if line.startswith("-")]
    assert flatten(yaml.safe_load(new)) == flatten(yaml.safe_load(SOURCE)) | texts
    keys = [line.split(":")[0] for line in new.splitlines() if ":" in line and not line.lstrip().startswith("#")]
    assert keys.index("  between") == keys.index("  folded") + 2
    assert keys.index("new") == keys.index("quoted") + 1
    assert keys.index('"no"') == keys.index("plain") + 1
    assert new.index("# Before the next.") > new.index("between:"), "a comment stays with what it was written before"


def test_a_file_that_is_empty_or_not_there_is_filled() -> None:
    new = add("", {"b.c": "Two.\nThree.", "a": "One."}, ("a", "b.c"))
    assert yaml.safe_load(new) == {"a": "One.", "b": {"c": "Two.\nThree."}}
    assert list(yaml.safe_load(new)) == ["a", "b"]


@pytest.mark.parametrize("key", ["quoted", "quoted.inner", "answers.lines.x", "answers"])
def test_what_is_there_is_never_written_over_by_an_addition(key: str) -> None:
    with pytest.raises(EditError):
        add(SOURCE, {key: "x"}, ORDER)


@pytest.mark.parametrize("path", sorted(CONTENT.glob("nl/[alqs]*.yml")), ids=lambda p: p.name)
def test_texts_taken_out_of_a_real_file_come_back_to_where_they_were(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    texts = flatten(yaml.safe_load(source))
    kept = {key: text for number, (key, text) in enumerate(texts.items()) if number % 7}
    lacking = {key: text for key, text in texts.items() if key not in kept}
    new = add(add("", kept, tuple(texts)), lacking, tuple(texts))
    assert flatten(yaml.safe_load(new)) == texts
    first = [key.split(".")[0] for key in texts]
    assert list(yaml.safe_load(new)) == list(dict.fromkeys(first))

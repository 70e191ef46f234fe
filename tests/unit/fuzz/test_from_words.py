"""Whatever stands in the files of the words: what a reviewer sends back, and what somebody wrote by hand."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import strategies as st

from bot.content.facts import parse_facts
from bot.content.review import po_import, yaml_edit
from bot.content.review.review_records import read_records
from bot.content.review.status import Library, read_library
from bot.content.structure import read_register, read_structure
from bot.content.yaml_reader import flatten, read_mapping
from tests.unit.fuzz import inputs
from tests.unit.fuzz.conftest import Run
from tests.unit.fuzz.inputs import ANY, TEXT, put

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def library() -> Library:
    return read_library(ROOT / "content")


def test_po_files(fuzz: Run, library: Library, tmp_path: Path) -> None:
    path = tmp_path / "fr.po"
    keys = st.sampled_from(library.keys[:20])
    quoted = TEXT.map(lambda text: json.dumps(text, ensure_ascii=False))
    mark = st.sampled_from(
        ["#. seen:msgid=000000000000", "#. seen:text=zz", "#, fuzzy", '#~ msgid "x"', "# ", "#| x", "#: a:b"]
    )
    entry = st.builds(
        lambda marks, key, one, two: "\n".join([*marks, f'msgctxt "{key}"', f"msgid {one}", f"msgstr {two}", ""]),
        st.lists(mark, max_size=3),
        keys,
        quoted,
        quoted,
    )
    head = 'msgid ""\nmsgstr ""\n"Language: fr\\n"\n"Content-Type: text/plain; charset=UTF-8\\n"\n\n'
    whole = st.lists(st.one_of(entry, entry, TEXT), max_size=3).map(lambda entries: head + "\n".join(entries))

    def read(text: str) -> None:
        put(path, text)
        try:
            file = po_import.parsed(path, "fr")
        except po_import.Refused as refused:
            assert refused.faults
            return
        came = po_import.entries(file, library, "fr")
        assert set(came.found) <= set(library.keys)
        assert came.faults or came.found or came.left

    fuzz("PO files", st.one_of(whole, whole, whole.flatmap(inputs.cut), TEXT), read, 3000)


YAMLS = st.one_of(
    TEXT,
    ANY.map(lambda value: yaml.safe_dump(value, allow_unicode=True) if "\ud800" not in repr(value) else "x"),
    st.sampled_from(
        [
            "a: 2026-13-45",
            "[1]: x",
            "{a: b}: x",
            "a: &x [*x]",
            "a: !!python/object:os.system x",
            "no: x",
            "a: 0o99",
            "? [a]\n: b",
            "a: 1\na: 2",
            "<<: [1]",
            "a: !!binary x",
            "a: !!timestamp x",
            "{" * 3000,
            "- " * 3000,
            "\t",
            "a: !!int x",
            "a: !!float x",
            "<<: {a: 1}",
            "2026-01-01: x",
        ]
    ),
    st.sampled_from(["a: b", "a:\n  b: c\n", "facts:\n  x:\n    kind: phone\n"]).flatmap(inputs.cut),
)


def test_yaml_of_the_words(fuzz: Run, tmp_path: Path) -> None:
    path = tmp_path / "x.yml"

    def read(text: str) -> None:
        put(path, text)
        faults: list[str] = []
        found = read_mapping(path, faults)
        assert all(isinstance(key, str) for key in found)
        flatten(found)
        with contextlib.suppress(yaml_edit.EditError):
            yaml_edit.replace(text, {"a": "new"})

    fuzz("YAML of the words, and edits of it", YAMLS, read, 4000)


FACT = inputs.full(
    {
        "value": st.one_of(TEXT, st.dictionaries(st.sampled_from(["default", "nl"]), TEXT)),
        "kind": st.sampled_from(["phone", "rule"]),
        "source": TEXT,
        "source_date": TEXT,
        "checked": st.dates(),
        "confidence": st.sampled_from(["HIGH", "LOW"]),
        "review_days": st.integers(0, 10**12),
    }
)


def test_facts(fuzz: Run) -> None:
    def read(raw: dict[str, Any]) -> None:
        faults: list[str] = []
        facts = parse_facts(raw, faults)
        for fact in facts.values():
            assert fact.review_on > fact.checked
            assert fact.shown
            assert fact.citation

    whole = inputs.full(
        {"facts": st.dictionaries(TEXT, FACT, max_size=3), "never_show": st.dictionaries(TEXT, TEXT, max_size=2)}
    )
    fuzz("facts", whole, read, 4000)


def test_structure_register_and_records(fuzz: Run, tmp_path: Path) -> None:
    names = ("structure.yml", "topics.yml", "languages.yml")
    (tmp_path / "xx").mkdir()
    line = inputs.full(
        {
            "code": st.sampled_from(["nl", "EN", ""]),
            "name": TEXT,
            "script": st.just("Latn"),
            "rtl": st.booleans(),
            "understanding": st.just("native"),
            "aliases": st.lists(TEXT, max_size=2),
            "when_unknown": st.booleans(),
        }
    )
    rule = inputs.mapping(
        {
            "choices": st.lists(TEXT, max_size=4),
            "shows": st.lists(TEXT, max_size=2),
            "facts": st.lists(TEXT, max_size=2),
        }
    )
    some = st.dictionaries(st.sampled_from(["shelter", "x", ""]), rule, max_size=2)
    structure = inputs.mapping(
        {
            "topics": some,
            "texts": some,
            "labels": some,
            "cards": st.dictionaries(
                st.sampled_from(["urgent", "x"]),
                inputs.mapping({"text": TEXT, "signal_lines": st.integers(-1, 3)}),
                max_size=2,
            ),
        }
    )
    topics = inputs.mapping({"topics": some, "signals": some, "urgency": st.dictionaries(st.just("urgent"), ANY)})
    record = inputs.full(
        {
            "by": TEXT,
            "on": st.one_of(TEXT, st.just("2026-11-03")),
            "text": TEXT,
            "original": TEXT,
            "facts": st.dictionaries(TEXT, TEXT, max_size=2),
        }
    )
    whole = st.tuples(
        structure,
        topics,
        inputs.mapping({"languages": st.lists(line, max_size=2)}),
        st.dictionaries(TEXT, record, max_size=2),
    )

    def read(given: tuple[Any, Any, Any, Any]) -> None:
        for name, value in zip((*names, "xx/review.yml"), given, strict=True):
            put(tmp_path / name, json.dumps(value))
        faults: list[str] = []
        found = read_structure(tmp_path, {}, faults)
        assert all(isinstance(topic, str) for topic in found.topics)
        assert all(register.code == register.code.lower() for register in read_register(tmp_path, (), faults))
        assert all(one.text for one in read_records(tmp_path, "xx", faults).values())

    fuzz("structure, languages, records of review", whole, read, 1500)

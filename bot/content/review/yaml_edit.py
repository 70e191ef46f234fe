"""Changes single texts within a YAML file and leaves every other byte as it is: comments, order, line breaks."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence

import yaml

WIDTH = 150
"""Characters of a line of folded text: writers put a few sentences on each."""

_SENTENCE_END = re.compile(r"(?<=[.!?…؟])\s")


class EditError(Exception):
    """A text cannot be put into its file so that it is read back the same."""


def replace(source: str, changes: Mapping[str, str]) -> str:
    """The file with new texts for dotted keys, each written as the old one was: folded, kept in lines, or quoted.

    Raises `EditError` when a key is not there or the file would not be read back as it was meant.
    """
    places = {key: (keyed, value) for key, keyed, value in _scalars(tree(source))}
    edits = []
    for key, text in changes.items():
        if key not in places:
            raise EditError(f"{key}: there is no such text in the file")
        keyed, value = places[key]
        start, end = value.start_mark.index, value.end_mark.index
        old = source[start:end]
        tail = old[len(old.rstrip("\n")) :] if value.style in ("|", ">") else ""
        lines = [line.strip() for line in old.splitlines()[1:] if line.strip()]
        edits.append((start, end, written(text, value.style, keyed.start_mark.column + 2, lines) + tail))
    result = source
    for start, end, new in sorted(edits, reverse=True):
        result = result[:start] + new + result[end:]
    before = {key: value.value for key, (_, value) in places.items()}
    after = {key: value.value for key, _, value in _scalars(tree(result))}
    if after != before | dict(changes):
        raise EditError("the file would not be read back as it was meant")
    return result


def written(text: str, style: str | None, indent: int, old: Sequence[str] = ()) -> str:
    """The text in the style it had; `old` are the lines of a text in folded style."""
    if style not in ("|", ">"):
        return json.dumps(text, ensure_ascii=False)
    kept = "\n" in text or style == "|"
    lines = text.split("\n") if kept else _folded(text, old)
    return ("|-" if kept else ">-") + "\n" + "\n".join(" " * indent + line if line else "" for line in lines)


def _folded(text: str, old: Sequence[str]) -> list[str]:
    """Lines of whole sentences: the old ones where they begin or end the new text too: a change is seen alone."""
    first: list[str] = []
    last: list[str] = []
    for line in old:
        if not f"{text} ".startswith(f"{line} "):
            break
        first.append(line)
        text = text[len(line) :].removeprefix(" ")
    for line in reversed(old[len(first) :]):
        if not f" {text}".endswith(f" {line}"):
            break
        last.insert(0, line)
        text = text[: -len(line)].removesuffix(" ")
    return [*first, *_packed(text), *last]


def _packed(text: str) -> Iterator[str]:
    line = ""
    for sentence in _SENTENCE_END.split(text) if text else ():
        if line and len(line) + len(sentence) >= WIDTH:
            yield line
            line = sentence
        else:
            line = f"{line} {sentence}" if line else sentence
    if line:
        yield line


def tree(source: str) -> yaml.Node | None:
    """The file as the parser sees it; None when it is empty. Raises `EditError` when it is no YAML."""
    # The Python parser counts characters; the C one counts bytes.
    try:
        return yaml.compose(source, Loader=yaml.SafeLoader)
    except (yaml.YAMLError, RecursionError) as error:
        raise EditError(f"the file is no YAML: {' '.join(str(error).split())}") from None


def _scalars(node: yaml.Node | None, prefix: str = "") -> Iterator[tuple[str, yaml.Node, yaml.ScalarNode]]:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            path = f"{prefix}{key.value}"
            if isinstance(value, yaml.ScalarNode):
                yield path, key, value
            else:
                yield from _scalars(value, f"{path}.")

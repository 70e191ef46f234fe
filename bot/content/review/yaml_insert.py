"""Puts texts into a YAML file that lacks them, each where its language would have it, and leaves every other byte."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import yaml

from bot.content.review.yaml_edit import EditError, tree, written
from bot.content.yaml_reader import flatten

FOLDED_FROM = 100
"""Characters from which a text is written in lines below its key."""


def add(source: str, texts: Mapping[str, str], order: Sequence[str]) -> str:
    """The file with these texts, by dotted key, each after what stands before it in `order` (all keys of the file).

    An empty file is filled. Raises `EditError` when a key is there already, or what it belongs to is no list of texts.
    """
    root = tree(source)
    if root is not None and not (isinstance(root, yaml.MappingNode) and not root.flow_style):
        raise EditError("the file is no list of keys and texts")
    rank = {key: number for number, key in enumerate(order)}
    new: dict[str, dict[str, Any]] = {}  # by the key of what is there already: what comes into it, nested
    homes: dict[str, yaml.MappingNode | None] = {"": root}
    for key in sorted(texts, key=lambda key: rank.get(key, len(rank))):
        home, path, rest = _home(root, key)
        homes[path] = home
        inner = new.setdefault(path, {})
        for part in rest[:-1]:
            inner = inner.setdefault(part, {})
        inner[rest[-1]] = texts[key]
    inserts: dict[int, list[str]] = {}  # by the line before which they come
    for path, inside in new.items():
        for name, value in inside.items():
            line, indent = _place(source, homes[path], path, name, rank)
            inserts.setdefault(line, []).extend(_lines({name: value}, indent))
    lines = source.splitlines()
    for line in sorted(inserts, reverse=True):
        lines[line:line] = inserts[line]
    result = "\n".join(lines) + "\n"
    if _flat(result) != _flat(source) | dict(texts):
        raise EditError("the file would not be read back as it was meant")
    return result


def _home(root: yaml.MappingNode | None, key: str) -> tuple[yaml.MappingNode | None, str, list[str]]:
    """The innermost list that is there and would hold the key, its own key, and what is left of the key."""
    home, path, rest = root, "", key.split(".")
    while home is not None and (value := _child(home, rest[0])) is not None:
        if len(rest) == 1 or not isinstance(value, yaml.MappingNode) or value.flow_style:
            raise EditError(f"{key}: something else stands in its place")
        home, path, rest = value, f"{path}{rest[0]}.", rest[1:]
    return home, path, rest


def _child(home: yaml.MappingNode, name: str) -> yaml.Node | None:
    return next((value for key, value in home.value if key.value == name), None)


def _place(
    source: str, home: yaml.MappingNode | None, path: str, name: str, rank: Mapping[str, int]
) -> tuple[int, int]:
    """The number of the line before which it comes, and how far it stands to the right."""
    if home is None:
        return len(source.splitlines()), 0

    def first(child: str) -> int:
        start = f"{path}{child}"
        found = [number for key, number in rank.items() if key == start or key.startswith(f"{start}.")]
        return min(found, default=len(rank))

    top = home.value[0][0].start_mark
    before = [value for key, value in home.value if first(key.value) < first(name)]
    return (_end(source, before[-1]) if before else top.line), top.column


def _end(source: str, node: yaml.Node) -> int:
    """The number of the line after the last one of a value; blank lines and comments below it are not its own."""
    while isinstance(node, yaml.MappingNode) and not node.flow_style:
        node = node.value[-1][1]
    text = source[: node.end_mark.index].rstrip("\n")
    return text.count("\n") + 1


def _lines(texts: Mapping[str, Any], indent: int) -> Iterator[str]:
    for name, value in texts.items():
        plain = yaml.safe_load(name) == name
        head = f"{' ' * indent}{name if plain else json.dumps(name)}:"
        if isinstance(value, str):
            style = ">" if "\n" in value or len(value) > FOLDED_FROM else None
            yield from f"{head} {written(value, style, indent + 2)}".split("\n")
        else:
            yield head
            yield from _lines(value, indent + 2)


def _flat(source: str) -> dict[str, Any]:
    return flatten(yaml.safe_load(source) or {})

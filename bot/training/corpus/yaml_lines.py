"""YAML with the line of every value, and no key twice."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Unreadable(ValueError):
    """A file is missing, is not UTF-8, or is not YAML; the message says which."""


class Mapping(dict[Any, Any]):
    """A mapping of a file; `lines` has the line (from 1) on which the value of each key begins."""

    lines: dict[Any, int]


class _Loader(_Base):  # type: ignore[misc]
    """A safe loader: the fast one, where PyYAML was built with it."""


def _mapping(loader: Any, node: Any) -> Mapping:
    found, lines = Mapping(), {}
    for key_node, value_node in node.value:
        key = loader.construct_object(key_node, deep=True)
        if not isinstance(key, str):
            raise yaml.constructor.ConstructorError(None, None, f"the key {key!r} is not text", key_node.start_mark)
        if key in found:
            raise yaml.constructor.ConstructorError(None, None, f"the key {key!r} stands twice", key_node.start_mark)
        found[key] = loader.construct_object(value_node, deep=True)
        lines[key] = value_node.start_mark.line + 1
    found.lines = lines
    return found


_Loader.add_constructor("tag:yaml.org,2002:map", _mapping)


def read(path: Path) -> Any:
    """What the file holds, its mappings as `Mapping`. Raises `Unreadable`."""
    try:
        return yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506 - a safe loader
    except FileNotFoundError:
        raise Unreadable("the file is missing") from None
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise Unreadable(f"cannot be read: {' '.join(str(error).split())}") from None

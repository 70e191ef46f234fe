"""Reads the YAML of the content folder: plain text keys, no key twice, faults collected and not raised."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml


class ContentError(Exception):
    """The content folder cannot be used. `faults` holds every reason, one line each."""

    def __init__(self, faults: list[str]) -> None:
        self.faults = tuple(faults)
        super().__init__(f"{len(faults)} fault(s) in the content:\n" + "\n".join(f"  {f}" for f in faults))


# The C parser reads seventeen languages in a fraction of the time of the Python one; both are safe loaders.
_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _OnceLoader(_Base):  # type: ignore[misc]
    """A safe loader that refuses a key that stands twice, where YAML lets the last one win in silence."""

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        seen: set[Any] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if key in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key {key!r} stands twice", key_node.start_mark
                )
            seen.add(key)
        return super().construct_mapping(node, deep)  # type: ignore[no-any-return]


def read_mapping(path: Path, faults: list[str]) -> dict[str, Any]:
    """The mapping in a YAML file; {} and a fault when it is missing, broken, or not a mapping."""
    try:
        raw = yaml.load(path.read_text(encoding="utf-8"), Loader=_OnceLoader)  # noqa: S506 - a safe loader
    except FileNotFoundError:
        faults.append(f"{_short(path)}: the file is missing")
        return {}
    except Exception as error:  # noqa: BLE001 - a day that is none is a ValueError, a list as a key a TypeError, and more
        faults.append(f"{_short(path)}: cannot be read: {' '.join(str(error).split())}")
        return {}
    if not isinstance(raw, dict):
        faults.append(f"{_short(path)}: must be a mapping")
        return {}
    return _text_keys(raw, _short(path), faults)


def flatten(tree: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """{"handoff": {"offer": "..."}} -> {"handoff.offer": "..."}."""
    flat: dict[str, Any] = {}
    for key, value in tree.items():
        if isinstance(value, Mapping):
            flat.update(flatten(value, f"{prefix}{key}."))
        else:
            flat[prefix + key] = value
    return flat


def text_list(owner: str, raw: object, faults: list[str]) -> tuple[str, ...]:
    """A list of texts as a tuple; nothing at all is an empty one."""
    if raw is None:
        return ()
    if not isinstance(raw, list) or not all(isinstance(item, str) for item in raw):
        faults.append(f"{owner}: must be a list of texts")
        return ()
    return tuple(raw)


def _text_keys(raw: dict[Any, Any], owner: str, faults: list[str]) -> dict[str, Any]:
    """YAML reads the keys `no`, `yes`, `on` as true or false: an easy way to lose a text."""
    kept: dict[str, Any] = {}
    for key, value in raw.items():
        if not isinstance(key, str):
            faults.append(f"{owner}: the key {key!r} is not text; put it in quotes or choose another word")
            continue
        kept[key] = _text_keys(value, f"{owner}: {key}", faults) if isinstance(value, dict) else value
    return kept


def _short(path: Path) -> str:
    return "/".join(path.parts[-2:])

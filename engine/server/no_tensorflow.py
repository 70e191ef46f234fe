"""Keep TensorFlow out of the engine's processes.

Rasa imports TensorFlow wherever it defines a component that could use it; no component of ours does.
Importing it for nothing costs more than half of the start and 350 MB for each process. ``install`` puts empty
classes in its place: they can be named, subclassed and used as decorators, which is all that happens at
import. A pipeline that did need TensorFlow would fail as soon as it is trained or loaded.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import sys
from abc import ABCMeta
from collections.abc import Sequence
from types import ModuleType
from typing import Any, ClassVar

NAMES = frozenset({"tensorflow", "tensorflow_addons", "tensorflow_hub", "tensorflow_text", "keras", "jax"})


class _Meta(ABCMeta):
    """Attributes of a placeholder are placeholders, except the special ones that Python looks for."""

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__") or name.startswith("_abc_"):
            raise AttributeError(name)
        return _placeholder(name)


class _Placeholder(metaclass=_Meta):
    """Stands for any class, function or decorator."""

    def __init__(self, *_: Any, **__: Any) -> None: ...

    def __call__(self, *arguments: Any, **_: Any) -> Any:
        """Used as a decorator, give the decorated thing back."""
        return arguments[0] if len(arguments) == 1 else _Placeholder()


def _placeholder(name: str) -> type[_Placeholder]:
    return _Meta(name, (_Placeholder,), {})


class _Module(ModuleType):
    """A module, and its own package, with everything in it."""

    __path__: ClassVar[list[str]] = []

    def __getattr__(self, name: str) -> Any:
        if name == "__version__":
            return "2.12.0"
        if name.startswith("__"):
            raise AttributeError(name)
        value = _placeholder(name)
        setattr(self, name, value)
        return value


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Answers every import of the names and of what is below them."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Claim the names."""
        if fullname.partition(".")[0] not in NAMES:
            return None
        return importlib.machinery.ModuleSpec(fullname, self, is_package=True)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        """Make the empty module."""
        return _Module(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """There is nothing to run."""


def install() -> None:
    """Do it, unless TensorFlow is there already."""
    if not NAMES & set(sys.modules):
        sys.meta_path.insert(0, _Finder())

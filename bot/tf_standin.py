"""Stands in for TensorFlow, which the bot's environment leaves out: must be imported before rasa.

Rasa imports TensorFlow wherever a component could use it; the components we use never do. Names of
its modules resolve to empty classes, so that rasa's own files import; using one of them (DIET, TED,
ResponseSelector) fails with a plain sentence. Where TensorFlow is installed nothing is replaced.
"""

from __future__ import annotations

import importlib.util
import sys
from abc import ABCMeta
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from types import FunctionType, ModuleType
from typing import Any

ROOTS = ("tensorflow", "tensorflow_text", "tensorflow_hub", "tensorflow_addons", "keras", "tf_keras")


class MissingTensorFlow(ImportError):
    """A component that needs TensorFlow was used."""


class _Meta(ABCMeta):
    """Attributes of a stand-in are stand-ins; it passes as base class, annotation and decorator."""

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return stand_in(f"{cls.__module__}.{cls.__qualname__}.{name}")

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        if "_stands_for" not in cls.__dict__:
            raise MissingTensorFlow(f"{cls.__qualname__} needs TensorFlow, which is not installed here")
        if len(args) == 1 and not kwargs and isinstance(args[0], FunctionType):
            return args[0]  # used as a decorator
        return cls  # used as a decorator with arguments, or as a constant


_made: dict[str, type] = {}


def stand_in(name: str) -> type:
    if name not in _made:
        _made[name] = _Meta(name.rpartition(".")[2], (), {"_stands_for": name, "__module__": name})
    return _made[name]


class _Module(ModuleType):
    def __getattr__(self, name: str) -> Any:
        if name == "__version__":
            return "0"
        if name.startswith("_"):
            raise AttributeError(name)
        return stand_in(f"{self.__name__}.{name}")


class _Finder:
    """Both finder and loader for the names in ROOTS and everything below them."""

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: Any = None
    ) -> ModuleSpec | None:
        if name.partition(".")[0] not in self.roots:
            return None
        return ModuleSpec(name, self, is_package=True)  # type: ignore[arg-type]  # a finder needs no more than find_spec

    def __init__(self, roots: frozenset[str]) -> None:
        self.roots = roots

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return _Module(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        module.__path__ = []


def install() -> bool:
    """Whether the stand-in is (now) in use; False where the real thing is there."""
    if any(isinstance(finder, _Finder) for finder in sys.meta_path):
        return True
    if importlib.util.find_spec("tensorflow") is not None:
        return False
    missing = frozenset(root for root in ROOTS if importlib.util.find_spec(root) is None)
    sys.meta_path.append(_Finder(missing))  # type: ignore[arg-type]  # a finder needs no more than find_spec
    return True


install()

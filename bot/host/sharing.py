"""Parts of models that are alike are kept once: tenants that changed their answers share what hears, and so on.

A component is made of its class, its settings and its trained files, and only reads them when it serves. Where
all of these are the same, one component serves every model; it goes with the last of them.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar
from weakref import WeakValueDictionary

from rasa.engine.graph import GraphNode, GraphSchema
from rasa.engine.storage.storage import ModelMetadata

Part = TypeVar("Part")
_parts: WeakValueDictionary[str, Any] = WeakValueDictionary()


def once(contents: str, make: Callable[[], Part]) -> Part:
    part: Part | None = _parts.get(contents)
    if part is None:
        part = make()
        _parts[contents] = part
    return part


class SharedNode(GraphNode):
    def _load_component(self, **kwargs: Any) -> None:
        self._component = once(self._contents(), self._loaded)

    def _loaded(self) -> Any:
        super()._load_component()
        return self._component

    def _contents(self) -> str:
        settings = json.dumps(self._component_config, sort_keys=True, default=str)
        kind = f"{self._component_class.__module__}.{self._component_class.__qualname__}"
        digest = hashlib.sha256(f"{kind}\0{self._constructor_name}\0{settings}".encode())
        if self._existing_resource is not None:
            with self._model_storage.read_from(self._existing_resource) as folder:
                _add_files(digest, folder)
        return digest.hexdigest()


def _add_files(digest: Any, folder: Path) -> None:
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        content = path.read_bytes()
        digest.update(f"\0{path.relative_to(folder).as_posix()}\0{len(content)}\0".encode())
        digest.update(content)


def slim(metadata: ModelMetadata) -> ModelMetadata:
    """What serving needs of it: not how the model was trained, and a domain that others have too only once."""
    written = json.dumps(metadata.domain.as_dict(), sort_keys=True, default=str)
    domain = once(hashlib.sha256(written.encode()).hexdigest(), lambda: metadata.domain)
    return dataclasses.replace(metadata, domain=domain, train_schema=GraphSchema({}))

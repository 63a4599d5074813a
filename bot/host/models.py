"""Which tenants' models are loaded: lazily, each failing by itself, the least recently used leaving first.

A tenant without a model of its own is answered by the shared one, which is never dropped.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import Generic, NamedTuple, TypeVar
from uuid import UUID

from bot.host.errors import ModelUnavailable
from bot.host.memory import resident_mb, settle
from bot.train import file_hash, read_manifest

SHARED = "default"
FILE = "current.tar.gz"
RETRY_AFTER = 30.0  # seconds before a model that failed to load is tried again
log = logging.getLogger("konectus.bot.models")

Model = TypeVar("Model")


class UntrustedModel(Exception):
    """The file is not what training recorded beside it."""


class Failure(NamedTuple):
    message: str
    at: float


def verified(path: Path) -> str:
    """The model's version, if it is one that was trained here and is unchanged since."""
    manifest = read_manifest(path)
    if manifest is None:
        raise UntrustedModel(f"{path.name} has no manifest")
    found = file_hash(path)
    if manifest.get("sha256") != found:
        raise UntrustedModel(f"{path.name} is not the file that was trained")
    return found[:12]


class Models(Generic[Model]):
    """`build(path, name)` loads one model; it is called in a thread, one call a model at a time."""

    def __init__(
        self,
        folder: Path,
        build: Callable[[Path, str], Model],
        *,
        most: int = 500,
        most_megabytes: int = 2000,
    ) -> None:
        self.folder = folder
        self.most = most
        self.most_megabytes = most_megabytes
        self.failures: dict[str, Failure] = {}
        self._build = build
        self._loaded: OrderedDict[str, Model] = OrderedDict()
        self._locks: dict[str, asyncio.Lock] = {}

    def key(self, tenant: UUID | None) -> str:
        own = tenant is not None and self.path(str(tenant)).is_file()
        return str(tenant) if own else SHARED

    def path(self, key: str) -> Path:
        return self.folder / f"{SHARED}.tar.gz" if key == SHARED else self.folder / key / FILE

    def loaded(self) -> list[str]:
        return list(self._loaded)

    async def get(self, tenant: UUID | None) -> Model:
        key = self.key(tenant)
        if key in self._loaded:
            self._loaded.move_to_end(key)
            return self._loaded[key]
        async with self._locks.setdefault(key, asyncio.Lock()):
            if key not in self._loaded:
                self._refuse_if_failing(key)
                await self._load(key)
            return self._loaded[key]

    async def reload(self, tenant: UUID | None) -> Model:
        """Loads the file anew beside the model in use, which answers until then, and for good if this fails."""
        key = SHARED if tenant is None else self.key(tenant)
        async with self._locks.setdefault(key, asyncio.Lock()):
            await self._load(key)
            return self._loaded[key]

    async def _load(self, key: str) -> None:
        path = self.path(key)
        began = time.monotonic()
        try:
            name = f"{key}@{await asyncio.to_thread(verified, path)}"
            model = await asyncio.to_thread(self._built, path, name)
        except Exception as problem:  # whatever is wrong with one model stays with that model
            log.exception("model %s cannot be loaded", key)
            self.failures[key] = Failure(f"{type(problem).__name__}: {problem}", time.monotonic())
            raise ModelUnavailable(f"the model {key} cannot be loaded") from problem
        self.failures.pop(key, None)
        self._loaded[key] = model
        self._loaded.move_to_end(key)
        self._make_room(key)
        log.info("model %s loaded in %.2f s", name, time.monotonic() - began)

    def _built(self, path: Path, name: str) -> Model:
        model = self._build(path, name)
        settle()
        return model

    def _refuse_if_failing(self, key: str) -> None:
        failure = self.failures.get(key)
        if failure and time.monotonic() - failure.at < RETRY_AFTER:
            raise ModelUnavailable(f"the model {key} could not be loaded a moment ago")

    def _make_room(self, newest: str) -> None:
        """The shared model and the newest stay; dropping a model frees memory once its turns have ended."""
        dropped = [key for key in self._loaded if key not in (SHARED, newest)]
        over = len(self._loaded) - self.most
        if resident_mb() > self.most_megabytes:
            over = max(over, len(dropped) // 10 + 1)
        for key in dropped[: max(over, 0)]:
            del self._loaded[key]
            self._locks.pop(key, None)
            log.info("model %s dropped to make room", key)

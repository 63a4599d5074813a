"""Builds the real collaborators of a process by hand, once. Tests hand in others."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass

import httpx

from app.settings import Settings
from connectors.meta import Graph
from kernel import http
from kernel.clock import Clock, system_clock
from kernel.crypto import Vault
from kernel.db import Database
from kernel.wake import Wakes


@dataclass(frozen=True, slots=True)
class Deps:
    settings: Settings
    db: Database
    wakes: Wakes
    vault: Vault
    http: httpx.AsyncClient
    graph: Graph
    clock: Clock = system_clock


def build(settings: Settings) -> Deps:
    """Everything a process needs, not connected yet."""
    wakes = Wakes(settings.database_url, settings.redis_url)
    db = Database(settings.database_url, wakes, pool=settings.database_pool)
    client = http.client()
    graph = Graph(
        client,
        settings.meta_graph_url,
        version=settings.meta_graph_version,
        app_secret=settings.meta_app_secrets[0],
    )
    return Deps(settings, db, wakes, Vault(settings.encryption_keys), client, graph)


@asynccontextmanager
async def connected(deps: Deps) -> AsyncIterator[Deps]:
    """Opened on the way in, closed in reverse order on the way out."""
    await deps.db.open()
    await deps.wakes.start()
    try:
        yield deps
    finally:
        await deps.wakes.stop()
        await deps.http.aclose()
        await deps.db.close()


def open_deps(settings: Settings) -> AbstractAsyncContextManager[Deps]:
    return connected(build(settings))

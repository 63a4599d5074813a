"""Builds the real collaborators of a process by hand, once. Tests hand in others."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
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


@asynccontextmanager
async def open_deps(settings: Settings) -> AsyncIterator[Deps]:
    """Everything a process needs; closed in reverse order at the end."""
    wakes = Wakes(settings.database_url, settings.redis_url)
    db = Database(settings.database_url, wakes, pool=settings.database_pool)
    client = http.client()
    await db.open()
    await wakes.start()
    try:
        graph = Graph(
            client,
            settings.meta_graph_url,
            version=settings.meta_graph_version,
            app_secret=settings.meta_app_secrets[0],
        )
        yield Deps(settings, db, wakes, Vault(settings.encryption_keys), client, graph)
    finally:
        await wakes.stop()
        await client.aclose()
        await db.close()

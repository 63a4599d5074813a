"""Health: what each component says of itself."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import httpx

from kernel import processes
from kernel.db import Database
from kernel.errors import KonectusError
from kernel.wake import Wakes

PATIENCE = 2.0
Check = Callable[[], Awaitable[dict[str, Any]]]


def process_alive(db: Database, role: str) -> Check:
    async def check() -> dict[str, Any]:
        count = await processes.alive(db, role)
        return {"status": "ready" if count else "down", "processes": count}

    return check


def database(db: Database) -> Check:
    async def check() -> dict[str, Any]:
        return {"status": "ready", "version": await processes.database_version(db)}

    return check


def redis(wakes: Wakes) -> Check:
    async def check() -> dict[str, Any]:
        # Redis only speeds things up: away, the platform is degraded but ready.
        return {"status": "ready" if wakes.redis_ready else "degraded"}

    return check


def answers(client: httpx.AsyncClient, url: str) -> Check:
    async def check() -> dict[str, Any]:
        response = await client.get(url, timeout=PATIENCE)
        return {"status": "ready" if response.status_code == 200 else "down"}

    return check


async def report(checks: Mapping[str, Check]) -> tuple[int, dict[str, Any]]:
    """HTTP status and body: 200 only when every component is ready (or merely degraded)."""
    names = list(checks)
    results = await asyncio.gather(*(_guarded(checks[n]) for n in names))
    parts = dict(zip(names, results, strict=True))
    ready = all(p["status"] in ("ready", "degraded") for p in parts.values())
    return (200 if ready else 503), {"status": "ready" if ready else "down", "components": parts}


async def _guarded(check: Check) -> dict[str, Any]:
    try:
        return await asyncio.wait_for(check(), PATIENCE + 0.5)
    except (KonectusError, httpx.HTTPError, TimeoutError, OSError) as error:
        return {"status": "down", "error": type(error).__name__}

"""Health: what each component says of itself, and signs of life of processes without a port."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
from sqlalchemy import text

from kernel import jsons
from kernel.db import Database
from kernel.errors import KonectusError
from kernel.ids import new_id
from kernel.wake import Wakes

BEAT = 3.0  # seconds between signs of life
STALE = timedelta(seconds=12)
PATIENCE = 2.0
BEAT_SQL = text(
    "INSERT INTO process (id, role, started_at, seen_at, detail) VALUES (:id, :role, :now, :now, "
    "CAST(:detail AS jsonb)) ON CONFLICT (id) DO UPDATE SET seen_at = EXCLUDED.seen_at, detail = EXCLUDED.detail"
)
SEEN_SQL = text("SELECT count(*) FROM process WHERE role = :role AND seen_at > :since")
GONE_SQL = text("DELETE FROM process WHERE id = :id OR seen_at < :before")

Check = Callable[[], Awaitable[dict[str, Any]]]


async def beat(db: Database, role: str, detail: Callable[[], dict[str, Any]], stop: asyncio.Event) -> None:
    """Writes a sign of life until stopped, then takes it away."""
    id_ = new_id()
    while not stop.is_set():
        with contextlib.suppress(KonectusError):
            async with db.dispatch() as tx:
                row = {
                    "id": id_,
                    "role": role,
                    "now": tx.now,
                    "detail": jsons.dumps({"pid": os.getpid(), **detail()}),
                }
                await tx.run(BEAT_SQL, row)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), BEAT)
    with contextlib.suppress(KonectusError):
        await _forget(db, id_)


async def _forget(db: Database, id_: UUID) -> None:
    async with db.dispatch() as tx:
        await tx.run(GONE_SQL, {"id": id_, "before": tx.now - timedelta(days=1)})


def process_alive(db: Database, role: str) -> Check:
    async def check() -> dict[str, Any]:
        async with db.dispatch() as tx:
            count = await tx.scalar(SEEN_SQL, {"role": role, "since": tx.now - STALE})
        return {"status": "ready" if count else "down", "processes": count}

    return check


def database(db: Database) -> Check:
    async def check() -> dict[str, Any]:
        async with db.dispatch() as tx:
            version = await tx.scalar(text("SHOW server_version"))
        return {"status": "ready", "version": version}

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

"""Signs of life of processes that have no port to ask."""

from __future__ import annotations

import asyncio
import contextlib
import os
from datetime import timedelta

from sqlalchemy import text

from kernel.db import Database
from kernel.errors import KonectusError
from kernel.ids import new_id

BEAT = 3.0  # seconds between signs of life
STALE = timedelta(seconds=12)
SEEN = text(
    "INSERT INTO process (id, role, started_at, seen_at, detail) VALUES (:id, :role, :now, :now, "
    "jsonb_build_object('pid', CAST(:pid AS int))) ON CONFLICT (id) DO UPDATE SET seen_at = EXCLUDED.seen_at"
)
COUNT = text("SELECT count(*) FROM process WHERE role = :role AND seen_at > :since")
GONE = text("DELETE FROM process WHERE id = :id OR seen_at < :before")
VERSION = text("SHOW server_version")


async def beat(db: Database, role: str, stop: asyncio.Event) -> None:
    """Writes a sign of life until stopped, then takes it away."""
    row = {"id": new_id(), "role": role, "pid": os.getpid()}
    while not stop.is_set():
        with contextlib.suppress(KonectusError):
            async with db.dispatch() as tx:
                await tx.run(SEEN, {**row, "now": tx.now})
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), BEAT)
    with contextlib.suppress(KonectusError):
        async with db.dispatch() as tx:
            await tx.run(GONE, {"id": row["id"], "before": tx.now - timedelta(days=1)})


async def alive(db: Database, role: str) -> int:
    """How many processes of this role were heard of lately."""
    async with db.dispatch() as tx:
        return int(await tx.scalar(COUNT, {"role": role, "since": tx.now - STALE}))


async def database_version(db: Database) -> str:
    async with db.dispatch() as tx:
        return str(await tx.scalar(VERSION))

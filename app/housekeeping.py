"""Forgetting what need not be kept: done jobs, ended sessions, old live events."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import text

from accounts import service as accounts
from kernel import jobs
from kernel.jobs import Run
from router.jobs import FORGET

TOPIC = "app.housekeeping"
JOBS_KEPT = timedelta(days=3)
TENANTS = text("SELECT DISTINCT tenant_id FROM login")


async def run(run: Run) -> None:
    await accounts.purge_sessions(run.db, run.db.clock())
    async with run.tx() as tx:
        await jobs.purge(tx, JOBS_KEPT)
        for row in await tx.all(TENANTS):
            key = f"{FORGET}:{row.tenant_id}"
            await jobs.enqueue(tx, FORGET, {}, tenant_id=row.tenant_id, unique_key=key)
        await run.finish(tx)

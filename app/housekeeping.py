"""Forgetting what need not be kept: done jobs, ended sessions, old live events."""

from __future__ import annotations

from datetime import timedelta

from accounts import service as accounts
from kernel import jobs
from kernel.jobs import Run
from router.jobs import FORGET

TOPIC = "app.housekeeping"
JOBS_KEPT = timedelta(days=3)


async def run(run: Run) -> None:
    await accounts.purge_sessions(run.db, run.db.clock())
    async with run.tx() as tx:
        await jobs.purge(tx, JOBS_KEPT)
        for tenant_id in await accounts.tenant_ids(tx):
            await jobs.enqueue(tx, FORGET, {}, tenant_id=tenant_id, unique_key=f"{FORGET}:{tenant_id}")
        await run.finish(tx)

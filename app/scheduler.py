"""The scheduler: any number run, one leads; it only enqueues. Work is done by workers."""

from __future__ import annotations

import asyncio
import signal
from datetime import UTC

import asyncpg
import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.cron import CronTrigger

from app import health, housekeeping
from app.deps import Deps, open_deps
from app.settings import Settings
from connectors import jobs as connector_jobs
from kernel import jobs, logs
from kernel.errors import KonectusError

LEADER = 7_310_253  # advisory lock held by the one who leads
log = structlog.get_logger("scheduler")

# Topic → when, in UTC. The unique key makes a tick count once, whoever fires it.
TIMES = {
    housekeeping.TOPIC: CronTrigger(minute=17, timezone=UTC),
    connector_jobs.SWEEP: CronTrigger(hour=4, minute=40, timezone=UTC),
}


def main(settings: Settings) -> None:
    logs.configure(settings.log_level, "scheduler")
    asyncio.run(_main(settings))


async def _main(settings: Settings) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for sign in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(sign, stop.set)
    async with open_deps(settings) as deps:
        beating = asyncio.create_task(health.beat(deps.db, "scheduler", lambda: {}, stop))
        while not stop.is_set():
            try:
                await lead(deps, stop)
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                log.warning("leadership_lost", error=type(error).__name__)
                await asyncio.sleep(2)
        await beating


async def lead(deps: Deps, stop: asyncio.Event) -> None:
    """Waits to become the leader, then fires ticks for as long as the lock's connection lives."""
    conn = await asyncpg.connect(deps.db.dsn, timeout=5)
    try:
        while not await conn.fetchval("SELECT pg_try_advisory_lock($1)", LEADER, timeout=5):
            if await _pause(stop, 2):
                return
        scheduler = AsyncIOScheduler(timezone=UTC)
        for topic, trigger in TIMES.items():
            scheduler.add_job(tick, trigger, args=[deps, topic], coalesce=True, misfire_grace_time=600)
        scheduler.start()
        try:
            while not await _pause(stop, 2):
                await conn.execute("SELECT 1", timeout=5)
        finally:
            scheduler.shutdown(wait=False)
    finally:
        conn.terminate()


async def _pause(stop: asyncio.Event, seconds: float) -> bool:
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except TimeoutError:
        return False
    return True


async def tick(deps: Deps, topic: str) -> None:
    try:
        async with deps.db.dispatch() as tx:
            await jobs.enqueue(tx, topic, {}, unique_key=topic)
    except KonectusError as error:
        log.warning("tick_lost", topic=topic, detail=error.message)

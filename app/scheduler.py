"""The scheduler: any number run, one leads; it only enqueues. Work is done by workers."""

from __future__ import annotations

import asyncio
import signal
from datetime import UTC
from functools import partial

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.cron import CronTrigger

from app import housekeeping
from app.deps import Deps, open_deps
from app.settings import Settings
from connectors import jobs as connector_jobs
from kernel import jobs, leader, logs, processes
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
        beating = asyncio.create_task(processes.beat(deps.db, "scheduler", stop))
        await leader.lead(deps.db.dsn, LEADER, stop, partial(fire, deps))
        await beating


async def fire(deps: Deps, over: asyncio.Event) -> None:
    """Fires ticks for as long as this process leads."""
    scheduler = AsyncIOScheduler(timezone=UTC)
    for topic, trigger in TIMES.items():
        scheduler.add_job(tick, trigger, args=[deps, topic], coalesce=True, misfire_grace_time=600)
    scheduler.start()
    await over.wait()
    scheduler.shutdown(wait=False)


async def tick(deps: Deps, topic: str) -> None:
    try:
        async with deps.db.dispatch() as tx:
            await jobs.enqueue(tx, topic, {}, unique_key=topic)
    except KonectusError as error:
        log.warning("tick_lost", topic=topic, detail=error.message)

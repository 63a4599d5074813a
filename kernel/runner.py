"""Runs durable jobs: claims, runs each in a task of its own, sweeps for what a lost wake-up left."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import timedelta

import structlog

from kernel import jobs
from kernel.db import Database
from kernel.errors import KonectusError
from kernel.loops import pump
from kernel.wake import Wakes

LEASE = timedelta(seconds=120)
SWEEP = 1.0
log = structlog.get_logger("jobs")


class JobRunner:
    def __init__(
        self, db: Database, wakes: Wakes, handlers: Mapping[str, jobs.Handler], concurrency: int = 16
    ) -> None:
        self.db = db
        self.wakes = wakes
        self.handlers = dict(handlers)
        self.concurrency = concurrency
        self._tasks: set[asyncio.Task[None]] = set()

    async def run(self, stop: asyncio.Event) -> None:
        await pump(self.wakes, "job", self._start_some, stop, sweep=SWEEP)
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def once(self) -> int:
        """Runs what is due now, to its end; for tests and for draining. The number of jobs run."""
        async with self.db.dispatch() as tx:
            claimed = await jobs.claim(tx, list(self.handlers), limit=self.concurrency, lease=LEASE)
        await asyncio.gather(*(self._one(job) for job in claimed))
        return len(claimed)

    async def _start_some(self) -> bool:
        free = self.concurrency - len(self._tasks)
        if free <= 0:
            await asyncio.wait(self._tasks, return_when=asyncio.FIRST_COMPLETED)
            return True
        async with self.db.statement() as tx:
            claimed = await jobs.claim(tx, list(self.handlers), limit=free, lease=LEASE)
        for job in claimed:
            task = asyncio.create_task(self._one(job))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return len(claimed) == free

    async def _one(self, job: jobs.Job) -> None:
        try:
            await jobs.run_one(self.db, job, self.handlers[job.topic])
        except KonectusError as error:  # the failure could not be recorded: the lease runs out
            log.warning("job_unrecorded", topic=job.topic, detail=error.message)

"""Durable jobs: enqueued in the caller's transaction, run at least once, recorded exactly once.

A handler gets a `Run`. Its transaction records the work and ends the job in one commit (`finish`);
a handler that calls the outside does so between transactions, with none open. Failures back off,
then become dead letters, which can be listed and replayed.
"""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import text

from kernel import jsons
from kernel.db import Database, Tx
from kernel.errors import Conflict, NotFound
from kernel.ids import new_id

ENQUEUE = text(
    "INSERT INTO job (id, tenant_id, topic, payload, unique_key, run_at, max_attempts, created_at) "
    "VALUES (:id, :tenant, :topic, CAST(:payload AS jsonb), :unique_key, :run_at, :max_attempts, :now) "
    # An update, not nothing: it waits for a worker who is claiming that very job. Else what happened after
    # the worker's look would have no job of its own.
    "ON CONFLICT (topic, unique_key) WHERE state = 'ready' AND unique_key IS NOT NULL "
    "DO UPDATE SET run_at = LEAST(job.run_at, EXCLUDED.run_at)"
)
CLAIM = text(
    "WITH due AS (SELECT id FROM job WHERE topic = ANY(CAST(:topics AS text[])) AND "
    "((state = 'ready' AND run_at <= :now) OR (state = 'running' AND lease_until < :now)) "
    "ORDER BY run_at LIMIT :limit FOR UPDATE SKIP LOCKED) "
    "UPDATE job j SET state = 'running', token = j.token + 1, attempts = j.attempts + 1, "
    "lease_until = :until FROM due WHERE j.id = due.id RETURNING j.*"
)
FINISH = text(
    "UPDATE job SET state = 'done', done_at = :now, lease_until = NULL, error = NULL "
    "WHERE id = :id AND token = :token AND state = 'running'"
)
FAIL = text(
    "UPDATE job SET state = :state, run_at = :run_at, lease_until = NULL, error = :error "
    "WHERE id = :id AND token = :token AND state = 'running'"
)
DEAD = text("SELECT * FROM job WHERE state = 'dead' ORDER BY created_at DESC LIMIT :limit")
REPLAY = text(
    "UPDATE job SET state = 'ready', attempts = 0, run_at = :now, error = NULL "
    "WHERE id = :id AND state = 'dead'"
)
PURGE = text("DELETE FROM job WHERE state = 'done' AND done_at < :before")


class Job(msgspec.Struct, frozen=True):
    id: UUID
    tenant_id: UUID | None
    topic: str
    payload: Any
    attempts: int
    max_attempts: int
    token: int
    error: str | None


class Run:
    """One attempt at one job."""

    def __init__(self, db: Database, job: Job) -> None:
        self.db = db
        self.job = job
        self.finished = False

    @asynccontextmanager
    async def tx(self) -> AsyncIterator[Tx]:
        if self.job.tenant_id is None:
            async with self.db.dispatch() as tx:
                yield tx
        else:
            async with self.db.tenant(self.job.tenant_id) as tx:
                yield tx

    async def finish(self, tx: Tx) -> None:
        """Ends the job in the transaction that records its work; Conflict if another took it over."""
        if await tx.run(FINISH, {"id": self.job.id, "token": self.job.token, "now": tx.now}) == 0:
            raise Conflict(f"job {self.job.id} was taken over", code="job_lost")
        self.finished = True


Handler = Callable[[Run], Awaitable[None]]


async def enqueue(
    tx: Tx,
    topic: str,
    payload: Any,
    *,
    tenant_id: UUID | None = None,
    unique_key: str | None = None,
    run_at: datetime | None = None,
    max_attempts: int = 10,
) -> None:
    """Adds a job to this transaction. With `unique_key` at most one such job waits at a time."""
    row = {
        "id": new_id(),
        "tenant": tenant_id or tx._tenant_id,
        "topic": topic,
        "payload": jsons.dumps(payload),
        "unique_key": unique_key,
        "run_at": run_at or tx.now,
        "max_attempts": max_attempts,
        "now": tx.now,
    }
    await tx.run(ENQUEUE, row)
    tx.wake("job")


async def claim(tx: Tx, topics: list[str], *, limit: int, lease: timedelta) -> list[Job]:
    row = {"topics": topics, "now": tx.now, "until": tx.now + lease, "limit": limit}
    return [_job(r) for r in await tx.all(CLAIM, row)]


async def run_one(db: Database, job: Job, handler: Handler) -> None:
    """Runs a claimed job; a failure is recorded, never raised."""
    run = Run(db, job)
    try:
        await handler(run)
        if not run.finished:
            async with run.tx() as tx:
                await run.finish(tx)
    except Exception as error:
        async with db.dispatch() as tx:
            await _fail(tx, job, error)


async def _fail(tx: Tx, job: Job, error: Exception) -> None:
    dead = job.attempts >= job.max_attempts
    row = {
        "id": job.id,
        "token": job.token,
        "state": "dead" if dead else "ready",
        "run_at": tx.now + backoff(job.attempts),
        "error": f"{type(error).__name__}: {error}"[:2000],
    }
    await tx.run(FAIL, row)


def backoff(attempt: int, *, base: float = 2.0, cap: float = 900.0) -> timedelta:
    """Full jitter over an exponential, at least half of it: 1–2 s, 2–4 s, … at most 15 min."""
    ceiling = min(cap, base * 2 ** max(0, attempt - 1))
    return timedelta(seconds=ceiling * random.uniform(0.5, 1.0))  # noqa: S311 - jitter is no secret


async def dead_letters(tx: Tx, limit: int = 100) -> list[Job]:
    return [_job(r) for r in await tx.all(DEAD, {"limit": limit})]


async def replay(tx: Tx, job_id: UUID) -> None:
    if await tx.run(REPLAY, {"id": job_id, "now": tx.now}) == 0:
        raise NotFound(f"no dead job {job_id}")
    tx.wake("job")


async def purge(tx: Tx, keep: timedelta) -> int:
    return await tx.run(PURGE, {"before": tx.now - keep})


def _job(r: Any) -> Job:
    return Job(r.id, r.tenant_id, r.topic, r.payload, r.attempts, r.max_attempts, r.token, r.error)

"""Durable jobs and the live log: what commits together, what is retried, what order numbers have."""

from __future__ import annotations

import asyncio
import contextlib
from datetime import timedelta
from uuid import UUID

import asyncpg
import pytest
from sqlalchemy import text

from kernel import jobs, live
from kernel.db import Database
from kernel.errors import NotFound
from kernel.ids import new_id
from kernel.runner import JobRunner
from kernel.wake import Wakes


def topic_of_its_own() -> str:
    return f"t{new_id().hex}"


async def enqueue(db: Database, tenant: UUID, topic: str, **more: object) -> None:
    async with db.tenant(tenant) as tx:
        await jobs.enqueue(tx, topic, {"n": 1}, **more)  # type: ignore[arg-type]  # keywords by name


async def test_a_job_of_a_failed_transaction_never_runs(db: Database, wakes: Wakes, tenant: UUID) -> None:
    topic, ran = topic_of_its_own(), []
    with pytest.raises(ZeroDivisionError):
        async with db.tenant(tenant) as tx:
            await jobs.enqueue(tx, topic, {})
            raise ZeroDivisionError

    async def handler(run: jobs.Run) -> None:
        ran.append(run.job)

    assert await JobRunner(db, wakes, {topic: handler}).once() == 0
    assert ran == []


async def test_a_failing_job_backs_off_then_is_dead_then_replayed(
    db: Database, wakes: Wakes, tenant: UUID
) -> None:
    topic = topic_of_its_own()
    broken = True

    async def handler(run: jobs.Run) -> None:
        if broken:
            raise ValueError("not today")

    runner = JobRunner(db, wakes, {topic: handler})
    await enqueue(db, tenant, topic, max_attempts=1)
    assert await runner.once() == 1
    async with db.dispatch() as tx:
        [dead] = [j for j in await jobs.dead_letters(tx, 1000) if j.topic == topic]
    assert dead.error == "ValueError: not today"
    broken = False
    async with db.dispatch() as tx:
        await jobs.replay(tx, dead.id)
    assert await runner.once() == 1
    async with db.dispatch() as tx:
        assert not [j for j in await jobs.dead_letters(tx, 1000) if j.topic == topic]
        with pytest.raises(NotFound):
            await jobs.replay(tx, dead.id)


async def test_one_waits_per_unique_key(db: Database, wakes: Wakes, tenant: UUID) -> None:
    topic, ran = topic_of_its_own(), []

    async def handler(run: jobs.Run) -> None:
        ran.append(run.job.id)

    for _ in range(3):
        await enqueue(db, tenant, topic, unique_key=topic)
    await JobRunner(db, wakes, {topic: handler}).once()
    assert len(ran) == 1


async def test_a_worker_that_died_is_followed_by_another_and_only_one_records(
    db: Database, tenant: UUID
) -> None:
    topic = topic_of_its_own()
    await enqueue(db, tenant, topic)
    lease = timedelta(seconds=60)
    async with db.dispatch() as tx:
        [first] = await jobs.claim(tx, [topic], limit=1, lease=lease)
    async with db.dispatch() as tx:
        tx.now += 2 * lease
        [second] = await jobs.claim(tx, [topic], limit=1, lease=lease)
    late = jobs.Run(db, first)
    with pytest.raises(Exception, match="taken over"):
        async with late.tx() as tx:
            await late.finish(tx)
    good = jobs.Run(db, second)
    async with good.tx() as tx:
        await good.finish(tx)


def test_backoff_grows_and_has_a_ceiling() -> None:
    for attempt in range(1, 30):
        pause = jobs.backoff(attempt).total_seconds()
        assert 1.0 <= pause <= 900.0
        assert pause <= 2.0 * 2 ** (attempt - 1)


async def test_live_numbers_are_gapless_in_commit_order(db: Database, tenant: UUID) -> None:
    async def say(n: int) -> None:
        async with db.tenant(tenant) as tx:
            tx.live("x", {"n": n})
            tx.live("y", {"n": n})
            await asyncio.sleep(0.001 * (n % 3))

    await asyncio.gather(*(say(n) for n in range(20)))
    async with db.tenant(tenant) as tx:
        events = await live.after(tx, 0)
        assert [e.id for e in events] == list(range(1, 41))
        assert all(a.data == b.data for a, b in zip(events[::2], events[1::2], strict=True))
        assert await live.head(tx) == 40


async def test_live_events_of_a_failed_transaction_are_not_there(db: Database, tenant: UUID) -> None:
    with pytest.raises(ZeroDivisionError):
        async with db.tenant(tenant) as tx:
            tx.live("x", {})
            raise ZeroDivisionError
    async with db.tenant(tenant) as tx:
        assert await live.after(tx, 0) == []


async def test_a_stranger_sees_no_events(db: Database, tenant: UUID, stranger: UUID) -> None:
    async with db.tenant(tenant) as tx:
        tx.live("x", {})
    async with db.tenant(stranger) as tx:
        assert await live.after(tx, 0) == []
        assert await live.head(tx) == 0


async def test_a_cursor_before_the_log_is_not_reached(db: Database, tenant: UUID) -> None:
    for _ in range(3):
        async with db.tenant(tenant) as tx:
            tx.live("x", {})
    async with db.tenant(tenant) as tx:
        assert await live.reaches(tx, 0)
        assert await live.reaches(tx, 3)
        assert not await live.reaches(tx, 4)
        await tx.run(live.PURGE, {"tenant": tenant, "before": tx.now + timedelta(days=1)})
        assert not await live.reaches(tx, 1)
        assert await live.reaches(tx, 3)


async def test_a_unique_job_that_is_being_claimed_is_followed_by_another(db: Database, tenant: UUID) -> None:
    topic = topic_of_its_own()
    await enqueue(db, tenant, topic, unique_key=topic)
    claimed = asyncio.Event()

    async def worker() -> None:
        async with db.dispatch() as tx:
            assert len(await jobs.claim(tx, [topic], limit=1, lease=timedelta(seconds=60))) == 1
            claimed.set()
            await asyncio.sleep(0.1)

    async def writer() -> None:
        await claimed.wait()
        await enqueue(db, tenant, topic, unique_key=topic)

    await asyncio.gather(worker(), writer())
    async with db.dispatch() as tx:
        assert len(await jobs.claim(tx, [topic], limit=5, lease=timedelta(seconds=60))) == 1


async def test_a_failure_that_somebody_swallowed_is_not_taken_for_a_commit(
    db: Database, tenant: UUID
) -> None:
    with pytest.raises(RuntimeError, match="nothing was committed"):
        async with db.tenant(tenant) as tx:
            with contextlib.suppress(asyncpg.DivisionByZeroError):
                await tx.scalar(text("SELECT 1 / 0"))


async def test_live_events_carry_quotes_backslashes_and_names_of_parameters_as_they_are(
    db: Database, tenant: UUID
) -> None:
    words = ["'; DROP TABLE lane; --", "\\'", "{n} $1 :tenant %s", 'a "b"\n', "ã 🚚", "\\u0041"]
    async with db.tenant(tenant) as tx:
        for word in words:
            tx.live("test", {"word": word})
    async with db.tenant(tenant) as tx:
        assert [event.data["word"] for event in await live.after(tx, 0)] == words

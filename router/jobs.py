"""Jobs of the router: offers that run out, waiting work to give out, answers owed, old events to forget."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from kernel import jobs, live
from kernel.jobs import Run
from router.work import service as work_items
from router.work import store as work_store

FORGET = "router.forget"
AT_ONCE = 200  # waiting items that one job offers
LIVE_KEPT = timedelta(hours=48)  # browsers asleep for longer read everything anew


async def offer_expired(run: Run) -> None:
    async with run.tx() as tx:
        event = run.job.payload.get("event", "expire")
        await work_items.withdraw_offer(tx, UUID(run.job.payload["offer"]), event)
        await run.finish(tx)


async def drain(run: Run) -> None:
    """Offers waiting items, oldest first, until nobody has room; each in a transaction of its own."""
    async with run.tx() as tx:
        waiting = await work_store.waiting(tx, AT_ONCE)
    for row in waiting:
        async with run.tx() as tx:
            if not await work_items.offer_waiting(tx, row.id, row.conversation_id):
                return
    if len(waiting) == AT_ONCE:
        async with run.tx() as tx:
            await jobs.enqueue(tx, work_items.DRAIN, {})
            await run.finish(tx)


async def forget(run: Run) -> None:
    async with run.tx() as tx:
        await live.purge(tx, LIVE_KEPT)
        await run.finish(tx)


HANDLERS = {work_items.OFFER_EXPIRED: offer_expired, work_items.DRAIN: drain, FORGET: forget}

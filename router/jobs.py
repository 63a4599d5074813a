"""Jobs of the router: offers that run out, waiting work to give out, answers owed, old events to forget."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from kernel import live
from kernel.jobs import Run
from router.work import service as work_items

FORGET = "router.forget"
LIVE_KEPT = timedelta(hours=48)  # browsers asleep for longer read everything anew


async def offer_expired(run: Run) -> None:
    async with run.tx() as tx:
        await work_items.withdraw_offer(tx, UUID(run.job.payload["offer"]))
        await run.finish(tx)


async def drain(run: Run) -> None:
    async with run.tx() as tx:
        await work_items.drain(tx)
        await run.finish(tx)


async def forget(run: Run) -> None:
    async with run.tx() as tx:
        await live.purge(tx, LIVE_KEPT)
        await run.finish(tx)


HANDLERS = {work_items.OFFER_EXPIRED: offer_expired, work_items.DRAIN: drain, FORGET: forget}

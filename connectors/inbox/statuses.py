"""Works off the lanes of delivery news: in batches, order does not matter, the newest state wins.

News of a message that we do not know yet waits for its row: a status may overtake the answer to the call.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import msgspec

from connectors import service
from connectors.events import Event
from connectors.inbox import store
from connectors.inbox.store import Stored
from connectors.inbox.worker import ATTEMPTS, describe
from connectors.keeper import LEASE, Keeper
from connectors.outbox.settle import Settler
from connectors.rules import ChannelRef, channel_of
from kernel import lanes
from kernel.db import Database, Tx
from kernel.errors import Unavailable
from kernel.jobs import backoff
from kernel.lanes import Claim, LaneLost
from kernel.loops import pump
from kernel.wake import Wakes

BATCH = 200
CONCURRENCY = 8
SWEEP = 2.0
GAP = 0.2  # seconds: ticks may be this late, and one batch takes all that came meanwhile
LOOK_AGAIN = timedelta(seconds=5)
GIVE_UP = timedelta(minutes=2)
# News of a WhatsApp account after which nothing can be sent any more.
FATAL = {
    "ACCOUNT_DELETED", "ACCOUNT_OFFBOARDED", "PARTNER_REMOVED", "PARTNER_APP_UNINSTALLED", "DISABLED_UPDATE",
}  # fmt: skip
log = logging.getLogger(__name__)

News = Callable[[Tx, ChannelRef, Event], Awaitable[None]]


class StatusWorker:
    """`news`: told of each event about the account or its templates, in the recording transaction."""

    def __init__(self, db: Database, wakes: Wakes, settler: Settler, *, news: News | None = None) -> None:
        self._db = db
        self._wakes = wakes
        self._settler = settler
        self._news = news
        self._keeper = Keeper(db)

    async def run(self, stop: asyncio.Event) -> None:
        keeping = asyncio.create_task(self._keeper.run())
        try:
            await pump(self._wakes, "lane:st", self._look, stop, sweep=SWEEP, gap=GAP)
        finally:
            keeping.cancel()

    async def _look(self) -> bool:
        return await self.once() > 0

    async def once(self) -> int:
        """Works all lanes that are due; the number of events settled."""
        async with self._db.statement() as tx:
            claims = await lanes.claim(tx, "st", limit=CONCURRENCY, lease=LEASE)
        return sum(await asyncio.gather(*(self._lane(claim) for claim in claims)))

    async def _lane(self, claim: Claim) -> int:
        total = 0
        with self._keeper.keep(claim):
            try:
                count = BATCH
                while count == BATCH:
                    count = await self._batch(claim)
                    total += count
            except (LaneLost, Unavailable):
                pass
            except Exception:
                log.exception("news could not be applied; taking them one by one")
                total += await self._one_by_one(claim)
        return total

    async def _batch(self, claim: Claim) -> int:
        """One batch in one transaction; unless it was full, the lane has been given back.

        The lane is locked late: whoever splits webhooks writes to it and waits for the lock.
        """
        async with self._db.tenant(claim.tenant_id) as tx:
            batch = await store.ready_now(tx, claim.lane, BATCH)
            if batch:
                await self._apply(tx, claim, batch)
            await lanes.hold(tx, claim)
            if len(batch) < BATCH:
                await lanes.release(tx, claim, await store.next_due(tx, claim))
        return len(batch)

    async def _apply(self, tx: Tx, claim: Claim, batch: list[Stored]) -> None:
        channel = await service.channel_ref(tx, channel_of(claim.lane))
        done: list[Stored] = []
        waiting: list[Stored] = []
        traces: list[tuple[Stored, Event]] = []
        for stored in batch:
            event = stored.event()
            if event.kind == "status" or (event.kind == "echo" and event.message is not None):
                traces.append((stored, event))
            else:
                done.append(stored)
                await self._account(tx, channel, event)
        known = await self._settler.apply(tx, channel, [event for _, event in traces])
        for (stored, _), found in zip(traces, known, strict=True):
            late = tx.now >= stored.received_at + GIVE_UP
            (done if found or late else waiting).append(stored)
        await store.done(tx, done)
        await store.postpone(tx, waiting, tx.now + LOOK_AGAIN)

    async def _account(self, tx: Tx, channel: ChannelRef, event: Event) -> None:
        if event.kind != "account":
            return
        if problem := account_problem(event):
            await service.trouble(tx, channel.id, problem)
        if self._news is not None:
            await self._news(tx, channel, event)

    async def _one_by_one(self, claim: Claim) -> int:
        """After a batch failed: each event in a transaction of its own, so that one cannot stop the rest."""
        async with self._db.tenant(claim.tenant_id) as tx:
            batch = await store.ready_now(tx, claim.lane, BATCH)
        for stored in batch:
            try:
                async with self._db.tenant(claim.tenant_id) as tx:
                    await lanes.hold(tx, claim)
                    await self._apply(tx, claim, [stored])
            except (LaneLost, Unavailable):
                return 0
            except Exception as error:
                await self._failed(claim, stored, error)
        async with self._db.tenant(claim.tenant_id) as tx:
            await lanes.hold(tx, claim)
            await lanes.release(tx, claim, await store.next_due(tx, claim))
        return len(batch)

    async def _failed(self, claim: Claim, stored: Stored, error: Exception) -> None:
        attempt = stored.attempts + 1
        log.warning("delivery news %s failed, attempt %s: %s", stored.id, attempt, type(error).__name__)
        async with self._db.tenant(claim.tenant_id) as tx:
            await lanes.hold(tx, claim)
            retry = None if attempt >= ATTEMPTS else backoff(attempt)
            await store.failed(tx, stored, describe(error), retry)


def account_problem(event: Event) -> str | None:
    """Does this news mean that the channel cannot be used any more?"""
    try:
        value: Any = msgspec.json.decode(event.raw)
    except msgspec.DecodeError:
        return None
    if not isinstance(value, dict):
        return None
    if event.field == "account_update" and value.get("event") in FATAL:
        return f"account: {value['event']}"
    enforcement = value.get("policy_enforcement")
    if isinstance(enforcement, dict) and enforcement.get("action") == "block":
        return f"policy: {enforcement.get('reason') or 'blocked'}"
    return None
